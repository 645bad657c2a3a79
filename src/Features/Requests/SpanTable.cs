using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Features.Requests;

/// <summary>
/// The spans of a large story by columns, in order of the tree: <c>{"count":3,"ids":"16 hex digits per span","parent":[-1,0,0],
/// "services":["a"],"service":[0,0,0],"start":[0,5,9],…}</c>. Offsets and durations are nanoseconds; numbers of texts point into the
/// list with the plural name. ui/src/api/written.ts describes each column.
/// </summary>
[JsonConverter(typeof(SpanTableConverter))]
internal sealed record SpanTable(SpanColumns Columns, SpanTree Tree, SpanMarks Marks, IReadOnlyList<string> PartIds, long OriginNs);

internal sealed class SpanTableConverter : JsonConverter<SpanTable>
{
    public override SpanTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("a story is written, never read");

    public override void Write(Utf8JsonWriter writer, SpanTable value, JsonSerializerOptions options)
    {
        var (columns, tree) = (value.Columns, value.Tree);
        writer.WriteStartObject();
        writer.WriteNumber("count", tree.Rows.Length);
        WriteIds(writer, "ids", tree.Rows.Length, position => columns.Id[tree.Rows[position]]);
        Numbers(writer, "parent", tree, position => tree.Parents[position]);
        Texts(writer, "parts", value.PartIds);
        Numbers(writer, "part", tree, position => tree.Parts[position]);
        Texts(writer, "traces", [.. columns.Traces.Select(trace => trace.ToHex())]);
        Numbers(writer, "trace", tree, position => columns.Trace[tree.Rows[position]]);
        Texts(writer, "protocols", columns.Protocols.Texts);
        Numbers(writer, "protocol", tree, position => columns.Protocol[tree.Rows[position]]);
        Texts(writer, "services", columns.Services.Texts);
        Numbers(writer, "service", tree, position => columns.Service[tree.Rows[position]]);
        Texts(writer, "names", columns.SpanNames.Texts);
        Numbers(writer, "name", tree, position => columns.Name[tree.Rows[position]]);
        Numbers(writer, "kind", tree, position => (int)columns.Kind[tree.Rows[position]]);
        Numbers(writer, "status", tree, position => (int)columns.Status[tree.Rows[position]]);
        Numbers(writer, "start", tree, position => columns.Start[tree.Rows[position]] - value.OriginNs);
        Numbers(writer, "duration", tree, position => columns.Duration[tree.Rows[position]]);
        WriteSparse(writer, value);
        WriteMarks(writer, value.Marks);
        writer.WriteEndObject();
    }

    /// <summary>Fields that only few spans have: their positions and values.</summary>
    private static void WriteSparse(Utf8JsonWriter writer, SpanTable value)
    {
        var (columns, tree) = (value.Columns, value.Tree);
        var positions = Enumerable.Range(0, tree.Rows.Length);
        Positions(writer, "inProgress", positions.Where(position => columns.InProgress[tree.Rows[position]]));
        List<int> missing = [.. positions.Where(tree.IsParentMissing)];
        writer.WriteStartObject("missing");
        Positions(writer, "span", missing);
        WriteIds(writer, "parentIds", missing.Count, i => columns.Parent[tree.Rows[missing[i]]]);
        writer.WriteEndObject();
        var messages = new TextDictionary();
        writer.WriteStartObject("messages");
        List<int> spoken = [.. positions.Where(position => columns.Messages.ContainsKey(tree.Rows[position]))];
        Positions(writer, "span", spoken);
        Positions(writer, "text", spoken.Select(position => messages.Number(columns.Messages[tree.Rows[position]].AsSpan())));
        Texts(writer, "texts", messages.Texts);
        writer.WriteEndObject();
    }

    private static void WriteMarks(Utf8JsonWriter writer, SpanMarks marks)
    {
        writer.WriteStartObject("events");
        Positions(writer, "span", marks.Events.Select(one => one.Span));
        writer.WriteStartArray("at");
        foreach (var one in marks.Events)
            writer.WriteNumberValue(one.OffsetNs);
        writer.WriteEndArray();
        Positions(writer, "name", marks.Events.Select(one => one.Name));
        Texts(writer, "names", marks.EventNames.Texts);
        writer.WriteEndObject();
        writer.WriteStartObject("links");
        Positions(writer, "span", marks.Links.Select(one => one.Span));
        Texts(writer, "traceIds", [.. marks.Links.Select(one => one.TraceId)]);
        Texts(writer, "spanIds", [.. marks.Links.Select(one => one.SpanId)]);
        writer.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter writer, string name, int count, Func<int, ulong> id)
    {
        var text = string.Create(count * 16, id, static (text, id) =>
        {
            for (var i = 0; i < text.Length / 16; i++)
                id(i).TryFormat(text.Slice(i * 16, 16), out _, "x16", null);
        });
        writer.WriteString(name, text);
    }

    private static void Numbers(Utf8JsonWriter writer, string name, SpanTree tree, Func<int, long> value)
    {
        writer.WriteStartArray(name);
        for (var position = 0; position < tree.Rows.Length; position++)
            writer.WriteNumberValue(value(position));
        writer.WriteEndArray();
    }

    private static void Positions(Utf8JsonWriter writer, string name, IEnumerable<int> positions)
    {
        writer.WriteStartArray(name);
        foreach (var position in positions)
            writer.WriteNumberValue(position);
        writer.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
