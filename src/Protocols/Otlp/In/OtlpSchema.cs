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
    /// <summary>A text where an AnyValue is written: values of the labels that points had before they had attributes.</summary>
    TextValue,
}

/// <summary>One field of a message: its JSON name and its place on the wire.</summary>
internal sealed class JsonField(string name, int number, JsonFieldKind kind, JsonMessage? message = null, string? prefix = null, string[]? names = null)
{
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The field's name in the .proto file, which the Collector and plain proto3 JSON take too; null when it is the same.</summary>
    public byte[]? ProtoName { get; } = Snake(name) is var snake && snake != name ? Encoding.UTF8.GetBytes(snake) : null;

    public int Number { get; } = number;

    public JsonFieldKind Kind { get; } = kind;

    /// <summary>Its messages contain records: when a value of another type is in its place, the request is invalid.</summary>
    public bool IsContainer { get; } = name is "resourceSpans" or "resourceLogs" or "resourceMetrics" or "scopeSpans" or "scopeLogs" or "scopeMetrics"
        or "instrumentationLibrarySpans" or "instrumentationLibraryLogs" or "instrumentationLibraryMetrics";

    /// <summary>Its messages are records: an invalid value rejects only that record.</summary>
    public bool IsRecord { get; } = name is "spans" or "logRecords" or "metrics" or "logs";

    /// <summary>Of fields that are messages.</summary>
    public JsonMessage? Message { get; } = message;

    private static string Snake(string name) => string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>Number of an enum's member by name, with or without the enum's prefix; 0 for unknown ones.</summary>
    public int NumberOf(string member)
    {
        var bare = prefix is not null && member.StartsWith(prefix, StringComparison.Ordinal) ? member[prefix.Length..] : member;
        return Math.Max(0, Array.IndexOf(names!, bare));
    }
}

/// <summary>The fields of a message that Weir reads; all others are ignored.</summary>
internal sealed class JsonMessage
{
    public JsonField[] Fields { get; private set; } = [];

    /// <summary>It only contains records: an unknown member may hide records.</summary>
    public bool IsEnvelope { get; init; }

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
            new("code", 3, JsonFieldKind.Enum, null, "STATUS_CODE_", ["UNSET", "OK", "ERROR"]),
            new("deprecatedCode", 1, JsonFieldKind.Varint))),
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

    /// <summary>Labels of points of OTLP before 0.9.</summary>
    private static readonly JsonMessage Label = new JsonMessage().With(
        new("key", 1, JsonFieldKind.String), new("value", 2, JsonFieldKind.TextValue));

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
        new("flags", 8, JsonFieldKind.Varint),
        new("labels", 7, JsonFieldKind.Message, Label));

    private static readonly JsonMessage OldIntPoint = new JsonMessage().With([.. NumberPoint.Fields, new("value", 6, JsonFieldKind.Fixed64)]);

    private static readonly JsonMessage OldDoublePoint = new JsonMessage().With([.. NumberPoint.Fields, new("value", 4, JsonFieldKind.Double)]);

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
        new("max", 12, JsonFieldKind.Double),
        new("labels", 9, JsonFieldKind.Message, Label));

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
        new("flags", 8, JsonFieldKind.Varint),
        new("labels", 7, JsonFieldKind.Message, Label));

    private static readonly JsonMessage Metric = new JsonMessage().With(
        new("name", 1, JsonFieldKind.String),
        new("description", 2, JsonFieldKind.String),
        new("unit", 3, JsonFieldKind.String),
        new("gauge", 5, JsonFieldKind.Message, Data(NumberPoint)),
        new("sum", 7, JsonFieldKind.Message, Data(NumberPoint)),
        new("histogram", 9, JsonFieldKind.Message, Data(HistogramPoint)),
        new("exponentialHistogram", 10, JsonFieldKind.Message, Data(ExponentialPoint)),
        new("summary", 11, JsonFieldKind.Message, Data(SummaryPoint)),
        // OTLP 0.4 to 0.8.
        new("intGauge", 5, JsonFieldKind.Message, Data(OldIntPoint)),
        new("doubleGauge", 5, JsonFieldKind.Message, Data(OldDoublePoint)),
        new("intSum", 7, JsonFieldKind.Message, Data(OldIntPoint)),
        new("doubleSum", 7, JsonFieldKind.Message, Data(OldDoublePoint)),
        new("intHistogram", 9, JsonFieldKind.Message, Data(HistogramPoint)),
        new("doubleHistogram", 9, JsonFieldKind.Message, Data(HistogramPoint)),
        new("doubleSummary", 11, JsonFieldKind.Message, Data(SummaryPoint)));

    public static JsonMessage Traces { get; } = Request("resourceSpans", "scopeSpans", "instrumentationLibrarySpans", Span, "spans");

    public static JsonMessage Logs { get; } = Request("resourceLogs", "scopeLogs", "instrumentationLibraryLogs", LogRecord, "logRecords", "logs");

    public static JsonMessage Metrics { get; } = Request("resourceMetrics", "scopeMetrics", "instrumentationLibraryMetrics", Metric, "metrics");

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

    /// <param name="oldScopeItems">The name of <paramref name="scopeItems"/> before OTLP 0.15.</param>
    /// <param name="items">Names of the records, the present one first.</param>
    private static JsonMessage Request(string resourceItems, string scopeItems, string oldScopeItems, JsonMessage item, params string[] items)
    {
        var scoped = new JsonMessage { IsEnvelope = true }.With(
        [
            new("scope", 1, JsonFieldKind.Message, Scope),
            .. items.Select(name => new JsonField(name, 2, JsonFieldKind.Message, item)),
            new("schemaUrl", 3, JsonFieldKind.String),
            new("instrumentationLibrary", 1, JsonFieldKind.Message, Scope),
        ]);
        return new JsonMessage { IsEnvelope = true }.With(new JsonField(resourceItems, 1, JsonFieldKind.Message, new JsonMessage { IsEnvelope = true }.With(
            new("resource", 1, JsonFieldKind.Message, Resource),
            new(scopeItems, 2, JsonFieldKind.Message, scoped),
            new("schemaUrl", 3, JsonFieldKind.String),
            new(oldScopeItems, 2, JsonFieldKind.Message, scoped))));
    }

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
