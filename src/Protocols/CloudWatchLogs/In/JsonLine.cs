using System.Buffers.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>
/// A line that is one JSON object, as structured loggers write it:
/// <code>{"level":"error","message":"boom","service":"checkout","trace_id":"5759e988bd862e3fe1be46a994272793","order":17}</code>
/// Its top-level scalar fields become attributes; fields with a known meaning also fill the row's own columns. Not thread-safe; keeps
/// its memory from line to line.
/// </summary>
internal sealed class JsonLine
{
    /// <summary>Fields past this many, and texts longer than this, stay in the line's text only.</summary>
    public const int MaxFields = 64;
    public const int MaxText = 8192;
    private const int MaxName = 256;

    private readonly Field[] _fields = new Field[MaxFields];
    private int _count;
    private byte[] _nameScratch = [];
    private byte[] _textScratch = [];

    public byte Severity { get; private set; }

    public TraceId TraceId { get; private set; }

    public SpanId SpanId { get; private set; }

    public bool HasService { get; private set; }

    /// <summary>
    /// True when the text is one JSON object; its fields are then added to <paramref name="attributes"/>, and the service it names, if
    /// any, to <paramref name="service"/> (<see cref="HasService"/>).
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> line, JsonColumn attributes, LowCardinalityColumn service)
    {
        Severity = LineSeverity.Unknown;
        TraceId = default;
        SpanId = default;
        HasService = false;
        if (!LooksLikeObject(line) || !FindFields(line))
            return false;
        foreach (ref readonly var field in _fields.AsSpan(0, _count))
            AddField(line, field, attributes, service);
        return true;
    }

    private static bool LooksLikeObject(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r\n"u8);
        if (line.Length < 2 || line[0] != '{' || line[^1] != '}')
            return false;
        // Python's repr of a dictionary starts alike; JSON goes on with a double quote.
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
                if (_count == MaxFields || nameLength is 0 or > MaxName || reader.TokenType == JsonTokenType.Null)
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

    private void AddField(ReadOnlySpan<byte> line, in Field field, JsonColumn attributes, LowCardinalityColumn service)
    {
        var name = EventText.Decode(line.Slice(field.NameStart, field.NameLength), field.NameEscaped, ref _nameScratch);
        var raw = line.Slice(field.Start, field.Length);
        Span<byte> room = stackalloc byte[MaxName];
        var meaning = MeaningOf(Bare(name, room));
        switch (field.Type)
        {
            case JsonTokenType.String:
                var text = EventText.Decode(raw, field.Escaped, ref _textScratch);
                if (text.Length <= MaxText)
                    attributes.Add(name, text);
                Understand(meaning, text, service);
                break;
            case JsonTokenType.Number:
                if (Utf8Parser.TryParse(raw, out long whole, out var used) && used == raw.Length)
                {
                    attributes.Add(name, whole);
                    if (meaning == Meaning.Severity && Severity == LineSeverity.Unknown)
                        Severity = LineSeverity.OfNumber(whole);
                }
                else if (Utf8Parser.TryParse(raw, out double number, out used) && used == raw.Length && double.IsFinite(number))
                {
                    attributes.Add(name, number);
                }
                if (meaning is Meaning.DatadogTraceId or Meaning.DatadogSpanId)
                    Understand(meaning, raw, service);
                break;
            default:
                attributes.Add(name, field.Type == JsonTokenType.True);
                break;
        }
    }

    private void Understand(Meaning meaning, ReadOnlySpan<byte> text, LowCardinalityColumn service)
    {
        switch (meaning)
        {
            case Meaning.Severity when Severity == LineSeverity.Unknown:
                Severity = LineSeverity.OfWord(text);
                break;
            case Meaning.Service when !HasService && text.Length is > 0 and <= MaxName:
                service.Append(text);
                HasService = true;
                break;
            case Meaning.TraceId when TraceId.IsEmpty:
                if (TraceId.TryParse(text, out var id))
                    TraceId = id;
                else if (TraceIdScanner.TryFind(text, out id, out var beside))
                    (TraceId, SpanId) = (id, SpanId.IsEmpty ? beside : SpanId);
                break;
            case Meaning.SpanId when SpanId.IsEmpty && SpanId.TryParse(text, out var span):
                SpanId = span;
                break;
            // Datadog writes the low 64 bits in decimal, newer versions all 128 in hex.
            case Meaning.DatadogTraceId when TraceId.IsEmpty:
                if (Utf8Parser.TryParse(text, out ulong low, out var used) && used == text.Length && text.Length != 32)
                    TraceId = new TraceId(0, low);
                else if (TraceId.TryParse(text, out id))
                    TraceId = id;
                break;
            case Meaning.DatadogSpanId when SpanId.IsEmpty && Utf8Parser.TryParse(text, out ulong value, out var read) && read == text.Length:
                SpanId = new SpanId(value);
                break;
        }
    }

    /// <summary>Lower case and without the separators in which loggers differ: trace_id, traceId and trace.id are one name.</summary>
    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> name, Span<byte> room)
    {
        var length = 0;
        foreach (var b in name[..Math.Min(name.Length, room.Length)])
        {
            if (b is not ((byte)'_' or (byte)'.' or (byte)'-' or (byte)'@'))
                room[length++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }
        return room[..length];
    }

    private static Meaning MeaningOf(ReadOnlySpan<byte> bare) => bare switch
    {
        _ when bare.SequenceEqual("level"u8) || bare.SequenceEqual("severity"u8) || bare.SequenceEqual("lvl"u8)
            || bare.SequenceEqual("loglevel"u8) || bare.SequenceEqual("levelname"u8) || bare.SequenceEqual("severitytext"u8) => Meaning.Severity,
        _ when bare.SequenceEqual("service"u8) || bare.SequenceEqual("servicename"u8) || bare.SequenceEqual("ddservice"u8) => Meaning.Service,
        _ when bare.SequenceEqual("traceid"u8) || bare.SequenceEqual("oteltraceid"u8) || bare.SequenceEqual("traceparent"u8)
            || bare.SequenceEqual("xraytraceid"u8) || bare.SequenceEqual("xamzntraceid"u8) || bare.SequenceEqual("trace"u8) => Meaning.TraceId,
        _ when bare.SequenceEqual("spanid"u8) || bare.SequenceEqual("otelspanid"u8) => Meaning.SpanId,
        _ when bare.SequenceEqual("ddtraceid"u8) => Meaning.DatadogTraceId,
        _ when bare.SequenceEqual("ddspanid"u8) => Meaning.DatadogSpanId,
        _ => Meaning.None,
    };

    private enum Meaning
    {
        None,
        Severity,
        Service,
        TraceId,
        SpanId,
        DatadogTraceId,
        DatadogSpanId,
    }

    private readonly record struct Field(
        int NameStart, int NameLength, bool NameEscaped, int Start, int Length, bool Escaped, JsonTokenType Type);
}
