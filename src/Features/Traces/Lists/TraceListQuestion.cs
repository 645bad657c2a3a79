using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Traces.Lists;

/// <summary>
/// Selects the traces of a list. All conditions on a span must match the same span of the trace; status and durations apply to
/// the whole trace.
/// </summary>
internal sealed record TraceListQuestion
{
    public required TimeRange Range { get; init; }

    public required int Limit { get; init; }

    public bool Slowest { get; init; }

    public PageCursor? Cursor { get; init; }

    /// <summary>Conditions on one span.</summary>
    public IReadOnlyList<Expr> Span { get; init; } = [];

    public string? Status { get; init; }

    public long? LeastNanoseconds { get; init; }

    public long? MostNanoseconds { get; init; }

    public char CursorKind => Slowest ? 's' : 'n';

    /// <summary>The condition for a span so that its trace is in the result.</summary>
    public List<Expr> Conditions()
    {
        var conditions = new List<Expr>(Span);
        if (Status == "error")
            AddTrace(conditions, IsError);
        else if (Status == "ok")
            conditions.Add(!Traces(IsError));
        if (LeastNanoseconds is { } least)
            AddTrace(conditions, Compare(CompareOp.GreaterOrEqual, "duration_ns", least));
        if (MostNanoseconds is { } most)
            conditions.Add(!Traces(Compare(CompareOp.Greater, "duration_ns", most)));
        return conditions;
    }

    // Without conditions on a span, the span itself can show that its trace matches, which avoids the inner query.
    private void AddTrace(List<Expr> conditions, Expr condition) =>
        conditions.Add(Span.Count == 0 ? condition : Traces(condition));

    /// <summary>The span's trace has a matching span.</summary>
    public Expr Traces(Expr condition, TimeRange? range = null) => new InQueryExpr(Field("trace_id"), new TelemetryQuery
    {
        Signal = Signal.Spans,
        Select = [Field("trace_id").As("trace_id")],
        Range = range ?? Range,
        Where = condition,
        Limit = int.MaxValue - 1,
    });
}
