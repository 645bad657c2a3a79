using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>The state of an alert, kept across restarts. An alert that was never evaluated has the state <see cref="New"/>.</summary>
/// <param name="EvaluatedAt">Seconds since 1970; 0 when it was never evaluated.</param>
/// <param name="Groups">The groups over the threshold, by their keys.</param>
/// <param name="History">Newest first.</param>
/// <param name="Failures">Consecutive failures of the current evaluation.</param>
/// <param name="Insights">For an X-Ray group: the insights of the last check, by id.</param>
internal sealed record AlertState(
    long EvaluatedAt = 0,
    IReadOnlyDictionary<string, GroupState>? Groups = null,
    IReadOnlyList<HistoryEntry>? History = null,
    int Failures = 0,
    IReadOnlyDictionary<string, InsightState>? Insights = null) : IDocument<AlertState>
{
    public static AlertState New { get; } = new();

    public static string Collection => "manage-alert_states";

    public static JsonTypeInfo<AlertState> Json => NotificationJson.Default.AlertState;

    public bool IsTriggered() => Groups is not null && Groups.Values.Any(g => g.Triggered);

    /// <summary>Adds an entry at the beginning; the oldest are removed.</summary>
    public AlertState Remember(HistoryEntry entry, int most) => this with { History = [entry, .. (History ?? []).Take(most - 1)] };

    /// <summary>Records the result of a delivery in the entries of its notification, replacing the recipient's earlier attempt.</summary>
    public AlertState Note(string notification, Delivery delivery) => this with
    {
        History = [.. (History ?? []).Select(entry => entry.Notification == notification ? entry.With(delivery) : entry)],
    };
}

/// <param name="Count">Consecutive results over the threshold.</param>
/// <param name="Triggered">Recipients were notified that it triggered.</param>
internal sealed record GroupState(int Count = 0, bool Triggered = false);

/// <param name="Start">Minutes since 1970.</param>
/// <param name="State">ACTIVE or CLOSED.</param>
internal sealed record InsightState(long Start = 0, string State = "");

/// <summary>An event of an alert.</summary>
/// <param name="State">triggered, ok or error; for an insight ACTIVE or CLOSED.</param>
/// <param name="Detail">Details of an error.</param>
/// <param name="Notification">The id of the notification about it.</param>
internal sealed record HistoryEntry(
    [property: JsonConverter(typeof(WholeSecondsConverter))] DateTimeOffset At = default,
    string State = "",
    double? Value = null,
    double? Threshold = null,
    GroupKey? Group = null,
    string? Detail = null,
    string? Insight = null,
    string? Summary = null,
    string? Notification = null,
    IReadOnlyList<Delivery>? Deliveries = null)
{
    public const string Error = "error";

    public HistoryEntry With(Delivery delivery) => this with
    {
        Deliveries = [.. (Deliveries ?? []).Where(d => d.RecipientId != delivery.RecipientId), delivery],
    };
}

/// <summary>The delivery status of a notification to one recipient.</summary>
/// <param name="Recipient">Its type and name.</param>
internal sealed record Delivery(string Recipient = "", string? RecipientId = null, bool Ok = false, int Attempts = 0, string Detail = "")
{
    public static Delivery Of(AlertRecipient recipient, bool ok, int attempts, string detail) =>
        new($"{recipient.Type} {recipient.Target}".TrimEnd(), recipient.Id, ok, attempts, detail);
}
