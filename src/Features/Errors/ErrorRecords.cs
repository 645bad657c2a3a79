using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Features.Questions;

namespace Weir.Features.Errors;

internal sealed record ItemList(IReadOnlyList<ItemSummary> Items, string? NextCursor, string? Notice = null, AheadRows? Ahead = null);

/// <param name="Counter">A small number for people: #12.</param>
/// <param name="Status">active, resolved or muted.</param>
/// <param name="Sparkline">24 buckets over the asked range, oldest first.</param>
internal sealed record ItemSummary(
    string ItemId,
    long Counter,
    string Title,
    string Level,
    string Status,
    string Protocol,
    string Service,
    string Environment,
    string? ExceptionClass,
    long Occurrences,
    string FirstAt,
    string LastAt,
    IReadOnlyList<long> Sparkline);

/// <param name="Recent">Newest first, at most 100.</param>
internal sealed record ItemDetail(
    string ItemId,
    long Counter,
    string Title,
    string Level,
    string Status,
    string Protocol,
    string Service,
    string Environment,
    string? ExceptionClass,
    long Occurrences,
    string FirstAt,
    string LastAt,
    IReadOnlyList<long> Sparkline,
    string Fingerprint,
    OccurrenceDetail Latest,
    IReadOnlyList<RecentOccurrence> Recent,
    IReadOnlyList<HostCount> PerHost)
{
    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record RecentOccurrence(string OccurrenceId, string Time, string? TraceId, string? Message, string? Host, string? Person);

internal sealed record HostCount(string Host, long Count);

/// <param name="Exceptions">Outermost first; chained causes follow.</param>
/// <param name="Payload">As received, JSON text.</param>
internal sealed record OccurrenceDetail(
    string OccurrenceId,
    string ItemId,
    string Time,
    string Level,
    string Protocol,
    string Title,
    string? Message,
    string Environment,
    string Service,
    string? Host,
    string? Framework,
    string? Language,
    string? CodeVersion,
    string? Notifier,
    string? TraceId,
    OccurrenceRequest? Request,
    OccurrencePerson? Person,
    IReadOnlyList<OccurrenceException> Exceptions,
    SortedDictionary<string, JsonElement> Custom,
    string Payload);

internal sealed record OccurrenceRequest(
    string? Method, string? Url, string? UserIp, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Query, string? Body);

internal sealed record OccurrencePerson(string? Id, string? Username, string? Email);

internal sealed record OccurrenceException(string Class, string? Message, IReadOnlyList<OccurrenceFrame> Frames);

internal sealed record OccurrenceFrame(string? File, int? Line, int? Column, string? Method, string? Code, bool InProject);

/// <summary>How <c>item-status</c> is stored; 16 hex digits of the item are the key.</summary>
/// <param name="At">When it was set: nanoseconds since 1970, UTC.</param>
internal sealed record StoredStatus(string Status, long At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredStatus))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ErrorSettingsJson : JsonSerializerContext;
