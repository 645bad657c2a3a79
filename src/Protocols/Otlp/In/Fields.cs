namespace Weir.Protocols.Otlp.In;

/// <summary>
/// Tags (field number and wire type) of OTLP's messages, from opentelemetry-proto 1.x. A field with another wire type is an
/// unknown field and is ignored, as protobuf requires.
/// </summary>
internal static class Fields
{
    private const uint Varint = 0;
    private const uint Fixed64 = 1;
    private const uint Length = 2;
    private const uint Fixed32 = 5;

    public static class Request
    {
        public const uint ResourceItems = 1 << 3 | Length;
    }

    public static class ResourceItems
    {
        public const uint Resource = 1 << 3 | Length;
        public const uint ScopeItems = 2 << 3 | Length;
        public const uint SchemaUrl = 3 << 3 | Length;

        /// <summary>instrumentation_library_spans, _logs and _metrics of OTLP 0.15 to 0.19; before, they were field 2.</summary>
        public const uint OldScopeItems = 1000 << 3 | Length;
    }

    public static class ScopeItems
    {
        public const uint Scope = 1 << 3 | Length;
        public const uint Items = 2 << 3 | Length;
        public const uint SchemaUrl = 3 << 3 | Length;
    }

    public static class Resource
    {
        public const uint Attributes = 1 << 3 | Length;
    }

    public static class Scope
    {
        public const uint Name = 1 << 3 | Length;
        public const uint Version = 2 << 3 | Length;
        public const uint Attributes = 3 << 3 | Length;
    }

    public static class KeyValue
    {
        public const uint Key = 1 << 3 | Length;
        public const uint Value = 2 << 3 | Length;
    }

    public static class AnyValue
    {
        public const uint String = 1 << 3 | Length;
        public const uint Bool = 2 << 3 | Varint;
        public const uint Int = 3 << 3 | Varint;
        public const uint Double = 4 << 3 | Fixed64;
        public const uint Array = 5 << 3 | Length;
        public const uint KeyValueList = 6 << 3 | Length;
        public const uint Bytes = 7 << 3 | Length;
    }

    /// <summary>ArrayValue and KeyValueList.</summary>
    public static class List
    {
        public const uint Values = 1 << 3 | Length;
    }

    public static class Span
    {
        public const uint TraceId = 1 << 3 | Length;
        public const uint SpanId = 2 << 3 | Length;
        public const uint TraceState = 3 << 3 | Length;
        public const uint ParentSpanId = 4 << 3 | Length;
        public const uint Name = 5 << 3 | Length;
        public const uint Kind = 6 << 3 | Varint;
        public const uint StartTime = 7 << 3 | Fixed64;
        public const uint EndTime = 8 << 3 | Fixed64;
        public const uint Attributes = 9 << 3 | Length;
        public const uint Events = 11 << 3 | Length;
        public const uint Links = 13 << 3 | Length;
        public const uint Status = 15 << 3 | Length;
        public const uint Flags = 16 << 3 | Fixed32;
    }

    public static class Event
    {
        public const uint Time = 1 << 3 | Fixed64;
        public const uint Name = 2 << 3 | Length;
        public const uint Attributes = 3 << 3 | Length;
    }

    public static class Link
    {
        public const uint TraceId = 1 << 3 | Length;
        public const uint SpanId = 2 << 3 | Length;
        public const uint Attributes = 4 << 3 | Length;
    }

    public static class Status
    {
        public const uint Message = 2 << 3 | Length;
        public const uint Code = 3 << 3 | Varint;

        /// <summary>A code of gRPC, before OTLP 0.5: 0 is OK, everything else an error.</summary>
        public const uint DeprecatedCode = 1 << 3 | Varint;
    }

