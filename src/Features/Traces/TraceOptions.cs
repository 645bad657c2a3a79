namespace Weir.Features.Traces;

/// <summary>Bounds of what is read for one answer about traces.</summary>
internal sealed record TraceOptions
{
    /// <summary>The account of traces that name none.</summary>
    public string Account { get; init; } = "000000000000";

    /// <summary>Most traces that are read while one page of matches is looked for.</summary>
    public int TracesScannedPerPage { get; init; } = 20_000;

    /// <summary>Most traces that are read whole to judge a filter that the engine can't decide, for a graph or a count.</summary>
    public int TracesJudged { get; init; } = 100_000;

    /// <summary>Seconds that reading traces whole may take for one answer.</summary>
    public double JudgeSeconds { get; init; } = 10;

    /// <summary>Count the traces of each group once a minute.</summary>
    public bool CountGroups { get; init; } = true;

    /// <summary>Hours before the end of a range in which insights are looked for.</summary>
    public int InsightHours { get; init; } = 24;

    /// <summary>Look once a minute for insights of the groups whose notifications are on.</summary>
    public bool WatchInsights { get; init; } = true;
}
