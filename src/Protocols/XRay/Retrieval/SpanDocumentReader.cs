using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Documents;

namespace Weir.Protocols.XRay.Retrieval;

/// <summary>
/// Spans of traces as OpenTelemetry documents, in the form of AWS's <c>aws/spans</c> log group. X-Ray segments are in it as the collector's
/// awsxrayreceiver would have made them: annotations are attributes that <c>aws.xray.annotations</c> lists, each metadata namespace is
/// <c>aws.xray.metadata.NAMESPACE</c> as JSON text.
/// </summary>
internal sealed class SpanDocumentReader(ITelemetryReader reader)
{
    private const int MaxSpans = 50_000;

    private static readonly string[] Columns =
    [
        "trace_id", "span_id", "parent_span_id", "start_time", "duration_ns", "in_progress", "received_at", "protocol", "service", "name", "kind", "status",
        "status_message", "trace_state", "flags", "scope_name", "scope_version", "resource", "attributes", "events", "links",
    ];

    /// <summary>Every trace has an entry, its spans by start.</summary>
    public async Task<IReadOnlyDictionary<TraceId, List<(string Id, string Document)>>> ReadAsync(
        IReadOnlyCollection<Trace> traces, string environment, CancellationToken cancellationToken)
    {
        var ids = traces.Select(trace => trace.Id).ToList();
        var documents = ids.ToDictionary(id => id, _ => new List<(string, string)>());
        if (ids.Count == 0)
            return documents;
        // Exceptions stand in the documents alone.
        var failed = traces.SelectMany(trace => trace.Entities.Where(e => e.Exceptions.Count > 0).Select(e => (Key: (trace.Id, e.Id), Entity: e)))
            .DistinctBy(e => e.Key).ToDictionary(e => e.Key, e => e.Entity);
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [.. Columns.Select(column => new Selection(column, new FieldExpr(column)))],
                Where = new InExpr(new FieldExpr("trace_id"), [.. ids.Select(id => (object)id.ToBytes())]),
                OrderBy = [new Ordering(new FieldExpr("in_progress")), new Ordering(new FieldExpr("received_at"))],
                Environment = environment,
                Limit = MaxSpans,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        // The finished version of a span comes first and counts.
        var newest = result.All("spans in the retrieved traces").DistinctBy(row => (row.TraceId("trace_id"), row.SpanId("span_id")));
        foreach (var row in newest.OrderBy(row => row.UnixNanoseconds("start_time")))
            documents[row.TraceId("trace_id")].Add((row.SpanId("span_id").ToHex(), Write(row, failed.GetValueOrDefault((row.TraceId("trace_id"), row.SpanId("span_id"))))));
        return documents;
    }

