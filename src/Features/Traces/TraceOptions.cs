namespace Weir.Features.Traces;

/// <summary>Limits for reading traces for one response.</summary>
internal sealed record TraceOptions
{
    /// <summary>The account of traces that contain none.</summary>
    public string Account { get; init; } = "000000000000";

    /// <summary>Maximum traces that are read while searching one page of matches.</summary>
    public int TracesScannedPerPage { get; init; } = 20_000;

    /// <summary>Maximum traces that are read completely to evaluate a filter that the engine can't decide, for a graph or a count.</summary>
    public int TracesJudged { get; init; } = 100_000;

    /// <summary>Maximum seconds for reading complete traces for one response.</summary>
    public double JudgeSeconds { get; init; } = 10;

    /// <summary>Count the traces of each group once a minute.</summary>
    public bool CountGroups { get; init; } = true;

    /// <summary>Hours before the end of a range for which insights are computed.</summary>
    public int InsightHours { get; init; } = 24;

    /// <summary>Check once a minute for insights of the groups with notifications enabled.</summary>
    public bool WatchInsights { get; init; } = true;
}
