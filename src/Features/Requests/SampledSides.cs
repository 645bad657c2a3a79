namespace Weir.Features.Requests;

/// <summary>
/// Detects requests that a recorder did not keep. With sampling on both sides, the true counterpart of either recording may be
/// missing, and then the nearest one belongs to another request. There are three signs: other identical requests that
/// are known to have run at the same time, access lines (which are not sampled), and recordings in the period that have no counterpart.
/// </summary>
internal sealed class SampledSides(TimedRecord request, Surroundings around, IReadOnlyList<TimedRecord> records, MatchRule rule)
{
    // Recordings this close to the edge of the read range may have their counterpart outside of it.
    private const long EdgeNs = 100_000_000;

    // Two recorders in one process begin within this distance: 0.03 to 0.6 ms without other load.
    private const long TightNs = 1_000_000;

    // Requests within this distance are used to decide whether requests run side by side.
    private const long CloseNs = 2_000_000_000;

    // Maximum distance of a pair of recordings when there are no other recordings to compare with.
    private const long LoneNs = 5_000_000;

    // Without an access line that both recordings match, a match is based on times alone.
    private const double MostOnTimesAlone = 0.8;

    private readonly TimedRecord? _line = LineOf(request, around.Lines);

    /// <summary>Number of other requests with the same facts that are known to have run at the same time as the request and the record.</summary>
    public int OtherRequestsAtOnce(TimedRecord record)
    {
        if (rule == MatchRule.AfterResponse)
            return 0;
        var told = around.Lines.Count(line => line != _line && MayBeOf(line, record));
        if (rule != MatchRule.SameSpan)
            return told;
        // A recording that matches another line than the request belongs to another request.
        if (_line is not null && LineOf(record, around.Lines) is { } line && line != _line)
            told++;
        return Math.Max(told, around.Requests.Count(r => r.Id != request.Id && RanTogether(r)) + records.Count(r => r.Id != record.Id && RanTogether(r)));
    }

    /// <summary>An access line shows that request and record are the same; simultaneous requests have been counted before.</summary>
    public bool IsConfirmed(TimedRecord record) => rule != MatchRule.SameSpan || (_line is not null && LineOf(record, around.Lines) == _line);

    public double Confidence(TimedRecord record, double confidence) => IsConfirmed(record) ? confidence : Math.Min(confidence, MostOnTimesAlone);

    /// <summary>
    /// Number of requests in the period that are known to one side only, when that forbids a link by time alone. 0 allows the link: all recordings
    /// in the period have their counterpart; or one side has all of them, no two run side by side, and the times are as close as those of two recorders in
    /// one process. A pair without other recordings in the period counts as two when it is not close.
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

    /// <summary>Requests like this one run side by side here, or nearly so, and an unrecorded one may have done so, too.</summary>
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

    /// <summary>The line belongs to another request that ended while this request ran, or near the record.</summary>
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
