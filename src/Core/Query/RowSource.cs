using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>
/// Rows of one signal as rows of named columns. Several sources of one query have the same columns and are read as one table.
/// </summary>
public sealed record RowSource
{
    public required Signal Signal { get; init; }

    /// <summary>Half-open range on the signal's time column.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Null means all environments.</summary>
    public string? Environment { get; init; }

    public Expr? Where { get; init; }

    /// <summary>
    /// Name and value, over the signal's fields. The planner chooses the names, letters and digits. Columns of a joined relation are
    /// <see cref="FieldExpr"/> of the names that it gave them.
    /// </summary>
    public required IReadOnlyList<Selection> Columns { get; init; }

    /// <summary>Rows that match one of these are read; an empty list reads all rows.</summary>
    public IReadOnlyList<RowSampling> Sampling { get; init; } = [];

    /// <summary>Other rows whose columns are joined to each row.</summary>
    public IReadOnlyList<RowJoin> Joins { get; init; } = [];

    /// <summary>Of metrics: gives what the stored histograms counted instead of the data points. Null gives the rows as they are.</summary>
    public HistogramParts? Parts { get; init; }
}

/// <summary>
/// Reads each stored histogram as several rows, its parts: columns may use <see cref="Part"/>, <see cref="Value"/> and <see cref="Weight"/> beside the
/// data point's fields. Of a cumulative series a data point has what was counted since the one before it. Rows that are no histograms are left out.
/// </summary>
/// <param name="SinceNs">A cumulative series that began here or later began with nothing; of others the first data point has no parts.</param>
/// <param name="Where">Over the parts; the source's own condition chooses the data points.</param>
/// <param name="Wanted">The parts that columns take, one at least; others are left out.</param>
public sealed record HistogramParts(long SinceNs, Expr? Where, IReadOnlySet<HistogramPart> Wanted)
{
    /// <summary>A <see cref="HistogramPart"/> as its number.</summary>
    public static FieldExpr Part { get; } = new("histogram_part");

    /// <summary>Float64.</summary>
    public static FieldExpr Value { get; } = new("histogram_value");

    /// <summary>How many counted values the part stands for (UInt64).</summary>
    public static FieldExpr Weight { get; } = new("histogram_weight");
}

/// <summary>What a part of a histogram is.</summary>
public enum HistogramPart
{
    /// <summary>Some of the values of a bucket: these lie evenly spread in it, in at most sixteen parts.</summary>
    Values = 0,
    /// <summary>The sum of all values, with a weight of one; none when no sum was sent.</summary>
    Sum = 1,
    /// <summary>The mean of all values, with their number as its weight; none when no sum was sent.</summary>
    Mean = 2,
    /// <summary>The least value, or where its bucket begins.</summary>
    Least = 3,
    /// <summary>The greatest value, or where its bucket ends.</summary>
    Greatest = 4,
    /// <summary>How many values there are, with a weight of one.</summary>
    Count = 5,
}

/// <summary>
/// A random but reproducible sample of the rows: a share of the granules (some thousand neighbouring rows, which are read completely or
/// not at all), and a share of their rows.
/// </summary>
/// <param name="Granules">Share 0..1 of the granules.</param>
/// <param name="Rows">Share 0..1 of the rows in these.</param>
/// <param name="Of">Which rows are sampled, over the signal's fields; null for all.</param>
public sealed record RowSampling(double Granules, double Rows, Expr? Of = null);

/// <summary>
/// Joins columns of one other row to each row: any row of <paramref name="Other"/> with the same key. Rows without
/// one have NULLs, or are removed when it is <paramref name="Required"/>.
/// </summary>
/// <param name="Keys">The row's key, over the signal's fields.</param>
/// <param name="Other">Sources whose first columns are the key, as many as there are keys; the names of the others must be unique.</param>
public sealed record RowJoin(IReadOnlyList<Expr> Keys, IReadOnlyList<RowSource> Other, bool Required);

/// <summary>How a column is written so that sources of different signals have the same type.</summary>
public enum ColumnForm
{
    /// <summary>As the expression returns it; only with a single source.</summary>
    AsIs,
    Text,
    Number,
    Bool,
    /// <summary>An integer as Int64; NULL for other values and for those outside 64 bits.</summary>
    Whole,
}

/// <summary>One query over rows of several signals, grouped when <see cref="GroupBy"/> or an aggregate is present.</summary>
public sealed record SourceQuery
{
    public required IReadOnlyList<RowSource> Sources { get; init; }

    /// <summary>Over the sources' columns (<see cref="FieldExpr"/> of their names).</summary>
    public required IReadOnlyList<Selection> Select { get; init; }

    public IReadOnlyList<Expr> GroupBy { get; init; } = [];

    /// <summary>By result columns or expressions over the sources' columns.</summary>
    public IReadOnlyList<Ordering> OrderBy { get; init; } = [];

    public required int Limit { get; init; }

    /// <summary>Reads at most this many rows of each source, in any order; 0 reads all.</summary>
    public int MostRows { get; init; }

    public QueryBudget Budget { get; init; } = QueryBudget.Long;
}
