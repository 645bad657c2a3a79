using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of <c>logs</c>: OpenTelemetry log records and CloudWatch Logs events.
/// </summary>
public sealed class LogBlock : Block
{
    public LogBlock()
        : base(Signal.Logs)
    {
        Time = Add(new FixedColumn<long>("time", StoredTypes.Time));
        ReceivedAt = Add(new FixedColumn<long>("received_at", StoredTypes.Time));
        Sequence = Add(new FixedColumn<ulong>("sequence", "UInt64"));
        Environment = Add(new LowCardinalityColumn("environment", IngestLimits.MostNameBytes));
        Protocol = Add(new LowCardinalityColumn("protocol"));
        Service = Add(new LowCardinalityColumn("service", IngestLimits.MostNameBytes));
        SeverityNumber = Add(new FixedColumn<byte>("severity_number", "UInt8"));
        Severity = Add(new LowCardinalityColumn("severity"));
        Body = Add(new StringColumn("body"));
        TraceId = Add(new IdColumn("trace_id", 16));
        SpanId = Add(new IdColumn("span_id", 8));
        TraceIdFrom = Add(new FixedColumn<TraceIdFrom>("trace_id_from", StoredTypes.TraceIdFrom));
        LogGroup = Add(new LowCardinalityColumn("log_group", IngestLimits.MostNameBytes));
        LogStream = Add(new LowCardinalityColumn("log_stream", IngestLimits.MostNameBytes));
        EventName = Add(new LowCardinalityColumn("event_name", IngestLimits.MostNameBytes));
        ScopeName = Add(new LowCardinalityColumn("scope_name", IngestLimits.MostNameBytes));
        Flags = Add(new FixedColumn<uint>("flags", "UInt32"));
        SampleRate = Add(new FixedColumn<uint>("sample_rate", "UInt32"));
        Resource = Add(new LowCardinalityColumn("resource"));
        Attributes = Add(new JsonColumn("attributes", StoredTypes.Attributes));
    }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> Time { get; }

    /// <summary>Time at which Weir received it: nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> ReceivedAt { get; }

    /// <summary>Unique and increasing in the order received: it orders lines with equal times and is the id of the line.</summary>
    public FixedColumn<ulong> Sequence { get; }

    /// <summary>The environment of the key; "default" in open mode.</summary>
    public LowCardinalityColumn Environment { get; }

    /// <summary>A constant of <see cref="WireProtocol"/>.</summary>
    public LowCardinalityColumn Protocol { get; }

    public LowCardinalityColumn Service { get; }

    /// <summary>OpenTelemetry's 1-24; 0 when unknown.</summary>
    public FixedColumn<byte> SeverityNumber { get; }

    /// <summary>trace, debug, info, warn, error, fatal, or empty.</summary>
    public LowCardinalityColumn Severity { get; }

    public StringColumn Body { get; }

    /// <summary>Zeros when there is none.</summary>
    public IdColumn TraceId { get; }

    public IdColumn SpanId { get; }

    public FixedColumn<TraceIdFrom> TraceIdFrom { get; }

    /// <summary>Empty for OpenTelemetry.</summary>
    public LowCardinalityColumn LogGroup { get; }

    public LowCardinalityColumn LogStream { get; }

    public LowCardinalityColumn EventName { get; }

    public LowCardinalityColumn ScopeName { get; }

    public FixedColumn<uint> Flags { get; }

    /// <summary>Sample rate: the number of lines that this one represents; 0 means 1.</summary>
    public FixedColumn<uint> SampleRate { get; }

    /// <summary>Resource attributes as JSON text, one object. Rows repeat it, so it compresses to almost nothing.</summary>
    public LowCardinalityColumn Resource { get; }

    /// <summary>All other attributes with their types.</summary>
    public JsonColumn Attributes { get; }
}
