namespace Weir.Features.Requests;

// The shapes of GET /api/story/{traceId} and of what is below it; ui/src/api/types.ts describes each field.

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

/// <summary>One span with everything it has. Offsets, its own too, are from its start.</summary>
internal sealed record StorySpanAnswer(IReadOnlyList<StorySpan> Spans);

/// <summary>A field of all spans of a trace: <c>Of[i]</c> is the number in <c>Values</c> of the i-th id.</summary>
/// <param name="Ids">16 hex digits a span.</param>
internal sealed record StoryValues(string Column, string Ids, IReadOnlyList<int> Of, IReadOnlyList<string> Values, bool Truncated);

/// <summary>Spans of a trace that hold a text.</summary>
/// <param name="Ids">16 hex digits a span.</param>
internal sealed record StoryFound(string Text, int Count, string Ids, bool Truncated);

internal sealed record StoryRequest(string Method, string Target, int? HttpStatus, string? ClientIp);

internal sealed record StoryPart(string Id, string Kind, string Protocol, string Title, StoryLink Link, string? TraceId, int Count);

internal sealed record StoryLink(string By, string Explanation, double? DistanceMs, IReadOnlyList<string> MatchedOn, double Confidence)
{
    public static StoryLink Origin { get; } = new("origin", "The trace that was asked for.", null, [], 1);
}

/// <summary>A record that belongs to this request or to another one.</summary>
/// <param name="Kind">As of a part: <c>xray</c>, <c>trace</c>, <c>logs</c>, <c>error</c>.</param>
/// <param name="Of">How many requests it may belong to; 1 when only this one, but not surely.</param>
internal sealed record StoryCandidate(string Kind, string Protocol, string Title, int Of, string Explanation)
{
    public string? TraceId { get; init; }

    public string? OccurrenceId { get; init; }

    public string? Time { get; init; }

    /// <summary>Of a line.</summary>
    public string? Body { get; init; }
}

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

internal sealed record StoryFrame(string? File, int? Line, int? Column, string? Method, string? Code, bool InProject);
