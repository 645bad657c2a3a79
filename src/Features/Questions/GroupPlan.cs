using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>A result column that is a calculation or a formula.</summary>
/// <param name="Value">An expression over the accumulators: the value of a group.</param>
/// <param name="Point">An expression over the accumulators: the value of a bucket, before rates are calculated from it.</param>
internal sealed record PlannedValue(string Key, CalculationOp? Op, string? Column, Expr Value, Expr Point)
{
    /// <summary>Over the accumulators: the value with all its digits where it is a whole number, else NULL. Null where no value can be one.</summary>
    public Expr? Exact { get; init; }

    public bool IsWhole => Op is CalculationOp.Count or CalculationOp.CountDistinct or CalculationOp.CountDatapoints or CalculationOp.HistogramCount;

    public bool IsRate => Op is { } op && CalculationOps.IsRate(op);

    /// <summary>Of many rows the engine computes percentiles in single precision; more digits would be made up.</summary>
    public bool IsSingle => Op is { } op && CalculationOps.Level(op) is not null;

    /// <summary>The others have what is missing from the total.</summary>
    public bool IsAdditive => Op is CalculationOp.Count or CalculationOp.CountDatapoints or CalculationOp.HistogramCount or CalculationOp.Sum or CalculationOp.Concurrency;
}

/// <summary>Turns calculations into what is gathered over the rows, and what is computed of that.</summary>
internal sealed class GroupPlan
{
    private const string NullKey = "\u0001null";
    private const string Separator = "\u0002";

    private readonly RowPlan _rows;
    private readonly QueryWindow _window;
    private readonly Dictionary<(string?, ColumnRole, string), string> _read = [];
    private readonly Dictionary<(AccumulatorKind, string?), string> _gathered = [];
    private readonly Dictionary<string, SortedSet<double>> _levels = new(StringComparer.Ordinal);
    private readonly List<RowColumn> _columns = [];
    private readonly List<Accumulator> _accumulators = [];

    public GroupPlan(QuerySpec spec, RowPlan rows, QueryWindow window)
    {
        _rows = rows;
        _window = window;
        Keys = [.. spec.Breakdowns.Select((column, i) => rows.Key($"k{i}", column))];
        // All percentiles of a column come from one sketch, so its levels must be known before the first value is planned.
        foreach (var calculation in spec.Calculations)
        {
            if (CalculationOps.Level(calculation.Op) is { } level)
                LevelsOf(Read(calculation, ColumnRole.Number)).Add(level);
        }
        var calculations = spec.Calculations.Where(c => c.Op != CalculationOp.Heatmap).Select(Plan).ToList();
        var formulas = spec.Formulas.Select(formula => Plan(formula, calculations)).ToList();
        Calculations = calculations;
        Values = formulas.Count > 0 ? formulas : calculations;
    }

    public IReadOnlyList<RowColumn> Keys { get; }

    /// <summary>Columns the accumulators read.</summary>
    public IReadOnlyList<RowColumn> Columns => _columns;

    public IReadOnlyList<Accumulator> Accumulators => _accumulators;

    /// <summary>All calculations but heatmaps.</summary>
    public IReadOnlyList<PlannedValue> Calculations { get; }

    /// <summary>What is shown: formulas where there are any, else calculations.</summary>
    public IReadOnlyList<PlannedValue> Values { get; }

    public PlannedValue? Find(string key) => Values.Concat(Calculations).FirstOrDefault(v => v.Key == key);

    /// <summary>A condition on a signal's rows: their group is one of these.</summary>
    public Func<SignalColumns, Expr> Among(IReadOnlyList<IReadOnlyList<object?>> keys)
    {
        var wanted = keys.Select(key => (object)string.Join(Separator, key.Select(k => k is null ? NullKey : FilterExpressions.TextOf(k)))).ToList();
        return signal =>
        {
            var parts = Keys.Select(key => (Expr)new CallExpr(
                Function.Coalesce, [new CallExpr(Function.Shaped, [key.Value(signal), new ConstExpr((long)ColumnForm.Text)]), new ConstExpr(NullKey)])).ToList();
            var joined = parts.Count == 1 ? parts[0] : new CallExpr(Function.Concat, [.. parts.SelectMany((part, i) => i == 0 ? [part] : new[] { new ConstExpr(Separator), part })]);
            return new InExpr(joined, wanted);
        };
    }

