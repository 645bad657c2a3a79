using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>The time a question is about, cut into buckets.</summary>
/// <param name="StartNs">Nanoseconds since 1970.</param>
/// <param name="EndNs">Exclusive.</param>
/// <param name="StepNs">Length of a bucket.</param>
public sealed record QueryWindow(long StartNs, long EndNs, long StepNs)
{
    public const double DefaultRange = 7200;
    private const double Latest = 9.2e9;
    private const double ShortestStep = 0.001;

    private static readonly double[] Steps =
    [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600,
        43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000,
    ];

    /// <summary>Points that Weir aims at when it chooses.</summary>
    private const int ChosenPoints = 120;

    private const int MostPoints = 1000;

    /// <summary>Buckets begin at multiples of their length, so that a longer question shows the same ones.</summary>
    public long FirstNs => StartNs - (StartNs % StepNs);

    /// <summary>What its times are to the series of metrics.</summary>
    internal SeriesGrid Grid => new(StartNs, FirstNs, StepNs);

    public int Buckets => (int)((EndNs - FirstNs + StepNs - 1) / StepNs);

    public TimeRange Range => new(Time(StartNs), Time(EndNs));

    /// <summary>All of a time as one bucket.</summary>
    public static QueryWindow Of(TimeRange range)
    {
        var start = (range.From - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var end = (range.To - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        return new QueryWindow(start, end, end - start);
    }

    public double Start => Seconds(StartNs);

    public double End => Seconds(EndNs);

    public double Granularity => Seconds(StepNs);

    /// <summary>The bucket's start in seconds since 1970.</summary>
    public double TimeOf(int bucket) => Seconds(FirstNs + (bucket * StepNs));

    /// <summary>The same buckets, so many seconds earlier.</summary>
    public QueryWindow Back(double seconds)
    {
        var offset = Nanoseconds(seconds);
        return new QueryWindow(StartNs - offset, EndNs - offset, StepNs);
    }

    public static double Seconds(long nanoseconds) => nanoseconds / 1e9;

    /// <summary>Reads the specification's times; what is wrong is added to <paramref name="errors"/>, and then the window is null.</summary>
    public static QueryWindow? Of(QuerySpec spec, DateTimeOffset now, List<SpecError> errors)
    {
        var before = errors.Count;
        foreach (var (field, value) in new[] { ("start_time", spec.StartTime), ("end_time", spec.EndTime) })
        {
            if (value is { } time && !(time is >= 0 and < Latest))
                errors.Add(new SpecError(field, "out-of-range", "expected seconds since 1970, before the year 2262"));
        }
        if (spec.TimeRange is { } length && !(length is >= ShortestStep and < Latest))
            errors.Add(new SpecError("time_range", "out-of-range", "expected a number of seconds greater than zero"));
        if (spec is { TimeRange: not null, StartTime: not null, EndTime: not null })
            errors.Add(new SpecError("time_range", "conflict", "time_range, start_time and end_time can't all be given; leave one out"));
        if (errors.Count > before)
            return null;
        var (start, end) = Bounds(spec, now.ToUnixTimeMilliseconds() / 1000.0);
        if (start >= end)
        {
            errors.Add(new SpecError("start_time", "out-of-range", "the start lies behind the end"));
            return null;
        }
        var startNs = Nanoseconds(start);
        var endNs = Nanoseconds(end);
        var seconds = end - start;
        var step = spec.Granularity is null or 0 ? Choose(seconds) : spec.Granularity.Value;
        if (!(step <= seconds && step >= seconds / MostPoints * 0.999 && step >= ShortestStep))
        {
            errors.Add(new SpecError(
                "granularity", "out-of-range", $"expected {Math.Max(ShortestStep, seconds / MostPoints):0.###} to {seconds:0.###} seconds for this time range, or 0"));
            return null;
        }
        return new QueryWindow(startNs, endNs, Nanoseconds(step));
    }

    private static (double Start, double End) Bounds(QuerySpec spec, double now) => spec switch
    {
        { StartTime: { } start, EndTime: { } end } => (start, end),
        { StartTime: { } start, TimeRange: { } range } => (start, start + range),
        { EndTime: { } end } => (Math.Max(0, end - (spec.TimeRange ?? DefaultRange)), end),
        { StartTime: { } start } => (start, now),
        _ => (Math.Max(0, now - (spec.TimeRange ?? DefaultRange)), now),
    };

    private static double Choose(double seconds)
    {
        foreach (var step in Steps)
        {
            if (seconds / step <= ChosenPoints)
                return Math.Min(step, seconds);
        }
        return Math.Ceiling(seconds / ChosenPoints);
    }

    private static long Nanoseconds(double seconds) => (long)Math.Round(seconds * 1e6) * 1000;

    private static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
