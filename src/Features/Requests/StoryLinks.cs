using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>A part of the story with its rows; spans are rows of the source's columns.</summary>
internal sealed record LinkedPart(
    string Kind, string Protocol, string Title, StoryLink Link, TraceId? TraceId,
    IReadOnlyList<int> Spans, IReadOnlyList<ResultRow> Logs, IReadOnlyList<ResultRow> Occurrences);

/// <summary>Links made by matching, for each request. Links by id are made by <see cref="StoryTeller"/>.</summary>
internal sealed class StoryLinks(StorySource source)
{
    private readonly IReadOnlyList<TimedRecord> _accessLines = [.. source.AccessLines.Select(Line).OfType<TimedRecord>()];

    /// <summary>Notices about links that were not made.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>Traces that another protocol recorded for the same request, with the reason.</summary>
    public IReadOnlyList<(TraceId Id, string Protocol, StoryLink Link)> Traces()
    {
        var linked = new List<(TraceId, string, StoryLink)>();
        foreach (var request in source.Requests)
        {
            var others = source.Neighbours.Where(r => r.TraceId != source.TraceId && r.Protocol != request.Protocol).ToList();
            var peers = source.Neighbours.Where(r => r.Protocol == request.Protocol).Select(r => r.Record).ToList();
            var decision = RequestMatcher.Match(request.Record, Around(peers), [.. others.Select(r => r.Record)], MatchRule.SameSpan);
            if (decision.Linked is { } record)
            {
                var trace = others.First(r => r.Record.Id == record.Id);
                if (linked.All(l => l.Item1 != trace.TraceId))
                    linked.Add((trace.TraceId, trace.Protocol, Explain(decision, "it recorded the same request")));
            }
            else
                NoticeRivals(decision, others.Count > 0 ? Describe(others[0].Protocol) : "other traces");
        }
        return linked;
    }

    /// <summary>Lines that describe the request (an access line after the response), and lines that their stream wrote during the request.</summary>
    public IEnumerable<LinkedPart> Lines()
    {
        var lines = source.LinesWithoutId
            .Select(row => (Row: row, Record: Line(row)))
            .Where(l => l.Record is not null)
            .Select(l => (l.Row, Record: l.Record!))
            .ToList();
        foreach (var request in source.Requests)
        {
            var peers = source.Neighbours.Where(r => r.Protocol == request.Protocol).Select(r => r.Record).ToList();
            var decision = RequestMatcher.Match(request.Record, Around(peers), [.. lines.Select(l => l.Record)], MatchRule.AfterResponse);
            if (decision.Linked is not { } record)
            {
                NoticeRivals(decision, "log lines");
                continue;
            }
            var row = lines.First(l => l.Record == record).Row;
            yield return new LinkedPart(
                "logs", row.Text("protocol"), LogTitle(row), Explain(decision, "it describes this request"), null, [], [row], []);
            var meanwhile = Meanwhile(request.Record, row, record, [.. lines.Select(l => l.Record)]);
            if (meanwhile.Count > 0)
                yield return new LinkedPart("logs", row.Text("protocol"), LogTitle(row), Meanwhile(meanwhile.Count), null, [], meanwhile, []);
        }
    }

    /// <summary>Errors reported while the request ran, without an id.</summary>
    public IEnumerable<LinkedPart> Errors()
    {
        var errors = source.OccurrencesWithoutId
            .Select(row => (Row: row, Record: Occurrence(row)))
            .Where(e => e.Record is not null)
            .Select(e => (e.Row, Record: e.Record!))
            .ToList();
        foreach (var request in source.Requests.Where(r => r.Record.Facts.Status is null or >= 500))
        {
            // Only requests that failed compete for an error.
            var peers = source.Neighbours
                .Where(r => r.Protocol == request.Protocol && r.Record.Facts.Status is null or >= 500)
                .Select(r => r.Record)
                .ToList();
            var decision = RequestMatcher.Match(request.Record, Around(peers), [.. errors.Select(e => e.Record)], MatchRule.During);
            if (decision.Linked is not { } record)
            {
                NoticeRivals(decision, "errors");
                continue;
            }
            var row = errors.First(e => e.Record == record).Row;
            yield return new LinkedPart(
                "error", row.Text("protocol"), row.Text("title"), Explain(decision, "it was reported during this request"), null, [], [], [row]);
        }
    }

