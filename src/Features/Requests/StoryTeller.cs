using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Requests.Stitching;

namespace Weir.Features.Requests;

/// <summary>Creates the story of one request: its trace, the records with its id, and the records that match it.</summary>
internal sealed class StoryTeller(ITelemetryReader reader)
{
    /// <summary>Null when nothing is stored with the id.</summary>
    public async Task<StoryAnswer?> TellAsync(TraceId id, CancellationToken cancellationToken)
    {
        // What belongs to no trace is stored under the empty id, and is no story.
        if (id.IsEmpty || await StorySource.ReadAsync(reader, id, cancellationToken) is not { } source)
            return null;
        var links = new StoryLinks(source, StitchOptions.Default);
        var parts = new List<LinkedPart>();
        if (source.Spans.Count > 0)
            parts.AddRange(OwnTrace(source));
        parts.AddRange(ById(id, source.Logs, source.Occurrences));
        foreach (var (traceId, protocol, link) in links.Traces().ToList())
            parts.AddRange(await LinkedTraceAsync(source, traceId, protocol, link, cancellationToken));
        parts.AddRange(links.Lines());
        parts.AddRange(links.Errors());
        source.Notices.AddRange(links.Notices);
        return await AnswerAsync(source, Unique(parts), [.. links.Candidates()], cancellationToken);
    }

    /// <summary>Spans and segments with the requested id; when two protocols share it, they are two parts.</summary>
    private static IEnumerable<LinkedPart> OwnTrace(StorySource source) => source.Spans
        .GroupBy(row => source.Columns.Protocols[source.Columns.Protocol[row]], StringComparer.Ordinal)
        .Select((group, i) => new LinkedPart(
            TraceKind(group.Key),
            group.Key,
            TraceTitle(source.Columns, group.Key, group),
            i == 0 ? StoryLink.Origin : new StoryLink("sameId", "It has the same trace id.", null, [], 1),
            source.TraceId,
            [.. group],
            [],
            []));

    private async Task<IReadOnlyList<LinkedPart>> LinkedTraceAsync(
        StorySource source, TraceId id, string protocol, StoryLink link, CancellationToken cancellationToken)
    {
        var rows = await source.ReadSpansAsync(reader, id, cancellationToken);
        var logs = await reader.QueryAsync(StoryQueries.Logs([id], null), cancellationToken);
        var occurrences = await reader.QueryAsync(StoryQueries.Occurrences([id], null), cancellationToken);
        return
        [
            new LinkedPart(TraceKind(protocol), protocol, TraceTitle(source.Columns, protocol, rows), link, id, rows, [], []),
            .. ById(id, logs.Told(source.Notices, "log lines of a linked trace"), occurrences.Told(source.Notices, "errors of a linked trace")).Select(part => part with { Link = Behind(link, protocol) }),
        ];
    }

    /// <summary>Records with the id of a matched trace belong to the story only with the confidence of that match.</summary>
    private static StoryLink Behind(StoryLink trace, string protocol) => trace with
    {
        Explanation = $"It has the id of the {(protocol == WireProtocol.XRay ? "X-Ray" : "OpenTelemetry")} trace, which is itself a match, not a certain link.",
    };

    /// <summary>Log lines and errors that contain the id in a field or in their text.</summary>
    private static IEnumerable<LinkedPart> ById(
        TraceId id, IReadOnlyList<ResultRow> logs, IReadOnlyList<ResultRow> occurrences)
    {
        foreach (var group in logs.GroupBy(row => (Protocol: row.Text("protocol"), From: row.Text("trace_id_from"), Title: StoryLinks.LogTitle(row))))
            yield return new LinkedPart("logs", group.Key.Protocol, group.Key.Title, IdLink(group.Key.From), id, [], [.. group], []);
        foreach (var group in occurrences.GroupBy(row => (Protocol: row.Text("protocol"), From: row.Text("trace_id_from"), Title: row.Text("title"))))
            yield return new LinkedPart("error", group.Key.Protocol, group.Key.Title, IdLink(group.Key.From), id, [], [], [.. group]);
    }

