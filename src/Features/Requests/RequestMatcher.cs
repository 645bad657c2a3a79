using Weir.Features.Requests.Facts;

namespace Weir.Features.Requests;

/// <summary>A request, or a record that may belong to one, with its times. Nanoseconds since 1970.</summary>
/// <param name="ResolutionNs">Precision of its times: 1 ms for CloudWatch Logs, 1 s for a Rollbar timestamp in whole seconds.</param>
public sealed record TimedRecord(string Id, RequestFacts Facts, long StartNs, long EndNs, long ResolutionNs = 1_000);

/// <summary>How the distance between a record and a request is measured, and the maximum distance.</summary>
public abstract class MatchRule
{
    /// <summary>Two recordings of one request by one process: they begin and end together.</summary>
    public static MatchRule SameSpan { get; } = new SameSpanRule();

    /// <summary>A line written when the response was sent.</summary>
    public static MatchRule AfterResponse { get; } = new AfterResponseRule();

    /// <summary>An error reported while the request ran or just after.</summary>
    public static MatchRule During { get; } = new DuringRule();

    public abstract long DistanceNs(TimedRecord request, TimedRecord record);

    public abstract long FarthestNs(TimedRecord request);

    private sealed class SameSpanRule : MatchRule
    {
        // Two recorders in one process are a few middlewares apart, so one time range lies inside the other and they begin together; the
        // outer one may end later because of the layers between (writing an error page takes a while).
        private const long ClockNoiseNs = 1_000_000;

        public override long DistanceNs(TimedRecord request, TimedRecord record)
        {
            var start = Math.Abs(request.StartNs - record.StartNs);
            return Inside(request, record) || Inside(record, request) ? start : Math.Max(start, Math.Abs(request.EndNs - record.EndNs));
        }

        private static bool Inside(TimedRecord outer, TimedRecord inner) =>
            inner.StartNs >= outer.StartNs - ClockNoiseNs && inner.EndNs <= outer.EndNs + ClockNoiseNs;

        public override long FarthestNs(TimedRecord request) =>
            Math.Clamp((request.EndNs - request.StartNs) / 10, 10_000_000, 100_000_000);
    }

    private sealed class AfterResponseRule : MatchRule
    {
        // A line written before the request began belongs to another one.
        public override long DistanceNs(TimedRecord request, TimedRecord record) =>
            record.StartNs + record.ResolutionNs < request.StartNs ? long.MaxValue : Math.Abs(record.StartNs - request.EndNs);

        public override long FarthestNs(TimedRecord request) => 250_000_000;
    }

    private sealed class DuringRule : MatchRule
    {
        public override long DistanceNs(TimedRecord request, TimedRecord record)
        {
            var early = request.StartNs - record.StartNs;
            var late = record.StartNs - request.EndNs;
            return Math.Max(0, Math.Max(early, late) - (record.ResolutionNs >= 1_000_000_000 ? record.ResolutionNs : 0));
        }

        public override long FarthestNs(TimedRecord request) => 500_000_000;
    }
}

/// <summary>The decision of the matcher for one request and one kind of record.</summary>
/// <param name="Linked">The record that belongs to the request, or null.</param>
/// <param name="Rivals">When nothing was linked: the number of records or requests that fit equally well. 0 means no candidate was close.</param>
/// <param name="Unpaired">
/// When nothing was linked because both sides are sampled: the number of requests in the period that are known to one side only. Otherwise 0.
/// </param>
/// <param name="Confidence">0 to 1, for display and sorting.</param>
public sealed record MatchDecision(
    TimedRecord? Linked, long DistanceNs, IReadOnlyList<string> MatchedOn, int Rivals, int Unpaired, double Confidence)
{
    public static MatchDecision None(int rivals = 0, int unpaired = 0) => new(null, 0, [], rivals, unpaired, 0);
}

/// <summary>Other requests around a request.</summary>
/// <param name="Requests">All requests recorded by the same protocol; may include the request itself.</param>
/// <param name="Lines">
/// All access lines. They are not sampled, so they show requests that no recorder kept. Empty when there are none.
/// </param>
/// <param name="ReachNs">Time before and after the request for which the data is complete.</param>
public sealed record Surroundings(IReadOnlyList<TimedRecord> Requests, IReadOnlyList<TimedRecord> Lines, long ReachNs);

/// <summary>
/// Links records without a common id. A link is made only when the record is the nearest to the request, the
/// request is the nearest to the record, and every other pair is clearly worse. Otherwise no link is made, because a missing link is better than a
/// wrong one.
/// </summary>
public static class RequestMatcher
{
    // Another pair is clearly worse when its distance is three times as large and at least this much larger.
    private const int Times = 3;
    private const long MarginNs = 5_000_000;

    /// <param name="request">The request of the story.</param>
    /// <param name="around">Other known requests and lines in the period.</param>
    /// <param name="records">All records of the kind around it.</param>
    /// <param name="rule">How distance is measured for this kind.</param>
    public static MatchDecision Match(TimedRecord request, Surroundings around, IReadOnlyList<TimedRecord> records, MatchRule rule)
    {
        var near = records
            .Select(record => (Record: record, Agreed: request.Facts.Agreement(record.Facts), Distance: rule.DistanceNs(request, record)))
            .Where(c => c.Agreed is not null && c.Distance <= rule.FarthestNs(request))
            .OrderBy(c => c.Distance)
            .ToList();
        if (near.Count == 0)
            return MatchDecision.None();
        var best = near[0];
        var clear = ClearlyWorse(best.Distance, best.Record);
        var rivalRecords = near.Skip(1).Count(c => c.Distance < clear);
        var otherRequests = around.Requests
            .Where(r => r.Id != request.Id && r.Facts.Agreement(best.Record.Facts) is not null)
            .Select(r => rule.DistanceNs(r, best.Record))
            .ToList();
        var rivalRequests = otherRequests.Count(distance => distance < clear);
        var sampling = new SampledSides(request, around, records, rule);
        var unrecorded = sampling.OtherRequestsAtOnce(best.Record);
        if (rivalRecords + rivalRequests + unrecorded > 0)
            return MatchDecision.None(1 + Math.Max(rivalRecords + rivalRequests, unrecorded));
        if (!sampling.IsConfirmed(best.Record) && sampling.Unpaired(best.Record) is > 0 and var unpaired)
            return MatchDecision.None(0, unpaired);
        var next = Math.Min(
            near.Count > 1 ? near[1].Distance : long.MaxValue,
            otherRequests.Count > 0 ? otherRequests.Min() : long.MaxValue);
        var confidence = next == long.MaxValue ? 0.95 : Math.Clamp(1 - ((double)best.Distance / next), 0.5, 0.95);
        return new MatchDecision(best.Record, best.Distance, best.Agreed!, 0, 0, sampling.Confidence(best.Record, confidence));
    }

    private static long ClearlyWorse(long distance, TimedRecord record) =>
        Math.Max(distance * Times, distance + MarginNs + (2 * record.ResolutionNs));
}
