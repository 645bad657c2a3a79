using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Filters and breakdowns on other spans of a row's trace. All filters with one prefix are about one span. Other spans are looked for in
/// the question's time and <see cref="Around"/> it, among spans and events.
/// </summary>
internal sealed class Relations
{
    public static readonly TimeSpan Around = TimeSpan.FromMinutes(15);
    private static readonly Expr Trace = new FieldExpr("trace_id");
    private static readonly Expr Span = new FieldExpr("span_id");
    private static readonly Expr Parent = new FieldExpr("parent_span_id");

    private readonly List<Expr> _conditions = [];
    private readonly List<RowJoin> _joins = [];

    /// <param name="row">The signal whose rows are asked.</param>
    /// <param name="signals">All signals of the question: where related spans are looked for.</param>
    public Relations(QuerySpec spec, ExploreScope scope, Signal row, IReadOnlyList<SignalColumns> signals, QueryWindow window)
    {
        var prefixes = spec.Filters.Select(f => f.Column).Concat(spec.Breakdowns).Select(SpecCheck.RelationOf).OfType<string>().Distinct().ToList();
        if (prefixes.Count == 0)
            return;
        if (row == Signal.Metrics)
        {
            // Points of metrics belong to no trace.
            _conditions.Add(new OrExpr([]));
            foreach (var column in spec.Breakdowns.Where(b => SpecCheck.RelationOf(b) is not null))
                throw new SpecException("breakdowns", "invalid", $"{column} asks for spans of a trace, and metrics have none");
            return;
        }
        _conditions.Add(!new CompareExpr(CompareOp.Equal, Trace, new ConstExpr(new byte[TraceId.Size])));
        foreach (var prefix in prefixes)
            Add(prefix, spec, scope, row, signals, window);
    }

    public IReadOnlyList<Expr> Conditions => _conditions;

    public IReadOnlyList<RowJoin> Joins => _joins;

    /// <summary>What a breakdown's column is called in the joined rows.</summary>
    public static string ColumnName(QuerySpec spec, string prefix, string column) =>
        $"{prefix.TrimEnd('.')}x{spec.Breakdowns.Where(b => SpecCheck.RelationOf(b) == prefix).Distinct().Index().First(b => b.Item == column).Index}";

    private void Add(string prefix, QuerySpec spec, ExploreScope scope, Signal row, IReadOnlyList<SignalColumns> signals, QueryWindow window)
    {
        var filters = spec.Filters.Where(f => SpecCheck.RelationOf(f.Column) == prefix).Select(f => f with { Column = f.Column[prefix.Length..] }).ToList();
        var breakdowns = spec.Breakdowns.Where(b => SpecCheck.RelationOf(b) == prefix).Distinct().ToList();
        var (own, others) = prefix switch
        {
            // The parent of a log line or an error is the span it was written in.
            "parent." => ((IReadOnlyList<Expr>)[Trace, RowPlan.HasDuration(row) ? Parent : Span], (IReadOnlyList<Expr>)[Trace, Span]),
            "child." when RowPlan.HasDuration(row) => ([Trace, Span], [Trace, Parent]),
            // Log lines and errors have no children: no trace has this id.
            "child." => ([new ConstExpr(new byte[TraceId.Size]), Span], [Trace, Parent]),
            _ => ([Trace], [Trace]),
        };
        var range = new TimeRange(window.Range.From - Around, window.Range.To + Around);
        // Only what has a parent can be a span of a trace.
        var related = signals.Where(s => RowPlan.HasDuration(s.Signal)).ToList();
        if (related.Count == 0)
            related.Add(new SignalColumns(Signal.Spans, [], new Dictionary<string, SeenColumn?>(StringComparer.Ordinal)));
        var sources = related.ConvertAll(signal => new RowSource
        {
            Signal = signal.Signal,
            Range = range,
            Environment = scope.Environment,
            Where = new AndExpr(
            [
                !new CompareExpr(CompareOp.Equal, Trace, new ConstExpr(new byte[TraceId.Size])),
                .. AskedRows.Condition(signal.Signal) is { } asked ? [asked] : Array.Empty<Expr>(),
                .. prefix == "root." ? [new CompareExpr(CompareOp.Equal, Parent, new ConstExpr(new byte[SpanId.Size]))] : Array.Empty<Expr>(),
                FilterExpressions.Of(filters, FilterCombination.And, signal),
            ]),
            Columns =
            [
                .. others.Select((key, i) => new Selection($"{prefix.TrimEnd('.')}k{i}", key)),
                .. breakdowns.Select(b => new Selection(ColumnName(spec, prefix, b), Text(signal, b[prefix.Length..]))),
            ],
        });
        if (breakdowns.Count > 0)
        {
            _joins.Add(new RowJoin(own, sources, filters.Count > 0));
            return;
        }
        Expr found = new InRowsExpr(own, sources);
        _conditions.Add(prefix == "none." ? !found : found);
    }

    // Text always: rows of several signals meet here, and rows without such a span have NULL.
    private static CallExpr Text(SignalColumns signal, string column) =>
        new(Function.Shaped, [signal.Resolve(column), new ConstExpr((long)ColumnForm.Text)]);
}
