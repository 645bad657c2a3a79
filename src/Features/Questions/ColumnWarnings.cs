using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>
/// Warnings about the columns that a query names, as far as they are known without reading rows: columns that no row ever had, and numeric calculations
/// over values that are not all numbers. The query is answered nevertheless.
/// </summary>
internal static class ColumnWarnings
{
    private const int Most = 20;

    /// <param name="columns">The columns of all signals of the query, with or without rows.</param>
    /// <param name="seen">By key: what is known, null when no row had it. Other keys were not looked up and give no warning.</param>
    public static IReadOnlyList<string> Of(
        QuerySpec spec, IReadOnlyList<SignalColumns> columns, IReadOnlyList<(string Name, CalculatedField Field)> calculated, IReadOnlyDictionary<string, SeenColumn?> seen)
    {
        var own = calculated.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        // Filters and breakdowns by other spans are looked for among spans and events, whatever is asked.
        bool IsAttribute(string name, IEnumerable<Signal> among) =>
            !own.Contains(name) && name != ColumnNames.MetricValue && among.All(s => ColumnNames.TypeOf(s, name) == ColumnType.Any);
        SeenColumn? Seen(string name) => seen.GetValueOrDefault(name) ?? (ColumnNames.KeyAfterPrefix(name) is { } key ? seen.GetValueOrDefault(key) : null);
        var signals = columns.Select(c => c.Signal).ToList();
        var warnings = new List<string>();
        foreach (var name in Names(spec).Distinct(StringComparer.Ordinal))
        {
            var prefix = SpecCheck.RelationOf(name);
            var key = prefix is null ? name : name[prefix.Length..];
            if (IsAttribute(key, prefix is null ? signals : signals.Append(Signal.Spans)) && seen.ContainsKey(key) && Seen(key) is null)
                warnings.Add($"No row has a column called {key}.");
        }
        foreach (var calculation in spec.Calculations.Where(c => c.Column is not null && IsOfNumbers(c.Op)))
        {
            var clash = IsAttribute(calculation.Column!, signals) ? Seen(calculation.Column!) is { } column ? Clash(calculation, column) : null : Clash(calculation, columns, seen);
            if (clash is not null)
                warnings.Add(clash);
        }
        return warnings.Distinct(StringComparer.Ordinal).ToList() switch
        {
            { Count: > Most } all => [.. all.Take(Most), $"{all.Count - Most} more columns are asked as what they are not, or of no row."],
            var all => all,
        };
    }

    /// <summary>Of an attribute: its types are known.</summary>
    private static string? Clash(Calculation calculation, SeenColumn column)
    {
        var others = column.Types.Where(t => t is SeenType.String or SeenType.Boolean).Select(t => t == SeenType.String ? "text" : "true or false").ToList();
        if (others.Count == 0)
            return null;
        var what = string.Join(", or ", others);
        return others.Count == column.Types.Count
            ? Nothing(calculation, $"{what} in every row", column.Types.Contains(SeenType.Boolean))
            : $"{calculation.Column} is {what} in some rows; {CalculationOps.Name(calculation.Op)} is of the rows where it is a number.";
    }

    /// <summary>Of a column that a signal always has, or a calculated field.</summary>
    private static string? Clash(Calculation calculation, IReadOnlyList<SignalColumns> columns, IReadOnlyDictionary<string, SeenColumn?> seen)
    {
        // Where it is an attribute that some row has with a number, there may be numbers.
        var hasAttribute = seen.TryGetValue(calculation.Column!, out var attribute);
        var hasNumbers = !hasAttribute || attribute?.Types.Any(t => t is SeenType.Integer or SeenType.Float) == true;
        var types = columns.Select(c => c.Read(calculation.Column!).Type).Where(t => hasNumbers || t != ColumnType.Any).Distinct().ToList();
        if (types.Count == 0 && attribute is not null)
            return Clash(calculation, attribute);
        return types.Count > 0 && types.TrueForAll(t => t is ColumnType.Bool or ColumnType.Text)
            ? Nothing(calculation, types.Contains(ColumnType.Bool) ? "true or false" : "text", types.Contains(ColumnType.Bool)) : null;
    }

    private static string Nothing(Calculation calculation, string what, bool isFlag) =>
        $"{calculation.Column} is {what}, so {CalculationOps.Name(calculation.Op)} has nothing to calculate with."
        + (isFlag ? $" COUNT with a filter counts the rows where it is true; a calculated field IF(${calculation.Column}, 1, 0) makes numbers of it." : "");

    private static bool IsOfNumbers(CalculationOp op) => op is not (CalculationOp.Count or CalculationOp.CountDatapoints or CalculationOp.CountDistinct or CalculationOp.Concurrency or CalculationOp.HistogramCount);

    private static IEnumerable<string> Names(QuerySpec spec) => spec.Breakdowns
        .Concat(spec.Filters.Concat(spec.Calculations.SelectMany(c => c.Filters ?? [])).Select(f => f.Column))
        .Concat(spec.Calculations.Select(c => c.Column).OfType<string>())
        .Concat(spec.CalculatedFields.SelectMany(f => CalculatedField.TryParse(f.Expression, out var field, out _) ? field.Columns : []));
}
