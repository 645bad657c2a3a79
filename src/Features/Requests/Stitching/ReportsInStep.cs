namespace Weir.Features.Requests.Stitching;

/// <summary>
/// Reports of one exception come in in the order of their requests, some time later, and on a busy machine all of them later than usual. Between
/// two pauses that have as many failed requests as reports each report belongs to the request of its place, unless two of them are so near
/// that they may have overtaken each other.
/// </summary>
internal static class ReportsInStep
{
    // What ends a stretch of requests: longer than a report takes.
    private const long PauseNs = 400_000_000;
    private const long EarliestNs = 60_000_000;

    // Reports of requests nearer than this may come in in another order.
    private const long OvertakingNs = 100_000_000;

    // A report lost and a foreign one in its place, within one stretch.
    private const double Error = 0.0005;

    // Where more than this share of stretches has too few or too many reports, some are not sent, or some requests are not recorded.
    private const double MostUneven = 0.1;

    /// <summary>The match, with the links that the order of reports makes certain.</summary>
    /// <param name="spans">Of one recorder.</param>
    /// <param name="reports">Of one reporter, of one exception.</param>
    public static PairMatch Add(PairMatch match, List<Entry> spans, List<Entry> reports, double mostError)
    {
        var failed = spans.Where(s => s.Exceptions.Count > 0 && PointPairs.Expectation(s, reports[0]) is not null).OrderBy(s => s.EndNs).ThenBy(s => s.StartNs).ToList();
        var stretches = Stretches(failed, [.. reports.OrderBy(r => r.StartNs)]);
        if (stretches.Count == 0 || stretches.Count(s => s.Spans.Count != s.Reports.Count) > MostUneven * stretches.Count)
            return match;
        var surely = match.Links.Where(l => l.Error < mostError).ToList();
        var (takenSpans, takenReports) = (surely.Select(l => l.Span.Id).ToHashSet(StringComparer.Ordinal), surely.Select(l => l.Other.Id).ToHashSet(StringComparer.Ordinal));
        var links = new List<EntryLink>();
        foreach (var (of, told) in stretches.Where(s => s.Spans.Count == s.Reports.Count))
        {
            for (var i = 0; i < of.Count; i++)
            {
                if (!takenSpans.Contains(of[i].Id) && !takenReports.Contains(told[i].Id) && IsInStep(of, i) && IsNear(of[i], told[i]))
                    links.Add(new EntryLink(of[i], told[i], Error));
            }
        }
        var found = links.Select(l => l.Other.Id).ToHashSet(StringComparer.Ordinal);
        return new PairMatch(
            [.. match.Links.Where(l => !found.Contains(l.Other.Id)), .. links],
            [.. match.Open.Where(o => !found.Contains(o.Other.Id))]);
    }

    private static bool IsInStep(List<Entry> spans, int at) =>
        (at == 0 || spans[at].StartNs - spans[at - 1].EndNs >= OvertakingNs) && (at == spans.Count - 1 || spans[at + 1].StartNs - spans[at].EndNs >= OvertakingNs);

    private static bool IsNear(Entry span, Entry report) =>
        report.StartNs >= span.StartNs - EarliestNs && report.StartNs <= span.EndNs + PauseNs - EarliestNs;

    private static List<(List<Entry> Spans, List<Entry> Reports)> Stretches(List<Entry> spans, List<Entry> reports)
    {
        var found = new List<(List<Entry> Spans, List<Entry> Reports)>();
        var next = 0;
        for (var first = 0; first < spans.Count;)
        {
            var (last, end) = (first, spans[first].EndNs);
            while (last + 1 < spans.Count && spans[last + 1].StartNs - end < PauseNs)
                end = Math.Max(end, spans[++last].EndNs);
            // What came in before belongs to nothing here.
            while (next < reports.Count && reports[next].StartNs < spans[first].StartNs - EarliestNs)
                next++;
            var told = reports.Skip(next).TakeWhile(r => r.StartNs < end + PauseNs - EarliestNs).ToList();
            next += told.Count;
            found.Add((spans[first..(last + 1)], told));
            first = last + 1;
        }
        return found;
    }
}
