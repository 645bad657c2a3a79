namespace Weir.Core.Columns;

/// <summary>ClickHouse types shared by the blocks and the schema; a test compares both.</summary>
internal static class StoredTypes
{
    public const string Time = "DateTime64(9, 'UTC')";

    /// <summary>Attribute keys beyond 256 per part are stored as shared data: slower to query, but never rejected.</summary>
    public const string Attributes = "JSON(max_dynamic_paths=256)";
    public const string Kind =
        "Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5, 'segment' = 6, 'subsegment' = 7)";

    public const string Status = "Enum8('unset' = 0, 'ok' = 1, 'error' = 2)";
    public const string TraceIdFrom = "Enum8('none' = 0, 'field' = 1, 'text' = 2)";
    public const string MetricType =
        "Enum8('gauge' = 0, 'sum' = 1, 'histogram' = 2, 'exponential_histogram' = 3, 'summary' = 4)";

    public const string Temporality = "Enum8('unspecified' = 0, 'delta' = 1, 'cumulative' = 2)";
}

/// <summary>Numbers of the <c>kind</c> column of spans: OpenTelemetry's, then X-Ray's two.</summary>
public enum SpanKind : sbyte
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
    Segment = 6,
    Subsegment = 7,
}

/// <summary>Numbers of the <c>status</c> column of spans, as in OpenTelemetry.</summary>
public enum SpanStatus : sbyte
{
    Unset = 0,
    Ok = 1,
    Error = 2,
}

/// <summary>Origin of the trace id of a log line or occurrence: a field of the record, or found in its text.</summary>
public enum TraceIdFrom : sbyte
{
    None = 0,
    Field = 1,
    Text = 2,
}

/// <summary>Numbers of the <c>type</c> column of metrics.</summary>
public enum MetricType : sbyte
{
    Gauge = 0,
    Sum = 1,
    Histogram = 2,
    ExponentialHistogram = 3,
    Summary = 4,
}

/// <summary>Aggregation temporality as OpenTelemetry numbers it.</summary>
public enum Temporality : sbyte
{
    Unspecified = 0,
    Delta = 1,
    Cumulative = 2,
}
