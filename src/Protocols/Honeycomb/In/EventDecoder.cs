using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>What the decoder is told besides the bytes.</summary>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
internal readonly record struct EventContext(string Environment, string Dataset, long ReceivedAt);

/// <summary>
/// Wide events to rows of <see cref="EventBlock"/>. A single event is its fields, a batch is
/// <c>[{"data":{"name":"x","duration_ms":1.5},"time":"2026-11-20T12:00:00Z","samplerate":2}, …]</c>. Numbers and booleans keep their
/// type, null is not stored, objects and arrays are kept as JSON text. Not thread-safe.
/// </summary>
internal sealed class EventDecoder
{
    private const int MostColumns = 2000;
    private const int LongestField = 1 << 20;
    private readonly ByteBuffer _key = new();
    private readonly ByteBuffer _text = new();

    /// <summary>Appends the one event; the fault says why not, and then the block is to be thrown away.</summary>
    public Fault? DecodeEvent(ReadOnlySpan<byte> json, EventBlock block, in EventContext context, string time, string sampleRate)
    {
        if (json.IsEmpty)
            return HoneycombFaults.Empty;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return HoneycombFaults.Unreadable;
            var fields = DecodeFields(json, ref reader, block, context, out var row);
            if (reader.Read())
                return HoneycombFaults.Unreadable;
            if (fields is 0 or > MostColumns)
                return fields == 0 ? HoneycombFaults.Empty : HoneycombFaults.TooManyColumns;
            row.Time = EventTime.Parse(time, context.ReceivedAt);
            row.SampleRate = uint.TryParse(sampleRate, out var rate) ? rate : 0;
            EndRow(block, context, row);
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return HoneycombFaults.Unreadable;
        }
    }

    /// <summary>
    /// Appends the batch's events. <paramref name="statuses"/> gets one entry an event, in order: null when it is a row. A fault means
    /// the text can't be read: throw the block away.
    /// </summary>
    public Fault? DecodeBatch(ReadOnlySpan<byte> json, EventBlock block, in EventContext context, List<Fault?> statuses)
    {
        if (json.IsEmpty)
            return HoneycombFaults.Empty;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return HoneycombFaults.Unreadable;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                statuses.Add(DecodeItem(json, ref reader, block, context));
            return reader.Read() ? HoneycombFaults.Unreadable : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return HoneycombFaults.Unreadable;
        }
    }

    private Fault? DecodeItem(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, in EventContext context)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return HoneycombFaults.Unreadable;
        }
        var row = new Row();
        var time = "";
        var fields = 0;
        uint sampleRate = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            var isTime = reader.ValueTextEquals("time"u8);
            var isRate = reader.ValueTextEquals("samplerate"u8);
            reader.Read();
            if (isData && reader.TokenType == JsonTokenType.StartObject && fields == 0)
            {
                fields = DecodeFields(json, ref reader, block, context, out row);
                continue;
            }
            if (isTime && reader.TokenType is JsonTokenType.String)
                time = reader.GetString()!;
            else if (isTime && reader.TokenType is JsonTokenType.Number)
                time = Encoding.UTF8.GetString(reader.ValueSpan);
            else if (isRate && reader.TokenType == JsonTokenType.Number)
                reader.TryGetUInt32(out sampleRate);
            else
                reader.Skip();
        }
        if (fields is 0 or > MostColumns)
            return fields == 0 ? HoneycombFaults.Empty : HoneycombFaults.TooManyColumns;
        row.Time = EventTime.Parse(time, context.ReceivedAt);
        row.SampleRate = sampleRate;
        EndRow(block, context, row);
        return null;
    }

    /// <summary>What of an event goes to columns of its own.</summary>
    private struct Row
    {
        public long Time;
        public uint SampleRate;
        public TraceId TraceId;
        public SpanId SpanId;
        public SpanId ParentSpanId;
        public ulong DurationNs;
        public string? Name;
        public string? Service;
    }

    /// <summary>Adds the fields of the object the reader is at to the row's attributes, unless there are none or too many; how many there are.</summary>
    private int DecodeFields(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, in EventContext context, out Row row)
    {
        row = new Row();
        var fields = Count(reader);
        if (fields is 0 or > MostColumns)
        {
            reader.Skip();
            return fields;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _key.Clear();
            var room = _key.Reserve(reader.ValueSpan.Length);
            _key.Truncate(reader.CopyString(room));
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
                AddField(json, ref reader, block, ref row);
        }
        return fields;
    }

    /// <summary>Looks ahead with a copy of the reader, so that no row is begun for an event that is refused.</summary>
    private static int Count(Utf8JsonReader reader)
    {
        var fields = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            reader.Skip();
            fields += reader.TokenType == JsonTokenType.Null ? 0 : 1;
        }
        return fields;
    }

    private void AddField(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, ref Row row)
    {
        var key = _key.Written;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                _text.Clear();
                var room = _text.Reserve(reader.ValueSpan.Length);
                _text.Truncate(reader.CopyString(room));
                block.Attributes.Add(key, _text.Written);
                TakeText(key, _text.Written, ref row);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                block.Attributes.Add(key, reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Number when Utf8Parser.TryParse(reader.ValueSpan, out long whole, out var used) && used == reader.ValueSpan.Length:
                block.Attributes.Add(key, whole);
                TakeNumber(key, whole, ref row);
                break;
            case JsonTokenType.Number:
                var number = reader.GetDouble();
                block.Attributes.Add(key, number);
                TakeNumber(key, number, ref row);
                break;
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                block.Attributes.Add(key, json[start..(int)reader.BytesConsumed]);
                break;
        }
    }

    private static void TakeText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref Row row)
    {
        switch (key)
        {
            case var _ when key.SequenceEqual("trace.trace_id"u8):
                row.TraceId = TraceId.TryParse(value, out var traceId) ? traceId : default;
                break;
            case var _ when key.SequenceEqual("trace.span_id"u8):
                row.SpanId = SpanId.TryParse(value, out var spanId) ? spanId : default;
                break;
            case var _ when key.SequenceEqual("trace.parent_id"u8):
                row.ParentSpanId = SpanId.TryParse(value, out var parentId) ? parentId : default;
                break;
            case var _ when key.SequenceEqual("name"u8):
                row.Name = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestField)]);
                break;
            case var _ when key.SequenceEqual("service.name"u8) || (row.Service is null && key.SequenceEqual("service_name"u8)):
                row.Service = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestField)]).Trim();
                break;
        }
    }

    private static void TakeNumber(ReadOnlySpan<byte> key, double value, ref Row row)
    {
        if (key.SequenceEqual("duration_ms"u8) && value is > 0 and < 1e12)
            row.DurationNs = (ulong)(value * 1e6);
    }

    private static void EndRow(EventBlock block, in EventContext context, in Row row)
    {
        block.Time.Append(row.Time);
        block.ReceivedAt.Append(context.ReceivedAt);
        block.Environment.Append(context.Environment);
        block.Protocol.Append(WireProtocol.Honeycomb);
        block.Service.Append(string.IsNullOrEmpty(row.Service) ? context.Dataset : row.Service);
        block.Dataset.Append(context.Dataset);
        block.Name.Append(row.Name ?? "");
        block.TraceId.Append(row.TraceId);
        block.SpanId.Append(row.SpanId);
        block.ParentSpanId.Append(row.ParentSpanId);
        block.DurationNs.Append(row.DurationNs);
        block.SampleRate.Append(row.SampleRate);
        block.EndRow();
    }
}
