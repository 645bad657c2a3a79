using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cruddur.XRay;

/// <summary>
/// Writes one datagram of the daemon protocol: a header line, then the segment document.
/// <code>
/// {"format":"json","version":1}
/// {"name":"backend-flask","id":"70de5b6f19ff9a0a","trace_id":"1-581cf771-a006649127e371903a2de979","start_time":1478293361.271,...}
/// </code>
/// </summary>
internal static class SegmentDocument
{
    /// <summary>The most a UDP datagram carries over IPv4.</summary>
    public const int DatagramLimit = 65_507;

    private const int FramesKept = 50;

    // Nobody puts these documents into HTML: a plus sign may stay a plus sign.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions PlainValues = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> Header => "{\"format\":\"json\",\"version\":1}\n"u8;

    public static byte[] Datagram(Entity segment)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        buffer.Write(Header);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            lock (segment.Gate)
                Write(json, segment);
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Entity entity)
    {
        json.WriteStartObject();
        json.WriteString("name", entity.Name);
        json.WriteString("id", entity.Id);
        if (entity.Parent is null)
        {
            json.WriteString("trace_id", entity.TraceId);
            if (entity.UpstreamId is not null)
                json.WriteString("parent_id", entity.UpstreamId);
        }
        json.WriteNumber("start_time", Seconds(entity.Start));
        // A subsegment somebody forgot to close ends with its segment; it must not stay in progress for ever.
        json.WriteNumber("end_time", Seconds(entity.End ?? entity.Segment.End ?? entity.Start));
        if (entity.Namespace is not null)
            json.WriteString("namespace", entity.Namespace);
        if (entity.Error)
            json.WriteBoolean("error", true);
        if (entity.Throttle)
            json.WriteBoolean("throttle", true);
        if (entity.Fault)
            json.WriteBoolean("fault", true);
        if (entity.Http is { } http)
            WriteHttp(json, http);
        if (entity.Sql is { } sql)
            WriteSql(json, sql);
        if (entity.Aws is { } aws)
            WriteAws(json, aws);
        if (entity.Parent is null)
            WriteRecorder(json, entity.SamplingRule);
        if (entity.Cause is { } cause)
            WriteCause(json, cause);
        WriteMaps(json, entity);
        if (entity.Subsegments.Count > 0)
        {
            json.WriteStartArray("subsegments");
            foreach (var child in entity.Subsegments)
                Write(json, child);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Epoch seconds to the microsecond; decimal, because a double has no more to give there.</summary>
    private static decimal Seconds(DateTimeOffset at) => Math.Round((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond, 6);

    private static void WriteHttp(Utf8JsonWriter json, HttpBlock http)
    {
        json.WriteStartObject("http");
        if (http.Method is not null)
            WriteRequest(json, http);
        if (http.Status is { } status)
        {
            json.WriteStartObject("response");
            json.WriteNumber("status", status);
            if (http.ContentLength is { } length)
                json.WriteNumber("content_length", length);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter json, HttpBlock http)
    {
        json.WriteStartObject("request");
        json.WriteString("method", http.Method);
        json.WriteString("url", http.Url);
        if (http.UserAgent is { Length: > 0 } agent)
            json.WriteString("user_agent", agent.Length > 250 ? agent[..250] : agent);
        if (http.ClientIp is { Length: > 0 } ip)
            json.WriteString("client_ip", ip);
        if (http.XForwardedFor)
            json.WriteBoolean("x_forwarded_for", true);
        if (http.Traced)
            json.WriteBoolean("traced", true);
        json.WriteEndObject();
    }

    private static void WriteSql(Utf8JsonWriter json, SqlBlock sql)
    {
        json.WriteStartObject("sql");
        json.WriteString("sanitized_query", sql.Query);
        json.WriteString("database_type", sql.Type);
        json.WriteString("database_version", sql.Version);
        json.WriteString("user", sql.User);
        json.WriteString("connection_string", sql.ConnectionString);
        json.WriteEndObject();
    }

    private static void WriteAws(Utf8JsonWriter json, AwsBlock aws)
    {
        json.WriteStartObject("aws");
        json.WriteString("operation", aws.Operation);
        json.WriteString("region", aws.Region);
        json.WriteString("table_name", aws.Table);
        json.WriteString("request_id", aws.RequestId);
        json.WriteEndObject();
    }

    private static void WriteRecorder(Utf8JsonWriter json, string? rule)
    {
        json.WriteStartObject("aws");
        json.WriteStartObject("xray");
        json.WriteString("sdk", "Cruddur recorder for .NET");
        json.WriteString("sdk_version", Otel.CruddurVersion.Text);
        if (rule is not null)
            json.WriteString("sampling_rule_name", rule);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("service");
        json.WriteString("version", Otel.CruddurVersion.Text);
        json.WriteString("runtime", ".NET");
        json.WriteString("runtime_version", Environment.Version.ToString());
        json.WriteEndObject();
    }

    private static void WriteCause(Utf8JsonWriter json, Exception cause)
    {
        json.WriteStartObject("cause");
        json.WriteString("working_directory", Environment.CurrentDirectory);
        json.WriteStartArray("exceptions");
        var id = TraceIds.NewEntity();
        for (var error = cause; error is not null; error = error.InnerException)
        {
            var inner = error.InnerException is null ? null : TraceIds.NewEntity();
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("message", error.Message);
            json.WriteString("type", error.GetType().Name);
            json.WriteBoolean("remote", false);
            if (inner is not null)
                json.WriteString("cause", inner);
            WriteStack(json, error);
            json.WriteEndObject();
            id = inner;
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStack(Utf8JsonWriter json, Exception error)
    {
        var frames = new StackTrace(error, fNeedFileInfo: true).GetFrames();
        json.WriteStartArray("stack");
        foreach (var frame in frames.Take(FramesKept))
        {
            json.WriteStartObject();
            json.WriteString("path", frame.GetFileName() ?? "");
            json.WriteNumber("line", frame.GetFileLineNumber());
            json.WriteString("label", Delivery.FrameNames.Of(frame));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (frames.Length > FramesKept)
            json.WriteNumber("truncated", frames.Length - FramesKept);
    }

    private static void WriteMaps(Utf8JsonWriter json, Entity entity)
    {
        if (entity.Annotations.Count > 0)
        {
            json.WritePropertyName("annotations");
            JsonSerializer.Serialize(json, entity.Annotations, PlainValues);
        }
        if (entity.Metadata.Count > 0)
        {
            json.WritePropertyName("metadata");
            JsonSerializer.Serialize(json, entity.Metadata, PlainValues);
        }
    }
}
