using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Graph;

/// <summary>Counts and times of finished calls. Each call is in exactly one class: throttle before fault before error before ok.</summary>
internal sealed class CallStatistics
{
    // Three digits of a duration are enough for any percentile and histogram, and keep both small.
    private const long Digits = 3;
    private readonly SortedDictionary<long, long> _histogram = [];

    /// <summary>The aggregates that <see cref="Add(ResultRow)"/> reads, over rows of spans.</summary>
    public static IReadOnlyList<Selection> Selections { get; } = SelectionsOf(
        EntityRows.Call(Function.LeadingDigits, EntityRows.DurationNs, new ConstExpr(Digits)), !EntityRows.IsOpen);

    public long Ok { get; private set; }

    public long Throttles { get; private set; }

    public long Errors { get; private set; }

    public long Faults { get; private set; }

    public long Count => Ok + Throttles + Errors + Faults;

    /// <summary>Sum of all durations.</summary>
    public double Seconds { get; private set; }

    /// <summary>Number of calls by approximate duration in nanoseconds.</summary>
    public IReadOnlyDictionary<long, long> Histogram => _histogram;

    public void Add(TraceEntity entity)
    {
        if (entity.End is { } end)
            Add(entity.Throttle, entity.Fault, entity.Error, end - entity.Start);
    }

    /// <param name="nanoseconds">How long the finished call took; less than 0 counts as 0.</param>
    public void Add(bool throttle, bool fault, bool error, long nanoseconds)
    {
        if (throttle)
            Throttles++;
        else if (fault)
            Faults++;
        else if (error)
            Errors++;
        else
            Ok++;
        nanoseconds = Math.Max(0, nanoseconds);
        Seconds += nanoseconds / 1e9;
        var bucket = Round(nanoseconds);
        _histogram[bucket] = _histogram.GetValueOrDefault(bucket) + 1;
    }

    public void Add(ResultRow row)
    {
        Throttles += row.Long("throttles");
        Faults += row.Long("faults");
        Errors += row.Long("errors");
        Ok += row.Long("finished") - row.Long("throttles") - row.Long("faults") - row.Long("errors");
        Seconds += (row.Double("nanoseconds") ?? 0) / 1e9;
        foreach (var (value, count) in row.Array("values").Zip(row.Array("counts")))
        {
            var bucket = Convert.ToInt64(value, null);
            _histogram[bucket] = _histogram.GetValueOrDefault(bucket) + Convert.ToInt64(count, null);
        }
    }

    public void Add(CallStatistics other)
    {
        Throttles += other.Throttles;
        Faults += other.Faults;
        Errors += other.Errors;
        Ok += other.Ok;
        Seconds += other.Seconds;
        foreach (var (bucket, count) in other._histogram)
            _histogram[bucket] = _histogram.GetValueOrDefault(bucket) + count;
    }

    /// <summary>The duration, in seconds, that this share (0 to 1) of the calls did not exceed; null without calls.</summary>
    public double? Percentile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long passed = 0;
        foreach (var (nanoseconds, count) in _histogram)
        {
            passed += count;
            if (passed >= wanted)
                return nanoseconds / 1e9;
        }
        return null;
    }

    /// <summary>To the leading digits, as <see cref="Function.LeadingDigits"/> does.</summary>
    private static long Round(long nanoseconds)
    {
        var step = 1L;
        for (var rest = nanoseconds; rest >= 1000; rest /= 10)
            step *= 10;
        return (nanoseconds + (step / 2)) / step * step;
    }

    private static IReadOnlyList<Selection> SelectionsOf(Expr rounded, Expr finished) =>
    [
        new("finished", EntityRows.Call(Function.CountIf, finished)),
        new("throttles", EntityRows.Call(Function.CountIf, finished & EntityRows.Throttle)),
        new("faults", EntityRows.Call(Function.CountIf, finished & EntityRows.Fault & !EntityRows.Throttle)),
        new("errors", EntityRows.Call(Function.CountIf, finished & EntityRows.Error & !EntityRows.Fault & !EntityRows.Throttle)),
        new("nanoseconds", EntityRows.Call(Function.SumIf, EntityRows.DurationNs, finished)),
        new("values", EntityRows.Call(Function.CountedValues, rounded, finished)),
        new("counts", EntityRows.Call(Function.ValueCounts, rounded, finished)),
    ];
}