    private static StoryLink IdLink(string from) => from == "text"
        ? new StoryLink("idInText", "Its text contains the trace id.", null, [], 1)
        : new StoryLink("sameId", "It has the same trace id.", null, [], 1);

    /// <summary>A line or an error that was found in two ways is included once, by the stronger link, which comes first.</summary>
    private static List<LinkedPart> Unique(IEnumerable<LinkedPart> parts)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        var errors = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<LinkedPart>();
        foreach (var part in parts)
        {
            var unique = part with
            {
                Logs = [.. part.Logs.Where(row => lines.Add(row.Text("sequence")))],
                Occurrences = [.. part.Occurrences.Where(row => errors.Add(row.Text("occurrence_id")))],
            };
            if (unique.Spans.Count + unique.Logs.Count + unique.Occurrences.Count > 0)
                kept.Add(unique);
        }
        return kept;
    }

    private async Task<StoryAnswer> AnswerAsync(
        StorySource source, List<LinkedPart> parts, IReadOnlyList<StoryCandidate> candidates, CancellationToken cancellationToken)
    {
        var columns = source.Columns;
        List<string> ids = [.. parts.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"p{i}"))];
        var (origin, end) = (Origin(parts, source), End(parts, columns));
        List<(int Row, int Part)> rows = [.. parts.SelectMany((part, i) => part.Spans.Select(row => (row, i)))];
        // Each part is already ordered by start; several parts together are not.
        if (parts.Count(part => part.Spans.Count > 0) > 1)
            rows = [.. rows.OrderBy(entry => columns.Start[entry.Row])];
        var tree = SpanTree.Build(columns, rows, StoryQueries.MaxSpans);
        source.Notices.AddRange(Notices(tree));
        IReadOnlyList<StorySpan> whole = [];
        SpanTable? table = null;
        if (StorySource.RangeOf(columns, TimeSpan.FromMilliseconds(1)) is { } range)
        {
            if (tree.Rows.Length <= StoryQueries.MaxWholeSpans)
            {
                var read = await reader.QueryAsync(StoryQueries.WholeSpans(columns.Traces, range, columns.Count + 1_000), cancellationToken);
                whole = StorySpans.Whole(columns, tree, ids, read.Told(source.Notices, "versions of spans"), origin);
                if (columns.Protocols.Texts.Contains(WireProtocol.Honeycomb))
                    whole = await AnnotateAsync(source, whole, origin, cancellationToken);
            }
            else
            {
                var marks = await SpanMarks.ReadAsync(reader, columns, tree, range, origin, cancellationToken);
                table = new SpanTable(columns, tree, marks, ids, origin);
                if (marks.Truncated)
                    source.Notices.Add("There are more span events and links than the timeline can mark; a selected span shows all of its own.");
            }
        }
        var request = source.Requests.Count > 0 ? source.Requests[0] : null;
        return new StoryAnswer(
            source.TraceId.ToHex(),
            source.TraceId.ToXRay(),
            Title(source),
            Iso(origin),
            Math.Max(0, end - origin) / 1e6,
            request is null ? null : new StoryRequest(request.Entry.Facts.Method, request.Entry.Facts.Path, request.Entry.Facts.Status, request.Client),
            [.. parts.Select((part, i) => new StoryPart(
                ids[i], part.Kind, part.Protocol, part.Title, part.Link, part.TraceId?.ToHex(),
                part.Spans.Count + part.Logs.Count + part.Occurrences.Count))],
            tree.Total,
            whole,
            table,
            [.. parts.SelectMany((part, i) => part.Logs.Select(row => Log(ids[i], row, origin))).OrderBy(l => l.OffsetNs)],
            [.. parts.SelectMany((part, i) => part.Occurrences.Select(row => Error(ids[i], row, origin))).OrderBy(e => e.OffsetNs)],
            candidates,
            source.Notices);
    }

    private async Task<IReadOnlyList<StorySpan>> AnnotateAsync(
        StorySource source, IReadOnlyList<StorySpan> spans, long origin, CancellationToken cancellationToken)
    {
        var range = StorySource.RangeOf(source.Columns, TimeSpan.FromMinutes(1))!.Value;
        var annotations = await reader.QueryAsync(StoryQueries.Annotations(source.Columns.Traces, range), cancellationToken);
        return StorySpans.WithAnnotations(spans, annotations.Told(source.Notices, "span events and links"), origin);
    }

    private static IEnumerable<string> Notices(SpanTree tree)
    {
        if (tree.Total > tree.Rows.Length)
            yield return string.Create(CultureInfo.InvariantCulture, $"The story has {tree.Total:N0} spans; the {tree.Rows.Length:N0} nearest to the root are shown.");
        if (tree.SharedIds > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{tree.SharedIds:N0} spans share their id with another span; all are shown, and their child spans are placed below the most likely parent.");
        if (tree.Early > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{tree.Early:N0} spans begin before their parent in another service, by up to {tree.EarliestByNs / 1e6:0.#} ms, because the clocks of the machines differ. Times are shown as sent.");
    }

    private static long Origin(List<LinkedPart> parts, StorySource source)
    {
        // Times of lines and errors may be rounded down; the spans' are exact. The axis begins with the earliest span.
        if (parts.Exists(p => p.Spans.Count > 0))
            return parts.Where(p => p.Spans.Count > 0).Min(p => source.Columns.Start[p.Spans[0]]);
        return source.Logs.Concat(source.Occurrences).Min(row => row.UnixNanoseconds("time"));
    }

    private static long End(List<LinkedPart> parts, SpanColumns columns) => parts
        .SelectMany(p => p.Spans.Select(columns.End).Concat(p.Logs.Select(row => row.UnixNanoseconds("time"))))
        .DefaultIfEmpty(0)
        .Max();

    private static string Title(StorySource source)
    {
        if (source.Requests.Count > 0)
            return $"{source.Requests[0].Entry.Facts.Method} {source.Requests[0].Entry.Facts.Path}";
        if (source.Spans.Count == 0)
            return source.Occurrences.FirstOrDefault()?.Text("title") ?? "Log lines of one trace";
        var columns = source.Columns;
        var root = source.Spans.FirstOrDefault(row => columns.Parent[row] == 0, source.Spans[0]);
        return columns.SpanNames[columns.Name[root]];
    }

    private static string TraceKind(string protocol) => protocol == WireProtocol.XRay ? "xray" : "trace";

    private static string TraceTitle(SpanColumns columns, string protocol, IEnumerable<int> rows)
    {
        var services = rows.Select(row => columns.Service[row]).Distinct().Take(4).Select(service => columns.Services[service]);
        return $"{(protocol == WireProtocol.XRay ? "X-Ray trace" : "Trace")} of {string.Join(", ", services)}";
    }

    private static StoryLog Log(string partId, ResultRow row, long origin) => new(
        partId,
        row.Text("sequence"),
        row.Text("protocol"),
        row.UnixNanoseconds("time") - origin,
        Iso(row.UnixNanoseconds("time")),
        row.Text("severity"),
        row.Text("body"),
        row.Text("service"),
        row.SpanId("span_id") is { IsEmpty: false } span ? span.ToHex() : null,
        row.TextOrNull("log_group"),
        row.TextOrNull("log_stream"),
        new FlatAttributes(row.Text("attributes")));

    private static StoryError Error(string partId, ResultRow row, long origin) => new(
        partId,
        row.Text("occurrence_id"),
        ItemIdentity.ToText(row["item_id"] is ulong item ? item : unchecked((ulong)row.Long("item_id"))),
        row.Text("protocol"),
        row.UnixNanoseconds("time") - origin,
        Iso(row.UnixNanoseconds("time")),
        row.Text("level"),
        row.Text("title"),
        row.TextOrNull("exception_class"),
        row.TextOrNull("message"),
        row.SpanId("span_id") is { IsEmpty: false } span ? span.ToHex() : null,
        StoryFrames.Of(row.Text("exceptions")));

    /// <summary>ISO 8601 with nanoseconds.</summary>
    private static string Iso(long unixNanoseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.UnixEpoch.AddTicks(unixNanoseconds / 100):yyyy-MM-dd'T'HH:mm:ss.fffffff}{unixNanoseconds % 100:00}Z");
}
