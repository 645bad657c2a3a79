using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Tests.Support;

namespace Weir.Tests.CloudWatchLogs;

/// <summary>Log rows in memory: what a sink was given, readable at once by the part of the query AST that this room uses.</summary>
internal sealed class MemoryLogs : ITelemetrySink, ITelemetryReader
{
    private readonly List<(NativeBlock Block, int Row)> _rows = [];
    private readonly Lock _lock = new();

    public Fault? Fault { get; set; }

    public int Queries { get; private set; }

    public IReadOnlyList<(NativeBlock Block, int Row)> Rows => _rows;

    public ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (Fault is null && batch.Peek(Signal.Logs) is { } block)
        {
            var read = NativeBlock.Of(block);
            lock (_lock)
                _rows.AddRange(Enumerable.Range(0, read.Rows).Select(row => (read, row)));
        }
        batch.Dispose();
        return ValueTask.FromResult(Fault);
    }

    public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Queries++;
            var found = _rows.Where(r => InRange(query, r) && (query.Where is null || True(query.Where, r))).ToList();
            IEnumerable<object?[]> values = query.GroupBy.Count == 0
                ? Order(found, query).Select(r => query.Select.Select(s => Value(s.Value, r)).ToArray())
                : found.GroupBy(r => string.Join('\n', query.GroupBy.Select(g => Value(g, r))))
                    .Select(g => query.Select.Select(s => Aggregate(s.Value, [.. g])).ToArray());
            var all = values.Take(query.Limit + 1).ToList();
            var ordinals = query.Select.Select((s, i) => (s.Name, i)).ToDictionary(p => p.Name, p => p.i);
            return Task.FromResult(new ResultTable(
                [.. query.Select.Select(s => s.Name)],
                [.. all.Take(query.Limit).Select(v => new ResultRow(ordinals, v))],
                all.Count > query.Limit,
                found.Count,
                TimeSpan.Zero));
        }
    }

    private static bool InRange(TelemetryQuery query, (NativeBlock Block, int Row) row)
    {
        var time = (long)row.Block[row.Row, "time"]!;
        return (query.Range is not { } range || (time >= range.From.UnixNanoseconds() && time < range.To.UnixNanoseconds()))
            && (query.Environment is null || row.Block.Text(row.Row, "environment") == query.Environment);
    }


    private static IEnumerable<(NativeBlock Block, int Row)> Order(IEnumerable<(NativeBlock Block, int Row)> rows, TelemetryQuery query)
    {
        foreach (var order in query.OrderBy.Reverse())
            rows = order.Descending ? rows.OrderByDescending(r => Value(order.Value, r)) : rows.OrderBy(r => Value(order.Value, r));
        return rows;
    }

    private static bool True(Expr expr, (NativeBlock Block, int Row) row) => expr switch
    {
        AndExpr and => and.Operands.All(o => True(o, row)),
        OrExpr or => or.Operands.Any(o => True(o, row)),
        NotExpr not => !True(not.Operand, row),
        InExpr within => within.Values.Contains(Value(within.Operand, row)),
        CompareExpr { Op: CompareOp.Contains } c => Text(c.Left, row).Contains(Text(c.Right, row), StringComparison.Ordinal),
        CompareExpr { Op: CompareOp.Matches } c => System.Text.RegularExpressions.Regex.IsMatch(
            Text(c.Left, row), Text(c.Right, row), System.Text.RegularExpressions.RegexOptions.NonBacktracking),
        CompareExpr { Op: CompareOp.StartsWith } c => Text(c.Left, row).StartsWith(Text(c.Right, row), StringComparison.Ordinal),
        CompareExpr c => Compare(c.Op, ((IComparable)Value(c.Left, row)!).CompareTo(Value(c.Right, row))),
        _ => throw new NotSupportedException(expr.ToString()),
    };

    private static bool Compare(CompareOp op, int order) => op switch
    {
        CompareOp.Equal => order == 0,
        CompareOp.NotEqual => order != 0,
        CompareOp.Less => order < 0,
        CompareOp.LessOrEqual => order <= 0,
        CompareOp.Greater => order > 0,
        CompareOp.GreaterOrEqual => order >= 0,
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static string Text(Expr expr, (NativeBlock Block, int Row) row) => (string)Value(expr, row)!;

    private static object? Value(Expr expr, (NativeBlock Block, int Row) row) => expr switch
    {
        FieldExpr { Name: "time" or "received_at" } time => (long)row.Block[row.Row, time.Name]!,
        FieldExpr field => row.Block[row.Row, field.Name],
        ConstExpr { Value: Instant instant } => instant.UnixNanoseconds,
        ConstExpr constant => constant.Value,
        CallExpr { Function: Function.Length } length => (long)Text(length.Arguments[0], row).Length,
        _ => throw new NotSupportedException(expr.ToString()),
    };

    private static object? Aggregate(Expr expr, (NativeBlock Block, int Row)[] rows) => expr switch
    {
        CallExpr { Function: Function.Count } => (long)rows.Length,
        CallExpr { Function: Function.Min } call => rows.Min(r => Value(call.Arguments[0], r)),
        CallExpr { Function: Function.Max } call => rows.Max(r => Value(call.Arguments[0], r)),
        CallExpr { Function: Function.Sum } call => rows.Sum(r => Convert.ToInt64(Value(call.Arguments[0], r))),
        _ => Value(expr, rows[0]),
    };
}