    /// <param name="failed">The entity of an X-Ray row that has exceptions.</param>
    internal static string Write(ResultRow row, TraceEntity? failed = null)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, AwsJson.Writing))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            json.WriteStartObject("attributes");
            var resource = Parse(row.Text("resource"));
            if (resource is not { ValueKind: JsonValueKind.Object } given || given.MemberOf("service.name") is null)
                json.WriteString("service.name", row.Text("service"));
            WriteFlat(json, resource, "");
            json.WriteEndObject();
            json.WriteEndObject();
            if (row.TextOrNull("scope_name") is { } scope)
            {
                json.WriteStartObject("scope");
                json.WriteString("name", scope);
                json.WriteString("version", row.Text("scope_version"));
                json.WriteEndObject();
            }
            json.WriteString("traceId", row.TraceId("trace_id").ToHex());
            json.WriteString("spanId", row.SpanId("span_id").ToHex());
            if (row.SpanId("parent_span_id") is { IsEmpty: false } parent)
                json.WriteString("parentSpanId", parent.ToHex());
            if (row.TextOrNull("trace_state") is { } state)
                json.WriteString("traceState", state);
            json.WriteNumber("flags", row.Long("flags"));
            json.WriteString("name", row.Text("name"));
            var attributes = Parse(row.Text("attributes"));
            json.WriteString("kind", Kind(row.Text("kind"), attributes));
            var start = row.UnixNanoseconds("start_time");
            json.WriteNumber("startTimeUnixNano", start);
            if (!row.Bool("in_progress"))
            {
                json.WriteNumber("endTimeUnixNano", start + row.Long("duration_ns"));
                json.WriteNumber("durationNano", row.Long("duration_ns"));
            }
            json.WriteStartObject("attributes");
            if (row.Text("protocol") == "xray")
                WriteSegmentAttributes(json, attributes, row.Bool("in_progress"));
            else
                WriteFlat(json, attributes, "");
            json.WriteEndObject();
            if (failed is not null && row.Text("protocol") == "xray")
                SegmentExceptions.Write(json, failed);
            else
                WriteEvents(json, row.Text("events"));
            WriteLinks(json, row.Text("links"));
            json.WriteStartObject("status");
            json.WriteString("code", row.Text("status").ToUpperInvariant());
            if (row.TextOrNull("status_message") is { } message)
                json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Kind(string kind, JsonElement? attributes) => kind switch
    {
        "segment" => "SERVER",
        "subsegment" => Namespace(attributes) is "aws" or "remote" ? "CLIENT" : "INTERNAL",
        _ => kind.ToUpperInvariant(),
    };

    private static string? Namespace(JsonElement? attributes) => attributes?.ObjectOf("aws")?.ObjectOf("xray")?.TextOf("namespace");

    private static void WriteSegmentAttributes(Utf8JsonWriter json, JsonElement? attributes, bool inProgress)
    {
        if (inProgress)
            json.WriteBoolean("aws.xray.inprogress", true);
        if (attributes is not { ValueKind: JsonValueKind.Object } all)
            return;
        foreach (var member in all.EnumerateObject())
        {
            switch (EntityReader.NameOf(member))
            {
                case "annotation" when member.Value.ValueKind == JsonValueKind.Object:
                    json.WriteStartArray("aws.xray.annotations");
                    foreach (var key in Keys(member.Value, ""))
                        json.WriteStringValue(key);
                    json.WriteEndArray();
                    WriteFlat(json, member.Value, "");
                    break;
                case "metadata" when member.Value.ValueKind == JsonValueKind.Object:
                    foreach (var space in member.Value.EnumerateObject())
                        json.WriteString("aws.xray.metadata." + EntityReader.NameOf(space), space.Value.GetRawText());
                    break;
                case var name:
                    WriteValue(json, member.Value, name);
                    break;
            }
        }
    }

    private static IEnumerable<string> Keys(JsonElement element, string prefix) => element.EnumerateObject().SelectMany(member =>
        member.Value.ValueKind == JsonValueKind.Object ? Keys(member.Value, prefix + EntityReader.NameOf(member) + ".") : [prefix + EntityReader.NameOf(member)]);

    private static void WriteEvents(Utf8JsonWriter json, string text)
    {
        if (Parse(text) is not { ValueKind: JsonValueKind.Array } events)
            return;
        json.WriteStartArray("events");
        foreach (var item in events.EnumerateArray())
        {
            json.WriteStartObject();
            if (item.MemberOf("time") is { } time && time.TryGetInt64(out var nanoseconds))
                json.WriteNumber("timeUnixNano", nanoseconds);
            json.WriteString("name", item.TextOf("name") ?? "");
            json.WriteStartObject("attributes");
            WriteFlat(json, item.ObjectOf("attributes"), "");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, string text)
    {
        if (Parse(text) is not { ValueKind: JsonValueKind.Array } links)
            return;
        json.WriteStartArray("links");
        foreach (var link in links.EnumerateArray())
        {
            json.WriteStartObject();
            json.WriteString("traceId", link.TextOf("traceId") ?? "");
            json.WriteString("spanId", link.TextOf("spanId") ?? "");
            json.WriteStartObject("attributes");
            WriteFlat(json, link.ObjectOf("attributes"), "");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The store gives dotted keys as nested objects.</summary>
    private static void WriteFlat(Utf8JsonWriter json, JsonElement? element, string prefix)
    {
        if (element is not { ValueKind: JsonValueKind.Object } all)
            return;
        foreach (var member in all.EnumerateObject())
            WriteValue(json, member.Value, prefix + EntityReader.NameOf(member));
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement value, string key)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            WriteFlat(json, value, key + ".");
            return;
        }
        json.WritePropertyName(key);
        value.WriteTo(json);
    }

    private static JsonElement? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = AwsJson.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