    /// <summary>
    /// Lines of the stream that wrote the request's own line, when no other request is known to have run. Weaker than the other links:
    /// nothing in them names the request.
    /// </summary>
    private List<ResultRow> Meanwhile(TimedRecord request, ResultRow line, TimedRecord lineRecord, IReadOnlyList<TimedRecord> lines)
    {
        var (from, to) = (request.StartNs - 1_000_000, request.EndNs + 1_000_000);
        var otherRequest = source.Neighbours.Any(r =>
            r.TraceId != source.TraceId && r.Record.StartNs < to && r.Record.EndNs > from && !IsSame(r.Record, request));
        var otherLine = lines.Any(l => l != lineRecord && l.StartNs >= from && l.StartNs <= to + 50_000_000);
        if (otherRequest || otherLine)
            return [];
        return [.. source.LinesWithoutId.Where(row =>
            row != line
            && row.Text("log_group") == line.Text("log_group")
            && row.Text("log_stream") == line.Text("log_stream")
            && row.UnixNanoseconds("time") >= from
            && row.UnixNanoseconds("time") <= to
            && row.Text("http_method").Length == 0)];
    }

    private Surroundings Around(IReadOnlyList<TimedRecord> requests) => new(requests, _accessLines, (long)source.Reach.TotalNanoseconds);

    private static bool IsSame(TimedRecord other, TimedRecord request) =>
        other.Facts.Agreement(request.Facts) is not null
        && MatchRule.SameSpan.DistanceNs(request, other) <= MatchRule.SameSpan.FarthestNs(request);

    private void NoticeRivals(MatchDecision decision, string what)
    {
        if (decision.Rivals > 0)
            Notices.Add($"{decision.Rivals} requests or {what} fit equally well, so none was linked.");
        if (decision.Unpaired > 0)
            Notices.Add(Sampled(decision.Unpaired, what));
    }

    private static string Sampled(int unpaired, string what) =>
        $"{unpaired} identical requests at about the same time have no counterpart, so the data is sampled: the nearest of the {what} may belong to "
        + "another request, and none was linked. An access log line for every request, or the same trace id in both, would identify them.";

    private static TimedRecord? Line(ResultRow row)
    {
        var facts = RequestFacts.Of(row.Text("http_method"), row.Text("http_target"), row.Long("http_status"), row.TextOrNull("client_ip"));
        var time = row.UnixNanoseconds("time");
        var resolution = time % 1_000_000 == 0 ? 1_000_000 : 1_000;
        return facts is null ? null : new TimedRecord(row.Text("sequence"), facts, time, time, resolution);
    }

    private static TimedRecord? Occurrence(ResultRow row)
    {
        var facts = RequestFacts.Of(row.Text("method"), row.Text("url"), null, row.TextOrNull("user_ip"));
        var time = row.UnixNanoseconds("time");
        // Most Rollbar libraries send whole seconds; the fraction comes from the time of arrival.
        var resolution = row.Text("protocol") == WireProtocol.Rollbar ? 1_000_000_000 : 1_000_000;
        return facts is null ? null : new TimedRecord(row.Text("occurrence_id"), facts, time, time, resolution);
    }

    public static string LogTitle(ResultRow row) =>
        row.Text("log_group") is { Length: > 0 } group ? $"{group} / {row.Text("log_stream")}" : row.Text("service");

    private static string Describe(string protocol) => protocol == WireProtocol.XRay ? "X-Ray traces" : "OpenTelemetry traces";

    private static StoryLink Explain(MatchDecision decision, string what)
    {
        var distance = decision.DistanceNs / 1e6;
        var on = string.Join(", ", decision.MatchedOn);
        return new StoryLink(
            "match",
            string.Create(CultureInfo.InvariantCulture, $"Matched on {on}: {what}, {distance:0.###} ms apart, and no other candidate is close. This is a match, not a certain link."),
            distance,
            decision.MatchedOn,
            decision.Confidence);
    }

    private static StoryLink Meanwhile(int lines) => new(
        "match",
        $"{lines} more lines of the same stream, written while no other request is known to have run. Matched by time only.",
        null,
        ["stream", "time"],
        0.5);
}
