using System.Globalization;
using Weir.Core.Model;
using Weir.Features.Requests.Stitching;

namespace Weir.Features.Requests;

/// <summary>
/// Links of a story's requests by fixed distances, for what the stitcher left alone: with few requests around there is nothing to learn distances
/// from, and a lone request needs none. What the stitcher gave to another request, or knows several requests for, is not linked here.
/// </summary>
internal sealed class StoryRules
{
    // With fewer recordings of a protocol around, the stitcher's candidates say little.
    private const int FewSpans = 30;

    private readonly StoryWindow? _window;
    private readonly StorySource _source;
    private readonly HashSet<string> _taken;
    private readonly HashSet<string> _contested;
    private readonly List<TimedRecord> _accessLines;
    private readonly List<(TraceId Id, string Protocol, StoryLink Link)> _traces = [];
    private readonly List<LinkedPart> _lines = [];
    private readonly List<LinkedPart> _errors = [];

    /// <param name="links">What the stitcher linked with the story's requests, by id of the entry.</param>
    public StoryRules(StorySource source, StitchResult solved, IReadOnlyDictionary<string, EntryLink> links)
    {
        (_source, _window) = (source, source.Window);
        _taken = new HashSet<string>(StringComparer.Ordinal);
        _contested = [.. solved.Open.Where(o => o.Candidates.Count > 1).Select(o => o.Other.Id)];
        foreach (var link in solved.Links)
        {
            _taken.Add(link.Span.Id);
            _taken.Add(link.Other.Id);
        }
        _accessLines = _window is null ? [] : [.. _window.Entries.Where(IsAccessLine).Select(Record)];
        if (_window is null)
            return;
        foreach (var request in source.Requests)
        {
            // The stitcher adds what it knows of the exceptions to the entry.
            var own = _window.Spans[request.Entry.Id];
            if (!links.Values.Any(l => l.Other.Kind == EntryKind.Span))
                FindTrace(own);
            FindLines(own, links);
            if (own.Entry.Facts.Status is null or >= 500 && !links.Values.Any(l => l.Other.Kind == EntryKind.Report))
                FindError(own);
        }
    }

    public IReadOnlyList<(TraceId Id, string Protocol, StoryLink Link)> Traces => _traces;

    public IReadOnlyList<LinkedPart> Lines => _lines;

    public IReadOnlyList<LinkedPart> Errors => _errors;

