namespace Weir.Features.Requests;

/// <summary>Answer of <c>/api/story/{traceId}</c>.</summary>
/// <param name="Request">As the matching saw it; null when the trace has no server span.</param>
/// <param name="Parts">One a source of signals, in the order they joined.</param>
/// <param name="SpanCount">Spans there are, also those that are not shown.</param>
/// <param name="Spans">Up to 1,000 spans with everything they have, in order of the tree; empty when there is a table.</param>
/// <param name="Table">More than 1,000 spans: what the timeline needs of them.</param>
/// <param name="Candidates">Records that belong to this request or to another one; not among logs, errors and parts.</param>
/// <param name="Notices">Sentences: links that were not made and why, what was left out, clocks that differ.</param>
internal sealed record StoryAnswer(
    string TraceId,
    string XrayTraceId,
    string Title,
    string Start,
    double DurationMs,
    StoryRequest? Request,
    IReadOnlyList<StoryPart> Parts,
    int SpanCount,
    IReadOnlyList<StorySpan> Spans,
    SpanTable? Table,
    IReadOnlyList<StoryLog> Logs,
    IReadOnlyList<StoryError> Errors,
    IReadOnlyList<StoryCandidate> Candidates,
    IReadOnlyList<string> Notices);

/// <summary>One span with all its fields. All offsets are relative to its start.</summary>
/// <param name="Notices">What the response leaves out.</param>
internal sealed record StorySpanAnswer(IReadOnlyList<StorySpan> Spans, IReadOnlyList<string> Notices);

/// <summary>A field of all spans of a trace: <c>Of[i]</c> is the number in <c>Values</c> of the i-th id.</summary>
/// <param name="Ids">16 hex digits per span.</param>
internal sealed record StoryValues(string Column, string Ids, IReadOnlyList<int> Of, IReadOnlyList<string> Values, bool Truncated);

/// <summary>Spans of a trace that contain a text.</summary>
/// <param name="Ids">16 hex digits per span.</param>
internal sealed record StoryFound(string Text, int Count, string Ids, bool Truncated);

internal sealed record StoryRequest(string Method, string Target, int? HttpStatus, string? ClientIp);

/// <param name="Kind">trace, xray, logs or error.</param>
internal sealed record StoryPart(string Id, string Kind, string Protocol, string Title, StoryLink Link, string? TraceId, int Count);

/// <summary>Why a part belongs to the story.</summary>
/// <param name="By">origin, sameId and idInText are facts, match is a match.</param>
internal sealed record StoryLink(string By, string Explanation, double? DistanceMs, IReadOnlyList<string> MatchedOn, double Confidence)
{
    public static StoryLink Origin { get; } = new("origin", "The requested trace.", null, [], 1);
}

/// <summary>A record that belongs to this request or to another one.</summary>
/// <param name="Kind">trace, xray, logs or error.</param>
/// <param name="Of">How many requests it may belong to; 1 when only this one, but not surely.</param>
/// <param name="Time">When it was written, began or came in.</param>
/// <param name="Body">Of a log line.</param>
internal sealed record StoryCandidate(
    string Kind,
    string Protocol,
    string Title,
    int Of,
    string Explanation,
    string? Time = null,
    string? TraceId = null,
    string? OccurrenceId = null,
    string? Body = null);

/// <param name="ParentMissing">The parent is named and was not received.</param>
/// <param name="Document">The X-Ray document as it was received, JSON text.</param>
internal sealed record StorySpan(
    string PartId,
    string Protocol,
    string TraceId,
    string SpanId,
    string? ParentSpanId,
    bool ParentMissing,
    string Service,
    string Name,
    string Kind,
    string Status,
    string? StatusMessage,
    bool InProgress,
    long OffsetNs,
    long DurationNs,
    int Depth,
    FlatAttributes Attributes,
    FlatAttributes Resource,
    StoryScope? Scope,
    IReadOnlyList<StoryEvent> Events,
    IReadOnlyList<StorySpanLink> Links,
    string? Document);

internal sealed record StoryScope(string Name, string Version);

internal sealed record StoryEvent(long OffsetNs, string Name, FlatAttributes Attributes);

internal sealed record StorySpanLink(string TraceId, string SpanId, FlatAttributes Attributes);

internal sealed record StoryLog(
    string PartId,
    string Id,
    string Protocol,
    long OffsetNs,
    string Time,
    string Severity,
    string Body,
    string Service,
    string? SpanId,
    string? LogGroup,
    string? LogStream,
    FlatAttributes Attributes);

internal sealed record StoryError(
    string PartId,
    string OccurrenceId,
    string ItemId,
    string Protocol,
    long OffsetNs,
    string Time,
    string Level,
    string Title,
    string? ExceptionClass,
    string? Message,
    string? SpanId,
    IReadOnlyList<StoryFrame> Frames);

/// <summary>Of a list that begins at the call that threw and goes outwards.</summary>
internal sealed record StoryFrame(string? File, int? Line, int? Column, string? Method, string? Code, bool InProject);
