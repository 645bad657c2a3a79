using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>A notification to be delivered to one recipient.</summary>
/// <param name="Alert">The id of the alert's state.</param>
/// <param name="Notification">The same id for the letters to all recipients.</param>
/// <param name="Attempts">Number of failed attempts.</param>
/// <param name="NextAt">Time of the next attempt, in seconds since 1970.</param>
/// <param name="Since">Seconds since 1970.</param>
internal sealed record Letter(
    string Alert = "", string Notification = "", AlertRecipient? Recipient = null, Notification? Body = null, int Attempts = 0, long NextAt = 0, long? Since = null)
    : IDocument<Letter>
{
    public static string Collection => "manage-notifications";

    public static JsonTypeInfo<Letter> Json => NotificationJson.Default.Letter;

    public AlertRecipient To() => Recipient ?? new AlertRecipient();

    /// <summary>The letters of one recipient are delivered one at a time.</summary>
    public static string KeyOf(AlertRecipient recipient) => $"{recipient.Type} {recipient.Id}";
}

/// <summary>The data of an alert that its notifications need.</summary>
internal sealed record NotifyingAlert(string Environment, string Dataset, string Id, IReadOnlyList<AlertRecipient> Recipients);
