using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Protocols.Explore.Manage;

// What is answered beside the objects themselves. Types of the web UI are made of these records.

/// <summary>Added to triggers and burn alerts.</summary>
internal sealed record AlertStanding(bool Triggered);

/// <summary>Added to SLOs that are asked for with <c>?detailed</c>.</summary>
/// <param name="Compliance">Percent of good events; null without events.</param>
/// <param name="BudgetRemaining">Percent of the allowed failures that is left; negative when overdrawn.</param>
/// <param name="Status">no_events, no_alerts, triggered or normal.</param>
internal sealed record SloDetails(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Compliance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? BudgetRemaining,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? BurnRate,
    string Status);

/// <summary>Added to markers whose type has a colour.</summary>
internal sealed record MarkerColor(string? Color);

/// <summary>Added to boards.</summary>
internal sealed record BoardAddress(BoardLinks Links);

internal sealed record BoardLinks(string BoardUrl);

/// <summary>Answer of <c>/slos/{dataset}/{id}/status</c>: over the SLO's period.</summary>
/// <param name="Series">Oldest first.</param>
internal sealed record SloStatus(double? Compliance, double? BudgetRemaining, double? BurnRate, double Total, double Bad, IReadOnlyList<SloPoint> Series);

/// <param name="Time">Seconds since 1970.</param>
/// <param name="Bad">Since the point before.</param>
internal sealed record SloPoint(long Time, double? Compliance, double? BudgetRemaining, double Bad);

/// <summary>Answer of <c>/triggers/{dataset}/check</c>.</summary>
/// <param name="Value">Of the group that is nearest to triggering.</param>
internal sealed record TriggerCheck(double? Value, bool WouldTrigger, IReadOnlyList<TriggerCheckGroup> Groups);

internal sealed record TriggerCheckGroup(JsonElement Group, double? Value, bool WouldTrigger);

/// <summary>Answer of <c>/triggers/{dataset}/{id}/history</c> and of that of burn alerts.</summary>
/// <param name="Items">Newest first.</param>
internal sealed record AlertHistory(IReadOnlyList<AlertHistoryItem> Items);

/// <param name="State">triggered, ok or error.</param>
/// <param name="Detail">Of an error.</param>
internal sealed record AlertHistoryItem(
    string At,
    string State,
    double? Value,
    double? Threshold,
    JsonElement? Group,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    IReadOnlyList<AlertDelivery> Deliveries);

internal sealed record AlertDelivery(string Recipient, bool Ok, int Attempts, string Detail);

/// <summary>Answer of <c>/queries/{id}</c>.</summary>
internal sealed record KeptQuery(string Id, string Dataset, JsonElement Query);

/// <summary>Members that are added to objects, under names as those of the objects.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertStanding))]
[JsonSerializable(typeof(SloDetails))]
[JsonSerializable(typeof(MarkerColor))]
[JsonSerializable(typeof(BoardAddress))]
internal sealed partial class AddedJson : JsonSerializerContext;

/// <summary>Reports, which only the web UI reads.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SloStatus))]
[JsonSerializable(typeof(TriggerCheck))]
[JsonSerializable(typeof(AlertHistory))]
[JsonSerializable(typeof(KeptQuery))]
internal sealed partial class ReportJson : JsonSerializerContext;
