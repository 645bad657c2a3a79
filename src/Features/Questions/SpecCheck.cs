using Weir.Core.Model;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>Checks of a specification that need no rows.</summary>
public static class SpecCheck
{
    public const int MostItems = 100;
    public const int DefaultLimit = 100;
    public const int MostGroups = 1000;
    public const int MostGroupsWithoutSeries = 10_000;
    private const int LongestName = 1000;
    private const int LongestText = 64 << 10;
    private const int LongestPattern = 1000;
    private const int MostValues = 10_000;
    private static readonly string[] RelationPrefixes = ["root.", "parent.", "child.", "any.", "any2.", "any3.", "none."];

    /// <summary>All errors of the specification; empty when it is valid.</summary>
    public static IReadOnlyList<SpecError> Errors(QuerySpec spec, DateTimeOffset now, bool series = true)
    {
        var errors = new List<SpecError>();
        Sizes(spec, errors);
        foreach (var (i, calculation) in spec.Calculations.Index())
        {
            Calculation(calculation, $"calculations[{i}]", errors);
            if (calculation.Op is CalculationOp.CountDatapoints or CalculationOp.HistogramCount && spec.Signals is not [Signal.Metrics])
                errors.Add(new SpecError($"calculations[{i}].op", "invalid", $"{CalculationOps.Name(calculation.Op)} is of data points: ask the signal metrics alone"));
            if (calculation is { Op: CalculationOp.HistogramCount, Column: not (null or HistogramPlanner.Column) })
                errors.Add(new SpecError($"calculations[{i}].column", "invalid", $"HISTOGRAM_COUNT is of stored histograms: expected the column {HistogramPlanner.Column}"));
        }
        foreach (var (name, count) in spec.Calculations.CountBy(c => c.Key).Where(c => c.Value > 1))
            errors.Add(new SpecError("calculations", "conflict", $"{count} calculations are called {name}; give them a name each"));
        Filters(spec.Filters, "filters", errors);
        foreach (var (i, column) in spec.Breakdowns.Index())
            Breakdown(column, $"breakdowns[{i}]", errors);
        foreach (var (i, field) in spec.CalculatedFields.Index())
            Expression(field, $"calculated_fields[{i}]", errors);
        foreach (var (i, formula) in spec.Formulas.Index())
            Formula(formula, spec, $"formulas[{i}]", errors);
        foreach (var (i, order) in spec.Orders.Index())
            Order(order, spec, $"orders[{i}]", errors);
        foreach (var (i, having) in spec.Havings.Index())
            Having(having, spec, $"havings[{i}]", errors);
        var most = series ? MostGroups : MostGroupsWithoutSeries;
        if (spec.Limit is { } limit && (limit < 1 || limit > most))
            errors.Add(new SpecError("limit", "out-of-range", $"expected a whole number from 1 to {most}"));
        if (spec.Signals is { Count: 0 })
            errors.Add(new SpecError("signals", "missing", "name at least one signal, or leave it out"));
        if (QueryWindow.Of(spec, now, errors) is { } window && spec.CompareOffset is { } offset && !(offset >= window.End - window.Start && offset < 9.2e9))
            errors.Add(new SpecError("compare_time_offset_seconds", "out-of-range", "the compared period may not overlap: expected at least the time range's length"));
        return errors;
    }

