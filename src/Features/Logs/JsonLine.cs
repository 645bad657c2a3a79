using System.Buffers.Text;
using System.Text.Json;
using Weir.Core.Columns;

namespace Weir.Features.Logs;

/// <summary>
/// A line that is one JSON object, as structured loggers write it:
/// <code>{"level":"error","message":"boom","service":"checkout","trace_id":"5759e988bd862e3fe1be46a994272793","order":17}</code>
/// Its top-level scalar fields become attributes; fields with a known meaning also fill the row's own columns. Not thread-safe; keeps
/// its memory between lines.
/// </summary>
internal sealed class JsonLine
{
    /// <summary>Further fields, and longer texts, stay only in the line's text.</summary>
    public const int MaxFields = 64;
    public const int MaxText = 8192;

    private readonly Field[] _fields = new Field[MaxFields];
    private int _count;
    private byte[] _nameScratch = [];
    private byte[] _textScratch = [];

    public bool HasService { get; private set; }

    /// <summary>
    /// True when the text is one JSON object. Its fields are then added to <paramref name="attributes"/> and passed to <paramref name="meaning"/>;
    /// its service, if any, is appended to <paramref name="service"/> (<see cref="HasService"/>) unless that is null.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> line, JsonColumn attributes, LowCardinalityColumn? service, LogFields meaning)
    {
        HasService = false;
        if (!LooksLikeObject(line) || !FindFields(line))
            return false;
        foreach (ref readonly var field in _fields.AsSpan(0, _count))
            AddField(line, field, attributes, service, meaning);
        return true;
    }

    private static bool LooksLikeObject(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r\n"u8);
        if (line.Length < 2 || line[0] != '{' || line[^1] != '}')
            return false;
        // Python's repr of a dictionary begins in the same way; JSON continues with a double quote.
        return line[1..].TrimStart(" \t\r\n"u8)[0] is (byte)'"' or (byte)'}';
    }

    private bool FindFields(ReadOnlySpan<byte> line)
    {
        _count = 0;
        var reader = new Utf8JsonReader(line);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (nameAt, nameLength, nameEscaped) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
                reader.Read();
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }
                if (_count == MaxFields || nameLength is 0 or > LogFields.LongestName || reader.TokenType == JsonTokenType.Null)
                    continue;
                var start = (int)reader.TokenStartIndex + (reader.TokenType == JsonTokenType.String ? 1 : 0);
                _fields[_count++] = new Field(
                    nameAt, nameLength, nameEscaped, start, reader.ValueSpan.Length, reader.ValueIsEscaped, reader.TokenType);
            }
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void AddField(ReadOnlySpan<byte> line, in Field field, JsonColumn attributes, LowCardinalityColumn? service, LogFields meaning)
    {
        var name = EventText.Decode(line.Slice(field.NameStart, field.NameLength), field.NameEscaped, ref _nameScratch);
        var raw = line.Slice(field.Start, field.Length);
        switch (field.Type)
        {
            case JsonTokenType.String:
                var text = EventText.Decode(raw, field.Escaped, ref _textScratch);
                if (text.Length <= MaxText)
                    attributes.Add(name, text);
                if (meaning.TakeText(name, text) && service is not null && !HasService && text.Length is > 0 and <= LogFields.LongestName)
                {
                    service.Append(text);
                    HasService = true;
                }
                break;
            case JsonTokenType.Number:
                long? level = null;
                if (Utf8Parser.TryParse(raw, out long whole, out var used) && used == raw.Length)
                {
                    attributes.Add(name, whole);
                    level = whole;
                }
                else if (Utf8Parser.TryParse(raw, out double number, out used) && used == raw.Length && double.IsFinite(number))
                {
                    attributes.Add(name, number);
                }
                meaning.TakeNumber(name, level, raw);
                break;
            default:
                attributes.Add(name, field.Type == JsonTokenType.True);
                break;
        }
    }

    private readonly record struct Field(
        int NameStart, int NameLength, bool NameEscaped, int Start, int Length, bool Escaped, JsonTokenType Type);
}
