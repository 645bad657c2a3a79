using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Protocols.Api.Out;

namespace Weir.Protocols.Api;

// The shapes of ui/src/api/types.ts, which is the contract. Property names become camelCase.
internal sealed record Status(
    string Version,
    string StartedAt,
    double UptimeSeconds,
    StatusEngine Engine,
    StatusEndpoints Endpoints,
    IReadOnlyList<CounterShape> Ingest,
    StatusStorage Storage,
    IReadOnlyList<SetupProblem> Problems);

/// <param name="State">ready, restarting, silent or closed.</param>
internal sealed record StatusEngine(string Kind, string Version, string State, string Reason, int Restarts);

internal sealed record StatusEndpoints(string Main, string OtlpHttp, string OtlpGrpc, string XrayDaemon);

internal sealed record StatusStorage(
    long DataBytes, long JournalBytes, long JournalLimitBytes, long FreeBytes, IReadOnlyList<StatusTable> Tables);

internal sealed record StatusTable(string Table, long Rows, long Bytes, string? Oldest);

internal sealed record CounterShape(
    string Protocol, string Signal, long Received, long Stored, IReadOnlyList<DropShape> Dropped, string? FirstAt, string? LastAt,
    IReadOnlyList<DropShape> Repaired);

internal sealed record DropShape(string Reason, long Count, string LastMessage, string LastAt);

internal sealed record Home(
    bool Empty,
    HomeRange Range,
    HomeTotals Totals,
    IReadOnlyList<HomeBucket> Series,
    IReadOnlyList<HomeService> Services,
    IReadOnlyList<ItemSummary> RecentErrors)
{
    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record HomeRange(string Start, string End, long BucketSeconds);

internal sealed record HomeTotals(
    long Requests,
    long Spans,
    long Logs,
    long Occurrences,
    long Metrics,
    long Events,
    double ErrorRate,
    double? P50Ms,
    double? P95Ms);

internal sealed record HomeBucket(string Time, long Spans, long Logs, long Occurrences, long Errors);

internal sealed record HomeService(
    string Service,
    IReadOnlyList<string> Protocols,
    long Spans,
    long Logs,
    long Occurrences,
    long Errors,
    double? P50Ms,
    double? P95Ms,
    string LastAt);

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

/// <param name="Problems">Calls that brought nothing, the problem met last first: why nothing arrives.</param>
internal sealed record Setup(IReadOnlyList<SetupClient> Clients, IReadOnlyList<SetupProblem> Problems);

/// <param name="Client">Id of a client, or empty when nobody knows whose call it was.</param>
/// <param name="Example">The newest such call.</param>
internal sealed record SetupProblem(string Client, string Problem, string Example, string Advice, long Count, string FirstAt, string LastAt);

internal sealed record SetupClient(
    string Id,
    string Title,
    string Summary,
    IReadOnlyList<Snippet> Snippets,
    string State,
    long Received,
    string? LastAt,
    SetupRejection? LastRejection);

/// <param name="Language">bash, csharp, python, javascript or ini.</param>
internal sealed record Snippet(string Label, string Language, string Code);

internal sealed record SetupRejection(string At, string Reason, string Message);

internal sealed record ServiceList(IReadOnlyList<ServiceShape> Services)
{
    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record ServiceShape(string Service, IReadOnlyList<string> Protocols, IReadOnlyList<string> Names);

internal sealed record TraceList(IReadOnlyList<TraceSummary> Traces, string? NextCursor, string? Notice, AheadShape? Ahead = null);

/// <summary>Rows that lie after a list's range and ahead of the clock.</summary>
internal sealed record AheadShape(long Rows, string Newest);

internal sealed record TraceSummary(
    string TraceId,
    string XrayTraceId,
    string Start,
    double DurationMs,
    IReadOnlyList<string> Protocols,
    TraceRoot? Root,
    IReadOnlyList<ServiceSpans> Services,
    long SpanCount,
    long ErrorCount);

internal sealed record TraceRoot(string Service, string Name, string Kind, string? Method, string? Target, int? HttpStatus);

internal sealed record ServiceSpans(string Service, long Spans);

internal sealed record LogGroups(IReadOnlyList<LogGroup> Groups)
{
    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record LogGroup(
    string Name, string Protocol, long Streams, long Events, long Bytes, string? LastAt, int? RetentionDays);

internal sealed record LogStreams(IReadOnlyList<LogStream> Streams)
{
    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record LogStream(string Name, long Events, string? FirstAt, string? LastAt);

internal sealed record LogEvents(IReadOnlyList<LogEvent> Events, string? NextCursor, string? Notice, AheadShape? Ahead = null);

internal sealed record LogEvent(
    string Id,
    string Time,
    string IngestedAt,
    string Protocol,
    string Service,
    string Severity,
    string Body,
    string? LogGroup,
    string? LogStream,
    string? TraceId,
    string? SpanId,
    SortedDictionary<string, JsonElement> Attributes,
    SortedDictionary<string, JsonElement> Resource);

internal sealed record SearchResult(IReadOnlyList<SearchMatch> Matches, string? Notice);

/// <param name="Kind">trace, span, log, occurrence, item, logGroup or service.</param>
/// <param name="Link">Path in the UI.</param>
internal sealed record SearchMatch(string Kind, string Id, string Title, string Detail, string? Time, string Link);

/// <summary>Answer of <c>/healthz</c>.</summary>
/// <param name="Reasons">Why it does not work; the answer is then 503.</param>
/// <param name="Warnings">What works now and will not for long: counts near their limits. And what of the acknowledged rows was set aside.</param>
internal sealed record Health(string Status, IReadOnlyList<string> Reasons, IReadOnlyList<string> Warnings);

/// <summary>Every shape of the room; null is written except where a member says otherwise.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(Home))]
[JsonSerializable(typeof(Setup))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(TraceList))]
[JsonSerializable(typeof(LogGroups))]
[JsonSerializable(typeof(LogStreams))]
[JsonSerializable(typeof(LogEvents))]
[JsonSerializable(typeof(LogEvent))]
[JsonSerializable(typeof(SearchResult))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(JournalStatus))]
[JsonSerializable(typeof(JournalNames))]
[JsonSerializable(typeof(string))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>For answers: quotes and other scripts' letters as they are, which is half the bytes of many a log line.</summary>
    public static ApiJson Answers { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // served as application/json only, never inside a page
    });
}
