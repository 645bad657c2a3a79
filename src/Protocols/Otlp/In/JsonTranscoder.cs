using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>The repairs of a JSON request.</summary>
/// <param name="Texts">Halves of characters and bytes that are no UTF-8, replaced by U+FFFD.</param>
/// <param name="Values">Values of another type than their member has, left out.</param>
internal readonly record struct JsonRepairs(int Texts, int Values);

/// <summary>
/// Converts an OTLP/JSON request to the equivalent protobuf request, so that both use the same decoders. One pass, no tree.
/// Differences from plain proto3 JSON: ids are hex digits of either case (base64 is accepted as well), 64-bit numbers are text or
/// number, enums are number or name, unknown members are ignored. Keeps scratch memory; not thread-safe.
/// </summary>
internal sealed class JsonTranscoder
{
    /// <summary>Maximum depth of ignored values, which need no stack.</summary>
    private const int DeepestJson = 1 << 16;

    /// <summary>A message deeper than this is left out: a little more than the decoders allow for attributes, each level of which is three of JSON.</summary>
    private const int DeepestMessage = 400;

    /// <summary>A length of five bytes, filled in when the message's end is known: not the shortest varint, but a valid one.</summary>
    private const int LengthSize = 5;

    /// <summary>The text in an AnyValue.</summary>
    private static readonly JsonField AnyText = new("stringValue", 1, JsonFieldKind.String);

    private readonly ByteBuffer _output = new();
    private int _elements;
    private int _wrongValues;

    /// <summary>
    /// The first ignored member of the last text that may have contained records; null when there was none. Truncated to 64
    /// characters.
    /// </summary>
    public string? Unknown { get; private set; }

    /// <summary>The repairs of the last request.</summary>
    public JsonRepairs Repairs { get; private set; }

    /// <summary>The last request had more objects and values than one may.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>
    /// The protobuf bytes, valid until the next call; false when the text is not JSON. A member with a value of the wrong type is left
    /// out, and invalid text is repaired; both are counted in <see cref="Repairs"/>.
    /// </summary>
    public bool TryTranscode(ReadOnlySpan<byte> json, JsonMessage schema, out ReadOnlySpan<byte> protobuf)
    {
        json = JsonRepair.Characters(json, out var texts);
        var isRead = TryTranscodeOnce(json, schema);
        // Only unreadable text is searched for NaN, because that is a pass over the text that almost no request needs.
        if (!isRead && !IsTooLarge && JsonRepair.NonFiniteNumbers(json, asText: true) is { } finite)
            isRead = TryTranscodeOnce(finite, schema);
        Repairs = new JsonRepairs(texts, _wrongValues);
        protobuf = isRead ? _output.Written : default;
        return isRead;
    }

