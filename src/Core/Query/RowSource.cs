using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>
/// Rows of one signal, seen as rows of named columns. Several sources of one query have the same columns and are read as one table.
/// </summary>
public sealed record RowSource
{
    public required Signal Signal { get; init; }

    /// <summary>Half-open, on the signal's time column.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Null asks all environments.</summary>
    public string? Environment { get; init; }

    public Expr? Where { get; init; }

    /// <summary>
    /// Name and value, over the signal's fields. Names are the planner's own, letters and digits. Columns of a joined relation are
    /// <see cref="FieldExpr"/> of the names it gave them.
    /// </summary>
    public required IReadOnlyList<Selection> Columns { get; init; }

    /// <summary>Rows that one of these takes are read; none at all reads all rows.</summary>
    public IReadOnlyList<RowSampling> Sampling { get; init; } = [];

    /// <summary>Other rows whose columns are put beside each row.</summary>
    public IReadOnlyList<RowJoin> Joins { get; init; } = [];
}

/// <summary>
/// A part of the rows, taken at random but the same each time: of the granules (some thousand neighbouring rows, which are read whole or
/// not at all) one share, and of the rows in them another.
/// </summary>
/// <param name="Granules">Share 0..1 of the granules.</param>
/// <param name="Rows">Share 0..1 of the rows in these.</param>
/// <param name="Of">Which rows it takes a part of, over the signal's fields; null for all.</param>
public sealed record RowSampling(double Granules, double Rows, Expr? Of = null);

/// <summary>
/// Puts columns of one other row beside each row: of the rows of <paramref name="Other"/> whose key is that of the row, any one. Rows without
/// one keep NULLs, or are left out when it is <paramref name="Required"/>.
/// </summary>
/// <param name="Keys">The row's key, over the signal's fields.</param>
/// <param name="Other">Sources whose first columns, as many as there are keys, are the key; the names of the others must be unique.</param>
public sealed record RowJoin(IReadOnlyList<Expr> Keys, IReadOnlyList<RowSource> Other, bool Required);

/// <summary>How a column is written so that sources of different signals fit together.</summary>
public enum ColumnForm
{
    /// <summary>As the expression gives it; only where there is one source.</summary>
    AsIs,
    Text,
    Number,
    Bool,
    /// <summary>A whole number as Int64; NULL where it is none, or none of 64 bits.</summary>
    Whole,
}

/// <summary>One question to rows of several signals, grouped when <see cref="GroupBy"/> or an aggregate is there.</summary>
public sealed record SourceQuery
{
    public required IReadOnlyList<RowSource> Sources { get; init; }

    /// <summary>Over the sources' columns (<see cref="FieldExpr"/> of their names).</summary>
    public required IReadOnlyList<Selection> Select { get; init; }

    public IReadOnlyList<Expr> GroupBy { get; init; } = [];

    /// <summary>By result columns or expressions over the sources' columns.</summary>
    public IReadOnlyList<Ordering> OrderBy { get; init; } = [];

    public required int Limit { get; init; }

    /// <summary>Looks at so many rows of each source, whichever come first; 0 looks at all.</summary>
    public int MostRows { get; init; }

    public QueryBudget Budget { get; init; } = QueryBudget.Long;
}
