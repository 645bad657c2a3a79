namespace Weir.Core.Query;

/// <summary>
/// Groups, their points in time and the totals of both in one pass: rows are aggregated into cells (group and bucket), cells into groups,
/// buckets and the whole. Accumulators are mergeable, so a percentile of a group is that of its rows and not of its points.
/// </summary>
public sealed record GroupedQuery
{
    public required IReadOnlyList<RowSource> Sources { get; init; }

    /// <summary>Columns of the sources that define the groups; empty for totals only.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Column of the sources with the number of the bucket (UInt32); null for no points.</summary>
    public string? Bucket { get; init; }

    public required IReadOnlyList<Accumulator> Accumulators { get; init; }

    /// <summary>
    /// The values of each group, bucket and the whole: expressions over accumulators (<see cref="FieldExpr"/> of their names). They are the
    /// columns of the result, after <c>kind</c> (<see cref="RowKind"/>), <c>bucket</c> and the keys, and before <c>points</c>.
    /// </summary>
    public required IReadOnlyList<Selection> Values { get; init; }

    /// <summary>Condition over <see cref="Values"/> by name; it filters groups only and does not change totals.</summary>
    public Expr? Having { get; init; }

    /// <summary>Over <see cref="Values"/> and <see cref="Keys"/> by name.</summary>
    public IReadOnlyList<Ordering> OrderBy { get; init; } = [];

    /// <summary>Maximum number of groups.</summary>
    public required int Limit { get; init; }

    /// <summary>Returns totals (and with <see cref="Bucket"/> totals of each bucket) in addition to the groups.</summary>
    public bool Totals { get; init; } = true;

    /// <summary>Above this number of cells the query stops and returns no table.</summary>
    public long MostCells { get; init; } = 100_000;

    public QueryBudget Budget { get; init; } = QueryBudget.Long;
}

/// <summary>The kind of a row in the result of a <see cref="GroupedQuery"/>.</summary>
public enum RowKind
{
    /// <summary>All rows: always exactly one row.</summary>
    Whole = 0,
    /// <summary>One bucket of all rows.</summary>
    Bucket = 1,
    /// <summary>A group; <c>points</c> has an array <c>[bucket, values…]</c> for each of its buckets.</summary>
    Group = 2,
}

/// <summary>An aggregate over rows. Rows where <paramref name="Column"/> is NULL are ignored.</summary>
/// <param name="Column">Column of the sources; null only for Count, which then counts all rows.</param>
/// <param name="Weight">Column of the sources with the weight of a row; null means one.</param>
/// <param name="Levels">For Quantiles and ExactQuantiles, 0..1; the value is an array in this order.</param>
public sealed record Accumulator(
    string Name, AccumulatorKind Kind, string? Column = null, string? Weight = null, IReadOnlyList<double>? Levels = null);

public enum AccumulatorKind
{
    Count,
    Sum,
    Min,
    Max,
    Quantiles,
    /// <summary>Quantiles that keep every distinct value: for values that many rows share.</summary>
    ExactQuantiles,
    /// <summary>Approximate above some thousand values, within 0.5 %.</summary>
    Distinct,
}
