using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Documents;

/// <summary>
/// OpenTelemetry spans as segment documents, mapped as AWS's exporter of the OpenTelemetry Collector maps them: server spans and roots
/// are segments, all others independent subsegments. Consumers are segments as well, so that services that process messages appear on the map.
/// Annotations are those attributes that <c>aws.xray.annotations</c> lists, as that exporter has it; every other attribute without a place
/// of its own stands in <c>metadata.default</c>, what <c>aws.xray.metadata.NAMESPACE</c> holds in that namespace, and the resource of a
/// segment as <c>otel.resource.KEY</c>.
/// </summary>
internal static class SpanDocuments
{
    private const int MaxLinks = 100;
    private const string AnnotationKeys = "aws.xray.annotations";
    private const string MetadataPrefix = "aws.xray.metadata.";
    private static readonly HashSet<string> Placed = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.method", "url.full", "http.url", "http.response.status_code", "http.status_code", "user_agent.original",
        "http.user_agent", "client.address", "http.client_ip", "enduser.id",
    };

    public static IReadOnlyList<string> Columns { get; } =
    [
        "trace_id", "span_id", "parent_span_id", "start_time", "duration_ns", "received_at", "service", "name", "kind", "status",
        "status_message", "resource", "attributes", "events", "links", "protocol",
    ];

    public static string Of(ResultRow row)
    {
        var attributes = Flatten(row.Text("attributes"));
        var kind = row.Text("kind");
        var parent = row.SpanId("parent_span_id");
        var segment = kind is "server" or "consumer" || parent.IsEmpty;
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes, AwsJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, row.SpanId("span_id").ToHex());
            json.WriteString("name"u8, Name(row, attributes, segment, kind));
            var start = row.UnixNanoseconds("start_time");
            WriteTime(json, "start_time", start);
            WriteTime(json, "end_time", start + row.Long("duration_ns"));
            json.WriteString("trace_id"u8, row.TraceId("trace_id").ToXRay());
            if (!parent.IsEmpty)
                json.WriteString("parent_id"u8, parent.ToHex());
            if (!segment)
                json.WriteString("type"u8, "subsegment"u8);
            if (attributes.TryGetValue("rpc.system", out var rpc) && rpc.AsText() == "aws-api")
                json.WriteString("namespace"u8, "aws"u8);
            else if (kind is "client" or "producer")
                json.WriteString("namespace"u8, "remote"u8);
            WriteFlags(json, row, attributes);
            WriteHttp(json, attributes);
            WriteSql(json, attributes);
            if (Text(attributes, "enduser.id") is { } user)
                json.WriteString("user"u8, user);
            SpanCauses.Write(json, row, remote: kind is "client" or "producer");
            var annotations = Listed(attributes);
            WriteAnnotations(json, attributes, annotations);
            WriteMetadata(json, row, attributes, annotations, segment);
            WriteLinks(json, row.Text("links"));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Name(ResultRow row, Dictionary<string, JsonElement> attributes, bool segment, string kind)
    {
        var name = segment ? row.Text("service") : null;
        if (string.IsNullOrEmpty(name) && kind is "client" or "producer")
            name = EntityRows.PeerKeys.Select(key => Text(attributes, key)).FirstOrDefault(peer => peer is not null);
        if (string.IsNullOrEmpty(name))
            name = row.Text("name");
        return name.Length == 0 ? "span" : name.Length > 200 ? name[..200] : name;
    }

    private static void WriteFlags(Utf8JsonWriter json, ResultRow row, Dictionary<string, JsonElement> attributes)
    {
        switch (Status(attributes))
        {
            case >= 500 and <= 599:
                json.WriteBoolean("fault"u8, true);
                break;
            case 429:
                json.WriteBoolean("throttle"u8, true);
                json.WriteBoolean("error"u8, true);
                break;
            case >= 400 and <= 499:
                json.WriteBoolean("error"u8, true);
                break;
            default:
                if (row.Text("status") == "error")
                    json.WriteBoolean("fault"u8, true);
                break;
        }
    }

    private static void WriteHttp(Utf8JsonWriter json, Dictionary<string, JsonElement> attributes)
    {
        var method = Text(attributes, "http.request.method") ?? Text(attributes, "http.method");
        var status = Status(attributes);
        var url = Url(attributes);
        if (method is null && status is null && url is null)
            return;
        json.WriteStartObject("http"u8);
        json.WriteStartObject("request"u8);
        if (method is not null)
            json.WriteString("method"u8, method);
        if (url is not null)
            json.WriteString("url"u8, url);
        if ((Text(attributes, "user_agent.original") ?? Text(attributes, "http.user_agent")) is { } agent)
            json.WriteString("user_agent"u8, agent);
        if ((Text(attributes, "client.address") ?? Text(attributes, "http.client_ip")) is { } ip)
            json.WriteString("client_ip"u8, ip);
        json.WriteEndObject();
        if (status is { } code)
        {
            json.WriteStartObject("response"u8);
            json.WriteNumber("status"u8, code);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string? Url(Dictionary<string, JsonElement> attributes)
    {
        if ((Text(attributes, "url.full") ?? Text(attributes, "http.url")) is { } whole)
            return whole;
        if ((Text(attributes, "url.path") ?? Text(attributes, "http.target")) is not { } path)
            return null;
        var scheme = Text(attributes, "url.scheme") ?? Text(attributes, "http.scheme") ?? "http";
        var host = Text(attributes, "server.address") ?? Text(attributes, "http.host") ?? Text(attributes, "net.host.name");
        var query = Text(attributes, "url.query") is { Length: > 0 } q ? (q[0] == '?' ? q : "?" + q) : "";
        return host is null ? path + query : $"{scheme}://{host}{path}{query}";
    }

    private static void WriteSql(Utf8JsonWriter json, Dictionary<string, JsonElement> attributes)
    {
        if ((Text(attributes, "db.system.name") ?? Text(attributes, "db.system")) is not { } system)
            return;
        json.WriteStartObject("sql"u8);
        json.WriteString("database_type"u8, system);
        if ((Text(attributes, "db.query.text") ?? Text(attributes, "db.statement")) is { } query)
            json.WriteString("sanitized_query"u8, query);
        if (Text(attributes, "db.user") is { } user)
            json.WriteString("user"u8, user);
        json.WriteEndObject();
    }

    /// <summary>A list of keys, which the store keeps as JSON text.</summary>
    private static HashSet<string> Listed(Dictionary<string, JsonElement> attributes)
    {
        if (!attributes.TryGetValue(AnnotationKeys, out var keys) || (Parsed(keys, JsonValueKind.Array) ?? keys) is not { ValueKind: JsonValueKind.Array } list)
            return [];
        return [.. list.EnumerateArray().Select(key => key.AsText()).OfType<string>()];
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Dictionary<string, JsonElement> attributes, HashSet<string> listed)
    {
        var annotations = attributes.Where(a => IsAnnotation(a.Key, a.Value, listed)).ToList();
        if (annotations.Count == 0)
            return;
        json.WriteStartObject("annotations"u8);
        WriteAll(json, annotations);
        json.WriteEndObject();
    }

    private static bool IsAnnotation(string key, JsonElement value, HashSet<string> listed) =>
        listed.Contains(key) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static void WriteMetadata(Utf8JsonWriter json, ResultRow row, Dictionary<string, JsonElement> attributes, HashSet<string> annotations, bool segment)
    {
        json.WriteStartObject("metadata"u8);
        var spaces = new List<KeyValuePair<string, JsonElement>>();
        json.WriteStartObject("default"u8);
        json.WriteString("otel.span.name"u8, row.Text("name"));
        json.WriteString("otel.span.kind"u8, row.Text("kind"));
        foreach (var (key, value) in attributes)
        {
            if (Placed.Contains(key) || key == AnnotationKeys || IsAnnotation(key, value, annotations))
                continue;
            if (key.StartsWith(MetadataPrefix, StringComparison.Ordinal) && key.Length > MetadataPrefix.Length && Parsed(value, JsonValueKind.Object) is { } space)
            {
                spaces.Add(new(key[MetadataPrefix.Length..], space));
                continue;
            }
            json.WritePropertyName(key);
            value.WriteTo(json);
        }
        if (segment)
            WriteAll(json, Flatten(row.Text("resource")), "otel.resource.");
        json.WriteEndObject();
        WriteAll(json, spaces.Where(space => space.Key != "default"));
        json.WriteEndObject();
    }

    /// <summary>What an attribute holds as JSON text; null when that is not of the kind.</summary>
    private static JsonElement? Parsed(JsonElement value, JsonValueKind kind)
    {
        try
        {
            return value.AsText() is { } text && JsonElement.Parse(text) is var parsed && parsed.ValueKind == kind ? parsed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary><c>[{"traceId","spanId","attributes"}]</c> as X-Ray's links.</summary>
    private static void WriteLinks(Utf8JsonWriter json, string text)
    {
        var links = Items(text).Where(link => TraceId.TryParse(link.TextOf("traceId"), out _)).Take(MaxLinks).ToList();
        if (links.Count == 0)
            return;
        json.WriteStartArray("links"u8);
        foreach (var link in links)
        {
            json.WriteStartObject();
            _ = TraceId.TryParse(link.TextOf("traceId"), out var id);
            json.WriteString("trace_id"u8, id.ToXRay());
            json.WriteString("id"u8, link.TextOf("spanId") ?? "");
            json.WriteStartObject("attributes"u8);
            if (link.ObjectOf("attributes") is { } attributes)
                WriteAll(json, Flatten(attributes));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteAll(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, JsonElement>> members, string prefix = "")
    {
        foreach (var (key, value) in members)
        {
            json.WritePropertyName(prefix + key);
            value.WriteTo(json);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long nanoseconds)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000m:0.0########}"), skipInputValidation: true);
    }

    private static long? Status(Dictionary<string, JsonElement> attributes)
    {
        foreach (var key in (string[])["http.response.status_code", "http.status_code"])
        {
            if (attributes.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var status))
                return status;
        }
        return null;
    }

    private static string? Text(Dictionary<string, JsonElement> attributes, string key) =>
        attributes.TryGetValue(key, out var value) ? value.AsText() : null;

    private static Dictionary<string, JsonElement> Flatten(string text) => text.Length > 0 ? Flatten(JsonElement.Parse(text)) : [];

    /// <summary>The store gives dotted keys as nested objects.</summary>
    private static Dictionary<string, JsonElement> Flatten(JsonElement all)
    {
        var flat = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (all.ValueKind == JsonValueKind.Object)
            Add(all, "");
        return flat;

        void Add(JsonElement element, string prefix)
        {
            foreach (var member in element.EnumerateObject())
            {
                var key = prefix + EntityReader.NameOf(member);
                if (member.Value.ValueKind == JsonValueKind.Object)
                    Add(member.Value, key + ".");
                else
                    flat.TryAdd(key, member.Value);
            }
        }
    }

    public static IEnumerable<JsonElement> Items(string json) =>
        json.Length > 0 && JsonElement.Parse(json) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];
}
