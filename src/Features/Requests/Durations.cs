using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>The distribution of durations of the spans with one service and name in a time range, and the rank of one duration.</summary>
/// <param name="Bins">Each half a power of two wide, shortest first; empty ones are left out.</param>
/// <param name="Below">Number of spans that took less than the given duration.</param>
/// <param name="Percentile">0 to 100: the share of spans that took less; null when there are none.</param>
internal sealed record DurationAnswer(
    string Start, string End, long Count, long Errors, IReadOnlyList<DurationBin> Bins, long Below, double? Percentile,
    double? P50Ms, double? P95Ms, double? P99Ms);

/// <summary>Spans of [FromNs, ToNs).</summary>
internal sealed record DurationBin(double FromNs, double ToNs, long Count, long Errors);

internal sealed class Durations(ITelemetryReader reader)
{
    /// <summary>Bins: floor(log2(duration²)), so that each is half a power of two wide.</summary>
    private static readonly Expr Bin = new CallExpr(Function.Log2Bucket, [Product(Product(Duration, new ConstExpr(1.0)), Duration)]);

    private static Expr Duration => new FieldExpr("duration_ns");

    private static Expr Product(Expr left, Expr right) => new CallExpr(Function.Multiply, [left, right]);

    public async Task<DurationAnswer> ReadAsync(string service, string name, double durationNs, TimeRange range, CancellationToken cancellationToken)
    {
        var failed = new CallExpr(Function.CountIf, [new CompareExpr(CompareOp.Equal, new FieldExpr("status"), new ConstExpr("error"))]);
        var bins = await reader.QueryAsync(
            Query(service, name, range) with
            {
                Select =
                [
                    new Selection("bin", Bin), new Selection("count", new CallExpr(Function.Count, [])), new Selection("errors", failed),
                    new Selection("below", new CallExpr(Function.CountIf, [new CompareExpr(CompareOp.Less, Duration, new ConstExpr((long)Math.Min(durationNs, long.MaxValue)))])),
                ],
                GroupBy = [Bin],
                OrderBy = [new Ordering(new FieldExpr("bin"))],
            },
            cancellationToken);
        var levels = await reader.QueryAsync(
            Query(service, name, range) with { Select = [Level("p50", 0.5), Level("p95", 0.95), Level("p99", 0.99)] }, cancellationToken);
        var rows = bins.All("bins of durations");
        var count = rows.Sum(row => row.Long("count"));
        var below = rows.Sum(row => row.Long("below"));
        double? Ms(string level) => count > 0 ? levels.First!.Double(level) / 1e6 : null;
        return new DurationAnswer(
            IsoTime.Text(range.From), IsoTime.Text(range.To), count, rows.Sum(row => row.Long("errors")),
            [.. rows.Select(row => new DurationBin(
                Edge(row.Long("bin")), Edge(row.Long("bin") + 1), row.Long("count"), row.Long("errors")))],
            below, count > 0 ? 100.0 * below / count : null, Ms("p50"), Ms("p95"), Ms("p99"));
    }

    private static double Edge(long bin) => bin == 0 ? 0 : Math.Pow(2, bin / 2.0);

    private static Selection Level(string name, double level) =>
        new(name, new CallExpr(Function.Quantile, [Duration, new ConstExpr(level)]));

    private static TelemetryQuery Query(string service, string name, TimeRange range) => new()
    {
        Signal = Signal.Spans,
        Select = [],
        Where = new CompareExpr(CompareOp.Equal, new FieldExpr("service"), new ConstExpr(service))
            & new CompareExpr(CompareOp.Equal, new FieldExpr("name"), new ConstExpr(name)),
        Range = range,
        Limit = 200,
    };
}
