using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of <c>events</c>: Honeycomb's wide events that are not spans, and the events and links of OpenTelemetry's spans.
/// </summary>
public sealed class EventBlock : Block
{
    public EventBlock()
        : base(Signal.Events)
    {
        Time = Add(new FixedColumn<long>("time", StoredTypes.Time));
        ReceivedAt = Add(new FixedColumn<long>("received_at", StoredTypes.Time));
        Environment = Add(new LowCardinalityColumn("environment", IngestLimits.MostNameBytes));
        Protocol = Add(new LowCardinalityColumn("protocol"));
        Service = Add(new LowCardinalityColumn("service", IngestLimits.MostNameBytes));
        Dataset = Add(new LowCardinalityColumn("dataset", IngestLimits.MostNameBytes));
        Name = Add(new LowCardinalityColumn("name", IngestLimits.MostNameBytes));
        TraceId = Add(new IdColumn("trace_id", 16));
        SpanId = Add(new IdColumn("span_id", 8));
        ParentSpanId = Add(new IdColumn("parent_span_id", 8));
        DurationNs = Add(new FixedColumn<ulong>("duration_ns", "UInt64"));
        SampleRate = Add(new FixedColumn<uint>("sample_rate", "UInt32"));
        Resource = Add(new LowCardinalityColumn("resource"));
        Attributes = Add(new JsonColumn("attributes", StoredTypes.Attributes));
    }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> Time { get; }

    /// <summary>Time at which Weir received it: nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> ReceivedAt { get; }

    /// <summary>The environment of the key; "default" in open mode.</summary>
    public LowCardinalityColumn Environment { get; }

    /// <summary>A constant of <see cref="WireProtocol"/>.</summary>
    public LowCardinalityColumn Protocol { get; }

    public LowCardinalityColumn Service { get; }

    public LowCardinalityColumn Dataset { get; }

    public LowCardinalityColumn Name { get; }

    /// <summary>Zeros when there is none.</summary>
    public IdColumn TraceId { get; }

    public IdColumn SpanId { get; }

    public IdColumn ParentSpanId { get; }

    public FixedColumn<ulong> DurationNs { get; }

    /// <summary>Sample rate: the number of events that this one represents; 0 means 1.</summary>
    public FixedColumn<uint> SampleRate { get; }

    /// <summary>Resource attributes as JSON text, one object. Rows repeat it, so it compresses to almost nothing.</summary>
    public LowCardinalityColumn Resource { get; }

    /// <summary>All other attributes with their types.</summary>
    public JsonColumn Attributes { get; }
}
