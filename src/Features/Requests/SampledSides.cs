using Weir.Features.Requests.Facts;

namespace Weir.Features.Requests;

/// <summary>
/// What is known of requests that a recorder did not keep. With sampling on both sides the true counterpart of either recording may be
/// missing, and then the nearest one is another request's. Whether that may be so is read from three things: other identical requests
/// known to have run at the same time, access lines (nobody samples those), and recordings around that have no counterpart.
/// </summary>
internal sealed class SampledSides(TimedRecord request, Surroundings around, IReadOnlyList<TimedRecord> records, MatchRule rule)
{
    // What lies this near to the edge of what was read may have its counterpart beyond it.
    private const long EdgeNs = 100_000_000;

    // Two recorders in one process begin this near to each other: 0.03 to 0.6 ms where nothing was in their way.
    private const long TightNs = 1_000_000;

    // Whether requests run side by side is judged on those this near.
    private const long CloseNs = 2_000_000_000;

    // A pair of recordings with nothing around that could tell of others has to be this near.
    private const long LoneNs = 5_000_000;

    // Without a line that both recordings point to, a match rests on times alone.
    private const double MostOnTimesAlone = 0.8;

    private readonly TimedRecord? _line = LineOf(request, around.Lines);

    /// <summary>How many other requests with the same facts are known to have run when the request and the record did.</summary>
    public int OtherRequestsAtOnce(TimedRecord record)
    {
        if (rule == MatchRule.AfterResponse)
            return 0;
        var told = around.Lines.Count(line => line != _line && MayBeOf(line, record));
        if (rule != MatchRule.SameSpan)
            return told;
        // A recording that points to another line than the request does is another request's.
        if (_line is not null && LineOf(record, around.Lines) is { } line && line != _line)
            told++;
        return Math.Max(told, around.Requests.Count(r => r.Id != request.Id && RanTogether(r)) + records.Count(r => r.Id != record.Id && RanTogether(r)));
    }

    /// <summary>An access line says that request and record are one; requests that ran at once have been counted before.</summary>
    public bool IsConfirmed(TimedRecord record) => rule != MatchRule.SameSpan || (_line is not null && LineOf(record, around.Lines) == _line);

    public double Confidence(TimedRecord record, double confidence) => IsConfirmed(record) ? confidence : Math.Min(confidence, MostOnTimesAlone);

    /// <summary>
    /// How many requests around are known to one side only, when that forbids a link on times alone. 0 allows it: all recordings around
    /// have their counterpart; or one side has them all, no two run side by side, and the times are as near as those of two recorders in
    /// one process are. A pair with nothing around it counts as two when it is not near.
    /// </summary>
    public int Unpaired(TimedRecord record)
    {
        var ours = around.Requests.Where(r => r.Id != request.Id && r.Facts.Agreement(request.Facts) is not null).ToList();
        var theirs = records.Where(r => r.Facts.Agreement(request.Facts) is not null).ToList();
        var free = theirs.Where(r => r.Id != record.Id).ToHashSet();
        var lonely = 0;
        foreach (var one in ours.OrderBy(r => r.StartNs))
        {
            if (free.Where(r => rule.DistanceNs(one, r) <= rule.FarthestNs(one)).MinBy(r => rule.DistanceNs(one, r)) is { } pair)
                free.Remove(pair);
            else
                lonely += IsWhole(one) ? 1 : 0;
        }
        var theirLonely = free.Count(IsWhole);
        if (ours.Count == 0 && Math.Abs(record.StartNs - request.StartNs) > LoneNs)
            return 2;
        return (lonely > 0 && theirLonely > 0) || (lonely + theirLonely > 0 && (!IsTight(record) || Overlap([.. ours, request]) || Overlap(theirs)))
            ? lonely + theirLonely
            : 0;
    }

    /// <summary>Requests like this one run side by side here, or nearly so, and an unrecorded one may have too.</summary>
    private bool Overlap(List<TimedRecord> recorded)
    {
        var end = long.MinValue / 2;
        foreach (var one in recorded.Where(IsClose).OrderBy(r => r.StartNs))
        {
            if (one.StartNs <= end + rule.FarthestNs(request))
                return true;
            end = Math.Max(end, one.EndNs);
        }
        return false;
    }

    private bool IsClose(TimedRecord record) => record.StartNs <= request.EndNs + CloseNs && record.EndNs >= request.StartNs - CloseNs;

    private bool IsTight(TimedRecord record) =>
        Math.Abs(record.StartNs - request.StartNs) <= TightNs && Math.Abs(record.EndNs - request.EndNs) <= rule.FarthestNs(request);

    private bool IsWhole(TimedRecord record) =>
        record.StartNs >= request.StartNs - around.ReachNs + EdgeNs && record.EndNs <= request.EndNs + around.ReachNs - EdgeNs;

    private bool RanTogether(TimedRecord other) =>
        other.StartNs <= request.EndNs + rule.FarthestNs(request)
        && other.EndNs >= request.StartNs - rule.FarthestNs(request)
        && other.Facts.Agreement(request.Facts) is not null;

    /// <summary>The line is of another request that ended while the request ran, or near the record.</summary>
    private bool MayBeOf(TimedRecord line, TimedRecord record)
    {
        if (line.Facts.Agreement(request.Facts) is null || line.Facts.Agreement(record.Facts) is null)
            return false;
        var (from, to) = rule == MatchRule.SameSpan
            ? (request.StartNs, request.EndNs)
            : (record.StartNs - record.ResolutionNs, record.EndNs + record.ResolutionNs);
        return line.StartNs + line.ResolutionNs >= from - rule.FarthestNs(request) && line.StartNs <= to + rule.FarthestNs(request);
    }

    private static TimedRecord? LineOf(TimedRecord request, IReadOnlyList<TimedRecord> lines) => lines
        .Where(line => line.Facts.Agreement(request.Facts) is not null)
        .Select(line => (Line: line, Distance: MatchRule.AfterResponse.DistanceNs(request, line)))
        .Where(l => l.Distance <= MatchRule.AfterResponse.FarthestNs(request))
        .OrderBy(l => l.Distance)
        .Select(l => l.Line)
        .FirstOrDefault();
}