    private bool TryTranscodeOnce(ReadOnlySpan<byte> json, JsonMessage schema)
    {
        _output.Clear();
        Unknown = null;
        _elements = 0;
        _wrongValues = 0;
        IsTooLarge = false;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestJson });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryMessage(ref reader, schema) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryMessage(ref Utf8JsonReader reader, JsonMessage schema)
    {
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Find(ref reader, schema, ref next);
            if (field is null)
            {
                PassOver(ref reader, schema);
                continue;
            }
            reader.Read();
            if (!TryField(ref reader, field))
                return false;
        }
        return !IsTooLarge && reader.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>Writers list members in a steady order: look from the one after the last.</summary>
    private static JsonField? Find(ref Utf8JsonReader reader, JsonMessage schema, ref int next)
    {
        var fields = schema.Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            var at = next + i < fields.Length ? next + i : next + i - fields.Length;
            if (!reader.ValueTextEquals(fields[at].Name))
                continue;
            next = at + 1 < fields.Length ? at + 1 : 0;
            return fields[at];
        }
        foreach (var field in fields)
        {
            if (field.ProtoName is { } name && reader.ValueTextEquals(name))
                return field;
        }
        return null;
    }

    private void PassOver(ref Utf8JsonReader reader, JsonMessage schema)
    {
        const int LongestName = 64;
        var name = schema.IsEnvelope && Unknown is null ? Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, LongestName)]) : null;
        reader.Read();
        var holds = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject;
        var start = reader.BytesConsumed;
        reader.Skip();
        // "[]" and "{}" hide nothing.
        if (holds && reader.BytesConsumed > start + 1)
            Unknown ??= name;
    }

    private bool TryField(ref Utf8JsonReader reader, JsonField field)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.StartArray)
            return TryValue(ref reader, field);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Arrays are never nested in OTLP's messages. Null is a value only where a message is: an AnyValue without a value.
            if (reader.TokenType == JsonTokenType.Null && field.Kind == JsonFieldKind.Message)
                WriteEmpty(field);
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                if (!TryLeaveOut(ref reader, field))
                    return false;
            }
            else if (!TryValue(ref reader, field))
                return false;
        }
        return !IsTooLarge;
    }

    /// <summary>False when the request is to be given up; a value of the wrong type is only left out.</summary>
    private bool TryValue(ref Utf8JsonReader reader, JsonField field)
    {
        if (++_elements > IngestLimits.MostJsonElements)
        {
            IsTooLarge = true;
            return false;
        }
        if (field.Kind == JsonFieldKind.Message)
        {
            if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth < DeepestMessage)
                return TryMessage(ref reader, field);
            return TryLeaveOut(ref reader, field);
        }
        return TryWrite(ref reader, field) || TryLeaveOut(ref reader, field);
    }

    /// <summary>Skips a value of the wrong type; false when its content is required.</summary>
    private bool TryLeaveOut(ref Utf8JsonReader reader, JsonField field)
    {
        if (field.IsContainer)
            return false;
        if (field.IsRecord)
        {
            // Write a message that no decoder can read, so that the record is rejected and reported to the sender.
            Tag(field, 2);
            _output.AppendString(Unreadable);
        }
        else
        {
            _wrongValues++;
        }
        reader.Skip();
        return true;
    }

    private static ReadOnlySpan<byte> Unreadable => [0xff];

    private bool TryMessage(ref Utf8JsonReader reader, JsonField field)
    {
        Tag(field, 2);
        var start = _output.Length;
        _output.Reserve(LengthSize);
        if (!TryMessage(ref reader, field.Message!))
            return false;
        WriteLength(start, _output.Length - start - LengthSize);
        return true;
    }

    /// <summary>False when the value does not have the field's type.</summary>
    private bool TryWrite(ref Utf8JsonReader reader, JsonField field)
    {
        switch (field.Kind)
        {
            case JsonFieldKind.String:
                return reader.TokenType == JsonTokenType.String && WriteString(ref reader, field);
            case JsonFieldKind.TextValue:
                if (reader.TokenType != JsonTokenType.String)
                    return false;
                Tag(field, 2);
                var valueAt = _output.Length;
                _output.Reserve(LengthSize);
                _ = WriteString(ref reader, AnyText);
                WriteLength(valueAt, _output.Length - valueAt - LengthSize);
                return true;
            case JsonFieldKind.Id:
                return reader.TokenType == JsonTokenType.String && WriteId(ref reader, field);
            case JsonFieldKind.Base64:
                return reader.TokenType == JsonTokenType.String && WriteBase64(ref reader, field);
            case JsonFieldKind.Bool:
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    return false;
                return WriteVarint(field, reader.TokenType == JsonTokenType.True ? 1u : 0u);
            case JsonFieldKind.Enum when reader.TokenType == JsonTokenType.String:
                return WriteVarint(field, (ulong)field.NumberOf(reader.GetString()!));
            case JsonFieldKind.Double:
                return TryDouble(ref reader, out var number) && WriteFixed64(field, BitConverter.DoubleToUInt64Bits(number));
            default:
                return TryInteger(ref reader, field.Kind == JsonFieldKind.Fixed64, out var integer) && WriteInteger(field, integer);
        }
    }

    private void WriteEmpty(JsonField field)
    {
        Tag(field, 2);
        _output.AppendByte(0);
    }

    private bool WriteInteger(JsonField field, ulong value)
    {
        switch (field.Kind)
        {
            case JsonFieldKind.Fixed64:
                return WriteFixed64(field, value);
            case JsonFieldKind.Fixed32:
                Tag(field, 5);
                _output.AppendFixed((uint)value);
                return true;
            case JsonFieldKind.ZigZag:
                var signed = (long)value;
                return WriteVarint(field, (ulong)((signed << 1) ^ (signed >> 63)));
            default:
                return WriteVarint(field, value);
        }
    }

    private bool WriteVarint(JsonField field, ulong value)
    {
        Tag(field, 0);
        _output.AppendVarint(value);
        return true;
    }

    private bool WriteFixed64(JsonField field, ulong value)
    {
        Tag(field, 1);
        _output.AppendFixed(value);
        return true;
    }

    private bool WriteString(ref Utf8JsonReader reader, JsonField field)
    {
        Tag(field, 2);
        var size = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        var start = _output.Length;
        var room = _output.Reserve(LengthSize + size);
        var written = reader.CopyString(room[LengthSize..]);
        _output.Truncate(start + LengthSize + written);
        WriteLength(start, written);
        return true;
    }

    /// <summary>
    /// 32 or 16 hex digits; or base64 of 16 or 8 bytes, which writers of plain proto3 JSON send. Anything else becomes an id of a
    /// wrong length, so that the record is rejected rather than the request.
    /// </summary>
    private bool WriteId(ref Utf8JsonReader reader, JsonField field)
    {
        var text = reader.ValueSpan;
        if (text.IsEmpty)
            return true;
        Tag(field, 2);
        Span<byte> id = stackalloc byte[16];
        int size;
        if (text.Length is 32 or 16 && Convert.FromHexString(text, id, out _, out size) == OperationStatus.Done)
            _output.AppendString(id[..size]);
        else if (text.Length is 24 or 12 && Base64.DecodeFromUtf8(text, id, out _, out size) == OperationStatus.Done)
            _output.AppendString(id[..size]);
        else
            _output.AppendString("?"u8);
        return true;
    }

    private bool WriteBase64(ref Utf8JsonReader reader, JsonField field)
    {
        if (!reader.TryGetBytesFromBase64(out var bytes))
            return false;
        Tag(field, 2);
        _output.AppendString(bytes);
        return true;
    }

    /// <param name="mayBeTime">A number of seconds or milliseconds with a fraction is then treated as a time, and written in nanoseconds.</param>
    private static bool TryInteger(ref Utf8JsonReader reader, bool mayBeTime, out ulong value)
    {
        value = 0;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return false;
        var text = reader.ValueSpan;
        if (Utf8Parser.TryParse(text, out long signed, out var used) && used == text.Length)
        {
            value = (ulong)signed;
            return true;
        }
        if (Utf8Parser.TryParse(text, out value, out used) && used == text.Length)
            return true;
        // 1e3 and 5.0 are whole numbers too.
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        if (mayBeTime && number != Math.Floor(number) && number is >= 1e9 and < 1e16)
            number = Math.Floor(number * (number < 1e11 ? 1e9 : number < 1e14 ? 1e6 : 1e3));
        if (number != Math.Floor(number) || number is < long.MinValue or >= ulong.MaxValue)
        {
            return false;
        }
        value = number < 0 ? (ulong)(long)number : (ulong)number;
        return true;
    }

    private static bool TryDouble(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return false;
        var text = reader.ValueSpan;
        if (text.SequenceEqual("Infinity"u8) || text.SequenceEqual("-Infinity"u8))
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        else if (text.SequenceEqual("NaN"u8))
            value = double.NaN;
        else
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        return true;
    }

    private void Tag(JsonField field, uint wireType) => _output.AppendVarint(((uint)field.Number << 3) | wireType);

    private void WriteLength(int start, int length)
    {
        var room = _output.Rewrite(start, LengthSize);
        for (var i = 0; i < LengthSize - 1; i++)
        {
            room[i] = (byte)(length | 0x80);
            length >>= 7;
        }
        room[LengthSize - 1] = (byte)length;
    }
}
