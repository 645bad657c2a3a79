using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Features.Errors;
using Weir.Features.Logs;
using Weir.Features.Traces.Lists;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api;

// Property names become camelCase. ui/src/api/types.generated.ts is made of these records: ./dev types.

/// <summary>Answer of <c>/api/status</c>. Times of the room are ISO 8601 in UTC with up to nanoseconds; durations and offsets are numbers with the unit in the name.</summary>
/// <param name="Endpoints">Where clients point; the host is the one the browser used.</param>
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

/// <param name="Empty">Nothing was ever stored.</param>
/// <param name="Series">One entry a bucket, oldest first; gaps are filled with zeros.</param>
internal sealed record Home(
    bool Empty,
    HomeRange Range,
    HomeTotals Totals,
    IReadOnlyList<HomeBucket> Series,
    IReadOnlyList<HomeService> Services,
    IReadOnlyList<ItemSummary> RecentErrors)
{
    /// <summary>What the response leaves out.</summary>
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

/// <param name="Problems">Calls that brought nothing, the problem met last first: why nothing arrives.</param>
internal sealed record Setup(IReadOnlyList<SetupClient> Clients, IReadOnlyList<SetupProblem> Problems);

/// <param name="Client">Id of a client, or empty when the client is unknown.</param>
/// <param name="Example">The newest such call.</param>
internal sealed record SetupProblem(string Client, string Problem, string Example, string Advice, long Count, string FirstAt, string LastAt);

/// <param name="State">waiting, received or rejected.</param>
/// <param name="LastRejection">The newest refusal in plain words: why nothing arrives though something was sent.</param>
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

internal sealed record SearchResult(IReadOnlyList<SearchMatch> Matches, string? Notice);

/// <param name="Kind">trace, span, log, occurrence, item, logGroup or service.</param>
/// <param name="Link">Path in the UI.</param>
internal sealed record SearchMatch(string Kind, string Id, string Title, string Detail, string? Time, string Link);

/// <summary>Answer of <c>/healthz</c>.</summary>
/// <param name="Reasons">Why it does not work; the answer is then 503.</param>
/// <param name="Warnings">Counts near their limits, and set-aside rows.</param>
internal sealed record Health(string Status, IReadOnlyList<string> Reasons, IReadOnlyList<string> Warnings);

/// <summary>Answer of <c>/api/journal</c>.</summary>
/// <param name="Bytes">Acknowledged and not yet loaded.</param>
/// <param name="LimitBytes">Above it clients get an error and retry.</param>
/// <param name="Trouble">Why the engine accepts no rows at all; null when it does.</param>
/// <param name="WaitingSegments">Segments that failed to load while others succeeded; they are tried again.</param>
/// <param name="WaitingReason">Why the newest of those failed.</param>
/// <param name="UnknownFiles">In the journal's folder, not its own.</param>
/// <param name="SetAsideBytes">Of all files of <paramref name="SetAside"/>.</param>
/// <param name="SetAsideLimitBytes">Past it the oldest are deleted.</param>
/// <param name="DeletedRows">Refused rows that were deleted since the start because of the limit.</param>
/// <param name="SetAside">Segments with rows that the engine refused.</param>
internal sealed record JournalStatus(
    long Bytes, long LimitBytes, string? Trouble, int WaitingSegments, string? WaitingReason, IReadOnlyList<string> UnknownFiles,
    long SetAsideBytes, long SetAsideLimitBytes, long DeletedRows, IReadOnlyList<JournalSetAside> SetAside);

/// <param name="Name">Of the segment, for retry and drop.</param>
/// <param name="Bytes">Of its file.</param>
/// <param name="At">When it was set aside.</param>
/// <param name="Rows">The rows that are not loaded.</param>
internal sealed record JournalSetAside(string Name, long Bytes, string At, IReadOnlyList<JournalRows> Rows);

internal sealed record JournalRows(string Signal, string Reason, long Rows, string Message);

internal sealed record JournalNames(IReadOnlyList<string>? Names);

/// <summary>All shapes of the room; null is written unless a member specifies otherwise.</summary>
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
