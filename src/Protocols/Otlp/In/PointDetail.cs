using Weir.Core.Columns;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// Writes the <c>detail</c> of a data point, empty when there is none:
/// <code>
/// histogram              {"counts":[1,0,2],"bounds":[5,10]}
/// exponential histogram  {"scale":3,"zeroCount":1,"zeroThreshold":0,"positive":{"offset":-4,"counts":[1,2]},"negative":{…}}
/// summary                {"quantiles":[{"quantile":0.5,"value":12}]}
/// every kind             {"exemplars":[{"time":ns,"value":1.5,"traceId":"…","spanId":"…","attributes":{…}}],"noRecordedValue":true}
/// </code>
/// Holds scratch memory; not thread-safe.
/// </summary>
internal sealed class PointDetail
{
    private readonly ByteBuffer _text = new();
    private readonly AttributeReader _attributes = new();

    /// <summary>Bytes of the text so far.</summary>
    public int Length => _text.Length;

    public void Begin() => _text.Clear();

    public ReadOnlySpan<byte> End()
    {
        if (_text.Length > 0)
            _text.AppendByte((byte)'}');
        return _text.Written;
    }

    public void AddFlag(ReadOnlySpan<byte> name)
    {
        Member(name);
        _text.Append("true"u8);
    }

    public bool AddHistogram(ReadOnlySpan<byte> point) =>
        AddNumbers(point, "counts"u8, Fields.HistogramPoint.BucketCounts, Fields.HistogramPoint.BucketCount, NumberKind.Fixed64)
        && AddNumbers(point, "bounds"u8, Fields.HistogramPoint.Bounds, Fields.HistogramPoint.Bound, NumberKind.Double);

    public bool AddExponentialHistogram(ReadOnlySpan<byte> point)
    {
        long scale = 0;
        ulong zeroCount = 0;
        double zeroThreshold = 0;
        ReadOnlySpan<byte> positive = default, negative = default;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.ExponentialPoint.Scale:
                    scale = reader.ZigZag();
                    break;
                case Fields.ExponentialPoint.ZeroCount:
                    zeroCount = reader.Fixed64();
                    break;
                case Fields.ExponentialPoint.ZeroThreshold:
                    zeroThreshold = reader.Double();
                    break;
                case Fields.ExponentialPoint.Positive:
                    positive = reader.Bytes();
                    break;
                case Fields.ExponentialPoint.Negative:
                    negative = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        Member("scale"u8);
        JsonText.AppendNumber(_text, scale);
        Member("zeroCount"u8);
        JsonText.AppendNumber(_text, zeroCount);
        Member("zeroThreshold"u8);
        JsonText.AppendNumber(_text, zeroThreshold);
        return !reader.Failed && AddBuckets("positive"u8, positive) && AddBuckets("negative"u8, negative);
    }

