namespace Weir.Core.Query;

/// <summary>
/// Groups, their points in time and the totals of both in one pass: rows are gathered into cells (group and bucket), cells into groups,
/// buckets and the whole. What is gathered is mergeable, so a percentile of a group is one of its rows and not of its points.
/// </summary>
public sealed record GroupedQuery
{
    public required IReadOnlyList<RowSource> Sources { get; init; }

    /// <summary>Columns of the sources that make a group; none asks for the totals only.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Column of the sources that numbers the buckets (UInt32); null asks for no points.</summary>
    public string? Bucket { get; init; }

    public required IReadOnlyList<Accumulator> Accumulators { get; init; }

    /// <summary>
    /// What each group, bucket and the whole get: expressions over accumulators (<see cref="FieldExpr"/> of their names). These are the
    /// result's columns, after <c>kind</c> (<see cref="RowKind"/>), <c>bucket</c> and the keys, and before <c>points</c>.
    /// </summary>
    public required IReadOnlyList<Selection> Values { get; init; }

    /// <summary>Over <see cref="Values"/> by name; keeps groups only, totals stay what they are.</summary>
    public Expr? Having { get; init; }

    /// <summary>Over <see cref="Values"/> and <see cref="Keys"/> by name.</summary>
    public IReadOnlyList<Ordering> OrderBy { get; init; } = [];

    /// <summary>Most groups.</summary>
    public required int Limit { get; init; }

    /// <summary>Gives totals (and with <see cref="Bucket"/> totals of each bucket) beside the groups.</summary>
    public bool Totals { get; init; } = true;

    /// <summary>Past so many cells the query stops and gives no table.</summary>
    public long MostCells { get; init; } = 100_000;

    public QueryBudget Budget { get; init; } = QueryBudget.Long;
}

/// <summary>What a row of a <see cref="GroupedQuery"/>'s result is about.</summary>
public enum RowKind
{
    /// <summary>All rows: one row, always there.</summary>
    Whole = 0,
    /// <summary>One bucket of all rows.</summary>
    Bucket = 1,
    /// <summary>A group; <c>points</c> has an array <c>[bucket, values…]</c> for each of its buckets.</summary>
    Group = 2,
}

/// <summary>Something gathered over rows. Rows where <paramref name="Column"/> is NULL do not count.</summary>
/// <param name="Column">Column of the sources; null only for Count, which then counts all rows.</param>
/// <param name="Weight">Column of the sources that says how many rows a row stands for; null means one.</param>
/// <param name="Levels">Of Quantiles and ExactQuantiles, 0..1; the value is an array in this order.</param>
public sealed record Accumulator(
    string Name, AccumulatorKind Kind, string? Column = null, string? Weight = null, IReadOnlyList<double>? Levels = null);

public enum AccumulatorKind
{
    Count,
    Sum,
    Min,
    Max,
    Quantiles,
    /// <summary>Quantiles that keep every different value: for values that many rows share.</summary>
    ExactQuantiles,
    /// <summary>Approximate past some thousands, 0.5 % or better.</summary>
    Distinct,
}
