using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>Functions over a metric's other points can't select rows: they are for calculations over the selected rows.</summary>
internal static class SeriesCheck
{
    /// <summary>Throws <see cref="SpecException"/> where a filter, a breakdown or a heatmap is of series.</summary>
    public static void Throw(QuerySpec spec, IReadOnlyList<(string Name, CalculatedField Field)> calculated)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { ColumnNames.MetricValue };
        foreach (var (name, field) in calculated)
        {
            if (field.IsOfSeries || field.Columns.Any(names.Contains))
                names.Add(name);
            else
                names.Remove(name);
        }
        var errors = new List<SpecError>();
        foreach (var (i, filter) in spec.Filters.Index())
            Check(filter.Column, $"filters[{i}].column");
        foreach (var (i, breakdown) in spec.Breakdowns.Index())
            Check(breakdown, $"breakdowns[{i}]");
        foreach (var (i, calculation) in spec.Calculations.Index())
        {
            if (calculation is { Op: CalculationOp.Heatmap, Column: { } column })
                Check(column, $"calculations[{i}].column");
            foreach (var filter in calculation.Filters ?? [])
                Check(filter.Column, $"calculations[{i}].filters");
        }
        if (errors.Count > 0)
            throw new SpecException(errors);

        void Check(string column, string field)
        {
            if (names.Contains(column))
                errors.Add(new SpecError(field, "invalid", $"{column} compares the points of a series in time: it is for calculations other than HEATMAP"));
        }
    }
}
