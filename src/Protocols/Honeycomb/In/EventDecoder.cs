using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>
/// Wide events in JSON to rows of <see cref="EventBlock"/>. A single event is its fields, a batch is
/// <c>[{"data":{"name":"x","duration_ms":1.5},"time":"2026-11-20T12:00:00Z","samplerate":2}, …]</c>. Numbers and booleans keep their
/// type, null is not stored, objects and arrays are kept as JSON text unless the dataset expands them. Not thread-safe.
/// </summary>
internal sealed class EventDecoder
{
    private readonly ByteBuffer _key = new();
    private readonly ByteBuffer _text = new();

    /// <summary>Bytes of keys that fields of expanded objects repeat.</summary>
    private long _repeated;

    /// <summary>Values deeper than columns are kept as text and need no stack, so this only limits the reader's own memory.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1 << 16 };

    private delegate Fault? Pass(ReadOnlySpan<byte> json);

    /// <summary>Appends one event; on a fault the block must be discarded.</summary>
    public Fault? DecodeEvent(ReadOnlySpan<byte> json, EventBlock block, EventContext context, string time, string sampleRate) =>
        Repairing(json, block, context, text =>
        {
            var reader = new Utf8JsonReader(text, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return HoneycombFaults.Unreadable;
            var fields = DecodeFields(text, ref reader, block, context, out var row);
            if (reader.Read())
                return HoneycombFaults.Unreadable;
            if (fields is 0 or > EventRow.MostColumns)
                return fields == 0 ? HoneycombFaults.Empty : HoneycombFaults.TooManyColumns;
            row.Time = EventTime.Parse(time, context.ReceivedAt, out row.TimeRepair);
            row.SampleRate = EventRate.Of(sampleRate);
            return row.End(block, context);
        });

    /// <summary>
    /// Appends the batch's events. <paramref name="statuses"/> gets one entry an event, in order: null when it is a row. A fault means
    /// the text can't be read, or has too many events: throw the block away.
    /// </summary>
    public Fault? DecodeBatch(ReadOnlySpan<byte> json, EventBlock block, EventContext context, List<Fault?> statuses) =>
        Repairing(json, block, context, text =>
        {
            statuses.Clear();
            var reader = new Utf8JsonReader(text, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return HoneycombFaults.Unreadable;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (statuses.Count == IngestLimits.MostBatchEvents)
                    return HoneycombFaults.TooManyEvents;
                statuses.Add(DecodeItem(text, ref reader, block, context));
            }
            return reader.Read() ? HoneycombFaults.Unreadable : null;
        });

    /// <summary>Invalid text is repaired at once; NaN, which needs a pass over the whole body, only when the body can't be read.</summary>
    private static Fault? Repairing(ReadOnlySpan<byte> json, EventBlock block, EventContext context, Pass pass)
    {
        json = JsonRepair.Characters(json, out var texts);
        if (json.IsEmpty)
            return HoneycombFaults.Empty;
        var (rows, spans) = (block.Rows, context.Spans?.Rows ?? 0);
        var fault = Once(json, pass);
        if (fault == HoneycombFaults.Unreadable && JsonRepair.NonFiniteNumbers(json, asText: true) is { } finite)
        {
            block.TruncateTo(rows);
            context.Spans?.TruncateTo(spans);
            context.Repairs?.Reset();
            fault = Once(finite, pass);
        }
        context.Repairs?.Texts = texts;
        return fault;
    }

    private static Fault? Once(ReadOnlySpan<byte> json, Pass pass)
    {
        try
        {
            return pass(json);
        }
        catch (JsonException)
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
        var row = new EventRow();
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
            else if (isRate && reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
                sampleRate = EventRate.Of(reader.ValueSpan);
            else
                reader.Skip();
        }
        if (fields is 0 or > EventRow.MostColumns)
            return fields == 0 ? HoneycombFaults.Empty : HoneycombFaults.TooManyColumns;
        row.Time = EventTime.Parse(time, context.ReceivedAt, out row.TimeRepair);
        row.SampleRate = sampleRate;
        return row.End(block, context);
    }

    /// <summary>Adds the fields of the current object to the row's attributes, unless there are none or too many; returns their number.</summary>
    private int DecodeFields(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, in EventContext context, out EventRow row)
    {
        row = new EventRow();
        var fields = Count(reader, context.ExpandDepth);
        if (fields is 0 or > EventRow.MostColumns)
        {
            reader.Skip();
            return fields;
        }
        _key.Clear();
        AddFields(json, ref reader, block, context.ExpandDepth, ref row);
        return fields;
    }

    /// <summary>Adds the object's fields with keys that begin with <see cref="_key"/>.</summary>
    private void AddFields(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, int expandDepth, ref EventRow row)
    {
        var prefix = _key.Length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _key.Truncate(prefix);
            var room = _key.Reserve(reader.ValueSpan.Length);
            _key.Truncate(prefix + reader.CopyString(room));
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            _repeated += Math.Min(prefix, IngestLimits.MostKeyBytes);
            // Above the budget, objects are kept as text, which does not repeat the names above them.
            if (reader.TokenType == JsonTokenType.StartObject && expandDepth > 0 && _repeated <= IngestLimits.FreeGrowthBytes)
            {
                _key.AppendByte((byte)'.');
                AddFields(json, ref reader, block, expandDepth - 1, ref row);
                continue;
            }
            AddField(json, ref reader, block, ref row);
        }
        _key.Truncate(prefix);
    }

    /// <summary>Looks ahead with a copy of the reader, so that no row is begun for an event that is refused.</summary>
    private static int Count(Utf8JsonReader reader, int expandDepth)
    {
        var fields = 0;
        var outermost = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == outermost))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var level = reader.CurrentDepth - outermost;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && level <= expandDepth)
                continue;
            reader.Skip();
            fields += reader.TokenType == JsonTokenType.Null ? 0 : 1;
        }
        return fields;
    }

    private void AddField(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, EventBlock block, ref EventRow row)
    {
        var key = _key.Written;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                _text.Clear();
                var room = _text.Reserve(reader.ValueSpan.Length);
                _text.Truncate(reader.CopyString(room));
                block.Attributes.Add(key, _text.Written);
                row.TakeText(key, _text.Written);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                block.Attributes.Add(key, reader.TokenType == JsonTokenType.True);
                row.TakeFlag(key, reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Number when Utf8Parser.TryParse(reader.ValueSpan, out long whole, out var used) && used == reader.ValueSpan.Length:
                block.Attributes.Add(key, whole);
                row.TakeNumber(key, whole);
                break;
            case JsonTokenType.Number:
                // 1e999 reads as infinity.
                var number = reader.GetDouble();
                block.Attributes.Add(key, number);
                row.TakeNumber(key, number);
                break;
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                block.Attributes.Add(key, json[start..(int)reader.BytesConsumed]);
                break;
        }
    }
}
