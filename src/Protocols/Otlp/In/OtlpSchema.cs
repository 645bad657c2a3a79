using System.Text;
using Weir.Core.Model;

namespace Weir.Protocols.Otlp.In;

/// <summary>How a field's JSON value is read and its protobuf value written.</summary>
internal enum JsonFieldKind
{
    String,
    Message,
    /// <summary>bytes that OTLP/JSON writes as hex digits: trace and span ids.</summary>
    Id,
    Base64,
    Bool,
    /// <summary>int32, int64, uint32 and uint64 as varint.</summary>
    Varint,
    ZigZag,
    Fixed32,
    Fixed64,
    Double,
    Enum,
}

/// <summary>One field of a message: its JSON name and its place on the wire.</summary>
internal sealed class JsonField(string name, int number, JsonFieldKind kind, JsonMessage? message = null, string? prefix = null, string[]? names = null)
{
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    public int Number { get; } = number;

    public JsonFieldKind Kind { get; } = kind;

    /// <summary>Its messages hold records: where it is something else, the text is no request.</summary>
    public bool IsContainer { get; } = name is "resourceSpans" or "resourceLogs" or "resourceMetrics" or "scopeSpans" or "scopeLogs" or "scopeMetrics";

    /// <summary>Its messages are records: what is none of them costs that record.</summary>
    public bool IsRecord { get; } = name is "spans" or "logRecords" or "metrics";

    /// <summary>Of fields that are messages.</summary>
    public JsonMessage? Message { get; } = message;

    /// <summary>Number of an enum's member by name, with or without the enum's prefix; 0 for unknown ones.</summary>
    public int NumberOf(string member)
    {
        var bare = prefix is not null && member.StartsWith(prefix, StringComparison.Ordinal) ? member[prefix.Length..] : member;
        return Math.Max(0, Array.IndexOf(names!, bare));
    }
}

/// <summary>A message's fields, as far as Weir reads them; all others are passed over.</summary>
internal sealed class JsonMessage
{
    public JsonField[] Fields { get; private set; } = [];

    public JsonMessage With(params JsonField[] fields)
    {
        Fields = fields;
        return this;
    }
}

/// <summary>The messages of OTLP in their JSON names (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).</summary>
internal static class OtlpSchema
{
    private const string Temporality = "AGGREGATION_TEMPORALITY_";

    private static readonly JsonMessage AnyValue = new();
    private static readonly JsonMessage KeyValue = new JsonMessage().With(
        new("key", 1, JsonFieldKind.String), new("value", 2, JsonFieldKind.Message, AnyValue));

    private static readonly JsonMessage Resource = new JsonMessage().With(new JsonField("attributes", 1, JsonFieldKind.Message, KeyValue));

    private static readonly JsonMessage Scope = new JsonMessage().With(
        new("name", 1, JsonFieldKind.String), new("version", 2, JsonFieldKind.String), new("attributes", 3, JsonFieldKind.Message, KeyValue));

