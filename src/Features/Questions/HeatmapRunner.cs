using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Asks for heatmaps. One pass counts rows by bucket and by the leading bits of their value, sixteen steps an octave; bins are made of
/// these, so nothing has to be known of the values before. Values that lie close together are counted again, in even bins, and so are those with more steps
/// than one answer has room for, in the bins that are shown: these are always few enough, so no row is left out.
/// </summary>
internal sealed class HeatmapRunner(ITelemetryReader reader, RowPlan rows)
{
    private const int MostBins = 48;
    private const int EvenBins = 40;
    private const int StepsAnOctave = 16;
    private const int MostSteps = 1 << 16;

    /// <summary>Buckets times steps past which the bins are found first. Tests set it lower.</summary>
    internal static int MostCells { get; set; } = 200_000;

    /// <summary>Greatest over least from which octaves tell more than even bins.</summary>
    private const double WideRange = 32;

    public long RowsRead { get; private set; }

    public async Task<Heatmap> RunAsync(Calculation calculation, QueryWindow window, CancellationToken cancellationToken)
    {
        var column = rows.Read("x", ColumnRole.Number, calculation.Column, calculation.Filters ?? [], calculation.Combination);
        var step = new CallExpr(Function.FloatStep, [new FieldExpr("x")]);
        var counts = Counted((await CountAsync(column, window, step, inTime: true, MostCells, cancellationToken)).Page(out var more));
        if (more)
            counts = Counted((await CountAsync(column, window, step, inTime: false, MostSteps, cancellationToken)).All("different values"));
        if (counts.Count == 0)
            return new Heatmap(calculation.Key, false, [0, 1], []);
        var least = counts.Min(c => LowerEdge((long)c.Value));
        var greatest = counts.Max(c => UpperEdge((long)c.Value));
        var leastPositive = counts.Select(c => LowerEdge((long)c.Value)).Where(edge => edge > 0).DefaultIfEmpty(0).Min();
        if (least >= 0 && leastPositive > 0 && greatest / leastPositive > WideRange)
        {
            var bounds = Octaves(counts, leastPositive, greatest);
            return more
                ? await InBinsAsync(calculation.Key, column, window, isLogarithmic: true, bounds, cancellationToken)
                : new Heatmap(calculation.Key, true, bounds, Cells(counts, bounds));
        }
        return await EvenAsync(calculation.Key, column, window, cancellationToken);
    }

    /// <param name="Value">The step, or where the bin begins.</param>
    private sealed record Count(int Bucket, double Value, double Rows);

    /// <param name="inTime">By bucket as well; else all rows are in the first.</param>
    private async Task<ResultTable> CountAsync(RowColumn column, QueryWindow window, Expr value, bool inTime, int most, CancellationToken cancellationToken)
    {
        Expr bucket = inTime ? new FieldExpr("b") : new ConstExpr(0L);
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, [column, RowPlan.BucketOf(window)], signal => new ExistsExpr(column.Value(signal)), withHistograms: true),
                Select =
                [
                    new Selection("bucket", bucket),
                    new Selection("value", value),
                    new Selection("rows", rows.Weight is { } weight ? new CallExpr(Function.Sum, [new FieldExpr(weight)]) : new CallExpr(Function.Count, [])),
                ],
                GroupBy = inTime ? [bucket, value] : [value],
                Limit = most,
            },
            cancellationToken);
        RowsRead += table.RowsRead;
        return table;
    }

    private static List<Count> Counted(IReadOnlyList<ResultRow> rows) =>
        [.. rows.Select(row => new Count((int)row.Long("bucket"), row.Double("value") ?? 0, row.Double("rows") ?? 0))];

    private static List<double> Octaves(List<Count> counts, double least, double greatest)
    {
        var octaves = Math.Log2(greatest / least);
        var steps = StepsAnOctave;
        while (steps > 1 && octaves * steps > MostBins)
            steps /= 2;
        // Each bin covers several octaves when there are very many.
        var span = octaves * steps > MostBins ? (int)Math.Ceiling(octaves / MostBins) : 1;
        var bounds = new List<double>();
        if (counts.Exists(c => LowerEdge((long)c.Value) == 0))
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
        return bounds;
    }

    private async Task<Heatmap> EvenAsync(string name, RowColumn column, QueryWindow window, CancellationToken cancellationToken)
    {
        var ends = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, [column], withHistograms: true),
                Select =
                [
                    new Selection("least", new CallExpr(Function.Min, [new FieldExpr("x")])),
                    new Selection("greatest", new CallExpr(Function.Max, [new FieldExpr("x")])),
                ],
                Limit = 1,
            },
            cancellationToken);
        RowsRead += ends.RowsRead;
        var least = ends.First?.Double("least") ?? 0;
        var greatest = ends.First?.Double("greatest") ?? 0;
        return await InBinsAsync(name, column, window, isLogarithmic: false, Even(least, greatest), cancellationToken);
    }

    /// <summary>Edges at multiples of a width that can be read.</summary>
    internal static List<double> Even(double least, double greatest)
    {
        var width = WidthOf(Math.Min(greatest - least, double.MaxValue));
        // Edges below one are divisions by an integer, which gives exactly 0.3 where 3 * 0.1 does not.
        var parts = width < 1 && double.IsFinite(1 / width) ? Math.Round(1 / width) : 0;
        var first = Math.Floor(parts > 0 ? least * parts : least / width);
        double Edge(double at) => Math.Clamp(parts > 0 ? at / parts : at * width, double.MinValue, double.MaxValue);
        var bounds = new List<double> { Edge(first) };
        do
            bounds.Add(Edge(first + bounds.Count));
        while (bounds[^1] <= greatest && bounds[^1] > bounds[^2] && bounds.Count < 4 * EvenBins);
        // Values too large for an edge past them, or too near each other for an edge between.
        if (bounds[^1] <= bounds[^2])
            bounds[^1] = Math.Max(greatest, Math.BitIncrement(bounds[^2]));
        return bounds;
    }

    private async Task<Heatmap> InBinsAsync(
        string name, RowColumn column, QueryWindow window, bool isLogarithmic, List<double> bounds, CancellationToken cancellationToken)
    {
        var bin = new CallExpr(Function.StepDown, [new FieldExpr("x"), .. bounds.SkipLast(1).Select(bound => new ConstExpr(bound))]);
        var table = await CountAsync(column, window, bin, inTime: true, (window.Buckets + 1) * bounds.Count, cancellationToken);
        return new Heatmap(name, isLogarithmic, bounds, Cells(table.All("cells of a heatmap"), bounds));
    }

    private static List<(int, int, double)> Cells(IReadOnlyList<ResultRow> rows, List<double> bounds) => Cells(Counted(rows), bounds, count => count.Value);

    private static List<(int, int, double)> Cells(List<Count> steps, List<double> bounds) => Cells(steps, bounds, step => LowerEdge((long)step.Value));

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

    private static List<(int, int, double)> Cells(List<Count> counts, List<double> bounds, Func<Count, double> value)
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
