using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Requests.Stitching;

namespace Weir.Features.Requests;

/// <summary>A part of the story with the rows it brings; spans are rows of the source's columns.</summary>
internal sealed record LinkedPart(
    string Kind, string Protocol, string Title, StoryLink Link, TraceId? TraceId,
    IReadOnlyList<int> Spans, IReadOnlyList<ResultRow> Logs, IReadOnlyList<ResultRow> Occurrences);

/// <summary>
/// Links of a story's requests that are made by matching: the window around them is solved as a whole. Links by id are facts and are made by
/// the teller.
/// </summary>
internal sealed class StoryLinks
{
    private readonly StoryWindow? _window;
    private readonly StitchResult _solved;
    private readonly TraceId _trace;

    // Every entry that belongs to one of the story's requests, with the link that says so.
    private readonly Dictionary<string, EntryLink> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _own;
    private readonly StoryRules _rules;

    public StoryLinks(StorySource source, StitchOptions options)
    {
        (_window, _trace) = (source.Window, source.TraceId);
        _solved = _window is null ? new StitchResult([], []) : new Stitcher(options).Solve(_window.Entries);
        _own = [.. source.Requests.Select(r => r.Entry.Id)];
        Follow();
        _rules = new StoryRules(source, _solved, _links);
    }

    /// <summary>Why something was not linked although it comes near.</summary>
    public IEnumerable<string> Notices => _rules.Notices;

    /// <summary>Traces recorded by another protocol for the same request, with why.</summary>
    public IEnumerable<(TraceId Id, string Protocol, StoryLink Link)> Traces() => _links
        .Where(l => _window!.Spans.TryGetValue(l.Key, out var span) && span.TraceId != _trace)
        .Select(l => (Span: _window!.Spans[l.Key], Link: l.Value))
        .OrderBy(l => l.Span.Entry.StartNs)
        .DistinctBy(l => l.Span.TraceId)
        .Select(l => (l.Span.TraceId, l.Span.Protocol, Explain(l.Link, "it recorded the same request")))
        .Concat(_rules.Traces);

    /// <summary>Lines written while the request ran, by stream; those that name the request apart from those that only have their time.</summary>
    public IEnumerable<LinkedPart> Lines() => Linked(EntryKind.Line)
        .Select(link => (Link: link, Row: _window!.Line(link.Other)))
        .GroupBy(l => (l.Link.Other.IsNamed, Protocol: l.Row.Text("protocol"), Title: LogTitle(l.Row)))
        .OrderByDescending(group => group.Key.IsNamed)
        .Select(group =>
        {
            // All are no surer than the least sure.
            var link = group.MaxBy(l => l.Link.Error).Link;
            var explained = group.Key.IsNamed ? Explain(link, "it describes this request") : ExplainTime(link, group.Count());
            return new LinkedPart("logs", group.Key.Protocol, group.Key.Title, explained, null, [], [.. group.Select(l => l.Row)], []);
        })
        .Concat(_rules.Lines);

    /// <summary>Errors reported for the request, without an id.</summary>
    public IEnumerable<LinkedPart> Errors() => Linked(EntryKind.Report)
        .Select(link => (Link: link, Row: _window!.Report(link.Other)))
        .Select(l => new LinkedPart("error", l.Row.Text("protocol"), l.Row.Text("title"), Explain(l.Link, "it was reported during this request"), null, [], [], [l.Row]))
        .Concat(_rules.Errors);

    /// <summary>What belongs to this request or to another one, and nothing tells to which.</summary>
    public IEnumerable<StoryCandidate> Candidates()
    {
        foreach (var open in _solved.Open.Where(o => !_rules.Linked.Contains(o.Other.Id) && !o.Candidates.Any(c => _rules.Linked.Contains(c.Id))))
        {
            if (_own.Contains(open.Other.Id))
            {
                foreach (var span in open.Candidates)
                    yield return Candidate(span, open.Candidates.Count);
            }
            else if (!_links.ContainsKey(open.Other.Id) && open.Candidates.Any(c => _own.Contains(c.Id) || _links.ContainsKey(c.Id)))
                yield return Candidate(open.Other, open.Candidates.Count);
        }
    }

    public static string LogTitle(ResultRow row) =>
        row.Text("log_group") is { Length: > 0 } group ? $"{group} / {row.Text("log_stream")}" : row.Text("service");

