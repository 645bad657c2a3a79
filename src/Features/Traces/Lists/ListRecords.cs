using Weir.Features.Questions;

namespace Weir.Features.Traces.Lists;

internal sealed record ServiceList(IReadOnlyList<ListedService> Services)
{
    /// <summary>What the result leaves out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record ListedService(string Service, IReadOnlyList<string> Protocols, IReadOnlyList<string> Names);

internal sealed record TraceList(IReadOnlyList<TraceSummary> Traces, string? NextCursor, string? Notice, AheadRows? Ahead = null);

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