    public bool AddQuantiles(ReadOnlySpan<byte> point)
    {
        var first = true;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            if (reader.Tag != Fields.SummaryPoint.Quantiles)
            {
                reader.Skip();
                continue;
            }
            double quantile = 0, value = 0;
            var item = new ProtobufReader(reader.Bytes());
            while (item.Next())
            {
                switch (item.Tag)
                {
                    case Fields.QuantileValue.Quantile:
                        quantile = item.Double();
                        break;
                    case Fields.QuantileValue.Value:
                        value = item.Double();
                        break;
                    default:
                        item.Skip();
                        break;
                }
            }
            if (item.Failed || _text.Length > RequestBudget.MostTextBytes)
                return false;
            BeginItem("quantiles"u8, ref first);
            _text.Append("{\"quantile\":"u8);
            JsonText.AppendNumber(_text, quantile);
            _text.Append(",\"value\":"u8);
            JsonText.AppendNumber(_text, value);
            _text.AppendByte((byte)'}');
        }
        EndItems(first);
        return !reader.Failed;
    }

    public bool AddExemplars(ReadOnlySpan<byte> point, uint tag)
    {
        var first = true;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            if (reader.Tag != tag)
            {
                reader.Skip();
                continue;
            }
            BeginItem("exemplars"u8, ref first);
            if (!AddExemplar(reader.Bytes()) || _text.Length > RequestBudget.MostTextBytes)
                return false;
        }
        EndItems(first);
        return !reader.Failed;
    }

    private bool AddExemplar(ReadOnlySpan<byte> message)
    {
        ulong time = 0;
        double value = 0;
        ReadOnlySpan<byte> traceId = default, spanId = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Exemplar.Time:
                    time = reader.Fixed64();
                    break;
                case Fields.Exemplar.Double:
                    value = reader.Double();
                    break;
                case Fields.Exemplar.Int:
                    value = (long)reader.Fixed64();
                    break;
                case Fields.Exemplar.SpanId:
                    spanId = reader.Bytes();
                    break;
                case Fields.Exemplar.TraceId:
                    traceId = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed)
            return false;
        _text.Append("{\"time\":"u8);
        JsonText.AppendNumber(_text, time);
        _text.Append(",\"value\":"u8);
        JsonText.AppendNumber(_text, value);
        _text.Append(",\"traceId\":"u8);
        JsonText.AppendHex(_text, traceId);
        _text.Append(",\"spanId\":"u8);
        JsonText.AppendHex(_text, spanId);
        _text.Append(",\"attributes\":{"u8);
        var target = new TextTarget(_text);
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Exemplar.Attributes)
                reader.Skip();
            else if (!_attributes.Add(reader.Bytes(), ref target))
                return false;
        }
        _text.Append("}}"u8);
        return true;
    }

    private bool AddBuckets(ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        long offset = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag == Fields.Buckets.Offset)
                offset = reader.ZigZag();
            else
                reader.Skip();
        }
        if (reader.Failed)
            return false;
        Member(name);
        _text.Append("{\"offset\":"u8);
        JsonText.AppendNumber(_text, offset);
        if (!AddNumbers(message, "counts"u8, Fields.Buckets.Counts, Fields.Buckets.Count, NumberKind.Varint))
            return false;
        _text.AppendByte((byte)'}');
        return true;
    }

    private enum NumberKind
    {
        Fixed64,
        Double,
        Varint,
    }

    /// <summary>Adds an array of numbers, which come packed or one field each.</summary>
    private bool AddNumbers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, uint packedTag, uint singleTag, NumberKind kind)
    {
        Member(name);
        _text.AppendByte((byte)'[');
        var first = true;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag == packedTag)
            {
                var packed = reader.Bytes();
                var numbers = new ProtobufReader(packed);
                while (numbers.Position < packed.Length)
                    AddNumber(ref numbers, kind, ref first);
                if (numbers.Failed)
                    return false;
            }
            else if (reader.Tag == singleTag)
            {
                AddNumber(ref reader, kind, ref first);
            }
            else
            {
                reader.Skip();
            }
        }
        _text.AppendByte((byte)']');
        return !reader.Failed;
    }

    private void AddNumber(ref ProtobufReader reader, NumberKind kind, ref bool first)
    {
        if (!first)
            _text.AppendByte((byte)',');
        first = false;
        switch (kind)
        {
            case NumberKind.Fixed64:
                JsonText.AppendNumber(_text, reader.Fixed64());
                break;
            case NumberKind.Double:
                JsonText.AppendNumber(_text, reader.Double());
                break;
            default:
                JsonText.AppendNumber(_text, reader.Varint());
                break;
        }
    }

    private void Member(ReadOnlySpan<byte> name)
    {
        // Inside a bucket object the text ends with a value, at the start it is empty.
        _text.AppendByte((byte)(_text.Length == 0 ? '{' : ','));
        _text.AppendByte((byte)'"');
        _text.Append(name);
        _text.Append("\":"u8);
    }

    private void BeginItem(ReadOnlySpan<byte> array, ref bool first)
    {
        if (first)
        {
            Member(array);
            _text.AppendByte((byte)'[');
            first = false;
        }
        else
        {
            _text.AppendByte((byte)',');
        }
    }

    private void EndItems(bool none)
    {
        if (!none)
            _text.AppendByte((byte)']');
    }
}
