using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Story;

/// <summary>Rows of spans as the story's tree: newest version of each, depth, missing parents.</summary>
internal static class StorySpans
{
    private const int MaxDepth = 500;

    /// <summary>An X-Ray document sent in progress and again when complete is one span: the complete, then the newest one.</summary>
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

    /// <summary>Spans of all traces of the story in depth-first order of each trace's tree, siblings by start.</summary>
    /// <param name="rows">Each row with the part it belongs to.</param>
    /// <param name="originNs">What offsets are relative to.</param>
    public static IReadOnlyList<StorySpan> Tree(IReadOnlyList<(string PartId, ResultRow Row)> rows, long originNs)
    {
        var known = rows.Select(r => (r.Row.TraceId("trace_id"), r.Row.SpanId("span_id"))).ToHashSet();
        var children = new Dictionary<(TraceId, SpanId), List<(string PartId, ResultRow Row)>>();
        var roots = new List<(string PartId, ResultRow Row)>();
        foreach (var entry in rows.OrderBy(r => r.Row.UnixNanoseconds("start_time")))
        {
            var parent = (entry.Row.TraceId("trace_id"), entry.Row.SpanId("parent_span_id"));
            if (parent.Item2.IsEmpty || !known.Contains(parent))
                roots.Add(entry);
            else if (children.TryGetValue(parent, out var list))
                list.Add(entry);
            else
                children[parent] = [entry];
        }
        var spans = new List<StorySpan>(rows.Count);
        var told = new HashSet<(TraceId, SpanId)>(rows.Count);
        foreach (var root in roots)
            Tell(root, children, told, known, spans, originNs);
        // Parents in a circle have no root; show them all the same.
        foreach (var entry in rows.Where(r => !told.Contains((r.Row.TraceId("trace_id"), r.Row.SpanId("span_id")))).ToList())
            Tell(entry, children, told, known, spans, originNs);
        return spans;
    }

    private static void Tell(
        (string PartId, ResultRow Row) root,
        Dictionary<(TraceId, SpanId), List<(string PartId, ResultRow Row)>> children,
        HashSet<(TraceId, SpanId)> told,
        HashSet<(TraceId, SpanId)> known,
        List<StorySpan> spans,
        long originNs)
    {
        var stack = new Stack<((string PartId, ResultRow Row) Entry, int Depth)>();
        stack.Push((root, 0));
        while (stack.TryPop(out var next))
        {
            var row = next.Entry.Row;
            var id = (row.TraceId("trace_id"), row.SpanId("span_id"));
            if (!told.Add(id))
                continue;
            var parent = (id.Item1, row.SpanId("parent_span_id"));
            spans.Add(Of(next.Entry.PartId, row, next.Depth, !parent.Item2.IsEmpty && !known.Contains(parent), originNs));
            if (!children.TryGetValue(id, out var list))
                continue;
            for (var i = list.Count - 1; i >= 0; i--)
                stack.Push((list[i], Math.Min(next.Depth + 1, MaxDepth)));
        }
    }

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

    private static IReadOnlyList<StorySpanLink> Links(string json) => Elements(json, element => new StorySpanLink(
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
