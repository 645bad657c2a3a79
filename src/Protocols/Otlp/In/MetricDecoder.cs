using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>Metrics of an ExportMetricsServiceRequest to rows of <see cref="MetricBlock"/>, one a data point.</summary>
internal sealed class MetricDecoder : RecordDecoder
{
    /// <summary>Flag of a point which says that its series has ended.</summary>
    private const ulong NoRecordedValue = 1;

    private readonly PointDetail _detail = new();

    /// <summary>Of the point that is being decoded, in nanoseconds since 1970.</summary>
    private long _time;

    // The header of metrics counts with keys of either kind.
    protected override bool TakesDataset(bool isClassic) => true;

    protected override ReadOnlySpan<byte> ServiceWithoutName(ReadOnlySpan<byte> dataset) => dataset.IsEmpty ? "unknown_metrics"u8 : dataset;

    private ref struct MetricFacts
    {
        public ReadOnlySpan<byte> Name;
        public ReadOnlySpan<byte> Description;
        public ReadOnlySpan<byte> Unit;
        public MetricType Type;
        public Temporality Temporality;
        public bool IsMonotonic;
    }

    protected override bool DecodeRecord(ReadOnlySpan<byte> message, scoped in Origin origin)
    {
        var metric = new MetricFacts();
        ReadOnlySpan<byte> data = default;
        var hasData = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Metric.Name:
                    metric.Name = reader.Bytes();
                    break;
                case Fields.Metric.Description:
                    metric.Description = reader.Bytes();
                    break;
                case Fields.Metric.Unit:
                    metric.Unit = reader.Bytes();
                    break;
                case Fields.Metric.Gauge:
                case Fields.Metric.Sum:
                case Fields.Metric.Histogram:
                case Fields.Metric.ExponentialHistogram:
                case Fields.Metric.Summary:
                    metric.Type = TypeOf(reader.Tag);
                    data = reader.Bytes();
                    hasData = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return !reader.Failed && (!hasData || DecodeData(data, metric, origin));
    }

    private static MetricType TypeOf(uint tag) => tag switch
    {
        Fields.Metric.Sum => MetricType.Sum,
        Fields.Metric.Histogram => MetricType.Histogram,
        Fields.Metric.ExponentialHistogram => MetricType.ExponentialHistogram,
        Fields.Metric.Summary => MetricType.Summary,
        _ => MetricType.Gauge,
    };

