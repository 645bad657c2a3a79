using Weir.Core.Query;

namespace Weir.Features.Questions.Fields;

/// <summary>What a question's time is to the series of metrics: from when it asks, and its buckets.</summary>
/// <param name="SinceNs">A series that began at this time or later started at zero.</param>
internal sealed record SeriesGrid(long SinceNs, long FirstNs, long StepNs)
{
    public Expr Increase(Expr number) => new CallExpr(Function.SeriesIncrease, [number, new ConstExpr(SinceNs)]);

    public Expr Rate(Expr number) => new CallExpr(Function.SeriesRate, [number, new ConstExpr(SinceNs)]);

    public Expr Last(Expr number) => new CallExpr(Function.SeriesLast, [number, new ConstExpr(FirstNs), new ConstExpr(StepNs)]);

    /// <summary>
    /// The usual value of a data point for its kind: the increase for cumulative monotonic values (sums, counts of histograms); for deltas, counted since the
    /// previous point, the value itself; for everything else, the last value of each bucket.
    /// </summary>
    public Expr Usual()
    {
        static Expr Is(string field, object value) => new CompareExpr(CompareOp.Equal, new FieldExpr(field), new ConstExpr(value));
        var isDistribution = Is("type", "histogram") | Is("type", "exponential_histogram") | Is("type", "summary");
        var number = new CallExpr(Function.If, [isDistribution, new CallExpr(Function.ToFloat, [new FieldExpr("count")]), new FieldExpr("value")]);
        return new CallExpr(
            Function.MultiIf,
            [
                Is("temporality", "delta"), number,
                new AndExpr([Is("temporality", "cumulative"), isDistribution | Is("monotonic", 1L)]), Increase(number),
                // Summaries count from their start, and have no temporality.
                Is("type", "summary"), Increase(number),
                Last(number),
            ]);
    }
}
