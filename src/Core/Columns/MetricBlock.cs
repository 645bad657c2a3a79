using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of <c>metrics</c>: one row per data point.
/// </summary>
public sealed class MetricBlock : Block
{
    public MetricBlock()
        : base(Signal.Metrics)
    {
        Time = Add(new FixedColumn<long>("time", StoredTypes.Time));
        StartTime = Add(new FixedColumn<long>("start_time", StoredTypes.Time));
        ReceivedAt = Add(new FixedColumn<long>("received_at", StoredTypes.Time));
        Environment = Add(new LowCardinalityColumn("environment", IngestLimits.MostNameBytes));
        Protocol = Add(new LowCardinalityColumn("protocol"));
        Service = Add(new LowCardinalityColumn("service", IngestLimits.MostNameBytes));
        Name = Add(new LowCardinalityColumn("name", IngestLimits.MostNameBytes));
        Description = Add(new LowCardinalityColumn("description", IngestLimits.MostNameBytes));
        Unit = Add(new LowCardinalityColumn("unit", IngestLimits.MostNameBytes));
        Type = Add(new FixedColumn<MetricType>("type", StoredTypes.MetricType));
        Temporality = Add(new FixedColumn<Temporality>("temporality", StoredTypes.Temporality));
        Monotonic = Add(new FixedColumn<byte>("monotonic", "UInt8"));
        Value = Add(new FixedColumn<double>("value", "Float64"));
        ObservationCount = Add(new FixedColumn<ulong>("count", "UInt64"));
        Sum = Add(new FixedColumn<double>("sum", "Float64"));
        Min = Add(new FixedColumn<double>("min", "Float64"));
        Max = Add(new FixedColumn<double>("max", "Float64"));
        Detail = Add(new StringColumn("detail"));
        ScopeName = Add(new LowCardinalityColumn("scope_name", IngestLimits.MostNameBytes));
        Resource = Add(new LowCardinalityColumn("resource"));
        Attributes = Add(new JsonColumn("attributes", StoredTypes.Attributes));
    }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> Time { get; }

    /// <summary>Start of the interval; 0 when unknown.</summary>
    public FixedColumn<long> StartTime { get; }

    /// <summary>Time at which Weir received it: nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> ReceivedAt { get; }

    /// <summary>The environment of the key; "default" in open mode.</summary>
    public LowCardinalityColumn Environment { get; }

    /// <summary>A constant of <see cref="WireProtocol"/>.</summary>
    public LowCardinalityColumn Protocol { get; }

    public LowCardinalityColumn Service { get; }

    public LowCardinalityColumn Name { get; }

    public LowCardinalityColumn Description { get; }

    public LowCardinalityColumn Unit { get; }

    public FixedColumn<MetricType> Type { get; }

    public FixedColumn<Temporality> Temporality { get; }

    public FixedColumn<byte> Monotonic { get; }

    /// <summary>For gauges and sums.</summary>
    public FixedColumn<double> Value { get; }

    /// <summary>For histograms and summaries.</summary>
    public FixedColumn<ulong> ObservationCount { get; }

    public FixedColumn<double> Sum { get; }

    public FixedColumn<double> Min { get; }

    public FixedColumn<double> Max { get; }

    /// <summary>Buckets, bounds, quantiles, exemplars as JSON text; empty for plain numbers.</summary>
    public StringColumn Detail { get; }

    public LowCardinalityColumn ScopeName { get; }

    /// <summary>Resource attributes as JSON text, one object. Rows repeat it, so it compresses to almost nothing.</summary>
    public LowCardinalityColumn Resource { get; }

    /// <summary>All other attributes with their types.</summary>
    public JsonColumn Attributes { get; }
}
