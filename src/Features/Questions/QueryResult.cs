using Weir.Core.Model;

namespace Weir.Features.Questions;

/// <summary>The answer to a question.</summary>
public sealed record QueryResult
{
    /// <summary>The question with all that was left out filled in.</summary>
    public required QuerySpec Spec { get; init; }

    public required QueryWindow Window { get; init; }

    public required IReadOnlyList<QueryResultColumn> Columns { get; init; }

    /// <summary>In the question's order, at most its limit.</summary>
    public required IReadOnlyList<ResultGroup> Groups { get; init; }

    /// <summary>All rows, whatever group they are in.</summary>
    public required ResultGroup Total { get; init; }

    /// <summary>Rows of the groups that are not shown; null when all are.</summary>
    public IReadOnlyList<object?>? Other { get; init; }

    public IReadOnlyList<Heatmap> Heatmaps { get; init; } = [];

    /// <summary>The compared period: the same groups in the same order, then the total.</summary>
    public ComparedPeriod? Compared { get; init; }

    public required QueryStatistics Statistics { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Breakdowns come first in a group's key, calculations or formulas in its values.</summary>
    public IEnumerable<QueryResultColumn> ValueColumns => Columns.Where(c => c.Kind != ResultColumnKind.Breakdown);

    public IEnumerable<QueryResultColumn> KeyColumns => Columns.Where(c => c.Kind == ResultColumnKind.Breakdown);
}

public enum ResultColumnKind
{
    Breakdown,
    Calculation,
    Formula,
}

/// <param name="Type">float, integer, string or boolean.</param>
public sealed record QueryResultColumn(string Name, ResultColumnKind Kind, CalculationOp? Op, string? Column, string Type);

/// <summary>One group: its key by breakdown, its values by calculation, its points by calculation and bucket.</summary>
/// <param name="Key">string, long, double, bool or null.</param>
/// <param name="Values">long, double or null; string and bool from formulas.</param>
/// <param name="Points">For each value an array of as many as there are buckets; null when the series is not given.</param>
public sealed record ResultGroup(IReadOnlyList<object?> Key, IReadOnlyList<object?> Values, IReadOnlyList<object?[]>? Points);

/// <param name="Groups">Values are null where the compared period has no such group.</param>
public sealed record ComparedPeriod(double Offset, IReadOnlyList<ResultGroup> Groups, ResultGroup Total);

/// <summary>How values lie over time.</summary>
/// <param name="Bounds">Edges of the bins, ascending, one more than bins.</param>
/// <param name="Cells">Bucket, bin, rows; only where there are rows.</param>
public sealed record Heatmap(string Calculation, bool IsLogarithmic, IReadOnlyList<double> Bounds, IReadOnlyList<(int Bucket, int Bin, double Rows)> Cells);

/// <param name="RowsRead">From storage, by all of the question's parts.</param>
/// <param name="BytesRead">From storage, uncompressed; null where nobody counted.</param>
/// <param name="RowsMatched">Rows that the filters kept; null where the question has no COUNT of single rows.</param>
public sealed record QueryStatistics(long RowsRead, TimeSpan Elapsed, long? BytesRead = null, long? RowsMatched = null);

/// <summary>The words of a specification's <c>signals</c>.</summary>
public static class SignalWords
{
    public static string Of(Signal signal) => signal == Signal.Occurrences ? "errors" : SignalTable.Name(signal);

    public static bool TryParse(string word, out Signal signal)
    {
        foreach (var candidate in SignalTable.All)
        {
            if (Of(candidate) == word)
            {
                signal = candidate;
                return true;
            }
        }
        signal = default;
        return false;
    }
}
