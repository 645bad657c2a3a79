using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>One question to one signal's table. Rows are filtered, grouped when <see cref="GroupBy"/> or an aggregate is there, ordered, cut.</summary>
public sealed record TelemetryQuery
{
    public required Signal Signal { get; init; }

    /// <summary>What each result row holds, in order, with the name it has in the result.</summary>
    public required IReadOnlyList<Selection> Select { get; init; }

    /// <summary>Half-open [From, To) on the signal's time column; null only for look-ups by id.</summary>
    public TimeRange? Range { get; init; }

    /// <summary>Rows of other queries beside each row; a row that finds none stays.</summary>
    public IReadOnlyList<Join> Joins { get; init; } = [];

    public Expr? Where { get; init; }

    public IReadOnlyList<Expr> GroupBy { get; init; } = [];

    /// <summary>Over the groups; may use aggregates.</summary>
    public Expr? Having { get; init; }

    public IReadOnlyList<Ordering> OrderBy { get; init; } = [];

    /// <summary>Keeps this many rows of each value of <see cref="LimitByKey"/>, before <see cref="Limit"/>. 0: no such limit.</summary>
    public int LimitBy { get; init; }

    public IReadOnlyList<Expr> LimitByKey { get; init; } = [];

    public required int Limit { get; init; }

    public int Offset { get; init; }

    /// <summary>Null asks all environments.</summary>
    public string? Environment { get; init; }

    public QueryBudget Budget { get; init; } = QueryBudget.Interactive;
}

/// <summary>All rows of a query whose first column equals a key; more than one such row repeats the row they are joined to.</summary>
/// <param name="Name">For <see cref="JoinedExpr"/>; letters.</param>
/// <param name="Key">Over the rows of the query that joins.</param>
public sealed record Join(string Name, TelemetryQuery Query, Expr Key);

/// <summary>What a query may cost.</summary>
public sealed record QueryBudget(TimeSpan MaxTime, long MaxMemoryBytes)
{
    public static QueryBudget Interactive { get; } = new(TimeSpan.FromSeconds(10), 1L << 30);

    public static QueryBudget Long { get; } = new(TimeSpan.FromSeconds(60), 2L << 30);
}

/// <summary>Half-open [From, To), UTC.</summary>
public readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;
}

/// <summary>One column of the result.</summary>
public sealed record Selection(string Name, Expr Value);

/// <summary>An order by an expression or by a result column (a <see cref="FieldExpr"/> of that name).</summary>
public sealed record Ordering(Expr Value, bool Descending = false);
