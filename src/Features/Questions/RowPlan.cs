using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>In which role a column is read; the same column may be read in several.</summary>
internal enum ColumnRole
{
    /// <summary>Group keys; types are kept where the engine can keep them.</summary>
    Key,
    /// <summary>Finite numbers; NULL for everything else.</summary>
    Number,
    /// <summary>Any value, distinct from all other values.</summary>
    Distinct,
    /// <summary>1 where there is a value.</summary>
    Present,
    /// <summary>Whole numbers with all their digits, as Int64; NULL for everything else.</summary>
    Whole,
    // Of stored histograms that are read as what they counted, the part that a sum, a mean, a minimum or a maximum is made of; of other rows the number.
    Sum,
    Mean,
    Least,
    Greatest,
    /// <summary>How many values a stored histogram counted; NULL for everything else.</summary>
    Counted,
}

/// <summary>A column that is asked of every source.</summary>
/// <param name="Name">In the query, the planner's own.</param>
/// <param name="Value">Over the columns of a signal, before it is shaped to fit other signals.</param>
internal sealed record RowColumn(string Name, ColumnForm Form, Func<SignalColumns, Expr> Value)
{
    /// <summary>The part of stored histograms that the column takes, where it takes one.</summary>
    public HistogramPart? Part { get; init; }
}