    /// <summary>Ids of the entries that are linked here.</summary>
    public HashSet<string> Linked { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Notices { get; } = new(StringComparer.Ordinal);

    private static bool IsAccessLine(Entry entry) => entry.Kind == EntryKind.Line && entry.Template == Entry.AccessTemplate;

    private static TimedRecord Record(Entry entry) => new(
        entry.Id, entry.Facts, entry.StartNs, entry.EndNs, entry.Kind == EntryKind.Report ? 1_000_000_000 : Math.Max(1_000, entry.ResolutionNs));

    private void FindTrace(StoryRequestSpan request)
    {
        var others = _window!.Spans.Values.Where(s => s.TraceId != _source.TraceId && s.Protocol != request.Protocol).ToList();
        var decision = RequestMatcher.Match(Record(request.Entry), Around(request, _ => true), [.. others.Select(s => Record(s.Entry))], MatchRule.SameSpan);
        if (decision.Unpaired > 0)
        {
            Notices.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{decision.Unpaired} identical requests at about the same time have no counterpart, so the data is sampled: the nearest of the other traces may belong to another request, and none was linked. An access log line for every request, or the same trace id in both, would identify them."));
        }
        if (decision.Linked is not { } record || !IsFree(record.Id, request) || _window.Spans[record.Id] is not { } span || _traces.Any(t => t.Id == span.TraceId))
            return;
        Linked.Add(record.Id);
        Linked.Add(request.Entry.Id);
        _traces.Add((span.TraceId, span.Protocol, Explain(decision, "it recorded the same request")));
    }

    /// <summary>The access line, and what its stream wrote while no other request is known to have run.</summary>
    private void FindLines(StoryRequestSpan request, IReadOnlyDictionary<string, EntryLink> links)
    {
        var line = links.Values.Select(l => l.Other).FirstOrDefault(IsAccessLine);
        if (line is null)
        {
            var decision = RequestMatcher.Match(Record(request.Entry), Around(request, _ => true), _accessLines, MatchRule.AfterResponse);
            if (decision.Linked is not { } record || !IsFree(record.Id, request))
                return;
            line = _window!.Entries.First(e => e.Kind == EntryKind.Line && e.Id == record.Id);
            AddLines([line], Explain(decision, "it describes this request"));
        }
        var meanwhile = Meanwhile(request, line).Where(l => IsFree(l.Id, request)).ToList();
        if (meanwhile.Count > 0)
        {
            AddLines(meanwhile, new StoryLink(
                "match",
                string.Create(CultureInfo.InvariantCulture, $"{meanwhile.Count} more lines of the same stream, written while no other request is known to have run. Matched by time only."),
                null,
                ["stream", "time"],
                0.5));
        }
    }

    private List<Entry> Meanwhile(StoryRequestSpan request, Entry line)
    {
        var own = Record(request.Entry);
        var (from, to) = (own.StartNs - 1_000_000, own.EndNs + 1_000_000);
        var isOtherRequest = _window!.Spans.Values.Any(s =>
            s.TraceId != _source.TraceId && s.Entry.StartNs < to && s.Entry.EndNs > from && !IsSame(Record(s.Entry), own));
        var isOtherLine = _accessLines.Any(l => l.Id != line.Id && l.StartNs >= from && l.StartNs <= to + 50_000_000);
        return isOtherRequest || isOtherLine
            ? []
            : [.. _window.Entries.Where(e => e.Kind == EntryKind.Line && !IsAccessLine(e) && e.Recorder == line.Recorder && e.Stream == line.Stream
                && e.StartNs >= from && e.StartNs <= to)];
    }

    private static bool IsSame(TimedRecord other, TimedRecord request) =>
        other.Facts.MayBeOne(request.Facts) && MatchRule.SameSpan.DistanceNs(request, other) <= MatchRule.SameSpan.FarthestNs(request);

    private void FindError(StoryRequestSpan request)
    {
        // Only requests that failed compete for an error, and time alone says nothing about which request it belongs to.
        var reports = _window!.Entries.Where(e => e.Kind == EntryKind.Report && e.Facts.Method.Length > 0 && e.Facts.Path.Length > 0).Select(Record).ToList();
        var decision = RequestMatcher.Match(Record(request.Entry), Around(request, s => s.Entry.Facts.Status is null or >= 500), reports, MatchRule.During);
        if (decision.Linked is not { } record || !IsFree(record.Id, request))
            return;
        Linked.Add(record.Id);
        var row = _window.Report(_window.Entries.First(e => e.Kind == EntryKind.Report && e.Id == record.Id));
        _errors.Add(new LinkedPart("error", row.Text("protocol"), row.Text("title"), Explain(decision, "it was reported during this request"), null, [], [], [row]));
    }

    private void AddLines(List<Entry> lines, StoryLink link)
    {
        Linked.UnionWith(lines.Select(l => l.Id));
        foreach (var group in lines.Select(_window!.Line).GroupBy(row => (Protocol: row.Text("protocol"), Title: StoryLinks.LogTitle(row))))
            _lines.Add(new LinkedPart("logs", group.Key.Protocol, group.Key.Title, link, null, [], [.. group], []));
    }

    private Surroundings Around(StoryRequestSpan request, Func<StoryRequestSpan, bool> competes) => new(
        [.. _window!.Spans.Values.Where(s => s.Protocol == request.Protocol && competes(s)).Select(s => Record(s.Entry))],
        _accessLines,
        (long)_window.Reach.TotalNanoseconds);

    private bool IsFree(string id, StoryRequestSpan request) => !_taken.Contains(id) && !Linked.Contains(id)
        && (!_contested.Contains(id) || _window!.Spans.Values.Count(s => s.Protocol == request.Protocol) < FewSpans);

    private static StoryLink Explain(MatchDecision decision, string what)
    {
        var distance = decision.DistanceNs / 1e6;
        return new StoryLink(
            "match",
            string.Create(CultureInfo.InvariantCulture, $"Matched on {string.Join(", ", decision.MatchedOn)}: {what}, {distance:0.###} ms apart, and no other candidate is close. This is a match, not a certain link."),
            distance,
            decision.MatchedOn,
            decision.Confidence);
    }
}
