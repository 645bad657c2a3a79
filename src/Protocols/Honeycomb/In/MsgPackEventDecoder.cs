using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>
/// Wide events in MessagePack, as Refinery and libhoney-go with msgpack on send them: the shapes of <see cref="EventDecoder"/>, with
/// times as timestamp extensions. Nested maps and lists are kept as JSON text unless the dataset expands them, binaries as base64.
/// Not thread-safe.
/// </summary>
internal sealed class MsgPackEventDecoder
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The specification's timestamp.</summary>
    private const sbyte Timestamp = -1;

    /// <summary>The time of github.com/tinylib/msgp before it wrote the specification's.</summary>
    private const sbyte TinylibTime = 5;

    private readonly ByteBuffer _key = new();
    private readonly ByteBuffer _text = new();

    /// <summary>Bytes of keys that fields of expanded maps repeat.</summary>
    private long _repeated;

    /// <summary>Appends one event; on a fault the block must be discarded.</summary>
    public Fault? DecodeEvent(ReadOnlySpan<byte> bytes, EventBlock block, in EventContext context, string time, string sampleRate)
    {
        if (bytes.IsEmpty)
            return HoneycombFaults.Empty;
        var reader = new MsgPackReader(bytes);
        if (!reader.TryRead(out var map) || map.Kind != MsgPackKind.Map)
            return HoneycombFaults.Unreadable;
        var row = new EventRow();
        var fault = DecodeFields(ref reader, map.Count, block, context, ref row);
        if (fault is not null || !reader.IsAtEnd || reader.Failed)
            return fault ?? HoneycombFaults.Unreadable;
        row.Time = EventTime.Parse(time, context.ReceivedAt, out row.TimeRepair);
        row.SampleRate = EventRate.Of(sampleRate);
        return row.End(block, context);
    }

    /// <summary>As <see cref="EventDecoder.DecodeBatch"/>.</summary>
    public Fault? DecodeBatch(ReadOnlySpan<byte> bytes, EventBlock block, in EventContext context, List<Fault?> statuses)
    {
        if (bytes.IsEmpty)
            return HoneycombFaults.Empty;
        var reader = new MsgPackReader(bytes);
        if (!reader.TryRead(out var list) || list.Kind != MsgPackKind.Array)
            return HoneycombFaults.Unreadable;
        if (list.Count > IngestLimits.MostBatchEvents)
            return HoneycombFaults.TooManyEvents;
        for (var i = 0; i < list.Count; i++)
        {
            var status = DecodeItem(ref reader, block, context);
            if (reader.Failed)
                return HoneycombFaults.Unreadable;
            statuses.Add(status);
        }
        return reader.IsAtEnd ? null : HoneycombFaults.Unreadable;
    }

    private Fault? DecodeItem(ref MsgPackReader reader, EventBlock block, in EventContext context)
    {
        var item = reader;
        if (!reader.Skip() || !item.TryRead(out var map) || map.Kind != MsgPackKind.Map)
            return HoneycombFaults.Unreadable;
        var row = new EventRow();
        var time = context.ReceivedAt;
        var repair = TimeRepair.None;
        uint sampleRate = 0;
        // No data, or null, is an empty event.
        var fault = HoneycombFaults.Empty;
        var hasRow = false;
        for (var i = 0; i < map.Count; i++)
        {
            if (!item.TryRead(out var key) || key.Kind is MsgPackKind.Array or MsgPackKind.Map)
                return HoneycombFaults.Unreadable;
            var value = item;
            item.Skip();
            if (!value.TryRead(out var head))
                return HoneycombFaults.Unreadable;
            if (key.Bytes.SequenceEqual("data"u8) && !hasRow && head.Kind == MsgPackKind.Map)
            {
                fault = DecodeFields(ref value, head.Count, block, context, ref row);
                hasRow = fault is null;
            }
            else if (key.Bytes.SequenceEqual("time"u8))
            {
                time = TimeOf(head, context.ReceivedAt, out repair);
            }
            else if (key.Bytes.SequenceEqual("samplerate"u8))
            {
                sampleRate = head.Kind switch
                {
                    MsgPackKind.Int => EventRate.Of((double)head.Int),
                    MsgPackKind.Float or MsgPackKind.UInt => EventRate.Of(head.Float),
                    MsgPackKind.String => EventRate.Of(head.Bytes),
                    _ => 0,
                };
            }
        }
        if (!hasRow)
            return fault;
        row.Time = time;
        row.TimeRepair = repair;
        row.SampleRate = sampleRate;
        return row.End(block, context);
    }

    /// <summary>
    /// Adds the fields of the map whose head was read to the row's attributes. Looks ahead first, so that no row is begun for an event
    /// that is refused; the reader is then anywhere in the map.
    /// </summary>
    private Fault? DecodeFields(ref MsgPackReader reader, int pairs, EventBlock block, in EventContext context, ref EventRow row)
    {
        var ahead = reader;
        var fields = Count(ref ahead, pairs, context.ExpandDepth, out var keysAreTexts);
        if (ahead.Failed)
        {
            reader = ahead;
            return HoneycombFaults.Unreadable;
        }
        var fault = !keysAreTexts ? HoneycombFaults.Unreadable
            : fields == 0 ? HoneycombFaults.Empty
            : fields > EventRow.MostColumns ? HoneycombFaults.TooManyColumns
            : null;
        if (fault is not null)
        {
            reader = ahead;
            return fault;
        }
        _key.Clear();
        AddFields(ref reader, pairs, block, context.ExpandDepth, ref row);
        return null;
    }

    private static int Count(ref MsgPackReader reader, int pairs, int expandDepth, out bool keysAreTexts)
    {
        keysAreTexts = true;
        var fields = 0;
        for (var i = 0; i < pairs; i++)
        {
            if (!reader.TryRead(out var key))
                return 0;
            keysAreTexts &= key.Kind is MsgPackKind.String or MsgPackKind.Binary && Utf8.IsValid(key.Bytes);
            // The content of a key that is not text would be mistaken for values.
            if (key.Kind is MsgPackKind.Array or MsgPackKind.Map)
                return 0;
            var ahead = reader;
            if (!ahead.TryRead(out var value))
            {
                reader = ahead;
                return 0;
            }
            if (value.Kind == MsgPackKind.Map && expandDepth > 0)
            {
                fields += Count(ref ahead, value.Count, expandDepth - 1, out var inner);
                keysAreTexts &= inner;
                reader = ahead;
                continue;
            }
            fields += value.Kind == MsgPackKind.Nil ? 0 : 1;
            if (!reader.Skip())
                return 0;
        }
        return fields;
    }

    private void AddFields(ref MsgPackReader reader, int pairs, EventBlock block, int expandDepth, ref EventRow row)
    {
        var prefix = _key.Length;
        for (var i = 0; i < pairs; i++)
        {
            reader.TryRead(out var key);
            _key.Truncate(prefix);
            _key.Append(key.Bytes);
            if (!reader.TryRead(out var value))
                return;
            _repeated += Math.Min(prefix, IngestLimits.MostKeyBytes);
            // Above the budget, maps are kept as text, which does not repeat the names above them.
            if (value.Kind == MsgPackKind.Map && expandDepth > 0 && _repeated <= IngestLimits.FreeGrowthBytes)
            {
                _key.AppendByte((byte)'.');
                AddFields(ref reader, value.Count, block, expandDepth - 1, ref row);
                continue;
            }
            AddField(ref reader, value, block.Attributes, ref row);
        }
        _key.Truncate(prefix);
    }

    private void AddField(ref MsgPackReader reader, MsgPackToken value, JsonColumn attributes, ref EventRow row)
    {
        var key = _key.Written;
        switch (value.Kind)
        {
            case MsgPackKind.Nil:
                break;
            case MsgPackKind.Bool:
                attributes.Add(key, value.Bool);
                row.TakeFlag(key, value.Bool);
                break;
            case MsgPackKind.Int:
                attributes.Add(key, value.Int);
                row.TakeNumber(key, value.Int);
                break;
            case MsgPackKind.UInt or MsgPackKind.Float:
                attributes.Add(key, value.Float);
                row.TakeNumber(key, value.Float);
                break;
            case MsgPackKind.String:
                attributes.Add(key, value.Bytes);
                row.TakeText(key, value.Bytes);
                break;
            default:
                _text.Clear();
                AppendText(ref reader, value, isInside: false);
                attributes.Add(key, _text.Written);
                break;
        }
    }

    /// <summary>JSON text of a value whose head was read; strings only have quotes inside of others. Its depth was checked before.</summary>
    private void AppendText(ref MsgPackReader reader, MsgPackToken value, bool isInside)
    {
        switch (value.Kind)
        {
            case MsgPackKind.Bool:
                JsonText.AppendBool(_text, value.Bool);
                break;
            case MsgPackKind.Int:
                JsonText.AppendNumber(_text, value.Int);
                break;
            case MsgPackKind.UInt or MsgPackKind.Float:
                JsonText.AppendNumber(_text, value.Float);
                break;
            case MsgPackKind.String:
                JsonText.AppendString(_text, value.Bytes);
                break;
            case MsgPackKind.Binary or MsgPackKind.Extension:
                AppendBinary(value, isInside);
                break;
            case MsgPackKind.Array:
                AppendList(ref reader, value.Count, '[', ']');
                break;
            case MsgPackKind.Map:
                AppendList(ref reader, value.Count, '{', '}');
                break;
            default:
                _text.Append("null"u8);
                break;
        }
    }

    private void AppendList(ref MsgPackReader reader, int count, char open, char close)
    {
        _text.AppendByte((byte)open);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            if (i > 0)
                _text.AppendByte((byte)',');
            if (open == '{' && !AppendKey(ref reader))
                return;
            if (reader.TryRead(out var value))
                AppendText(ref reader, value, isInside: true);
        }
        _text.AppendByte((byte)close);
    }

    private bool AppendKey(ref MsgPackReader reader)
    {
        if (!reader.TryRead(out var key))
            return false;
        if (key.Kind is MsgPackKind.String or MsgPackKind.Binary)
        {
            JsonText.AppendString(_text, key.Bytes);
        }
        else
        {
            // JSON has only texts as keys.
            var start = _text.Length;
            AppendText(ref reader, key, isInside: true);
            var text = _text.Written[start..].ToArray();
            _text.Truncate(start);
            JsonText.AppendString(_text, text);
        }
        _text.AppendByte((byte)':');
        return true;
    }

    private void AppendBinary(MsgPackToken value, bool isInside)
    {
        if (isInside)
            _text.AppendByte((byte)'"');
        if (value.Kind == MsgPackKind.Extension && TryReadTime(value, out var time))
            _text.Append(Encoding.ASCII.GetBytes(Rfc3339(time)));
        else
            JsonText.AppendBase64(_text, value.Bytes);
        if (isInside)
            _text.AppendByte((byte)'"');
    }

    private static string Rfc3339(long time)
    {
        var whole = DateTimeOffset.FromUnixTimeSeconds(Math.DivRem(time, NanosecondsPerSecond, out var rest) - (rest < 0 ? 1 : 0));
        var nanoseconds = rest < 0 ? rest + NanosecondsPerSecond : rest;
        return string.Create(CultureInfo.InvariantCulture, $"{whole:yyyy-MM-dd'T'HH:mm:ss}.{nanoseconds:000000000}Z");
    }

    private static long TimeOf(MsgPackToken value, long receivedAt, out TimeRepair repair)
    {
        repair = TimeRepair.None;
        return value.Kind switch
        {
            MsgPackKind.Extension => TryReadTime(value, out var time) ? EventTime.Bound(time, receivedAt, out repair) : receivedAt,
            MsgPackKind.String => EventTime.Parse(Encoding.UTF8.GetString(value.Bytes[..Math.Min(value.Bytes.Length, 64)]), receivedAt, out repair),
            MsgPackKind.Int => EventTime.Parse(value.Int.ToString(CultureInfo.InvariantCulture), receivedAt, out repair),
            MsgPackKind.Float => EventTime.Parse(value.Float.ToString("F9", CultureInfo.InvariantCulture), receivedAt, out repair),
            _ => receivedAt,
        };
    }

    /// <summary>Nanoseconds since 1970 of a timestamp; false when it is not one, or not a plausible time.</summary>
    private static bool TryReadTime(MsgPackToken value, out long time)
    {
        long seconds;
        uint nanoseconds = 0;
        time = 0;
        switch (value.Type, value.Bytes.Length)
        {
            case (Timestamp, 4):
                seconds = BinaryPrimitives.ReadUInt32BigEndian(value.Bytes);
                break;
            case (Timestamp, 8):
                var both = BinaryPrimitives.ReadUInt64BigEndian(value.Bytes);
                nanoseconds = (uint)(both >> 34);
                seconds = (long)(both & 0x3_ffff_ffff);
                break;
            case (Timestamp, 12):
                nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(value.Bytes);
                seconds = BinaryPrimitives.ReadInt64BigEndian(value.Bytes[4..]);
                break;
            case (TinylibTime, 12):
                seconds = BinaryPrimitives.ReadInt64BigEndian(value.Bytes);
                nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(value.Bytes[8..]);
                break;
            default:
                return false;
        }
        if (seconds is < -9_000_000_000 or > 9_000_000_000 || nanoseconds >= NanosecondsPerSecond)
            return false;
        time = (seconds * NanosecondsPerSecond) + nanoseconds;
        return true;
    }
}