    private static readonly JsonMessage Span = new JsonMessage().With(
        new("traceId", 1, JsonFieldKind.Id),
        new("spanId", 2, JsonFieldKind.Id),
        new("traceState", 3, JsonFieldKind.String),
        new("parentSpanId", 4, JsonFieldKind.Id),
        new("name", 5, JsonFieldKind.String),
        new("kind", 6, JsonFieldKind.Enum, null, "SPAN_KIND_", ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]),
        new("startTimeUnixNano", 7, JsonFieldKind.Fixed64),
        new("endTimeUnixNano", 8, JsonFieldKind.Fixed64),
        new("attributes", 9, JsonFieldKind.Message, KeyValue),
        new("events", 11, JsonFieldKind.Message, new JsonMessage().With(
            new("timeUnixNano", 1, JsonFieldKind.Fixed64),
            new("name", 2, JsonFieldKind.String),
            new("attributes", 3, JsonFieldKind.Message, KeyValue))),
        new("links", 13, JsonFieldKind.Message, new JsonMessage().With(
            new("traceId", 1, JsonFieldKind.Id), new("spanId", 2, JsonFieldKind.Id), new("attributes", 4, JsonFieldKind.Message, KeyValue))),
        new("status", 15, JsonFieldKind.Message, new JsonMessage().With(
            new("message", 2, JsonFieldKind.String),
            new("code", 3, JsonFieldKind.Enum, null, "STATUS_CODE_", ["UNSET", "OK", "ERROR"]))),
        new("flags", 16, JsonFieldKind.Fixed32));

    private static readonly JsonMessage LogRecord = new JsonMessage().With(
        new("timeUnixNano", 1, JsonFieldKind.Fixed64),
        new("observedTimeUnixNano", 11, JsonFieldKind.Fixed64),
        new("severityNumber", 2, JsonFieldKind.Enum, null, "SEVERITY_NUMBER_", Severities()),
        new("severityText", 3, JsonFieldKind.String),
        new("body", 5, JsonFieldKind.Message, AnyValue),
        new("attributes", 6, JsonFieldKind.Message, KeyValue),
        new("flags", 8, JsonFieldKind.Fixed32),
        new("traceId", 9, JsonFieldKind.Id),
        new("spanId", 10, JsonFieldKind.Id),
        new("eventName", 12, JsonFieldKind.String));

    private static readonly JsonMessage Exemplar = new JsonMessage().With(
        new("filteredAttributes", 7, JsonFieldKind.Message, KeyValue),
        new("timeUnixNano", 2, JsonFieldKind.Fixed64),
        new("asDouble", 3, JsonFieldKind.Double),
        new("asInt", 6, JsonFieldKind.Fixed64),
        new("spanId", 4, JsonFieldKind.Id),
        new("traceId", 5, JsonFieldKind.Id));

    private static readonly JsonMessage NumberPoint = new JsonMessage().With(
        new("attributes", 7, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", 2, JsonFieldKind.Fixed64),
        new("timeUnixNano", 3, JsonFieldKind.Fixed64),
        new("asDouble", 4, JsonFieldKind.Double),
        new("asInt", 6, JsonFieldKind.Fixed64),
        new("exemplars", 5, JsonFieldKind.Message, Exemplar),
        new("flags", 8, JsonFieldKind.Varint));

    private static readonly JsonMessage HistogramPoint = new JsonMessage().With(
        new("attributes", 9, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", 2, JsonFieldKind.Fixed64),
        new("timeUnixNano", 3, JsonFieldKind.Fixed64),
        new("count", 4, JsonFieldKind.Fixed64),
        new("sum", 5, JsonFieldKind.Double),
        new("bucketCounts", 6, JsonFieldKind.Fixed64),
        new("explicitBounds", 7, JsonFieldKind.Double),
        new("exemplars", 8, JsonFieldKind.Message, Exemplar),
        new("flags", 10, JsonFieldKind.Varint),
        new("min", 11, JsonFieldKind.Double),
        new("max", 12, JsonFieldKind.Double));

    private static readonly JsonMessage Buckets = new JsonMessage().With(
        new("offset", 1, JsonFieldKind.ZigZag), new("bucketCounts", 2, JsonFieldKind.Varint));

    private static readonly JsonMessage ExponentialPoint = new JsonMessage().With(
        new("attributes", 1, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", 2, JsonFieldKind.Fixed64),
        new("timeUnixNano", 3, JsonFieldKind.Fixed64),
        new("count", 4, JsonFieldKind.Fixed64),
        new("sum", 5, JsonFieldKind.Double),
        new("scale", 6, JsonFieldKind.ZigZag),
        new("zeroCount", 7, JsonFieldKind.Fixed64),
        new("positive", 8, JsonFieldKind.Message, Buckets),
        new("negative", 9, JsonFieldKind.Message, Buckets),
        new("flags", 10, JsonFieldKind.Varint),
        new("exemplars", 11, JsonFieldKind.Message, Exemplar),
        new("min", 12, JsonFieldKind.Double),
        new("max", 13, JsonFieldKind.Double),
        new("zeroThreshold", 14, JsonFieldKind.Double));

    private static readonly JsonMessage SummaryPoint = new JsonMessage().With(
        new("attributes", 7, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", 2, JsonFieldKind.Fixed64),
        new("timeUnixNano", 3, JsonFieldKind.Fixed64),
        new("count", 4, JsonFieldKind.Fixed64),
        new("sum", 5, JsonFieldKind.Double),
        new("quantileValues", 6, JsonFieldKind.Message, new JsonMessage().With(
            new("quantile", 1, JsonFieldKind.Double), new("value", 2, JsonFieldKind.Double))),
        new("flags", 8, JsonFieldKind.Varint));

    private static readonly JsonMessage Metric = new JsonMessage().With(
        new("name", 1, JsonFieldKind.String),
        new("description", 2, JsonFieldKind.String),
        new("unit", 3, JsonFieldKind.String),
        new("gauge", 5, JsonFieldKind.Message, Data(NumberPoint)),
        new("sum", 7, JsonFieldKind.Message, Data(NumberPoint)),
        new("histogram", 9, JsonFieldKind.Message, Data(HistogramPoint)),
        new("exponentialHistogram", 10, JsonFieldKind.Message, Data(ExponentialPoint)),
        new("summary", 11, JsonFieldKind.Message, Data(SummaryPoint)));

    public static JsonMessage Traces { get; } = Request("resourceSpans", "scopeSpans", "spans", Span);

    public static JsonMessage Logs { get; } = Request("resourceLogs", "scopeLogs", "logRecords", LogRecord);

    public static JsonMessage Metrics { get; } = Request("resourceMetrics", "scopeMetrics", "metrics", Metric);

    public static JsonMessage Of(Signal signal) => signal switch
    {
        Signal.Logs => Logs,
        Signal.Metrics => Metrics,
        _ => Traces,
    };

    static OtlpSchema() => AnyValue.With(
        new("stringValue", 1, JsonFieldKind.String),
        new("boolValue", 2, JsonFieldKind.Bool),
        new("intValue", 3, JsonFieldKind.Varint),
        new("doubleValue", 4, JsonFieldKind.Double),
        new("arrayValue", 5, JsonFieldKind.Message, new JsonMessage().With(new JsonField("values", 1, JsonFieldKind.Message, AnyValue))),
        new("kvlistValue", 6, JsonFieldKind.Message, new JsonMessage().With(new JsonField("values", 1, JsonFieldKind.Message, KeyValue))),
        new("bytesValue", 7, JsonFieldKind.Base64));

    private static JsonMessage Request(string resourceItems, string scopeItems, string items, JsonMessage item) => new JsonMessage().With(
        new JsonField(resourceItems, 1, JsonFieldKind.Message, new JsonMessage().With(
            new("resource", 1, JsonFieldKind.Message, Resource),
            new(scopeItems, 2, JsonFieldKind.Message, new JsonMessage().With(
                new("scope", 1, JsonFieldKind.Message, Scope), new(items, 2, JsonFieldKind.Message, item), new("schemaUrl", 3, JsonFieldKind.String))),
            new("schemaUrl", 3, JsonFieldKind.String))));

    private static JsonMessage Data(JsonMessage point) => new JsonMessage().With(
        new("dataPoints", 1, JsonFieldKind.Message, point),
        new("aggregationTemporality", 2, JsonFieldKind.Enum, null, Temporality, ["UNSPECIFIED", "DELTA", "CUMULATIVE"]),
        new("isMonotonic", 3, JsonFieldKind.Bool));

    private static string[] Severities() =>
    [
        "UNSPECIFIED", "TRACE", "TRACE2", "TRACE3", "TRACE4", "DEBUG", "DEBUG2", "DEBUG3", "DEBUG4", "INFO", "INFO2", "INFO3", "INFO4",
        "WARN", "WARN2", "WARN3", "WARN4", "ERROR", "ERROR2", "ERROR3", "ERROR4", "FATAL", "FATAL2", "FATAL3", "FATAL4",
    ];
}
