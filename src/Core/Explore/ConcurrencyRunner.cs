using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>
/// How many spans were at work in each bucket: the sum of the shares of the bucket that they overlap. A span counts from its start to its
/// end, so it is counted into running sums where it starts and out of them where it ends.
/// </summary>
internal sealed class ConcurrencyRunner(ITelemetryReader reader, RowPlan rows, GroupPlan plan)
{
    private const int MostRows = 500_000;

    public long RowsRead { get; private set; }

    /// <summary>Points by the text of the group's keys; the empty list of keys is the whole.</summary>
    public async Task<Dictionary<string, double[]>> RunAsync(Calculation calculation, QueryWindow window, CancellationToken cancellationToken)
    {
        var started = await EdgesAsync(calculation, window, ends: false, cancellationToken);
        var ended = await EdgesAsync(calculation, window, ends: true, cancellationToken);
        return started.ToDictionary(s => s.Key, s => Points(s.Value, ended.GetValueOrDefault(s.Key), window.Buckets), StringComparer.Ordinal);
    }

    public static string KeyOf(IEnumerable<object?> key) => string.Join('\u0002', key.Select(k => k is null ? "\u0001" : FilterExpressions.TextOf(k)));

    private sealed record Edges(double[] Rows, double[] Fractions);

    private async Task<Dictionary<string, Edges>> EdgesAsync(Calculation calculation, QueryWindow window, bool ends, CancellationToken cancellationToken)
    {
        Expr Time(SignalColumns signal)
        {
            var start = new FieldExpr(RowPlan.TimeColumn(signal.Signal));
            return ends && RowPlan.HasDuration(signal.Signal) ? new CallExpr(Function.TimeAfter, [start, new FieldExpr("duration_ns")]) : start;
        }
        Expr[] Grid(SignalColumns signal) => [Time(signal), new ConstExpr(window.FirstNs), new ConstExpr(window.StepNs)];
        Expr Also(SignalColumns signal)
        {
            var own = FilterExpressions.Of(calculation.Filters ?? [], calculation.Combination, signal);
            if (!ends || !RowPlan.HasDuration(signal.Signal))
                return own;
            var left = new CallExpr(Function.Subtract, [new ConstExpr(window.EndNs), new CallExpr(Function.UnixNanoseconds, [new FieldExpr(RowPlan.TimeColumn(signal.Signal))])]);
            return new AndExpr([own, new CompareExpr(CompareOp.Less, new FieldExpr("duration_ns"), left)]);
        }
        var columns = new List<RowColumn>(plan.Keys)
        {
            new("b", ColumnForm.AsIs, signal => new CallExpr(Function.BucketNumber, Grid(signal))),
            new("f", ColumnForm.AsIs, signal => new CallExpr(Function.BucketFraction, Grid(signal))),
        };
        var weight = rows.Weight is { } w ? new FieldExpr(w) : (Expr)new ConstExpr(1L);
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, columns, Also),
                Select =
                [
                    .. plan.Keys.Select(k => new Selection(k.Name, new FieldExpr(k.Name))),
                    new Selection("bucket", new FieldExpr("b")),
                    new Selection("rows", new CallExpr(Function.Sum, [weight])),
                    new Selection("fractions", new CallExpr(Function.Sum, [new CallExpr(Function.Multiply, [new FieldExpr("f"), weight])])),
                ],
                GroupBy = [.. plan.Keys.Select(k => new FieldExpr(k.Name)), new FieldExpr("b")],
                Limit = MostRows,
            },
            cancellationToken);
        RowsRead += table.RowsRead;
        var edges = new Dictionary<string, Edges>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            var bucket = row.Long("bucket");
            if (bucket >= window.Buckets)
                continue;
            foreach (var key in plan.Keys.Count == 0 ? [""] : new[] { "", KeyOf(plan.Keys.Select(k => row[k.Name])) }.Distinct())
            {
                if (!edges.TryGetValue(key, out var sums))
                    edges[key] = sums = new Edges(new double[window.Buckets], new double[window.Buckets]);
                sums.Rows[bucket] += row.Double("rows") ?? 0;
                sums.Fractions[bucket] += row.Double("fractions") ?? 0;
            }
        }
        return edges;
    }

    private static double[] Points(Edges started, Edges? ended, int buckets)
    {
        var points = new double[buckets];
        var working = 0.0;
        for (var i = 0; i < buckets; i++)
        {
            // Those at work since before fill the bucket, less what follows the ends in it; those that start in it fill what follows.
            var endedRows = ended?.Rows[i] ?? 0;
            points[i] = Math.Round(working + started.Rows[i] - started.Fractions[i] - (endedRows - (ended?.Fractions[i] ?? 0)), 9);
            working += started.Rows[i] - endedRows;
        }
        return points;
    }
}