    /// <summary>The prefix of a name that is about other spans of the trace, or null.</summary>
    internal static string? RelationOf(string column) =>
        RelationPrefixes.FirstOrDefault(prefix => column.Length > prefix.Length && column.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>What orders and havings name; null when there is no such calculation.</summary>
    internal static Calculation? Find(QuerySpec spec, CalculationOp op, string? column) =>
        spec.Calculations.FirstOrDefault(c => c.Op == op && c.Column == column)
        ?? (spec.Calculations.Count == 0 && op == CalculationOp.Count && column is null ? new Calculation(CalculationOp.Count) : null);

    private static void Sizes(QuerySpec spec, List<SpecError> errors)
    {
        foreach (var (field, count) in new[]
        {
            ("calculations", spec.Calculations.Count), ("filters", spec.Filters.Count), ("breakdowns", spec.Breakdowns.Count),
            ("orders", spec.Orders.Count), ("havings", spec.Havings.Count), ("calculated_fields", spec.CalculatedFields.Count),
            ("formulas", spec.Formulas.Count),
        })
        {
            if (count > MostItems)
                errors.Add(new SpecError(field, "out-of-range", $"at most {MostItems} items"));
        }
    }

    private static void Calculation(Calculation calculation, string field, List<SpecError> errors)
    {
        var name = CalculationOps.Name(calculation.Op);
        if (calculation.Op == CalculationOp.Concurrency && calculation.Column is not null)
            errors.Add(new SpecError($"{field}.column", "invalid", "CONCURRENCY takes no column"));
        if (calculation.Op is not (CalculationOp.Concurrency or CalculationOp.Count or CalculationOp.CountDatapoints) && calculation.Column is null)
            errors.Add(new SpecError($"{field}.column", "missing", $"{name} needs a column"));
        if (calculation.Column is { } column && RelationOf(column) is { } prefix)
            errors.Add(new SpecError($"{field}.column", "invalid", $"columns that begin with {prefix} are for filters and breakdowns"));
        Name(calculation.Column, $"{field}.column", errors);
        Name(calculation.Name, $"{field}.name", errors);
        if (calculation.Filters is not { Count: > 0 } filters)
            return;
        if (calculation.Name is null)
            errors.Add(new SpecError($"{field}.name", "missing", "a calculation with filters needs a name"));
        Filters(filters, $"{field}.filters", errors);
        if (filters.Any(f => RelationOf(f.Column) is not null))
            errors.Add(new SpecError($"{field}.filters", "invalid", "filters on other spans of the trace are for the whole question, not for one calculation"));
    }

    private static void Filters(IReadOnlyList<Filter> filters, string field, List<SpecError> errors)
    {
        if (filters.Count > MostItems)
            errors.Add(new SpecError(field, "out-of-range", $"at most {MostItems} items"));
        foreach (var (i, filter) in filters.Index())
        {
            var at = $"{field}[{i}]";
            if (filter.Column.Length == 0)
                errors.Add(new SpecError($"{at}.column", "missing", "a filter needs a column"));
            Name(filter.Column, $"{at}.column", errors);
            Value(filter, $"{at}.value", errors);
        }
    }

    private static void Value(Filter filter, string field, List<SpecError> errors)
    {
        var op = FilterOps.Name(filter.Op);
        switch (filter.Value)
        {
            case not null when !FilterOps.TakesValue(filter.Op):
                errors.Add(new SpecError(field, "invalid", $"{op} takes no value"));
                break;
            case IReadOnlyList<object?> when !FilterOps.TakesList(filter.Op):
                errors.Add(new SpecError(field, "invalid", $"{op} takes one value"));
                break;
            case IReadOnlyList<object?> { Count: 0 or > MostValues }:
                errors.Add(new SpecError(field, "out-of-range", $"{op} takes 1 to {MostValues} values"));
                break;
            case not IReadOnlyList<object?> when FilterOps.TakesList(filter.Op):
                errors.Add(new SpecError(field, "invalid", $"{op} takes a list of values"));
                break;
            case null when FilterOps.TakesValue(filter.Op) && filter.Op is not (FilterOp.Equal or FilterOp.NotEqual):
                errors.Add(new SpecError(field, "missing", $"{op} needs a value"));
                break;
            case double number when !double.IsFinite(number):
                errors.Add(new SpecError(field, "invalid", "expected a finite number"));
                break;
            case string { Length: > LongestPattern } when filter.Op is FilterOp.Matches or FilterOp.DoesNotMatch:
                errors.Add(new SpecError(field, "out-of-range", $"a pattern has at most {LongestPattern} characters"));
                break;
            case string pattern when filter.Op is FilterOp.Matches or FilterOp.DoesNotMatch && PatternSyntax.Check(pattern) is { } trouble:
                errors.Add(new SpecError(field, "invalid", $"the pattern {trouble.Message}"));
                break;
            case string { Length: > LongestText }:
                errors.Add(new SpecError(field, "out-of-range", $"at most {LongestText} characters"));
                break;
        }
    }

    private static void Breakdown(string column, string field, List<SpecError> errors)
    {
        if (column.Length == 0)
            errors.Add(new SpecError(field, "missing", "a breakdown is a column's name"));
        Name(column, field, errors);
        if (RelationOf(column) == "none.")
            errors.Add(new SpecError(field, "invalid", "none. tells that there is no such span, so there is nothing to break down by"));
    }

    private static void Expression(CalculatedFieldDefinition field, string at, List<SpecError> errors)
    {
        if (field.Name.Length == 0)
            errors.Add(new SpecError($"{at}.name", "missing", "a calculated field needs a name"));
        Name(field.Name, $"{at}.name", errors);
        if (!CalculatedField.TryParse(field.Expression, out _, out var wrong))
            errors.Add(new SpecError($"{at}.expression", "invalid", $"{wrong.Message} (character {wrong.Position})"));
    }

    private static void Formula(CalculatedFieldDefinition formula, QuerySpec spec, string at, List<SpecError> errors)
    {
        var before = errors.Count;
        Expression(formula, at, errors);
        if (errors.Count > before || !CalculatedField.TryParse(formula.Expression, out var parsed, out _))
            return;
        if (parsed.IsOfRows)
            errors.Add(new SpecError($"{at}.expression", "invalid", "a formula is of calculations: only rows have EVENT_TIMESTAMP and INGEST_TIMESTAMP"));
        foreach (var name in parsed.Columns)
        {
            if (spec.Calculations.FirstOrDefault(c => c.Key == name) is not { } calculation)
                errors.Add(new SpecError($"{at}.expression", "unknown", $"no calculation is called {name}"));
            else if (calculation.Op is CalculationOp.Heatmap || CalculationOps.IsRate(calculation.Op))
                errors.Add(new SpecError($"{at}.expression", "invalid", $"a formula can't compute with {name}"));
        }
    }

    private static void Order(Order order, QuerySpec spec, string field, List<SpecError> errors)
    {
        switch (order.Op)
        {
            case CalculationOp.Heatmap:
                errors.Add(new SpecError($"{field}.op", "invalid", "a HEATMAP gives no order"));
                break;
            case { } op when Find(spec, op, order.Column) is null:
                errors.Add(new SpecError(field, "unknown", "an order must be one of the calculations, breakdowns or formulas"));
                break;
            case null when order.Column is null:
                errors.Add(new SpecError(field, "missing", "an order needs a column or an op"));
                break;
            case null when !spec.Breakdowns.Contains(order.Column) && spec.Formulas.All(f => f.Name != order.Column)
                && spec.Calculations.All(c => c.Key != order.Column || c.Op == CalculationOp.Heatmap):
                errors.Add(new SpecError($"{field}.column", "unknown", $"{order.Column} is no breakdown, calculation or formula of this question"));
                break;
        }
    }

    private static void Having(Having having, QuerySpec spec, string field, List<SpecError> errors)
    {
        if (having.Op == CalculationOp.Heatmap)
            errors.Add(new SpecError($"{field}.calculate_op", "invalid", "a HEATMAP can't be compared"));
        else if (Find(spec, having.Op, having.Column) is null)
            errors.Add(new SpecError(field, "unknown", "a having must be about one of the calculations"));
        if (!FilterOps.IsComparison(having.Comparison))
            errors.Add(new SpecError($"{field}.op", "invalid", "expected one of = != > >= < <="));
        if (having.Value is double number && !double.IsFinite(number))
            errors.Add(new SpecError($"{field}.value", "invalid", "expected a finite number"));
    }

    private static void Name(string? name, string field, List<SpecError> errors)
    {
        if (name is { Length: > LongestName })
            errors.Add(new SpecError(field, "out-of-range", $"a name has at most {LongestName} characters"));
    }
}
