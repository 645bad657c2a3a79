namespace Weir.Features.Requests.Stitching;

/// <summary>
/// Finds which entries of a window are recordings of one request, all at once. Pure: the same entries give the same links, in whatever
/// order they come and however often. Time and memory grow with the entries, not with their pairs.
/// </summary>
public sealed class Stitcher(StitchOptions options)
{
    private static readonly Dictionary<string, string> NoStreams = [];

    /// <param name="entries">Everything that was recorded in a window of time.</param>
    public StitchResult Solve(IEnumerable<Entry> entries)
    {
        var all = entries
            .DistinctBy(e => (e.Kind, e.Id))
            .OrderBy(e => e.StartNs).ThenBy(e => e.EndNs).ThenBy(e => e.Id, StringComparer.Ordinal)
            .ToList();
        var recorders = all
            .Where(e => e.Kind == EntryKind.Span)
            .GroupBy(e => (e.Protocol, e.Recorder))
            .OrderBy(g => g.Key.Protocol, StringComparer.Ordinal).ThenBy(g => g.Key.Recorder, StringComparer.Ordinal)
            .Select(g => g.ToList())
            .ToList();
        var (links, open) = (new List<EntryLink>(), new List<OpenEntry>());
        var lines = all.Where(e => e.Kind == EntryKind.Line && e.Template == Entry.AccessTemplate).ToList();
        for (var i = 0; i < recorders.Count; i++)
        {
            for (var j = i + 1; j < recorders.Count; j++)
            {
                if (recorders[i][0].Protocol == recorders[j][0].Protocol)
                    continue;
                var shared = recorders[i].Select(e => e.TraceId).Intersect(recorders[j].Select(e => e.TraceId), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
                Add(SpanPairs.Match([.. recorders[i].Where(e => !shared.Contains(e.TraceId))], [.. recorders[j].Where(e => !shared.Contains(e.TraceId))], lines));
            }
        }
        // What names its request comes first: it tells which stream a request writes to.
        var streams = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in all.Where(e => e.Kind != EntryKind.Span).GroupBy(e => (e.IsNamed, e.Kind, e.Recorder, e.Template)).OrderBy(g => !g.Key.IsNamed).Select(g => g.ToList()))
        {
            foreach (var spans in recorders)
            {
                var match = PointPairs.Match(spans, group, group[0].IsNamed ? NoStreams : streams);
                if (group[0] is { Kind: EntryKind.Report, Exceptions.Count: > 0 })
                    match = ReportsInStep.Add(match, spans, group, options.MaxError);
                Add(match);
                foreach (var link in match.Links.Where(l => group[0].IsNamed && l.Other.Stream.Length > 0 && l.Error < options.MaxError))
                    streams[link.Span.Id] = link.Other.Stream;
            }
        }
        return new RequestGroups(options).Merge(links, open);

        void Add(PairMatch match)
        {
            links.AddRange(match.Links);
            open.AddRange(match.Open);
        }
    }
}