    private PlannedValue Plan(Calculation calculation)
    {
        var (value, point) = calculation.Op switch
        {
            CalculationOp.Count or CalculationOp.CountDatapoints => Same(Count(calculation)),
            CalculationOp.CountDistinct => Same(Field(AccumulatorKind.Distinct, Read(calculation, ColumnRole.Distinct))),
            CalculationOp.Concurrency => Same(Field(AccumulatorKind.Sum, Add(Overlap(calculation)))),
            CalculationOp.Sum => Same(Field(AccumulatorKind.Sum, Read(calculation, ColumnRole.Sum))),
            CalculationOp.Avg => Same(Average(Read(calculation, ColumnRole.Mean))),
            CalculationOp.Min => Same(Field(AccumulatorKind.Min, Read(calculation, ColumnRole.Least))),
            CalculationOp.Max => Same(Field(AccumulatorKind.Max, Read(calculation, ColumnRole.Greatest))),
            CalculationOp.HistogramCount => Same(new CallExpr(Function.Coalesce, [Field(AccumulatorKind.Sum, Read(calculation, ColumnRole.Counted)), new ConstExpr(0.0)])),
            CalculationOp.RateSum => Rate(calculation, ColumnRole.Sum, column => Field(AccumulatorKind.Sum, column)),
            CalculationOp.RateMax => Rate(calculation, ColumnRole.Greatest, column => Field(AccumulatorKind.Max, column)),
            CalculationOp.RateAvg => Rate(calculation, ColumnRole.Mean, Average),
            _ => Same(Percentile(calculation)),
        };
        return new PlannedValue(calculation.Key, calculation.Op, calculation.Column, value, point) { Exact = Exact(calculation) };
    }

    /// <summary>The least or greatest whole number, unless a number that is none goes before it.</summary>
    private CallExpr? Exact(Calculation calculation)
    {
        if (calculation.Op is not (CalculationOp.Min or CalculationOp.Max) || !_rows.HasWhole(calculation.Column!))
            return null;
        var (kind, op) = calculation.Op == CalculationOp.Min ? (AccumulatorKind.Min, CompareOp.LessOrEqual) : (AccumulatorKind.Max, CompareOp.GreaterOrEqual);
        var whole = Field(kind, Read(calculation, ColumnRole.Whole));
        var any = Field(kind, Read(calculation, calculation.Op == CalculationOp.Min ? ColumnRole.Least : ColumnRole.Greatest));
        return new CallExpr(Function.If, [new CompareExpr(op, new CallExpr(Function.ToFloat, [whole]), any), whole, NullExpr.Instance]);
    }

    private static PlannedValue Plan(CalculatedFieldDefinition formula, List<PlannedValue> calculations)
    {
        var field = CalculatedField.Parse(formula.Expression);
        Expr Of(string name, Func<PlannedValue, Expr> part) =>
            new CallExpr(Function.ToFloat, [part(calculations.First(c => c.Key == name))]);
        return new PlannedValue(formula.Name, null, null, field.Bind(name => Of(name, c => c.Value)), field.Bind(name => Of(name, c => c.Point)));
    }

    private static (Expr, Expr) Same(Expr value) => (value, value);

    private FieldExpr Count(Calculation calculation) => calculation is { Column: null, Filters: null or { Count: 0 } } && _rows.Histograms is null
        ? Field(AccumulatorKind.Count, null)
        : Field(AccumulatorKind.Count, Read(calculation, ColumnRole.Present));

    private CallExpr Average(string column)
    {
        var rows = new CallExpr(Function.NullIf, [Field(AccumulatorKind.Count, column), new ConstExpr(0L)]);
        return new CallExpr(Function.Divide, [Field(AccumulatorKind.Sum, column), rows]);
    }

