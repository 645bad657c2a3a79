
namespace Weir.Features.Traces.Insights;

/// <summary>Requests of one service in one minute.</summary>
internal readonly record struct MinuteCounts(long Total, long Faults)
{
    public static MinuteCounts operator +(MinuteCounts a, MinuteCounts b) => new(a.Total + b.Total, a.Faults + b.Faults);
}

/// <summary>A period in which a service failed more often than usual.</summary>
/// <param name="Start">First such minute, in minutes since 1970.</param>
/// <param name="End">The minute after the last one; null while it is active.</param>
/// <param name="Usual">Share of faults before it.</param>
internal sealed record FaultAnomaly(long Start, long? End, double Usual);

/// <summary>
/// Finds periods with unusually many faults. A minute is unusual when its faults exceed the number expected from the share of the hour before:
/// <c>n·p + 3·√(n·p·(1−p)) + 3</c>, with <c>p = (faults + 1) / (requests + 2)</c> over those of the 60 minutes before that were not
/// unusual themselves. Two unusual minutes within three begin an anomaly, five usual ones in a row end it. The baseline does not change
/// during an anomaly, so that a lasting failure does not become usual. Minutes before <see cref="Warmup"/> requests were seen are ignored.
/// </summary>
internal static class FaultAnomalies
{
    public const int BaselineMinutes = 60;
    private const int Warmup = 30;
    private const int CalmMinutes = 5;
    private const double Deviations = 3;
    private const double Least = 3;

    /// <summary>The number of faults up to which a minute with this many requests is usual.</summary>
    public static double Highest(long total, double usual) => (total * usual) + (Deviations * Math.Sqrt(total * usual * (1 - usual))) + Least;

    public static double Usual(MinuteCounts baseline) => (baseline.Faults + 1.0) / (baseline.Total + 2.0);

    /// <param name="minutes">From <paramref name="first"/> on, without gaps.</param>
    /// <param name="first">Minutes since 1970.</param>
    public static IReadOnlyList<FaultAnomaly> Find(IReadOnlyList<MinuteCounts> minutes, long first)
    {
        var found = new List<FaultAnomaly>();
        var usualMinutes = new Queue<MinuteCounts>();
        var baseline = default(MinuteCounts);
        int? begun = null;
        var lastUnusual = -10;
        var usual = 0.0;
        for (var i = 0; i < minutes.Count; i++)
        {
            var minute = minutes[i];
            if (begun is null)
                usual = Usual(baseline);
            var unusual = baseline.Total >= Warmup && minute.Faults > Highest(minute.Total, usual);
            if (unusual)
            {
                if (begun is null && i - lastUnusual <= 2)
                    begun = lastUnusual;
                lastUnusual = i;
            }
            else if (begun is { } start && i - lastUnusual >= CalmMinutes)
            {
                found.Add(new FaultAnomaly(first + start, first + lastUnusual + 1, usual));
                begun = null;
            }
            if (unusual || begun is not null)
                continue;
            usualMinutes.Enqueue(minute);
            baseline += minute;
            if (usualMinutes.Count > BaselineMinutes)
            {
                var old = usualMinutes.Dequeue();
                baseline = new MinuteCounts(baseline.Total - old.Total, baseline.Faults - old.Faults);
            }
        }
        if (begun is { } open)
            found.Add(new FaultAnomaly(first + open, null, usual));
        return found;
    }
}
