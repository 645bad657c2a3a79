using Weir.Core.Explore.Fields;
using Weir.Core.Model;

namespace Weir.Core.Explore;

/// <summary>
/// What is odd about the columns that a question names, as far as the column directory tells: those that no row ever had, and numbers
/// asked of what is not (only) numbers. The question is answered all the same.
/// </summary>
internal static class ColumnWarnings
{
    private const int Most = 20;

    /// <param name="seen">By key: what is known, null when no row had it. Of other keys nothing is known, and nothing is said.</param>
    public static IReadOnlyList<string> Of(
        QuerySpec spec, IReadOnlyList<Signal> signals, IReadOnlyList<(string Name, CalculatedField Field)> calculated, IReadOnlyDictionary<string, SeenColumn?> seen)
    {
        var own = calculated.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        // Filters and breakdowns by other spans are looked for among spans and events, whatever is asked.
        bool IsAttribute(string name, IEnumerable<Signal> among) => !own.Contains(name) && name != ColumnNames.MetricValue && among.All(s => ColumnNames.TypeOf(s, name) == ColumnType.Any);
        var warnings = new List<string>();
        foreach (var name in Names(spec).Distinct(StringComparer.Ordinal))
        {
            var prefix = SpecCheck.RelationOf(name);
            var key = prefix is null ? name : name[prefix.Length..];
            if (IsAttribute(key, prefix is null ? signals : signals.Append(Signal.Spans)) && seen.TryGetValue(key, out var column) && column is null)
                warnings.Add($"No row has a column called {key}.");
        }
        foreach (var calculation in spec.Calculations.Where(c => c.Column is not null && IsOfNumbers(c.Op)))
        {
            if (IsAttribute(calculation.Column!, signals) && seen.GetValueOrDefault(calculation.Column!) is { } column && Clash(calculation, column) is { } clash)
                warnings.Add(clash);
        }
        return [.. warnings.Distinct().Take(Most)];
    }

    private static string? Clash(Calculation calculation, SeenColumn column)
    {
        var others = column.Types.Where(t => t is SeenType.String or SeenType.Boolean).Select(t => t == SeenType.String ? "text" : "true or false").ToList();
        if (others.Count == 0)
            return null;
        var what = string.Join(", or ", others);
        return others.Count == column.Types.Count
            ? $"{calculation.Column} is {what} in every row, so {CalculationOps.Name(calculation.Op)} has nothing to calculate with."
            : $"{calculation.Column} is {what} in some rows; {CalculationOps.Name(calculation.Op)} is of the rows where it is a number.";
    }

    private static bool IsOfNumbers(CalculationOp op) => op is not (CalculationOp.Count or CalculationOp.CountDatapoints or CalculationOp.CountDistinct or CalculationOp.Concurrency);

    private static IEnumerable<string> Names(QuerySpec spec) => spec.Breakdowns
        .Concat(spec.Filters.Concat(spec.Calculations.SelectMany(c => c.Filters ?? [])).Select(f => f.Column))
        .Concat(spec.Calculations.Select(c => c.Column).OfType<string>())
        .Concat(spec.CalculatedFields.SelectMany(f => CalculatedField.TryParse(f.Expression, out var field, out _) ? field.Columns : []));
}
