using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>A notification on its way to one recipient.</summary>
/// <param name="Alert">The id that the alert's state is kept under.</param>
/// <param name="Notification">The same for the letters to all recipients.</param>
/// <param name="Attempts">That failed.</param>
/// <param name="NextAt">Seconds since 1970 of the next attempt.</param>
/// <param name="Since">Seconds since 1970.</param>
internal sealed record Letter(
    string Alert = "", string Notification = "", AlertRecipient? Recipient = null, Notification? Body = null, int Attempts = 0, long NextAt = 0, long? Since = null)
    : IDocument<Letter>
{
    public static string Collection => "manage-notifications";

    public static JsonTypeInfo<Letter> Json => NotificationJson.Default.Letter;

    public AlertRecipient To() => Recipient ?? new AlertRecipient();

    /// <summary>One recipient's letters go one after the other.</summary>
    public static string KeyOf(AlertRecipient recipient) => $"{recipient.Type} {recipient.Id}";
}

/// <summary>An alert as far as notifications of it go.</summary>
internal sealed record NotifyingAlert(string Environment, string Dataset, string Id, IReadOnlyList<AlertRecipient> Recipients);
