using System.Text.Json;
using Weir.Features.Questions;

namespace Weir.Features.Logs;

internal sealed record LogGroups(IReadOnlyList<LogGroupSummary> Groups)
{
    /// <summary>What the result leaves out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record LogGroupSummary(
    string Name, string Protocol, long Streams, long Events, long Bytes, string? LastAt, int? RetentionDays);

internal sealed record LogStreams(IReadOnlyList<LogStreamSummary> Streams)
{
    /// <summary>What the result leaves out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record LogStreamSummary(string Name, long Events, string? FirstAt, string? LastAt);

internal sealed record LogEvents(IReadOnlyList<LogEvent> Events, string? NextCursor, string? Notice, AheadRows? Ahead = null);

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
