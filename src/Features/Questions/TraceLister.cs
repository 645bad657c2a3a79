using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>A trace with a row that a question is about.</summary>
/// <param name="SpanId">The slowest matching row's span; null when it has none.</param>
public sealed record ExploredTrace(
    string TraceId, string? SpanId, string? RootService, string? RootName, long StartNs, double DurationMs, double MatchDurationMs, long Spans, long Errors);

/// <summary>A place in an answer: a bucket, a value in a heatmap, a group.</summary>
/// <param name="Time">Start of a bucket, seconds since 1970.</param>
/// <param name="From">With <paramref name="Column"/>: its values from here…</param>
/// <param name="To">…to here, both included.</param>
public sealed record ResultPlace(double? Time, string? Column, double? From, double? To, IReadOnlyList<(string Column, object? Value)> Group);

/// <param name="Warnings">Notices about rows that are left out and about unusual columns.</param>
public sealed record ExploredTraces(IReadOnlyList<ExploredTrace> Traces, IReadOnlyList<string> Warnings)
{
    public static ExploredTraces None { get; } = new([], []);
}

/// <summary>Finds the traces behind a place in an answer, slowest matching row first.</summary>
public sealed class TraceLister(ITelemetryReader reader, TimeProvider time, IColumnDirectory? directory = null)
{
    public const int Most = 20;
    private static readonly TimeSpan Around = TimeSpan.FromHours(1);

    public async Task<ExploredTraces> ListAsync(
        QuerySpec spec, ExploreScope scope, ResultPlace place, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (SpecCheck.Errors(spec, now) is { Count: > 0 } errors)
            throw new SpecException(errors);
        var window = QueryWindow.Of(spec, now, [])!;
        if (place.Time is { } at)
            window = Bucket(window, at);
        spec = spec with { Signals = [.. (spec.Signals ?? QuerySpec.DefaultSignals).Where(s => s != Signal.Metrics)], Breakdowns = [] };
        if (spec.Signals is not { Count: > 0 } || window.StartNs >= window.EndNs)
            return ExploredTraces.None;
        var (rows, _) = await new RowPlanner(reader, directory).PlanAsync(spec, scope, window, cancellationToken);
        RowColumn[] columns =
        [
            new("trace", ColumnForm.AsIs, _ => new FieldExpr("trace_id")),
            new("span", ColumnForm.AsIs, SpanOf),
            new("lasted", ColumnForm.AsIs, signal => RowPlan.HasDuration(signal.Signal) ? new FieldExpr("duration_ns") : new ConstExpr(0UL)),
        ];
        var lasted = new FieldExpr("lasted");
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, columns, signal => At(signal, place)),
                Select =
                [
                    new Selection("trace", new FieldExpr("trace")),
                    new Selection("span", new CallExpr(Function.ArgMax, [new FieldExpr("span"), lasted])),
                    new Selection("slowest", new CallExpr(Function.Max, [lasted])),
                ],
                GroupBy = [new FieldExpr("trace")],
                OrderBy = [new Ordering(new FieldExpr("slowest"), Descending: true)],
                Limit = limit,
            },
            cancellationToken);
        var slowest = table.Page(out var more);
        if (slowest.Count == 0)
            return ExploredTraces.None;
        var found = await SpansAsync([.. slowest.Select(r => r["trace"]!)], scope, window, cancellationToken);
        var warnings = new List<string>(rows.Warnings);
        if (more)
            warnings.Add($"There are more than {slowest.Count} traces behind this place; the slowest are shown.");
        return new ExploredTraces([.. slowest.Select(row => Trace(row, found.GetValueOrDefault(row.TraceId("trace").ToHex())))], warnings);
    }

    // Events and links of spans have no id: they are shown at their span.
    private static Expr SpanOf(SignalColumns signal)
    {
        var own = new FieldExpr("span_id");
        return signal.Signal == Signal.Events
            ? new CallExpr(Function.If, [new CompareExpr(CompareOp.Equal, own, new ConstExpr(new byte[SpanId.Size])), new FieldExpr("parent_span_id"), own])
            : own;
    }

    private static QueryWindow Bucket(QueryWindow window, double at)
    {
        var start = (long)Math.Round(at * 1e6) * 1000;
        return window with { StartNs = Math.Max(window.StartNs, start), EndNs = Math.Min(window.EndNs, start + window.StepNs) };
    }

    private static AndExpr At(SignalColumns signal, ResultPlace place)
    {
        var conditions = new List<Expr> { !new CompareExpr(CompareOp.Equal, new FieldExpr("trace_id"), new ConstExpr(new byte[TraceId.Size])) };
        foreach (var (column, value) in place.Group)
        {
            if (SpecCheck.RelationOf(column) is null)
                conditions.Add(FilterExpressions.Of(new Filter(column, FilterOp.Equal, value), signal));
        }
        if (place.Column is { } measured)
        {
            var number = RowPlan.Number(signal, measured);
            if (place.From is { } from)
                conditions.Add(new CompareExpr(CompareOp.GreaterOrEqual, number, new ConstExpr(from)));
            if (place.To is { } to)
                conditions.Add(new CompareExpr(CompareOp.LessOrEqual, number, new ConstExpr(to)));
        }
        return new AndExpr(conditions);
    }

    private async Task<Dictionary<string, ResultRow>> SpansAsync(
        List<object> traces, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken)
    {
        var start = new CallExpr(Function.UnixNanoseconds, [new FieldExpr("start_time")]);
        var root = new CompareExpr(CompareOp.Equal, new FieldExpr("parent_span_id"), new ConstExpr(new byte[SpanId.Size]));
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Range = new TimeRange(window.Range.From - Around, window.Range.To + Around),
                Environment = scope.Environment,
                Where = new InExpr(new FieldExpr("trace_id"), traces),
                Select =
                [
                    new Selection("trace", new FieldExpr("trace_id")),
                    new Selection("start", new CallExpr(Function.Min, [start])),
                    new Selection("end", new CallExpr(Function.Max, [new CallExpr(Function.Add, [start, new FieldExpr("duration_ns")])])),
                    new Selection("service", new CallExpr(Function.ArgMinIf, [new FieldExpr("service"), start, root])),
                    new Selection("name", new CallExpr(Function.ArgMinIf, [new FieldExpr("name"), start, root])),
                    new Selection("spans", new CallExpr(Function.Count, [])),
                    new Selection("errors", new CallExpr(Function.CountIf, [new CompareExpr(CompareOp.Equal, new FieldExpr("status"), new ConstExpr("error"))])),
                ],
                GroupBy = [new FieldExpr("trace_id")],
                Limit = traces.Count,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        return table.All("traces").ToDictionary(r => r.TraceId("trace").ToHex(), StringComparer.Ordinal);
    }

    private static ExploredTrace Trace(ResultRow match, ResultRow? spans)
    {
        var span = match.SpanId("span").ToHex();
        return new ExploredTrace(
            match.TraceId("trace").ToHex(),
            span.Any(c => c != '0') ? span : null,
            spans?.TextOrNull("service"),
            spans?.TextOrNull("name"),
            spans?.Long("start") ?? 0,
            spans is null ? 0 : (spans.Long("end") - spans.Long("start")) / 1e6,
            (match.Double("slowest") ?? 0) / 1e6,
            spans?.Long("spans") ?? 0,
            spans?.Long("errors") ?? 0);
    }
}
