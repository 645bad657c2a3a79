namespace Weir.Features.Requests.Stitching;

/// <summary>
/// Brings the links of all pairs of recorders together: the surest first, and none that would make one request of two traces of one
/// protocol. What contradicts a surer link is not made.
/// </summary>
internal sealed class RequestGroups(StitchOptions options)
{
    private readonly Dictionary<(EntryKind, string), (EntryKind, string)> _parents = [];
    private readonly Dictionary<(EntryKind, string), Dictionary<string, string>> _traces = [];

    public StitchResult Merge(List<EntryLink> links, List<OpenEntry> open)
    {
        var made = new List<EntryLink>();
        var refused = new List<EntryLink>();
        foreach (var link in links.OrderBy(l => l.Error).ThenBy(l => l.Span.StartNs).ThenBy(l => l.Span.Id, StringComparer.Ordinal).ThenBy(l => l.Other.Id, StringComparer.Ordinal))
        {
            if (link.Error < options.MaxError && TryJoin(link.Span, link.Other))
                made.Add(link);
            else
                refused.Add(link);
        }
        var linked = made.Select(l => (l.Other.Kind, l.Other.Id)).ToHashSet();
        var left = open.Concat(refused.Select(l => new OpenEntry(l.Other, [l.Span])))
            .Where(o => !linked.Contains((o.Other.Kind, o.Other.Id)))
            .GroupBy(o => (o.Other.Kind, o.Other.Id))
            .Select(g => g.Select(One).OrderBy(o => o.Candidates.Count).ThenBy(o => o.Candidates[0].Id, StringComparer.Ordinal).First())
            .OrderBy(o => o.Other.StartNs).ThenBy(o => o.Other.Id, StringComparer.Ordinal)
            .ToList();
        return new StitchResult(made, left);
    }

    /// <summary>One candidate a request.</summary>
    private OpenEntry One(OpenEntry open) => open with { Candidates = [.. open.Candidates.DistinctBy(c => Root((c.Kind, c.Id)))] };

    private bool TryJoin(Entry one, Entry other)
    {
        var (a, b) = (Root((one.Kind, one.Id)), Root((other.Kind, other.Id)));
        var (traces, others) = (Traces(a, one), Traces(b, other));
        if (a == b)
            return true;
        if (others.Any(t => traces.TryGetValue(t.Key, out var id) && id != t.Value))
            return false;
        foreach (var (protocol, id) in others)
            traces[protocol] = id;
        _parents[b] = a;
        return true;
    }

    private Dictionary<string, string> Traces((EntryKind, string) root, Entry entry)
    {
        if (!_traces.TryGetValue(root, out var traces))
            _traces[root] = traces = new Dictionary<string, string>(StringComparer.Ordinal);
        if (entry.Kind == EntryKind.Span)
            traces[entry.Protocol] = entry.TraceId;
        return traces;
    }

    private (EntryKind, string) Root((EntryKind, string) key)
    {
        while (_parents.TryGetValue(key, out var parent))
            key = parent;
        return key;
    }
}
