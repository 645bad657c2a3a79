using System.Collections.Frozen;

namespace Weir.Features.Questions;

/// <summary>What is calculated over the rows of a group.</summary>
public enum CalculationOp
{
    Count,
    Concurrency,
    Sum,
    Avg,
    CountDistinct,
    Max,
    Min,
    P001,
    P01,
    P05,
    P10,
    P20,
    P25,
    P50,
    P75,
    P80,
    P90,
    P95,
    P99,
    P999,
    Heatmap,
    RateAvg,
    RateSum,
    RateMax,
    /// <summary>COUNT of a metric's data points.</summary>
    CountDatapoints,
    /// <summary>How many values a metric's stored histograms counted.</summary>
    HistogramCount,
}

/// <summary>The specification's words for <see cref="CalculationOp"/>, and what each needs.</summary>
public static class CalculationOps
{
    private static readonly FrozenDictionary<string, CalculationOp> ByName =
        Enum.GetValues<CalculationOp>().ToFrozenDictionary(Name, StringComparer.Ordinal);

    /// <summary>All words, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<CalculationOp>().Select(Name)];

    public static string Name(CalculationOp op) => op switch
    {
        CalculationOp.Count => "COUNT",
        CalculationOp.Concurrency => "CONCURRENCY",
        CalculationOp.Sum => "SUM",
        CalculationOp.Avg => "AVG",
        CalculationOp.CountDistinct => "COUNT_DISTINCT",
        CalculationOp.Max => "MAX",
        CalculationOp.Min => "MIN",
        CalculationOp.Heatmap => "HEATMAP",
        CalculationOp.RateAvg => "RATE_AVG",
        CalculationOp.RateSum => "RATE_SUM",
        CalculationOp.RateMax => "RATE_MAX",
        CalculationOp.CountDatapoints => "COUNT_DATAPOINTS",
        CalculationOp.HistogramCount => "HISTOGRAM_COUNT",
        CalculationOp.P001 or CalculationOp.P01 or CalculationOp.P05 or CalculationOp.P10 or CalculationOp.P20 or CalculationOp.P25
            or CalculationOp.P50 or CalculationOp.P75 or CalculationOp.P80 or CalculationOp.P90 or CalculationOp.P95 or CalculationOp.P99
            or CalculationOp.P999 => op.ToString(),
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    public static bool TryParse(string name, out CalculationOp op) => ByName.TryGetValue(name, out op);

    /// <summary>The level 0..1 of a percentile, null of everything else.</summary>
    public static double? Level(CalculationOp op) => op switch
    {
        CalculationOp.P001 => 0.001,
        CalculationOp.P01 => 0.01,
        CalculationOp.P05 => 0.05,
        CalculationOp.P10 => 0.1,
        CalculationOp.P20 => 0.2,
        CalculationOp.P25 => 0.25,
        CalculationOp.P50 => 0.5,
        CalculationOp.P75 => 0.75,
        CalculationOp.P80 => 0.8,
        CalculationOp.P90 => 0.9,
        CalculationOp.P95 => 0.95,
        CalculationOp.P99 => 0.99,
        CalculationOp.P999 => 0.999,
        _ => null,
    };

    /// <summary>True when the calculation is the difference between a bucket and the one before it.</summary>
    public static bool IsRate(CalculationOp op) => op is CalculationOp.RateAvg or CalculationOp.RateSum or CalculationOp.RateMax;
}
