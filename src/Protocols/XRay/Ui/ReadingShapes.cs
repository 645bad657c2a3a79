using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Protocols.XRay.Ui;

/// <summary>Each request in one class: throttle before fault before error before ok.</summary>
internal sealed record UiCounts(long Ok, long Error, long Fault, long Throttle, long Total);

/// <summary>A response time in seconds (three digits), and the number of requests with it.</summary>
internal sealed record UiTimeCount(double Value, long Count);

/// <param name="Notice">A notice about what is not exact in the answer.</param>
/// <param name="Summary">Of everything that matches; null on later pages.</param>
internal sealed record UiTraces(IReadOnlyList<UiTrace> Traces, string? NextCursor, string? Notice, UiSummary? Summary);

internal sealed record UiSummary(UiCounts Counts, IReadOnlyList<UiTimeCount> Histogram, double? MedianSeconds);

internal sealed record UiTrace(
    string TraceId, string XrayTraceId, DateTimeOffset Start, double? DurationSeconds, double? ResponseTimeSeconds, UiRoot? Root, string? Method, string? Url,
    long? HttpStatus, string? ClientIp, string? UserAgent, string Code, bool Partial, IReadOnlyList<string> Users, IReadOnlyList<UiAnnotation> Annotations,
    IReadOnlyList<string> Protocols);

internal sealed record UiRoot(string Service, string? Type);

/// <param name="Value">String, number or boolean.</param>
internal sealed record UiAnnotation(string Key, JsonElement Value);

internal sealed record UiCheck(
    bool Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position);

/// <summary>Suggestions, each for the text between <paramref name="From"/> and <paramref name="To"/>.</summary>
internal sealed record UiCompletion(int From, int To, IReadOnlyList<UiSuggestion> Items);

/// <param name="Kind">keyword, operator, service, type, annotation, group or value.</param>
internal sealed record UiSuggestion(string Text, string Kind, string? Detail);

/// <param name="Traces">Requests that entered.</param>
/// <param name="Total">Nodes that there are; <paramref name="Nodes"/> are those from <paramref name="Offset"/> on, the ones with most calls first.</param>
/// <param name="Edges">Between nodes that are shown.</param>
internal sealed record UiMap(
    DateTimeOffset Start, DateTimeOffset End, long Traces, string? Notice, int Total, int Offset, IReadOnlyList<UiMapNode> Nodes, IReadOnlyList<UiMapEdge> Edges);

/// <param name="Statistics">Null for clients.</param>
internal sealed record UiMapNode(
    string Id, string Name, string? Type, bool Root, bool Inferred, IReadOnlyList<string> Protocols, UiStatistics? Statistics);

internal sealed record UiStatistics(
    UiCounts Counts, double AverageSeconds, double P50Seconds, double P90Seconds, double P99Seconds, IReadOnlyList<UiTimeCount> Histogram);

/// <param name="Link">Asynchronous: a message, not a call.</param>
internal sealed record UiMapEdge(string Source, string Target, bool Link, UiStatistics Statistics);

internal sealed record UiTimeSeries(int BucketSeconds, IReadOnlyList<UiPoint> Points, string? Notice);

internal sealed record UiPoint(DateTimeOffset Time, UiCounts Counts, double? AverageSeconds, double? P90Seconds);

/// <param name="Selected">Requests whose response time lies in the stretch.</param>
internal sealed record UiAnalytics(
    string? Notice, long Selected, long Rest, IReadOnlyList<UiTimeCount> Histogram, IReadOnlyList<UiAnalyticsTable> Tables);

/// <param name="By">service, url, method, status, user, client, exception or annotation.</param>
/// <param name="Key">Of an annotation.</param>
/// <param name="More">There are values that are not shown: at most 50 are, and 1,000 counted.</param>
internal sealed record UiAnalyticsTable(string By, string? Key, long Distinct, bool More, IReadOnlyList<UiAnalyticsRow> Rows);

internal sealed record UiAnalyticsRow(JsonElement Value, long Selected, long Rest);

internal sealed record UiDocuments(string TraceId, IReadOnlyList<UiDocument> Segments);

internal sealed record UiDocument(string Id, string Document);
