using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>
/// Asks for heatmaps. One pass counts rows by bucket and by the leading bits of their value, sixteen steps an octave; bins are made of
/// these, so nothing has to be known of the values before. Only values that lie close together are counted again, in even bins.
/// </summary>
internal sealed class HeatmapRunner(ITelemetryReader reader, RowPlan rows)
{
    private const int MostBins = 48;
    private const int EvenBins = 40;
    private const int StepsAnOctave = 16;
    private const int MostCells = 200_000;

    /// <summary>Greatest over least from which octaves tell more than even bins.</summary>
    private const double WideRange = 32;

    public long RowsRead { get; private set; }

    public async Task<Heatmap> RunAsync(Calculation calculation, QueryWindow window, CancellationToken cancellationToken)
    {
        var column = rows.Read("x", ColumnRole.Number, calculation.Column, calculation.Filters ?? [], calculation.Combination);
        var counts = await CountAsync(column, window, new CallExpr(Function.FloatStep, [new FieldExpr("x")]), cancellationToken);
        if (counts.Count == 0)
            return new Heatmap(calculation.Key, false, [0, 1], []);
        var least = counts.Min(c => LowerEdge(c.Step));
        var greatest = counts.Max(c => UpperEdge(c.Step));
        var leastPositive = counts.Select(c => LowerEdge(c.Step)).Where(edge => edge > 0).DefaultIfEmpty(0).Min();
        if (least >= 0 && leastPositive > 0 && greatest / leastPositive > WideRange)
            return Logarithmic(calculation.Key, counts, leastPositive, greatest);
        return await EvenAsync(calculation.Key, column, window, cancellationToken);
    }

    private sealed record Counted(int Bucket, long Step, double Rows);

    private async Task<List<Counted>> CountAsync(RowColumn column, QueryWindow window, Expr step, CancellationToken cancellationToken)
    {
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, [column, RowPlan.BucketOf(window)], signal => new ExistsExpr(column.Value(signal))),
                Select =
                [
                    new Selection("bucket", new FieldExpr("b")),
                    new Selection("step", step),
                    new Selection("rows", rows.Weight is { } weight ? new CallExpr(Function.Sum, [new FieldExpr(weight)]) : new CallExpr(Function.Count, [])),
                ],
                GroupBy = [new FieldExpr("b"), step],
                Limit = MostCells,
            },
            cancellationToken);
        RowsRead += table.RowsRead;
        return [.. table.Rows.Select(row => new Counted((int)row.Long("bucket"), row.Long("step"), row.Double("rows") ?? 0))];
    }

    private static Heatmap Logarithmic(string name, List<Counted> counts, double least, double greatest)
    {
        var octaves = Math.Log2(greatest / least);
        var steps = StepsAnOctave;
        while (steps > 1 && octaves * steps > MostBins)
            steps /= 2;
        // Many octaves to a bin when there are very many.
        var span = octaves * steps > MostBins ? (int)Math.Ceiling(octaves / MostBins) : 1;
        var bounds = new List<double>();
        if (counts.Any(c => LowerEdge(c.Step) == 0))
            bounds.Add(0);
        var first = Math.ScaleB(1, Math.ILogB(least));
        for (var base2 = first; base2 < greatest; base2 = Math.ScaleB(base2, span))
        {
            for (var i = 0; i < steps; i++)
            {
                var edge = base2 * (1 + ((double)i / steps));
                if (base2 * (1 + ((i + 1.0) / steps)) > least && edge < greatest)
                    bounds.Add(edge);
            }
        }
        bounds.Add(greatest);
        return new Heatmap(name, true, bounds, Cells(counts, bounds, c => LowerEdge(c.Step)));
    }

    private async Task<Heatmap> EvenAsync(string name, RowColumn column, QueryWindow window, CancellationToken cancellationToken)
    {
        var ends = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, [column]),
                Select =
                [
                    new Selection("least", new CallExpr(Function.Min, [new FieldExpr("x")])),
                    new Selection("greatest", new CallExpr(Function.Max, [new FieldExpr("x")])),
                ],
                Limit = 1,
            },
            cancellationToken);
        RowsRead += ends.RowsRead;
        var least = ends.Rows[0].Double("least") ?? 0;
        var greatest = ends.Rows[0].Double("greatest") ?? 0;
        var width = WidthOf(greatest - least);
        var from = Math.Floor(least / width) * width;
        var bins = Math.Max(1, (int)Math.Floor((greatest - from) / width) + 1);
        var step = new CallExpr(
            Function.Truncate,
            [new CallExpr(Function.Floor, [new CallExpr(Function.Divide, [new CallExpr(Function.Subtract, [new FieldExpr("x"), new ConstExpr(from)]), new ConstExpr(width)])])]);
        var counts = await CountAsync(column, window, step, cancellationToken);
        var bounds = Enumerable.Range(0, bins + 1).Select(i => from + (i * width)).ToList();
        return new Heatmap(name, false, bounds, [.. counts.Select(c => (c.Bucket, (int)Math.Clamp(c.Step, 0, bins - 1), c.Rows))]);
    }

    /// <summary>1, 2 or 5 times a power of ten, so that a bin's edges can be read.</summary>
    private static double WidthOf(double span)
    {
        if (!(span > 0) || !double.IsFinite(span))
            return 1;
        var rough = span / EvenBins;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        foreach (var factor in new[] { 1.0, 2, 5 })
        {
            if (power * factor >= rough)
                return power * factor;
        }
        return power * 10;
    }

    private static List<(int, int, double)> Cells(List<Counted> counts, List<double> bounds, Func<Counted, double> value)
    {
        var cells = new Dictionary<(int, int), double>();
        foreach (var counted in counts)
        {
            var at = bounds.BinarySearch(value(counted));
            var bin = Math.Clamp(at >= 0 ? at : ~at - 1, 0, bounds.Count - 2);
            cells[(counted.Bucket, bin)] = cells.GetValueOrDefault((counted.Bucket, bin)) + counted.Rows;
        }
        return [.. cells.Select(c => (c.Key.Item1, c.Key.Item2, c.Value)).OrderBy(c => c.Item1).ThenBy(c => c.Item2)];
    }

    // The step is the upper 16 bits of the double: sign, exponent, four bits of the fraction.
    private static double LowerEdge(long step) => Edge(step < 0x8000 ? step : step + 1);

    private static double UpperEdge(long step) => Edge(step < 0x8000 ? step + 1 : step);

    private static double Edge(long step)
    {
        var value = BitConverter.UInt64BitsToDouble((ulong)(step & 0xFFFF) << 48);
        return double.IsFinite(value) ? value : double.IsNegative(value) ? double.MinValue : double.MaxValue;
    }
}