    private bool DecodeData(ReadOnlySpan<byte> data, MetricFacts metric, scoped in Origin origin)
    {
        var reader = new ProtobufReader(data);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.MetricData.Temporality:
                    var value = reader.Varint();
                    metric.Temporality = value <= (ulong)Temporality.Cumulative ? (Temporality)value : Temporality.Unspecified;
                    break;
                case Fields.MetricData.IsMonotonic:
                    metric.IsMonotonic = reader.Varint() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed)
            return false;
        reader = new ProtobufReader(data);
        while (reader.Next())
        {
            if (reader.Tag != Fields.MetricData.Points)
                reader.Skip();
            else if (!DecodePoint(reader.Bytes(), metric, origin))
                return false;
        }
        return true;
    }

    private bool DecodePoint(ReadOnlySpan<byte> point, scoped in MetricFacts metric, scoped in Origin origin)
    {
        Count();
        var block = Batch.Metrics;
        var ok = metric.Type switch
        {
            MetricType.Histogram => DecodeDistribution(point, block, metric.Type, HistogramFields),
            MetricType.ExponentialHistogram => DecodeDistribution(point, block, metric.Type, ExponentialFields),
            MetricType.Summary => DecodeDistribution(point, block, metric.Type, SummaryFields),
            _ => DecodeNumber(point, block),
        };
        // A metric's message was charged once; data that its points add is charged for each.
        Budget.Charge(_detail.Length + origin.Scope.Length);
        if (!ok || Budget.IsSpent || Batch.Rows >= IngestLimits.MostRows + 1)
            return false;
        if (_time < Oldest(Signal.Metrics))
        {
            block.CancelRow();
            RejectExpired();
            return true;
        }
        block.ReceivedAt.Append(ReceivedAt);
        block.Environment.Append(Environment);
        block.Protocol.Append(Otlp);
        block.Service.Append(origin.Service);
        block.Name.Append(metric.Name);
        block.Description.Append(metric.Description);
        block.Unit.Append(metric.Unit);
        block.Type.Append(metric.Type);
        block.Temporality.Append(metric.Temporality);
        block.Monotonic.Append(metric.IsMonotonic ? (byte)1 : (byte)0);
        block.ScopeName.Append(origin.ScopeName);
        block.Resource.Append(origin.ResourceText);
        if (origin.ScopeHasAttributes && !AddScopeAttributes(origin, block.Attributes))
            return false;
        block.EndRow();
        return true;
    }

    private bool AddAttribute(ReadOnlySpan<byte> keyValue, MetricBlock block)
    {
        var target = new ColumnTarget(block.Attributes);
        return Attributes.Add(keyValue, ref target);
    }

    private void AppendTimes(MetricBlock block, ulong start, ulong time)
    {
        block.StartTime.Append(TimeOr(start, 0, ReceivedAt));
        _time = TimeOr(time, ReceivedAt);
        block.Time.Append(_time);
    }

    private bool DecodeNumber(ReadOnlySpan<byte> point, MetricBlock block)
    {
        ulong start = 0, time = 0, flags = 0;
        double value = 0;
        _detail.Begin();
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Point.StartTime:
                    start = reader.Fixed64();
                    break;
                case Fields.Point.Time:
                    time = reader.Fixed64();
                    break;
                case Fields.NumberPoint.Double:
                    value = reader.Double();
                    break;
                case Fields.NumberPoint.Int:
                    value = (long)reader.Fixed64();
                    break;
                case Fields.NumberPoint.Flags:
                    flags = reader.Varint();
                    break;
                case Fields.NumberPoint.Attributes:
                    if (!AddAttribute(reader.Bytes(), block))
                        return false;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed || !_detail.AddExemplars(point, Fields.NumberPoint.Exemplars))
            return false;
        if ((flags & NoRecordedValue) != 0)
        {
            value = double.NaN;
            _detail.AddFlag("noRecordedValue"u8);
        }
        AppendTimes(block, start, time);
        block.Value.Append(value);
        block.Detail.Append(_detail.End());
        return true;
    }

    /// <summary>Field numbers that differ between points of histograms and summaries; 0 where there is no such field.</summary>
    private readonly record struct DistributionFields(uint Attributes, uint Flags, uint Exemplars, uint Min, uint Max);

    private static readonly DistributionFields HistogramFields = new(
        Fields.HistogramPoint.Attributes, Fields.HistogramPoint.Flags, Fields.HistogramPoint.Exemplars, Fields.HistogramPoint.Min, Fields.HistogramPoint.Max);

    private static readonly DistributionFields ExponentialFields = new(
        Fields.ExponentialPoint.Attributes, Fields.ExponentialPoint.Flags, Fields.ExponentialPoint.Exemplars, Fields.ExponentialPoint.Min, Fields.ExponentialPoint.Max);

    private static readonly DistributionFields SummaryFields = new(Fields.SummaryPoint.Attributes, Fields.SummaryPoint.Flags, 0, 0, 0);

    private bool DecodeDistribution(ReadOnlySpan<byte> point, MetricBlock block, MetricType type, in DistributionFields fields)
    {
        ulong start = 0, time = 0, count = 0, flags = 0;
        double? sum = null, min = null, max = null;
        _detail.Begin();
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Point.StartTime:
                    start = reader.Fixed64();
                    break;
                case Fields.Point.Time:
                    time = reader.Fixed64();
                    break;
                case Fields.Point.Count:
                    count = reader.Fixed64();
                    break;
                case Fields.Point.Sum:
                    sum = reader.Double();
                    break;
                case var tag when tag == fields.Min:
                    min = reader.Double();
                    break;
                case var tag when tag == fields.Max:
                    max = reader.Double();
                    break;
                case var tag when tag == fields.Flags:
                    flags = reader.Varint();
                    break;
                case var tag when tag == fields.Attributes:
                    if (!AddAttribute(reader.Bytes(), block))
                        return false;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed || !AddDetail(point, type) || (fields.Exemplars != 0 && !_detail.AddExemplars(point, fields.Exemplars)))
            return false;
        AppendDistribution(block, type, start, time, count, sum, min, max, flags);
        return true;
    }

    private bool AddDetail(ReadOnlySpan<byte> point, MetricType type) => type switch
    {
        MetricType.Histogram => _detail.AddHistogram(point),
        MetricType.ExponentialHistogram => _detail.AddExponentialHistogram(point),
        _ => _detail.AddQuantiles(point),
    };

    private void AppendDistribution(
        MetricBlock block, MetricType type, ulong start, ulong time, ulong count, double? sum, double? min, double? max, ulong flags)
    {
        AppendTimes(block, start, time);
        block.ObservationCount.Append(count);
        block.Sum.Append(sum ?? 0);
        block.Min.Append(min ?? 0);
        block.Max.Append(max ?? 0);
        if (min is null || max is null)
            _detail.AddFlag("noMinMax"u8);
        // Where values can be negative, histograms have no sum.
        if (sum is null && count > 0 && type != MetricType.Summary)
            _detail.AddFlag("noSum"u8);
        if ((flags & NoRecordedValue) != 0)
            _detail.AddFlag("noRecordedValue"u8);
        block.Detail.Append(_detail.End());
    }
}
