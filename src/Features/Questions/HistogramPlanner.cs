using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Looks for histograms and summaries among the data points that a question calculates over. What histograms counted is read beside the other values;
/// what they, or summaries, can't tell is said in a warning.
/// </summary>
internal sealed class HistogramPlanner(ITelemetryReader reader)
{
    /// <summary>The column whose calculations are of what histograms counted: the data point's value.</summary>
    public const string Column = "value";

    /// <summary>One pass over the types of the question's data points; nothing at all where it calculates over none of them.</summary>
    public async Task<RowPlan> PlanAsync(QuerySpec spec, RowPlan rows, QueryWindow window, CancellationToken cancellationToken)
    {
        if (!rows.Signals.Any(s => s.Signal == Signal.Metrics))
            return rows;
        var read = spec.Calculations.Where(c => c.Column == Column && rows.Calculated(Column) is null && IsOfValues(c.Op)).ToList();
        var others = spec.Calculations.Where(c => IsOfValues(c.Op) && !read.Contains(c) && IsOfPoints(c, rows)).ToList();
        var points = spec.Calculations.Where(c => c.Op is CalculationOp.Count or CalculationOp.CountDistinct && c.Column == Column && rows.Calculated(Column) is null).ToList();
        if (read.Count + others.Count + points.Count == 0)
            return rows;
        // The compared period may have histograms where this one has none.
        var found = await CountAsync(rows, spec.CompareOffset is { } offset ? window with { StartNs = window.Back(offset).StartNs } : window, window.StartNs, cancellationToken);
        var warnings = new List<string>();
        if (found.Histograms + found.Summaries > 0 && others.Count > 0)
            warnings.Add(OfOthers(others));
        if (found.Histograms + found.Summaries > 0 && points.Count > 0)
            warnings.Add($"Some data points are histograms or summaries, which have no single value: {Names(points)} leaves them out. HISTOGRAM_COUNT is how many values histograms counted.");
        if (read.Count == 0 || found.Histograms + found.Summaries == 0)
            return warnings.Count == 0 ? rows : rows.Warned(warnings);
        if (found.Summaries > 0)
            warnings.Add($"Some data points are summaries, which keep quantiles of each sender and no values: {Names(read)} leaves them out. Ask metric.sum and metric.count of them.");
        if (found.Histograms == 0)
            return rows.Warned(warnings);
        warnings.AddRange(OfHistograms(read, found));
        return rows.WithHistograms(warnings);
    }

    /// <summary>Numbers of data points of the question, by what has to be known of them.</summary>
    private sealed record Found(long Histograms, long Summaries, long WithoutExtremes, long WithoutSum, long Cumulative, long BegunBefore, long Empty);

    private static IEnumerable<string> OfHistograms(List<Calculation> read, Found found)
    {
        if (read.Where(c => c.Op == CalculationOp.Heatmap || CalculationOps.Level(c.Op) is not null).ToList() is { Count: > 0 } estimated)
            yield return $"Histograms keep how many values each bucket has: {Names(estimated)} takes them to lie evenly spread in it.";
        if (found.WithoutExtremes + found.Cumulative > 0
            && read.Where(c => c.Op is CalculationOp.Min or CalculationOp.Max or CalculationOp.RateMax).ToList() is { Count: > 0 } extremes)
        {
            yield return $"Some histograms came without a least and a greatest value of their time: of these {Names(extremes)} is the end of a bucket.";
        }
        if (found.WithoutSum > 0
            && read.Where(c => c.Op is CalculationOp.Sum or CalculationOp.Avg or CalculationOp.RateSum or CalculationOp.RateAvg).ToList() is { Count: > 0 } sums)
        {
            yield return $"Some histograms came without a sum: {Names(sums)} leaves them out.";
        }
        if (found.Empty > 0
            && read.Where(c => c.Op is CalculationOp.Min or CalculationOp.Max or CalculationOp.RateMax or CalculationOp.Heatmap || CalculationOps.Level(c.Op) is not null).ToList() is { Count: > 0 } places)
        {
            yield return $"Some histograms came with nothing but a count: {Names(places)} leaves them out.";
        }
        if (found.BegunBefore > 0)
            yield return $"Some histograms have counted since before this time: {Names(read)} leaves out what they had counted at their first data point in it.";
    }

    private static string OfOthers(List<Calculation> others) => others.TrueForAll(c => c.Column == ColumnNames.MetricValue)
        ? $"Some data points are histograms or summaries: of these metric.value is how many values were counted, so {Names(others)} is of counts, not of what was measured. Ask {Column} of histograms, or metric.sum and metric.count."
        : $"Some data points are histograms or summaries, which have no single value: the calculated field of {Names(others)} gets null for them. Ask {Column} itself of histograms, or metric.sum and metric.count.";

    private static string Names(IEnumerable<Calculation> calculations) => string.Join(", ", calculations.Select(c => c.Key).Distinct(StringComparer.Ordinal));

    private static bool IsOfValues(CalculationOp op) => op is not (CalculationOp.Count or CalculationOp.CountDatapoints or CalculationOp.CountDistinct or CalculationOp.Concurrency);

    // What a sum of the usual value is of them is documented: how many were counted.
    private static bool IsOfPoints(Calculation calculation, RowPlan rows) => calculation.Column is { } column
        && (column == ColumnNames.MetricValue
            ? calculation.Op is not (CalculationOp.Sum or CalculationOp.RateSum)
            : rows.Calculated(column)?.Columns.Any(name => name is Column or ColumnNames.MetricValue) == true);

    private async Task<Found> CountAsync(RowPlan rows, QueryWindow window, long sinceNs, CancellationToken cancellationToken)
    {
        static Expr Is(string field, object value) => new CompareExpr(CompareOp.Equal, new FieldExpr(field), new ConstExpr(value));
        static Expr Says(string flag) => new CompareExpr(CompareOp.Contains, new FieldExpr("detail"), new ConstExpr($"\"{flag}\""));
        static RowColumn One(string name, Expr condition) =>
            new(name, ColumnForm.Number, _ => new CallExpr(Function.If, [condition, new ConstExpr(1L), new ConstExpr(0L)]));
        var isHistogram = !Is("type", "summary");
        var isCumulative = isHistogram & Is("temporality", "cumulative");
        var started = new CallExpr(Function.UnixNanoseconds, [new FieldExpr("start_time")]);
        var columns = new[]
        {
            One("h", isHistogram), One("s", Is("type", "summary")), One("m", isHistogram & Says("noMinMax")), One("n", isHistogram & Says("noSum")), One("c", isCumulative),
            One("p", isCumulative & new CompareExpr(CompareOp.Less, started, new ConstExpr(sinceNs))),
            One("e", Is("type", "histogram") & Says("noMinMax") & Says("noSum") & new CompareExpr(CompareOp.Contains, new FieldExpr("detail"), new ConstExpr("\"counts\":[]"))),
        };
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = [.. rows.Sources(window, columns, _ => ColumnNames.IsDistribution).Where(s => s.Signal == Signal.Metrics)],
                Select = [.. columns.Select(c => new Selection(c.Name, new CallExpr(Function.Sum, [new FieldExpr(c.Name)])))],
                Limit = 1,
            },
            cancellationToken);
        return table.First is { } row
            ? new Found(row.Long("h"), row.Long("s"), row.Long("m"), row.Long("n"), row.Long("c"), row.Long("p"), row.Long("e")) : new Found(0, 0, 0, 0, 0, 0, 0);
    }
}
