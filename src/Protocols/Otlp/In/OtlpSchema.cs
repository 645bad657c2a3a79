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
/// <param name="tag">Its tag in protobuf, from <see cref="Fields"/>.</param>
internal sealed class JsonField(string name, uint tag, JsonFieldKind kind, JsonMessage? message = null, string? prefix = null, string[]? names = null)
{
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The field's name in the .proto file, which the Collector and plain proto3 JSON take too; null when it is the same.</summary>
    public byte[]? ProtoName { get; } = Snake(name) is var snake && snake != name ? Encoding.UTF8.GetBytes(snake) : null;

    public int Number { get; } = (int)(tag >> 3);

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
        new("key", Fields.KeyValue.Key, JsonFieldKind.String), new("value", Fields.KeyValue.Value, JsonFieldKind.Message, AnyValue));

    private static readonly JsonMessage Resource = new JsonMessage().With(new JsonField("attributes", Fields.Resource.Attributes, JsonFieldKind.Message, KeyValue));

    private static readonly JsonMessage Scope = new JsonMessage().With(
        new("name", Fields.Scope.Name, JsonFieldKind.String), new("version", Fields.Scope.Version, JsonFieldKind.String), new("attributes", Fields.Scope.Attributes, JsonFieldKind.Message, KeyValue));

    private static readonly JsonMessage Span = new JsonMessage().With(
        new("traceId", Fields.Span.TraceId, JsonFieldKind.Id),
        new("spanId", Fields.Span.SpanId, JsonFieldKind.Id),
        new("traceState", Fields.Span.TraceState, JsonFieldKind.String),
        new("parentSpanId", Fields.Span.ParentSpanId, JsonFieldKind.Id),
        new("name", Fields.Span.Name, JsonFieldKind.String),
        new("kind", Fields.Span.Kind, JsonFieldKind.Enum, null, "SPAN_KIND_", ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]),
        new("startTimeUnixNano", Fields.Span.StartTime, JsonFieldKind.Fixed64),
        new("endTimeUnixNano", Fields.Span.EndTime, JsonFieldKind.Fixed64),
        new("attributes", Fields.Span.Attributes, JsonFieldKind.Message, KeyValue),
        new("events", Fields.Span.Events, JsonFieldKind.Message, new JsonMessage().With(
            new("timeUnixNano", Fields.Event.Time, JsonFieldKind.Fixed64),
            new("name", Fields.Event.Name, JsonFieldKind.String),
            new("attributes", Fields.Event.Attributes, JsonFieldKind.Message, KeyValue))),
        new("links", Fields.Span.Links, JsonFieldKind.Message, new JsonMessage().With(
            new("traceId", Fields.Link.TraceId, JsonFieldKind.Id), new("spanId", Fields.Link.SpanId, JsonFieldKind.Id), new("attributes", Fields.Link.Attributes, JsonFieldKind.Message, KeyValue))),
        new("status", Fields.Span.Status, JsonFieldKind.Message, new JsonMessage().With(
            new("message", Fields.Status.Message, JsonFieldKind.String),
            new("code", Fields.Status.Code, JsonFieldKind.Enum, null, "STATUS_CODE_", ["UNSET", "OK", "ERROR"]),
            new("deprecatedCode", Fields.Status.DeprecatedCode, JsonFieldKind.Varint))),
        new("flags", Fields.Span.Flags, JsonFieldKind.Fixed32));

    private static readonly JsonMessage LogRecord = new JsonMessage().With(
        new("timeUnixNano", Fields.LogRecord.Time, JsonFieldKind.Fixed64),
        new("observedTimeUnixNano", Fields.LogRecord.ObservedTime, JsonFieldKind.Fixed64),
        new("severityNumber", Fields.LogRecord.SeverityNumber, JsonFieldKind.Enum, null, "SEVERITY_NUMBER_", Severities()),
        new("severityText", Fields.LogRecord.SeverityText, JsonFieldKind.String),
        new("body", Fields.LogRecord.Body, JsonFieldKind.Message, AnyValue),
        new("attributes", Fields.LogRecord.Attributes, JsonFieldKind.Message, KeyValue),
        new("flags", Fields.LogRecord.Flags, JsonFieldKind.Fixed32),
        new("traceId", Fields.LogRecord.TraceId, JsonFieldKind.Id),
        new("spanId", Fields.LogRecord.SpanId, JsonFieldKind.Id),
        new("eventName", Fields.LogRecord.EventName, JsonFieldKind.String));

    /// <summary>Labels of points of OTLP before 0.9.</summary>
    private static readonly JsonMessage Label = new JsonMessage().With(
        new("key", Fields.KeyValue.Key, JsonFieldKind.String), new("value", Fields.KeyValue.Value, JsonFieldKind.TextValue));

    private static readonly JsonMessage Exemplar = new JsonMessage().With(
        new("filteredAttributes", Fields.Exemplar.Attributes, JsonFieldKind.Message, KeyValue),
        new("timeUnixNano", Fields.Exemplar.Time, JsonFieldKind.Fixed64),
        new("asDouble", Fields.Exemplar.Double, JsonFieldKind.Double),
        new("asInt", Fields.Exemplar.Int, JsonFieldKind.Fixed64),
        new("spanId", Fields.Exemplar.SpanId, JsonFieldKind.Id),
        new("traceId", Fields.Exemplar.TraceId, JsonFieldKind.Id));

    private static readonly JsonMessage NumberPoint = new JsonMessage().With(
        new("attributes", Fields.NumberPoint.Attributes, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", Fields.Point.StartTime, JsonFieldKind.Fixed64),
        new("timeUnixNano", Fields.Point.Time, JsonFieldKind.Fixed64),
        new("asDouble", Fields.NumberPoint.Double, JsonFieldKind.Double),
        new("asInt", Fields.NumberPoint.Int, JsonFieldKind.Fixed64),
        new("exemplars", Fields.NumberPoint.Exemplars, JsonFieldKind.Message, Exemplar),
        new("flags", Fields.NumberPoint.Flags, JsonFieldKind.Varint),
        new("labels", Fields.NumberPoint.Attributes, JsonFieldKind.Message, Label));

    private static readonly JsonMessage OldIntPoint = new JsonMessage().With([.. NumberPoint.Fields, new("value", Fields.NumberPoint.Int, JsonFieldKind.Fixed64)]);

    private static readonly JsonMessage OldDoublePoint = new JsonMessage().With([.. NumberPoint.Fields, new("value", Fields.NumberPoint.Double, JsonFieldKind.Double)]);

    private static readonly JsonMessage HistogramPoint = new JsonMessage().With(
        new("attributes", Fields.HistogramPoint.Attributes, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", Fields.Point.StartTime, JsonFieldKind.Fixed64),
        new("timeUnixNano", Fields.Point.Time, JsonFieldKind.Fixed64),
        new("count", Fields.Point.Count, JsonFieldKind.Fixed64),
        new("sum", Fields.Point.Sum, JsonFieldKind.Double),
        new("bucketCounts", Fields.HistogramPoint.BucketCounts, JsonFieldKind.Fixed64),
        new("explicitBounds", Fields.HistogramPoint.Bounds, JsonFieldKind.Double),
        new("exemplars", Fields.HistogramPoint.Exemplars, JsonFieldKind.Message, Exemplar),
        new("flags", Fields.HistogramPoint.Flags, JsonFieldKind.Varint),
        new("min", Fields.HistogramPoint.Min, JsonFieldKind.Double),
        new("max", Fields.HistogramPoint.Max, JsonFieldKind.Double),
        new("labels", Fields.HistogramPoint.Attributes, JsonFieldKind.Message, Label));

    private static readonly JsonMessage Buckets = new JsonMessage().With(
        new("offset", Fields.Buckets.Offset, JsonFieldKind.ZigZag), new("bucketCounts", Fields.Buckets.Counts, JsonFieldKind.Varint));

    private static readonly JsonMessage ExponentialPoint = new JsonMessage().With(
        new("attributes", Fields.ExponentialPoint.Attributes, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", Fields.Point.StartTime, JsonFieldKind.Fixed64),
        new("timeUnixNano", Fields.Point.Time, JsonFieldKind.Fixed64),
        new("count", Fields.Point.Count, JsonFieldKind.Fixed64),
        new("sum", Fields.Point.Sum, JsonFieldKind.Double),
        new("scale", Fields.ExponentialPoint.Scale, JsonFieldKind.ZigZag),
        new("zeroCount", Fields.ExponentialPoint.ZeroCount, JsonFieldKind.Fixed64),
        new("positive", Fields.ExponentialPoint.Positive, JsonFieldKind.Message, Buckets),
        new("negative", Fields.ExponentialPoint.Negative, JsonFieldKind.Message, Buckets),
        new("flags", Fields.ExponentialPoint.Flags, JsonFieldKind.Varint),
        new("exemplars", Fields.ExponentialPoint.Exemplars, JsonFieldKind.Message, Exemplar),
        new("min", Fields.ExponentialPoint.Min, JsonFieldKind.Double),
        new("max", Fields.ExponentialPoint.Max, JsonFieldKind.Double),
        new("zeroThreshold", Fields.ExponentialPoint.ZeroThreshold, JsonFieldKind.Double));

    private static readonly JsonMessage SummaryPoint = new JsonMessage().With(
        new("attributes", Fields.SummaryPoint.Attributes, JsonFieldKind.Message, KeyValue),
        new("startTimeUnixNano", Fields.Point.StartTime, JsonFieldKind.Fixed64),
        new("timeUnixNano", Fields.Point.Time, JsonFieldKind.Fixed64),
        new("count", Fields.Point.Count, JsonFieldKind.Fixed64),
        new("sum", Fields.Point.Sum, JsonFieldKind.Double),
        new("quantileValues", Fields.SummaryPoint.Quantiles, JsonFieldKind.Message, new JsonMessage().With(
            new("quantile", Fields.QuantileValue.Quantile, JsonFieldKind.Double), new("value", Fields.QuantileValue.Value, JsonFieldKind.Double))),
        new("flags", Fields.SummaryPoint.Flags, JsonFieldKind.Varint),
        new("labels", Fields.SummaryPoint.Attributes, JsonFieldKind.Message, Label));

    private static readonly JsonMessage Metric = new JsonMessage().With(
        new("name", Fields.Metric.Name, JsonFieldKind.String),
        new("description", Fields.Metric.Description, JsonFieldKind.String),
        new("unit", Fields.Metric.Unit, JsonFieldKind.String),
        new("gauge", Fields.Metric.Gauge, JsonFieldKind.Message, Data(NumberPoint)),
        new("sum", Fields.Metric.Sum, JsonFieldKind.Message, Data(NumberPoint)),
        new("histogram", Fields.Metric.Histogram, JsonFieldKind.Message, Data(HistogramPoint)),
        new("exponentialHistogram", Fields.Metric.ExponentialHistogram, JsonFieldKind.Message, Data(ExponentialPoint)),
        new("summary", Fields.Metric.Summary, JsonFieldKind.Message, Data(SummaryPoint)),
        // OTLP 0.4 to 0.8.
        new("intGauge", Fields.Metric.Gauge, JsonFieldKind.Message, Data(OldIntPoint)),
        new("doubleGauge", Fields.Metric.Gauge, JsonFieldKind.Message, Data(OldDoublePoint)),
        new("intSum", Fields.Metric.Sum, JsonFieldKind.Message, Data(OldIntPoint)),
        new("doubleSum", Fields.Metric.Sum, JsonFieldKind.Message, Data(OldDoublePoint)),
        new("intHistogram", Fields.Metric.Histogram, JsonFieldKind.Message, Data(HistogramPoint)),
        new("doubleHistogram", Fields.Metric.Histogram, JsonFieldKind.Message, Data(HistogramPoint)),
        new("doubleSummary", Fields.Metric.Summary, JsonFieldKind.Message, Data(SummaryPoint)));

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
        new("stringValue", Fields.AnyValue.String, JsonFieldKind.String),
        new("boolValue", Fields.AnyValue.Bool, JsonFieldKind.Bool),
        new("intValue", Fields.AnyValue.Int, JsonFieldKind.Varint),
        new("doubleValue", Fields.AnyValue.Double, JsonFieldKind.Double),
        new("arrayValue", Fields.AnyValue.Array, JsonFieldKind.Message, new JsonMessage().With(new JsonField("values", Fields.List.Values, JsonFieldKind.Message, AnyValue))),
        new("kvlistValue", Fields.AnyValue.KeyValueList, JsonFieldKind.Message, new JsonMessage().With(new JsonField("values", Fields.List.Values, JsonFieldKind.Message, KeyValue))),
        new("bytesValue", Fields.AnyValue.Bytes, JsonFieldKind.Base64));

    /// <param name="oldScopeItems">The name of <paramref name="scopeItems"/> before OTLP 0.15.</param>
    /// <param name="items">Names of the records, the present one first.</param>
    private static JsonMessage Request(string resourceItems, string scopeItems, string oldScopeItems, JsonMessage item, params string[] items)
    {
        var scoped = new JsonMessage { IsEnvelope = true }.With(
        [
            new("scope", Fields.ScopeItems.Scope, JsonFieldKind.Message, Scope),
            .. items.Select(name => new JsonField(name, Fields.ScopeItems.Items, JsonFieldKind.Message, item)),
            new("schemaUrl", Fields.ScopeItems.SchemaUrl, JsonFieldKind.String),
            new("instrumentationLibrary", Fields.ScopeItems.Scope, JsonFieldKind.Message, Scope),
        ]);
        return new JsonMessage { IsEnvelope = true }.With(new JsonField(resourceItems, Fields.Request.ResourceItems, JsonFieldKind.Message, new JsonMessage { IsEnvelope = true }.With(
            new("resource", Fields.ResourceItems.Resource, JsonFieldKind.Message, Resource),
            new(scopeItems, Fields.ResourceItems.ScopeItems, JsonFieldKind.Message, scoped),
            new("schemaUrl", Fields.ResourceItems.SchemaUrl, JsonFieldKind.String),
            new(oldScopeItems, Fields.ResourceItems.ScopeItems, JsonFieldKind.Message, scoped))));
    }

    private static JsonMessage Data(JsonMessage point) => new JsonMessage().With(
        new("dataPoints", Fields.MetricData.Points, JsonFieldKind.Message, point),
        new("aggregationTemporality", Fields.MetricData.Temporality, JsonFieldKind.Enum, null, Temporality, ["UNSPECIFIED", "DELTA", "CUMULATIVE"]),
        new("isMonotonic", Fields.MetricData.IsMonotonic, JsonFieldKind.Bool));

    private static string[] Severities() =>
    [
        "UNSPECIFIED", "TRACE", "TRACE2", "TRACE3", "TRACE4", "DEBUG", "DEBUG2", "DEBUG3", "DEBUG4", "INFO", "INFO2", "INFO3", "INFO4",
        "WARN", "WARN2", "WARN3", "WARN4", "ERROR", "ERROR2", "ERROR3", "ERROR4", "FATAL", "FATAL2", "FATAL3", "FATAL4",
    ];
}
