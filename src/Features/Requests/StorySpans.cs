using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>Rows of spans with all their fields, in the form of the response.</summary>
internal static class StorySpans
{
    private const int MaxDepth = 500;

    /// <summary>An X-Ray document that is sent in progress and again when complete is one span: the complete one, then the newest one.</summary>
    public static IReadOnlyList<ResultRow> KeepNewest(IReadOnlyList<ResultRow> rows)
    {
        var kept = new Dictionary<(TraceId, SpanId), ResultRow>(rows.Count);
        foreach (var row in rows)
        {
            var key = (row.TraceId("trace_id"), row.SpanId("span_id"));
            if (!kept.TryGetValue(key, out var other) || IsNewer(row, other))
                kept[key] = row;
        }
        return kept.Count == rows.Count ? rows : [.. kept.Values.OrderBy(r => r.UnixNanoseconds("start_time"))];
    }

    private static bool IsNewer(ResultRow row, ResultRow than) =>
        row.Bool("in_progress") == than.Bool("in_progress")
            ? row.UnixNanoseconds("received_at") >= than.UnixNanoseconds("received_at")
            : !row.Bool("in_progress");

    /// <summary>The spans of a story that is small enough to be returned completely, in order of the tree.</summary>
    /// <param name="rows">Each span with all its fields; may include old versions.</param>
    /// <param name="originNs">What offsets are relative to.</param>
    public static IReadOnlyList<StorySpan> Whole(
        SpanColumns columns, SpanTree tree, IReadOnlyList<string> partIds, IReadOnlyList<ResultRow> rows, long originNs)
    {
        var byKey = new Dictionary<(TraceId, SpanId, long, long), ResultRow>();
        foreach (var row in rows)
            byKey[(row.TraceId("trace_id"), row.SpanId("span_id"), row.UnixNanoseconds("start_time"), row.UnixNanoseconds("received_at"))] = row;
        var spans = new List<StorySpan>(tree.Rows.Length);
        for (var position = 0; position < tree.Rows.Length; position++)
        {
            var light = tree.Rows[position];
            // Retention or a later version may have removed the row between the two queries.
            if (byKey.TryGetValue((columns.Traces[columns.Trace[light]], new SpanId(columns.Id[light]), columns.Start[light], columns.Received[light]), out var row))
                spans.Add(Of(partIds[tree.Parts[position]], row, Math.Min(tree.Depths[position], MaxDepth), tree.IsParentMissing(position), originNs));
        }
        return spans;
    }

    /// <summary>The spans with the events and links that arrived as separate rows, from <see cref="StoryQueries.Annotations"/>.</summary>
    public static IReadOnlyList<StorySpan> WithAnnotations(IReadOnlyList<StorySpan> spans, IReadOnlyList<ResultRow> annotations, long? originNs)
    {
        if (annotations.Count == 0)
            return spans;
        var byParent = annotations.ToLookup(row => (row.TraceId("trace_id").ToHex(), row.SpanId("parent_span_id").ToHex()));
        return [.. spans.Select(span => byParent.Contains((span.TraceId, span.SpanId)) ? Annotated(span, byParent[(span.TraceId, span.SpanId)], originNs) : span)];
    }

    private static StorySpan Annotated(StorySpan span, IEnumerable<ResultRow> rows, long? originNs)
    {
        var events = span.Events.ToList();
        var links = span.Links.ToList();
        foreach (var row in rows)
        {
            using var attributes = JsonDocument.Parse(row.Text("attributes"));
            // Dots in a key are levels.
            if (attributes.RootElement.TryGetProperty("trace", out var of) && of.ValueKind == JsonValueKind.Object
                && of.TryGetProperty("link", out var link) && link.ValueKind == JsonValueKind.Object && link.TryGetProperty("trace_id", out var trace))
            {
                var to = link.TryGetProperty("span_id", out var linked) ? linked.ToString() : "";
                links.Add(new StorySpanLink(
                    ClientIds.Trace(Encoding.UTF8.GetBytes(trace.ToString())).ToHex(),
                    to.Length == 0 ? "" : ClientIds.Span(Encoding.UTF8.GetBytes(to)).ToHex(),
                    new FlatAttributes(row.Text("attributes"))));
            }
            else
            {
                events.Add(new StoryEvent(row.UnixNanoseconds("time") - (originNs ?? 0), row.Text("name"), new FlatAttributes(row.Text("attributes"))));
            }
        }
        return span with { Events = events, Links = links };
    }

    /// <summary>One span apart from its story; offsets are from its own start.</summary>
    public static StorySpan Alone(ResultRow row) => Of("", row, 0, false, row.UnixNanoseconds("start_time"));

    private static StorySpan Of(string partId, ResultRow row, int depth, bool parentMissing, long originNs)
    {
        var parent = row.SpanId("parent_span_id");
        var scope = row.Text("scope_name");
        return new StorySpan(
            partId,
            row.Text("protocol"),
            row.TraceId("trace_id").ToHex(),
            row.SpanId("span_id").ToHex(),
            parent.IsEmpty ? null : parent.ToHex(),
            parentMissing,
            row.Text("service"),
            row.Text("name"),
            row.Text("kind"),
            row.Text("status"),
            row.TextOrNull("status_message"),
            row.Bool("in_progress"),
            row.UnixNanoseconds("start_time") - originNs,
            row.Long("duration_ns"),
            depth,
            new FlatAttributes(row.Text("attributes")),
            new FlatAttributes(row.Text("resource")),
            scope.Length > 0 ? new StoryScope(scope, row.Text("scope_version")) : null,
            Events(row.Text("events"), originNs),
            Links(row.Text("links")),
            row.TextOrNull("document"));
    }

    private static IReadOnlyList<StoryEvent> Events(string json, long originNs) => Elements(json, element => new StoryEvent(
        (element.TryGetProperty("time", out var time) && time.TryGetInt64(out var ns) ? ns : originNs) - originNs,
        element.TryGetProperty("name", out var name) ? name.ToString() : "",
        new FlatAttributes(element.TryGetProperty("attributes", out var attributes) ? attributes.GetRawText() : null)));

    internal static IReadOnlyList<StorySpanLink> Links(string json) => Elements(json, element => new StorySpanLink(
        element.TryGetProperty("traceId", out var trace) ? trace.ToString() : "",
        element.TryGetProperty("spanId", out var span) ? span.ToString() : "",
        new FlatAttributes(element.TryGetProperty("attributes", out var attributes) ? attributes.GetRawText() : null)));

    internal static IReadOnlyList<T> Elements<T>(string json, Func<JsonElement, T> read)
    {
        if (json.Length == 0)
            return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(read)]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
