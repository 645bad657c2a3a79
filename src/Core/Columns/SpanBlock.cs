using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of <c>spans</c>: OpenTelemetry spans, X-Ray segments and subsegments. Only <see cref="TraceId"/>, <see cref="SpanId"/>,
/// <see cref="StartTime"/> and <see cref="Name"/> are required; attributes use OpenTelemetry's names for every protocol.
/// </summary>
public sealed class SpanBlock : Block
{
    public SpanBlock()
        : base(Signal.Spans)
    {
        TraceId = Add(new IdColumn("trace_id", 16));
        SpanId = Add(new IdColumn("span_id", 8));
        ParentSpanId = Add(new IdColumn("parent_span_id", 8));
        StartTime = Add(new FixedColumn<long>("start_time", StoredTypes.Time));
        DurationNs = Add(new FixedColumn<ulong>("duration_ns", "UInt64"));
        ReceivedAt = Add(new FixedColumn<long>("received_at", StoredTypes.Time));
        Environment = Add(new LowCardinalityColumn("environment", IngestLimits.MostNameBytes));
        Protocol = Add(new LowCardinalityColumn("protocol"));
        Service = Add(new LowCardinalityColumn("service", IngestLimits.MostNameBytes));
        Name = Add(new LowCardinalityColumn("name", IngestLimits.MostNameBytes));
        Kind = Add(new FixedColumn<SpanKind>("kind", StoredTypes.Kind));
        Status = Add(new FixedColumn<SpanStatus>("status", StoredTypes.Status));
        StatusMessage = Add(new StringColumn("status_message"));
        InProgress = Add(new FixedColumn<byte>("in_progress", "UInt8"));
        TraceState = Add(new StringColumn("trace_state"));
        Flags = Add(new FixedColumn<uint>("flags", "UInt32"));
        ScopeName = Add(new LowCardinalityColumn("scope_name", IngestLimits.MostNameBytes));
        ScopeVersion = Add(new LowCardinalityColumn("scope_version", IngestLimits.MostNameBytes));
        SampleRate = Add(new FixedColumn<uint>("sample_rate", "UInt32"));
        Resource = Add(new LowCardinalityColumn("resource"));
        Attributes = Add(new JsonColumn("attributes", StoredTypes.Attributes));
        Events = Add(new StringColumn("events"));
        Links = Add(new StringColumn("links"));
        Document = Add(new StringColumn("document"));
    }

    public IdColumn TraceId { get; }

    public IdColumn SpanId { get; }

    /// <summary>Zeros when there is none.</summary>
    public IdColumn ParentSpanId { get; }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> StartTime { get; }

    /// <summary>Zero while in progress and when the end is before the start.</summary>
    public FixedColumn<ulong> DurationNs { get; }

    /// <summary>Time at which Weir received it: nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> ReceivedAt { get; }

    /// <summary>The environment of the key; "default" in open mode.</summary>
    public LowCardinalityColumn Environment { get; }

    /// <summary>A constant of <see cref="WireProtocol"/>.</summary>
    public LowCardinalityColumn Protocol { get; }

    public LowCardinalityColumn Service { get; }

    public LowCardinalityColumn Name { get; }

    public FixedColumn<SpanKind> Kind { get; }

    public FixedColumn<SpanStatus> Status { get; }

    public StringColumn StatusMessage { get; }

    /// <summary>1 for an X-Ray document sent before its end.</summary>
    public FixedColumn<byte> InProgress { get; }

    public StringColumn TraceState { get; }

    public FixedColumn<uint> Flags { get; }

    public LowCardinalityColumn ScopeName { get; }

    public LowCardinalityColumn ScopeVersion { get; }

    /// <summary>Sample rate: the number of requests that this one represents; 0 means 1.</summary>
    public FixedColumn<uint> SampleRate { get; }

    /// <summary>Resource attributes as JSON text, one object. Rows repeat it, so it compresses to almost nothing.</summary>
    public LowCardinalityColumn Resource { get; }

    /// <summary>All other attributes with their types.</summary>
    public JsonColumn Attributes { get; }

    /// <summary>Span events as JSON text: <c>[{"time":ns,"name":"…","attributes":{…}}]</c>; empty when none.</summary>
    public StringColumn Events { get; }

    /// <summary>Links as JSON text: <c>[{"traceId":"…","spanId":"…","attributes":{…}}]</c>; empty when none.</summary>
    public StringColumn Links { get; }

    /// <summary>The X-Ray document as received; empty for OpenTelemetry.</summary>
    public StringColumn Document { get; }
}