    private IEnumerable<EntryLink> Linked(EntryKind kind) => _links.Values
        .Where(l => l.Other.Kind == kind)
        .DistinctBy(l => l.Other.Id)
        .OrderBy(l => l.Other.StartNs).ThenBy(l => l.Other.Id, StringComparer.Ordinal);

    /// <summary>Follows links from the story's requests, to spans first: what belongs to a linked trace belongs to the request.</summary>
    private void Follow()
    {
        var byId = _solved.Links.SelectMany(l => new[] { (l.Span.Id, Link: l), (l.Other.Id, Link: l) }).ToLookup(l => l.Id, l => l.Link);
        var queue = new Queue<string>(_own);
        var seen = new HashSet<string>(_own, StringComparer.Ordinal);
        while (queue.TryDequeue(out var id))
        {
            foreach (var link in byId[id].OrderBy(l => l.Error))
            {
                var next = link.Span.Id == id ? link.Other.Id : link.Span.Id;
                if (!seen.Add(next))
                    continue;
                _links[next] = link;
                queue.Enqueue(next);
            }
        }
    }

    private StoryCandidate Candidate(Entry entry, int of)
    {
        var why = of == 1
            ? "It may belong to this request, but nothing is sure enough to link it."
            : string.Create(CultureInfo.InvariantCulture, $"It belongs to one of {of} requests that ran at this time, and nothing tells to which.");
        var time = IsoTime.Text(entry.StartNs);
        switch (entry.Kind)
        {
            case EntryKind.Span:
                var span = _window!.Spans[entry.Id];
                return new StoryCandidate(span.Protocol == WireProtocol.XRay ? "xray" : "trace", span.Protocol, $"{entry.Facts.Method} {entry.Facts.Path}", of, why, time, span.TraceId.ToHex());
            case EntryKind.Line:
                var line = _window!.Line(entry);
                return new StoryCandidate("logs", line.Text("protocol"), LogTitle(line), of, why, time, Body: line.Text("body"));
            default:
                var report = _window!.Report(entry);
                return new StoryCandidate("error", report.Text("protocol"), report.Text("title"), of, why, time, OccurrenceId: entry.Id);
        }
    }

    private static StoryLink Explain(EntryLink link, string what)
    {
        var (span, other) = (link.Span, link.Other);
        var on = (span.Facts.Agreement(other.Facts) ?? ["time"]).ToList();
        if (span.Exceptions.Any(e => other.Exceptions.Any(e.IsSame)))
            on.Insert(on.Count - 1, "exception");
        var after = (other.StartNs - span.StartNs) / 1e6;
        var place = other.Kind == EntryKind.Span
            ? string.Create(CultureInfo.InvariantCulture, $"the two begin {Math.Abs(after):0.###} ms and end {Math.Abs(span.EndNs - other.EndNs) / 1e6:0.###} ms apart")
            : string.Create(CultureInfo.InvariantCulture, $"its time is {after:0.###} ms after the start and {(span.EndNs - other.StartNs) / 1e6:0.###} ms before the end");
        return new StoryLink(
            "match",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Matched on {string.Join(", ", on)}: {what}; {place}. {Chance(link)} This is a match, not a certain link."),
            Math.Abs(after),
            on,
            Confidence(link));
    }

    private static StoryLink ExplainTime(EntryLink link, int lines) => new(
        "match",
        string.Create(CultureInfo.InvariantCulture, $"{lines} more lines of the same stream, written while the request ran. Matched by time only. {Chance(link)}"),
        null,
        ["stream", "time"],
        Confidence(link));

    // The probability is an estimate of the same distances that the links were made with, so no link is shown as surer than this.
    private static double Confidence(EntryLink link) => Math.Clamp(Math.Round(1 - link.Error, 4), 0.5, 0.95);

    /// <summary>A round number: nobody knows it more exactly.</summary>
    private static string Chance(EntryLink link) => string.Create(
        CultureInfo.InvariantCulture,
        $"Compared with every other request around, the chance of an error is estimated below 1 in {Math.Pow(10, Math.Clamp(Math.Floor(-Math.Log10(Math.Max(link.Error, 1e-6))), 3, 5)):N0}.");
}
