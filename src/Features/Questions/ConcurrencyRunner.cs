using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// How many spans were active in each bucket: the sum of the shares of the bucket that they overlap. A span counts from its start to its
/// end, so it is counted into running sums where it starts and out of them where it ends.
/// </summary>
internal sealed class ConcurrencyRunner(ITelemetryReader reader, RowPlan rows, GroupPlan plan)
{
    /// <summary>Groups times buckets of one statement; more groups are asked part by part. Tests set it lower.</summary>
    internal static int MostCells { get; set; } = 200_000;

    /// <summary>What one statement may give: cells asked for, and a bucket more for spans that end past the question.</summary>
    private const int Most = 1_000_000;

    /// <summary>The key of all rows.</summary>
    public const string Whole = "\u0003";

    public long RowsRead { get; private set; }

    /// <summary>Points by the text of the group's keys; <see cref="Whole"/> for all rows.</summary>
    /// <param name="groups">The groups to calculate.</param>
    /// <param name="areAll">True when there are no other groups, so that the total is their sum.</param>
    public async Task<Dictionary<string, double[]>> RunAsync(
        Calculation calculation, QueryWindow window, IReadOnlyList<IReadOnlyList<object?>> groups, bool areAll, CancellationToken cancellationToken)
    {
        var points = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var part = Math.Max(1, MostCells / window.Buckets);
        if (plan.Keys.Count > 0 && areAll && groups.Count <= part)
        {
            await AddAsync(points, calculation, window, null, withWhole: true, cancellationToken);
            return points;
        }
        await AddAsync(points, calculation, window, [], withWhole: true, cancellationToken);
        if (plan.Keys.Count > 0)
        {
            foreach (var some in groups.Chunk(part))
                await AddAsync(points, calculation, window, some, withWhole: false, cancellationToken);
        }
        return points;
    }

    public static string KeyOf(IEnumerable<object?> key) => string.Join('\u0002', key.Select(k => k is null ? "\u0001" : FilterExpressions.TextOf(k)));

    /// <param name="among">Null for all groups; empty for the total alone.</param>
    private async Task AddAsync(
        Dictionary<string, double[]> points, Calculation calculation, QueryWindow window, IReadOnlyList<IReadOnlyList<object?>>? among, bool withWhole,
        CancellationToken cancellationToken)
    {
        var keys = among is { Count: 0 } ? [] : plan.Keys;
        var started = await EdgesAsync(calculation, window, ends: false, keys, among, withWhole, cancellationToken);
        var ended = await EdgesAsync(calculation, window, ends: true, keys, among, withWhole, cancellationToken);
        foreach (var (key, edges) in started)
            points[key] = Points(edges, ended.GetValueOrDefault(key), window.Buckets);
    }

    private sealed record Edges(double[] Rows, double[] Fractions);

    private async Task<Dictionary<string, Edges>> EdgesAsync(
        Calculation calculation, QueryWindow window, bool ends, IReadOnlyList<RowColumn> keys, IReadOnlyList<IReadOnlyList<object?>>? among, bool withWhole,
        CancellationToken cancellationToken)
    {
        var isAmong = among is { Count: > 0 } ? plan.Among(among) : null;
        Expr Time(SignalColumns signal)
        {
            var start = new FieldExpr(RowPlan.TimeColumn(signal.Signal));
            return ends && RowPlan.HasDuration(signal.Signal) ? new CallExpr(Function.TimeAfter, [start, new FieldExpr("duration_ns")]) : start;
        }
        Expr[] Grid(SignalColumns signal) => [Time(signal), new ConstExpr(window.FirstNs), new ConstExpr(window.StepNs)];
        Expr Also(SignalColumns signal)
        {
            var own = FilterExpressions.Of(calculation.Filters ?? [], calculation.Combination, signal);
            if (isAmong is not null)
                own = new AndExpr([own, isAmong(signal)]);
            if (!ends || !RowPlan.HasDuration(signal.Signal))
                return own;
            var left = new CallExpr(Function.Subtract, [new ConstExpr(window.EndNs), new CallExpr(Function.UnixNanoseconds, [new FieldExpr(RowPlan.TimeColumn(signal.Signal))])]);
            return new AndExpr([own, new CompareExpr(CompareOp.Less, new FieldExpr("duration_ns"), left)]);
        }
        var columns = new List<RowColumn>(keys)
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
                    .. keys.Select(k => new Selection(k.Name, new FieldExpr(k.Name))),
                    new Selection("bucket", new FieldExpr("b")),
                    new Selection("rows", new CallExpr(Function.Sum, [weight])),
                    new Selection("fractions", new CallExpr(Function.Sum, [new CallExpr(Function.Multiply, [new FieldExpr("f"), weight])])),
                ],
                GroupBy = [.. keys.Select(k => new FieldExpr(k.Name)), new FieldExpr("b")],
                Limit = Most,
            },
            cancellationToken);
        RowsRead += table.RowsRead;
        var edges = new Dictionary<string, Edges>(StringComparer.Ordinal);
        foreach (var row in table.All("groups and points of CONCURRENCY"))
        {
            var bucket = row.Long("bucket");
            if (bucket >= window.Buckets)
                continue;
            foreach (var key in KeysOf(row))
            {
                if (!edges.TryGetValue(key, out var sums))
                    edges[key] = sums = new Edges(new double[window.Buckets], new double[window.Buckets]);
                sums.Rows[bucket] += row.Double("rows") ?? 0;
                sums.Fractions[bucket] += row.Double("fractions") ?? 0;
            }
        }
        return edges;

        IEnumerable<string> KeysOf(ResultRow row)
        {
            if (withWhole)
                yield return Whole;
            if (keys.Count > 0)
                yield return KeyOf(keys.Select(k => row[k.Name]));
        }
    }

    private static double[] Points(Edges started, Edges? ended, int buckets)
    {
        var points = new double[buckets];
        var working = 0.0;
        for (var i = 0; i < buckets; i++)
        {
            // Spans that were active before fill the bucket, minus the time after they end in it; spans that start in it count from their start.
            var endedRows = ended?.Rows[i] ?? 0;
            points[i] = Math.Round(working + started.Rows[i] - started.Fractions[i] - (endedRows - (ended?.Fractions[i] ?? 0)), 9);
            working += started.Rows[i] - endedRows;
        }
        return points;
    }
}