    public static class LogRecord
    {
        public const uint Time = 1 << 3 | Fixed64;
        public const uint SeverityNumber = 2 << 3 | Varint;
        public const uint SeverityText = 3 << 3 | Length;
        public const uint Body = 5 << 3 | Length;
        public const uint Attributes = 6 << 3 | Length;
        public const uint Flags = 8 << 3 | Fixed32;
        public const uint TraceId = 9 << 3 | Length;
        public const uint SpanId = 10 << 3 | Length;
        public const uint ObservedTime = 11 << 3 | Fixed64;
        public const uint EventName = 12 << 3 | Length;
    }

    public static class Metric
    {
        public const uint Name = 1 << 3 | Length;
        public const uint Description = 2 << 3 | Length;
        public const uint Unit = 3 << 3 | Length;
        public const uint Gauge = 5 << 3 | Length;
        public const uint Sum = 7 << 3 | Length;
        public const uint Histogram = 9 << 3 | Length;
        public const uint ExponentialHistogram = 10 << 3 | Length;
        public const uint Summary = 11 << 3 | Length;
    }

    /// <summary>Gauge, Sum, Histogram, ExponentialHistogram and Summary.</summary>
    public static class MetricData
    {
        public const uint Points = 1 << 3 | Length;
        public const uint Temporality = 2 << 3 | Varint;
        public const uint IsMonotonic = 3 << 3 | Varint;
    }

    /// <summary>Fields that the points of all kinds have.</summary>
    public static class Point
    {
        public const uint StartTime = 2 << 3 | Fixed64;
        public const uint Time = 3 << 3 | Fixed64;
        public const uint Count = 4 << 3 | Fixed64;
        public const uint Sum = 5 << 3 | Fixed64;
    }

    public static class NumberPoint
    {
        public const uint Double = 4 << 3 | Fixed64;
        public const uint Exemplars = 5 << 3 | Length;
        public const uint Int = 6 << 3 | Fixed64;
        public const uint Attributes = 7 << 3 | Length;
        public const uint Flags = 8 << 3 | Varint;
    }

    public static class HistogramPoint
    {
        public const uint BucketCounts = 6 << 3 | Length;
        public const uint BucketCount = 6 << 3 | Fixed64;
        public const uint Bounds = 7 << 3 | Length;
        public const uint Bound = 7 << 3 | Fixed64;
        public const uint Exemplars = 8 << 3 | Length;
        public const uint Attributes = 9 << 3 | Length;
        public const uint Flags = 10 << 3 | Varint;
        public const uint Min = 11 << 3 | Fixed64;
        public const uint Max = 12 << 3 | Fixed64;
    }

    public static class ExponentialPoint
    {
        public const uint Attributes = 1 << 3 | Length;
        public const uint Scale = 6 << 3 | Varint;
        public const uint ZeroCount = 7 << 3 | Fixed64;
        public const uint Positive = 8 << 3 | Length;
        public const uint Negative = 9 << 3 | Length;
        public const uint Flags = 10 << 3 | Varint;
        public const uint Exemplars = 11 << 3 | Length;
        public const uint Min = 12 << 3 | Fixed64;
        public const uint Max = 13 << 3 | Fixed64;
        public const uint ZeroThreshold = 14 << 3 | Fixed64;
    }

    public static class Buckets
    {
        public const uint Offset = 1 << 3 | Varint;
        public const uint Counts = 2 << 3 | Length;
        public const uint Count = 2 << 3 | Varint;
    }

    public static class SummaryPoint
    {
        public const uint Quantiles = 6 << 3 | Length;
        public const uint Attributes = 7 << 3 | Length;
        public const uint Flags = 8 << 3 | Varint;
    }

    public static class QuantileValue
    {
        public const uint Quantile = 1 << 3 | Fixed64;
        public const uint Value = 2 << 3 | Fixed64;
    }

    public static class Exemplar
    {
        public const uint Time = 2 << 3 | Fixed64;
        public const uint Double = 3 << 3 | Fixed64;
        public const uint SpanId = 4 << 3 | Length;
        public const uint TraceId = 5 << 3 | Length;
        public const uint Int = 6 << 3 | Fixed64;
        public const uint Attributes = 7 << 3 | Length;
    }
}
