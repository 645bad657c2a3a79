using Weir.Core.Model;

namespace Weir.Features.Questions;

/// <summary>
/// A question as Honeycomb's query specification words it, the same for every signal. Nothing is filled in here: what a missing member
/// means is decided where the question is planned. https://docs.honeycomb.io/api/query-specification/
/// </summary>
public sealed record QuerySpec
{
    /// <summary>Empty means COUNT.</summary>
    public IReadOnlyList<Calculation> Calculations { get; init; } = [];

    public IReadOnlyList<Filter> Filters { get; init; } = [];

    public FilterCombination Combination { get; init; }

    /// <summary>Column names; rows without a value make a group of their own.</summary>
    public IReadOnlyList<string> Breakdowns { get; init; } = [];

    public IReadOnlyList<Order> Orders { get; init; } = [];

    public IReadOnlyList<Having> Havings { get; init; } = [];

    /// <summary>Most groups of the result.</summary>
    public int? Limit { get; init; }

    /// <summary>Seconds.</summary>
    public double? TimeRange { get; init; }

    /// <summary>Seconds since 1970, UTC.</summary>
    public double? StartTime { get; init; }

    /// <summary>Seconds since 1970, UTC.</summary>
    public double? EndTime { get; init; }

    /// <summary>Seconds a point of a series stands for; null or 0 lets Weir choose.</summary>
    public double? Granularity { get; init; }

    /// <summary>Seconds the compared period lies back.</summary>
    public double? CompareOffset { get; init; }

    public IReadOnlyList<CalculatedFieldDefinition> CalculatedFields { get; init; } = [];

    /// <summary>Results computed of calculations.</summary>
    public IReadOnlyList<CalculatedFieldDefinition> Formulas { get; init; } = [];

    /// <summary>Which signals are asked; null means spans, logs, errors and events.</summary>
    public IReadOnlyList<Signal>? Signals { get; init; }

    /// <summary>What is asked when a specification names no signals.</summary>
    public static IReadOnlyList<Signal> DefaultSignals { get; } = [Signal.Spans, Signal.Logs, Signal.Occurrences, Signal.Events];
}

/// <summary>One value a group gets.</summary>
/// <param name="Column">What is calculated over; null for COUNT of rows and CONCURRENCY.</param>
/// <param name="Name">Its name in the result; null means <c>OP(column)</c>.</param>
/// <param name="Filters">Rows that count for this calculation, out of those the question's filters keep.</param>
public sealed record Calculation(
    CalculationOp Op, string? Column = null, string? Name = null, IReadOnlyList<Filter>? Filters = null, FilterCombination Combination = FilterCombination.And)
{
    /// <summary>What the value is called in results, orders and havings: <c>COUNT</c>, <c>P99(duration_ms)</c>, or its name.</summary>
    public string Key => Name ?? (Column is null ? CalculationOps.Name(Op) : $"{CalculationOps.Name(Op)}({Column})");
}

/// <summary>A condition on the rows.</summary>
/// <param name="Value">
/// string, long, double, bool, or a list of these for in and not-in; null for exists and does-not-exist, or where a client sent null.
/// </param>
public sealed record Filter(string Column, FilterOp Op, object? Value = null);

public enum FilterCombination
{
    And,
    Or,
}

/// <summary>A key to sort the groups by: a breakdown's column, a calculation, or what has the name <paramref name="Column"/>.</summary>
public sealed record Order(CalculationOp? Op, string? Column, bool Descending = false);

/// <summary>A condition on the groups.</summary>
/// <param name="Value">long or double.</param>
public sealed record Having(CalculationOp Op, string? Column, FilterOp Comparison, object Value);

/// <summary>A column of the question's own, in the language of calculated fields.</summary>
public sealed record CalculatedFieldDefinition(string Name, string Expression);