/// <summary>
/// Which rows a question is about, and how their columns are read: sources for the planner of groups, heatmaps and lists alike.
/// </summary>
internal sealed class RowPlan(
    QuerySpec spec, ExploreScope scope, IReadOnlyList<SignalColumns> signals, bool sampled)
{
    /// <summary>The column that says how many rows a row stands for; null when every row is one.</summary>
    public string? Weight => sampled || Histograms is not null ? "w" : null;

    /// <summary>Stored histograms, where a question calculates over what they counted; a source beside those of <see cref="Signals"/>.</summary>
    public SignalColumns? Histograms { get; init; }

    private bool IsSingle => signals.Count == 1 && Histograms is null;

    public IReadOnlyList<SignalColumns> Signals => signals;

    /// <summary>The same rows, with more facts about their attributes.</summary>
    public RowPlan With(IReadOnlyList<SeenColumn> seen) => new(spec, scope, [.. signals.Select(signal => signal.With(seen))], sampled)
    {
        Warnings = Warnings,
        Histograms = Histograms?.With(seen),
    };

    /// <summary>The same rows, and what the histograms among them counted.</summary>
    public RowPlan WithHistograms(IReadOnlyList<string> warnings) => new(spec, scope, signals, sampled)
    {
        Warnings = [.. Warnings, .. warnings],
        Histograms = signals.FirstOrDefault(s => s.Signal == Signal.Metrics)?.With([]),
    };

    /// <summary>The same rows, with more warnings.</summary>
    public RowPlan Warned(IReadOnlyList<string> warnings) => new(spec, scope, signals, sampled) { Warnings = [.. Warnings, .. warnings], Histograms = Histograms };

    /// <summary>The calculated field of this name, or null.</summary>
    public CalculatedField? Calculated(string name) => signals.Count == 0 ? null : signals[0].Calculated(name);

    /// <summary>Warnings about the columns that were named.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The sources of a query that reads these columns in this time.</summary>
    /// <param name="also">A further condition on each signal's rows.</param>
    /// <param name="withHistograms">What <see cref="Histograms"/> counted as well: for calculations, whose columns say which part of it they take.</param>
    public IReadOnlyList<RowSource> Sources(
        QueryWindow window, IReadOnlyList<RowColumn> columns, Func<SignalColumns, Expr?>? also = null, bool withHistograms = false)
    {
        var parts = columns.Select(column => column.Part).OfType<HistogramPart>().ToHashSet();
        return [.. signals.Select(Source), .. withHistograms && Histograms is not null && parts.Count > 0 ? new[] { Source(Histograms) } : []];

        RowSource Source(SignalColumns signal)
        {
            var relations = new Relations(spec, scope, signal.Signal, signals, window);
            var isHistograms = ReferenceEquals(signal, Histograms);
            var condition = also?.Invoke(signal);
            return new RowSource
            {
                Signal = signal.Signal,
                Range = window.Range,
                Environment = scope.Environment,
                Where = Where(signal, relations, isHistograms ? null : condition),
                Joins = relations.Joins,
                Columns = [.. columns.Select(column => new Selection(column.Name, Shaped(column, signal))), .. WeightOf(signal)],
                Parts = isHistograms ? new HistogramParts(window.StartNs, condition, parts) : null,
            };
        }
    }

    public RowColumn Key(string name, string column)
    {
        if (SpecCheck.RelationOf(column) is { } prefix)
            return new RowColumn(name, ColumnForm.AsIs, _ => new FieldExpr(Relations.ColumnName(spec, prefix, column)));
        return new RowColumn(name, KeyForm(column), signal => signal.Read(column) switch
        {
            (ColumnType.Any, var value) => new CallExpr(Function.ToText, [value]),
            (ColumnType.Bool, var value) => new CallExpr(Function.ToBool, [value]),
            (_, var value) => value,
        });
    }

    /// <summary>The type of all signals, or Any when they differ or each row has its own.</summary>
    public ColumnType TypeOf(string column)
    {
        var types = signals.Select(s => s.Read(column).Type).Distinct().ToList();
        return types is [var only] ? only : ColumnType.Any;
    }

    /// <param name="filters">Rows that don't meet them have NULL.</param>
    public RowColumn Read(string name, ColumnRole role, string? column, IReadOnlyList<Filter> filters, FilterCombination combination)
    {
        Expr Value(SignalColumns signal)
        {
            if (ReferenceEquals(signal, Histograms))
                return IsOfHistograms(column) && PartOf(role) is { } part ? Only(signal, Only(part), filters, combination) : NullNumber;
            var value = role switch
            {
                ColumnRole.Number or ColumnRole.Sum or ColumnRole.Mean or ColumnRole.Least or ColumnRole.Greatest => Number(signal, column!),
                ColumnRole.Counted => NullNumber,
                ColumnRole.Distinct => Distinct(signal, column!),
                ColumnRole.Whole => Whole(signal, column!) ?? NullExpr.Instance,
                _ => new CallExpr(Function.If, [column is null ? new ConstExpr(true) : new ExistsExpr(signal.Resolve(column)), new ConstExpr(1L), NullExpr.Instance]),
            };
            return Only(signal, value, filters, combination);
        }
        var form = role == ColumnRole.Whole ? ColumnForm.Whole : IsSingle ? ColumnForm.AsIs : role switch
        {
            ColumnRole.Distinct when signals.All(s => Distinct(s, column!) is CallExpr { Function: Function.NullIf }) => ColumnForm.AsIs,
            ColumnRole.Distinct => ColumnForm.Text,
            _ => ColumnForm.Number,
        };
        return new RowColumn(name, form, Value) { Part = IsOfHistograms(column) ? PartOf(role) : null };
    }

    /// <summary>Calculations over this column are of what stored histograms counted as well.</summary>
    public bool IsOfHistograms(string? column) => Histograms is not null && column == HistogramPlanner.Column;

    private static CallExpr NullNumber => new(Function.Shaped, [NullExpr.Instance, new ConstExpr((long)ColumnForm.Number)]);

    private static HistogramPart? PartOf(ColumnRole role) => role switch
    {
        ColumnRole.Number => HistogramPart.Values,
        ColumnRole.Sum => HistogramPart.Sum,
        ColumnRole.Mean => HistogramPart.Mean,
        ColumnRole.Least => HistogramPart.Least,
        ColumnRole.Greatest => HistogramPart.Greatest,
        ColumnRole.Counted => HistogramPart.Count,
        _ => null,
    };

    private static CallExpr Only(HistogramPart part) => new(
        Function.If, [new CompareExpr(CompareOp.Equal, HistogramParts.Part, new ConstExpr((long)part)), HistogramParts.Value, NullExpr.Instance]);

    public static Expr Only(SignalColumns signal, Expr value, IReadOnlyList<Filter> filters, FilterCombination combination) =>
        filters.Count == 0 ? value : new CallExpr(Function.If, [FilterExpressions.Of(filters, combination, signal), value, NullExpr.Instance]);

    public static RowColumn BucketOf(QueryWindow window) =>
        new("b", ColumnForm.AsIs, signal => Bucket(window, new FieldExpr(TimeColumn(signal.Signal))));

    public static CallExpr Bucket(QueryWindow window, Expr time) =>
        new(Function.BucketNumber, [time, new ConstExpr(window.FirstNs), new ConstExpr(window.StepNs)]);

    public static string TimeColumn(Signal signal) => signal == Signal.Spans ? "start_time" : "time";

    public static bool HasDuration(Signal signal) => signal is Signal.Spans or Signal.Events;

    /// <summary>Its rows may stand for several.</summary>
    public static bool HasSampleRate(Signal signal) => signal is Signal.Spans or Signal.Events or Signal.Logs;

    public static Expr Number(SignalColumns signal, string column) => signal.Read(column) switch
    {
        (ColumnType.Number, AttributeExpr { Type: AttributeType.Integer } whole) => new CallExpr(Function.ToFloat, [whole]),
        (ColumnType.Any, var value) => new CallExpr(Function.FiniteNumber, [value]),
        (ColumnType.Number, CallExpr { Function: Function.Divide } known) when signal.Signal == Signal.Spans && column == "duration_ms" => known,
        (ColumnType.Number, var value) => new CallExpr(Function.FiniteNumber, [value]),
        // True and false are not numbers, whether all rows or only some of them have booleans.
        _ => NullNumber,
    };

    /// <summary>The column's whole numbers; null when it has none that a Float64 could not hold as well.</summary>
    public static Expr? Whole(SignalColumns signal, string column) => signal.Read(column) switch
    {
        (ColumnType.Number or ColumnType.Any, var value and (AttributeExpr or UnionExpr or FieldExpr or CallExpr { Function: not Function.EnumNumber })) =>
            ColumnTypes.Of(value, signal.Signal).Integer,
        _ => null,
    };

    /// <summary>Some signal's rows may have whole numbers in this column.</summary>
    public bool HasWhole(string column) => signals.Any(signal => Whole(signal, column) is not null);

    // The digits of an id distinguish no more values than its bytes.
    private static Expr Distinct(SignalColumns signal, string column) => signal.Read(column) switch
    {
        (ColumnType.Any, var value) => new CallExpr(Function.ToText, [value]),
        (_, CallExpr { Function: Function.Hex, Arguments: [CallExpr id] }) => id,
        (_, CallExpr { Function: Function.Coalesce, Arguments: [_, CallExpr { Function: Function.Hex, Arguments: [CallExpr id] }] }) => id,
        (_, var value) => value,
    };

    private ColumnForm KeyForm(string column) => IsSingle ? ColumnForm.AsIs : TypeOf(column) switch
    {
        // As floating-point numbers, two integers past 2^53 could fall into one group.
        ColumnType.Number when signals.All(s => s.Read(column).Value is AttributeExpr { Type: AttributeType.Integer }) => ColumnForm.Whole,
        ColumnType.Number => ColumnForm.Number,
        ColumnType.Bool => ColumnForm.Bool,
        _ => ColumnForm.Text,
    };

    private static Expr Shaped(RowColumn column, SignalColumns signal)
    {
        var value = column.Value(signal);
        return column.Form == ColumnForm.AsIs ? value : new CallExpr(Function.Shaped, [value, new ConstExpr((long)column.Form)]);
    }

    private AndExpr Where(SignalColumns signal, Relations relations, Expr? also)
    {
        var conditions = new List<Expr>();
        if (AskedRows.Condition(signal.Signal) is { } asked)
            conditions.Add(asked);
        if (scope.Dataset is { } names)
            conditions.Add(InDataset(signal.Signal, names));
        var own = spec.Filters.Where(f => SpecCheck.RelationOf(f.Column) is null).ToList();
        if (own.Count > 0)
            conditions.Add(FilterExpressions.Of(own, own.Count == spec.Filters.Count ? spec.Combination : FilterCombination.And, signal));
        conditions.AddRange(relations.Conditions);
        if (OwnRows(spec, signal.Signal) is { } rows)
            conditions.Add(rows);
        if (also is not null)
            conditions.Add(also);
        return new AndExpr(conditions);
    }

    /// <summary>
    /// Which of a signal's rows a question is about that names no signals: of errors those that were sent as errors. The others were made of spans and
    /// log lines, which are rows already, so a COUNT would have them twice. Null for all rows.
    /// </summary>
    public static Expr? OwnRows(QuerySpec spec, Signal signal)
    {
        if (signal != Signal.Occurrences || spec.Signals is not null || NamesErrors(spec))
            return null;
        return new CompareExpr(CompareOp.Equal, new FieldExpr("protocol"), new ConstExpr(WireProtocol.Rollbar));
    }

    private static readonly HashSet<string> ColumnsOfErrors = new(StringComparer.Ordinal) { "item_id", "occurrence_id", "title", "level", "meta.signal_type" };

    private static bool NamesErrors(QuerySpec spec) => spec.Breakdowns.Concat(spec.Filters.Select(f => f.Column))
        .Concat(spec.Calculations.Select(c => c.Column).OfType<string>()).Any(ColumnsOfErrors.Contains);

    private Expr InDataset(Signal signal, IReadOnlyList<string> names)
    {
        var own = new InExpr(new FieldExpr(signal == Signal.Events ? "dataset" : "service"), [.. names]);
        return scope.HeaderDatasets is { Count: > 0 } headers
            ? own | new InExpr(new AttributeExpr(ColumnFact.DatasetHeaderKey, AttributeScope.Resource, AttributeType.String), [.. headers])
            : own;
    }

    private IEnumerable<Selection> WeightOf(SignalColumns columns)
    {
        var signal = columns.Signal;
        if (Weight is null)
            return [];
        Expr rate = ReferenceEquals(columns, Histograms) ? HistogramParts.Weight
            : HasSampleRate(signal) ? new CallExpr(Function.SampleWeight, [new FieldExpr("sample_rate")]) : new CallExpr(Function.SampleWeight, [new ConstExpr(1L)]);
        return [new Selection("w", rate)];
    }
}

/// <summary>Which rows are queried.</summary>
/// <param name="Environment">Null: all.</param>
/// <param name="Dataset">Names of services, and of datasets of events; null: the whole environment.</param>
/// <param name="DerivedColumns">Calculated fields that are stored beside the data; a question's own go before.</param>
/// <param name="HeaderDatasets">Datasets that senders named beside their service: <see cref="ColumnFact.DatasetHeaderKey"/>.</param>
public sealed record ExploreScope(
    string? Environment = null,
    IReadOnlyList<string>? Dataset = null,
    IReadOnlyList<CalculatedFieldDefinition>? DerivedColumns = null,
    IReadOnlyList<string>? HeaderDatasets = null);