    private CallExpr Percentile(Calculation calculation)
    {
        var column = Read(calculation, ColumnRole.Number);
        var index = LevelsOf(column).TakeWhile(level => level < CalculationOps.Level(calculation.Op)).Count();
        return new CallExpr(Function.Element, [Field(_rows.Histograms is null ? AccumulatorKind.Quantiles : AccumulatorKind.ExactQuantiles, column), new ConstExpr(index + 1L)]);
    }

    private SortedSet<double> LevelsOf(string column)
    {
        if (!_levels.TryGetValue(column, out var levels))
            _levels[column] = levels = [];
        return levels;
    }

    // Of a group there are as many differences as pairs of neighbouring buckets, and their mean is the last bucket less the first.
    private (Expr, Expr) Rate(Calculation calculation, ColumnRole role, Func<string, Expr> aggregate)
    {
        var point = aggregate(Read(calculation, role));
        if (_window.Buckets < 2)
            return (NullExpr.Instance, point);
        var last = aggregate(Add(AtBucket(calculation, role, _window.Buckets - 1)));
        var first = aggregate(Add(AtBucket(calculation, role, 0)));
        var difference = new CallExpr(Function.Subtract, [last, first]);
        return (new CallExpr(Function.Divide, [difference, new ConstExpr(_window.Buckets - 1.0)]), point);
    }

    private RowColumn AtBucket(Calculation calculation, ColumnRole role, long bucket)
    {
        var read = _rows.Read("", role, calculation.Column, calculation.Filters ?? [], calculation.Combination);
        return read with
        {
            Value = signal =>
            {
                var number = RowPlan.Bucket(_window, new FieldExpr(RowPlan.TimeColumn(signal.Signal)));
                return new CallExpr(Function.If, [new CompareExpr(CompareOp.Equal, number, new ConstExpr(bucket)), read.Value(signal), NullExpr.Instance]);
            },
        };
    }

    // The share of the whole time in which the row's span was active: the sum of the shares is the average number of active spans.
    private RowColumn Overlap(Calculation calculation) => new("", ColumnForm.AsIs, signal =>
    {
        Expr share = new ConstExpr(0.0);
        if (RowPlan.HasDuration(signal.Signal))
        {
            var start = new CallExpr(Function.UnixNanoseconds, [new FieldExpr(RowPlan.TimeColumn(signal.Signal))]);
            var left = new CallExpr(Function.Subtract, [new ConstExpr(_window.EndNs), start]);
            var within = new CallExpr(Function.Least, [new FieldExpr("duration_ns"), left]);
            share = new CallExpr(Function.Divide, [within, new ConstExpr((double)(_window.EndNs - _window.StartNs))]);
        }
        return RowPlan.Only(signal, share, calculation.Filters ?? [], calculation.Combination);
    });

    /// <summary>The name of the column that has the calculation's values in this role.</summary>
    private string Read(Calculation calculation, ColumnRole role)
    {
        var filters = calculation.Filters ?? [];
        // When rows are values, all calculations use the same column.
        if (role is ColumnRole.Sum or ColumnRole.Mean or ColumnRole.Least or ColumnRole.Greatest && !_rows.IsOfHistograms(calculation.Column))
            role = ColumnRole.Number;
        var identity = (calculation.Column, role, filters.Count == 0 ? "" : calculation.Key);
        if (!_read.TryGetValue(identity, out var name))
            _read[identity] = name = Add(_rows.Read("", role, calculation.Column, filters, calculation.Combination));
        return name;
    }

    private string Add(RowColumn column)
    {
        var name = $"x{_columns.Count}";
        _columns.Add(column with { Name = name });
        return name;
    }

    private FieldExpr Field(AccumulatorKind kind, string? column)
    {
        if (!_gathered.TryGetValue((kind, column), out var name))
        {
            _gathered[(kind, column)] = name = $"a{_accumulators.Count}";
            var weighs = kind is AccumulatorKind.Count or AccumulatorKind.Sum or AccumulatorKind.Quantiles or AccumulatorKind.ExactQuantiles;
            _accumulators.Add(new Accumulator(
                name, kind, column, weighs ? _rows.Weight : null, kind is AccumulatorKind.Quantiles or AccumulatorKind.ExactQuantiles ? [.. LevelsOf(column!)] : null));
        }
        return new FieldExpr(name);
    }
}
