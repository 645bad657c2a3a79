using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Story;

/// <summary>Tells one request's story: its trace, what carries its id, and what matches it.</summary>
internal sealed class StoryTeller(ITelemetryReader reader)
{
    /// <summary>Null when nothing is stored under the id.</summary>
    public async Task<StoryAnswer?> TellAsync(TraceId id, CancellationToken cancellationToken)
    {
        if (await StorySource.ReadAsync(reader, id, cancellationToken) is not { } source)
            return null;
        var links = new StoryLinks(source);
        var parts = new List<LinkedPart>();
        if (source.Spans.Count > 0)
            parts.AddRange(OwnTrace(source));
        parts.AddRange(ById(id, source.Logs, source.Occurrences));
        foreach (var (traceId, protocol, link) in links.Traces())
            parts.AddRange(await LinkedTraceAsync(traceId, protocol, link, cancellationToken));
        parts.AddRange(links.Lines());
        parts.AddRange(links.Errors());
        return Answer(source, Unique(parts), [.. source.Notices, .. links.Notices.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Spans and segments under the one id; two protocols may share it, then they are two parts.</summary>
    private static IEnumerable<LinkedPart> OwnTrace(StorySource source) => source.Spans
        .GroupBy(row => row.Text("protocol"), StringComparer.Ordinal)
        .Select((group, i) => new LinkedPart(
            TraceKind(group.Key),
            group.Key,
            TraceTitle(group.Key, group),
            i == 0 ? StoryLink.Origin : new StoryLink("sameId", "It carries the same trace id.", null, [], 1),
            source.TraceId,
            [.. group],
            [],
            []));

    private async Task<IReadOnlyList<LinkedPart>> LinkedTraceAsync(
        TraceId id, string protocol, StoryLink link, CancellationToken cancellationToken)
    {
        var spans = await reader.QueryAsync(StoryQueries.Spans([id]), cancellationToken);
        var logs = await reader.QueryAsync(StoryQueries.Logs([id], null), cancellationToken);
        var occurrences = await reader.QueryAsync(StoryQueries.Occurrences([id], null), cancellationToken);
        var rows = StorySpans.KeepNewest(spans.Rows);
        return
        [
            new LinkedPart(TraceKind(protocol), protocol, TraceTitle(protocol, rows), link, id, rows, [], []),
            .. ById(id, logs.Rows, occurrences.Rows).Select(part => part with { Link = Behind(link, protocol) }),
        ];
    }

    /// <summary>What carries the id of a matched trace belongs to the story only as far as that trace does.</summary>
    private static StoryLink Behind(StoryLink trace, string protocol) => trace with
    {
        Explanation = $"It carries the id of the {(protocol == WireProtocol.XRay ? "X-Ray" : "OpenTelemetry")} trace, which is itself a match, not a fact.",
    };

    /// <summary>Log lines and errors that carry the id in a field or in their text.</summary>
    private static IEnumerable<LinkedPart> ById(
        TraceId id, IReadOnlyList<ResultRow> logs, IReadOnlyList<ResultRow> occurrences)
    {
        foreach (var group in logs.GroupBy(row => (Protocol: row.Text("protocol"), From: row.Text("trace_id_from"), Title: StoryLinks.LogTitle(row))))
            yield return new LinkedPart("logs", group.Key.Protocol, group.Key.Title, IdLink(group.Key.From), id, [], [.. group], []);
        foreach (var group in occurrences.GroupBy(row => (Protocol: row.Text("protocol"), From: row.Text("trace_id_from"), Title: row.Text("title"))))
            yield return new LinkedPart("error", group.Key.Protocol, group.Key.Title, IdLink(group.Key.From), id, [], [], [.. group]);
    }

    private static StoryLink IdLink(string from) => from == "text"
        ? new StoryLink("idInText", "The trace id stands in its text.", null, [], 1)
        : new StoryLink("sameId", "It carries the same trace id.", null, [], 1);

    /// <summary>A line or an error that came by two ways is told once, by the stronger one, which comes first.</summary>
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

    private static StoryAnswer Answer(StorySource source, List<LinkedPart> parts, IReadOnlyList<string> notices)
    {
        var withIds = parts.Select((part, i) => (Id: string.Create(CultureInfo.InvariantCulture, $"p{i}"), Part: part)).ToList();
        var origin = Origin(parts, source);
        var end = End(parts);
        var spans = StorySpans.Tree([.. withIds.SelectMany(p => p.Part.Spans.Select(row => (p.Id, row)))], origin);
        var request = source.Requests.Count > 0 ? source.Requests[0] : null;
        return new StoryAnswer(
            source.TraceId.ToHex(),
            source.TraceId.ToXRay(),
            Title(source),
            Iso(origin),
            Math.Max(0, end - origin) / 1e6,
            request is null ? null : new StoryRequest(request.Record.Facts.Method, request.Record.Facts.Path, request.Record.Facts.Status, request.Client),
            [.. withIds.Select(p => new StoryPart(
                p.Id, p.Part.Kind, p.Part.Protocol, p.Part.Title, p.Part.Link, p.Part.TraceId?.ToHex(),
                p.Part.Spans.Count + p.Part.Logs.Count + p.Part.Occurrences.Count))],
            spans,
            [.. withIds.SelectMany(p => p.Part.Logs.Select(row => Log(p.Id, row, origin))).OrderBy(l => l.OffsetNs)],
            [.. withIds.SelectMany(p => p.Part.Occurrences.Select(row => Error(p.Id, row, origin))).OrderBy(e => e.OffsetNs)],
            notices);
    }

    private static long Origin(List<LinkedPart> parts, StorySource source)
    {
        // Times of lines and errors may be rounded down; the spans' are exact. The axis begins with the earliest span.
        if (parts.SelectMany(p => p.Spans).ToList() is { Count: > 0 } spans)
            return spans.Min(row => row.UnixNanoseconds("start_time"));
        return source.Logs.Concat(source.Occurrences).Min(row => row.UnixNanoseconds("time"));
    }

    private static long End(List<LinkedPart> parts) => parts
        .SelectMany(p => p.Spans.Select(row => row.UnixNanoseconds("start_time") + row.Long("duration_ns"))
            .Concat(p.Logs.Select(row => row.UnixNanoseconds("time"))))
        .DefaultIfEmpty(0)
        .Max();

    private static string Title(StorySource source)
    {
        if (source.Requests.Count > 0)
            return $"{source.Requests[0].Record.Facts.Method} {source.Requests[0].Record.Facts.Path}";
        var first = source.Spans.FirstOrDefault(row => row.SpanId("parent_span_id").IsEmpty) ?? source.Spans.FirstOrDefault();
        return first?.Text("name") ?? source.Occurrences.FirstOrDefault()?.Text("title") ?? "Log lines of one trace";
    }

    private static string TraceKind(string protocol) => protocol == WireProtocol.XRay ? "xray" : "trace";

    private static string TraceTitle(string protocol, IEnumerable<ResultRow> rows)
    {
        var services = rows.Select(row => row.Text("service")).Distinct(StringComparer.Ordinal).Take(4);
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
