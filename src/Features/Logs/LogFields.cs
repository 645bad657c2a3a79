using System.Buffers.Text;
using Weir.Core.Model;

namespace Weir.Features.Logs;

/// <summary>
/// The meaning of the named fields of a log record, for all usual names: its severity, its trace and its span. It receives a line's JSON
/// fields, a record's attributes or a structured body, in order of precedence: the first value is used. Not thread-safe.
/// </summary>
internal sealed class LogFields
{
    /// <summary>Longer names of fields and of services stay only in the line's text.</summary>
    public const int LongestName = 256;

    /// <summary>The longest known name, with all separators that loggers use.</summary>
    private const int LongestKnown = 24;

    /// <summary>OpenTelemetry's 1 to 24; 0 when no field contains it.</summary>
    public byte Severity { get; private set; }

    public TraceId TraceId { get; private set; }

    public SpanId SpanId { get; private set; }

    public void Clear()
    {
        Severity = LineSeverity.Unknown;
        TraceId = default;
        SpanId = default;
    }

    /// <summary>True when the field contains the record's service.</summary>
    public bool TakeText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        var meaning = MeaningOf(name);
        Take(meaning, text);
        return meaning == Meaning.Service;
    }

    /// <param name="whole">Null for a fraction.</param>
    /// <param name="digits">The number as written in the text, if there was one: Datadog's ids are too large for <paramref name="whole"/>.</param>
    public void TakeNumber(ReadOnlySpan<byte> name, long? whole, ReadOnlySpan<byte> digits = default)
    {
        switch (MeaningOf(name))
        {
            case Meaning.DatadogTraceId when digits.IsEmpty && TraceId.IsEmpty:
                TraceId = new TraceId(0, unchecked((ulong)(whole ?? 0)));
                break;
            case Meaning.DatadogSpanId when digits.IsEmpty && SpanId.IsEmpty:
                SpanId = new SpanId(unchecked((ulong)(whole ?? 0)));
                break;
            case Meaning.Severity when Severity == LineSeverity.Unknown && whole is { } level:
                Severity = LineSeverity.OfNumber(level);
                break;
            case Meaning.SeverityNumber when Severity == LineSeverity.Unknown && whole is >= 1 and <= 24:
                Severity = (byte)whole;
                break;
            case Meaning.PythonLevel when Severity == LineSeverity.Unknown && whole is { } level:
                Severity = LineSeverity.OfPythonLevel(level);
                break;
            case Meaning.DatadogTraceId:
                Take(Meaning.DatadogTraceId, digits);
                break;
            case Meaning.DatadogSpanId:
                Take(Meaning.DatadogSpanId, digits);
                break;
        }
    }

    private void Take(Meaning meaning, ReadOnlySpan<byte> text)
    {
        switch (meaning)
        {
            case Meaning.Severity when Severity == LineSeverity.Unknown:
                Severity = LineSeverity.OfWord(text);
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

    private static Meaning MeaningOf(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestKnown)
            return Meaning.None;
        Span<byte> room = stackalloc byte[LongestKnown];
        return MeaningOfBare(Bare(name, room));
    }

    /// <summary>Lower case and without the separators that differ between loggers: trace_id, traceId and trace.id are one name.</summary>
    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> name, Span<byte> room)
    {
        var length = 0;
        foreach (var b in name)
        {
            if (b is not ((byte)'_' or (byte)'.' or (byte)'-' or (byte)'@'))
                room[length++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }
        return room[..length];
    }

    // The length alone excludes most names.
    private static Meaning MeaningOfBare(ReadOnlySpan<byte> bare) => bare.Length switch
    {
        3 when bare.SequenceEqual("lvl"u8) => Meaning.Severity,
        5 when bare.SequenceEqual("level"u8) => Meaning.Severity,
        5 when bare.SequenceEqual("trace"u8) => Meaning.TraceId,
        6 when bare.SequenceEqual("spanid"u8) => Meaning.SpanId,
        7 when bare.SequenceEqual("traceid"u8) => Meaning.TraceId,
        7 when bare.SequenceEqual("service"u8) => Meaning.Service,
        7 when bare.SequenceEqual("levelno"u8) => Meaning.PythonLevel,
        8 when bare.SequenceEqual("severity"u8) || bare.SequenceEqual("loglevel"u8) => Meaning.Severity,
        8 when bare.SequenceEqual("ddspanid"u8) => Meaning.DatadogSpanId,
        9 when bare.SequenceEqual("levelname"u8) => Meaning.Severity,
        9 when bare.SequenceEqual("ddservice"u8) => Meaning.Service,
        9 when bare.SequenceEqual("ddtraceid"u8) => Meaning.DatadogTraceId,
        10 when bare.SequenceEqual("otelspanid"u8) => Meaning.SpanId,
        11 when bare.SequenceEqual("servicename"u8) => Meaning.Service,
        11 when bare.SequenceEqual("oteltraceid"u8) || bare.SequenceEqual("traceparent"u8) || bare.SequenceEqual("xraytraceid"u8) => Meaning.TraceId,
        12 when bare.SequenceEqual("severitytext"u8) => Meaning.Severity,
        12 when bare.SequenceEqual("xamzntraceid"u8) => Meaning.TraceId,
        14 when bare.SequenceEqual("awsxraytraceid"u8) => Meaning.TraceId,
        14 when bare.SequenceEqual("severitynumber"u8) => Meaning.SeverityNumber,
        _ => Meaning.None,
    };

    private enum Meaning
    {
        None,
        Severity,
        SeverityNumber,
        PythonLevel,
        Service,
        TraceId,
        SpanId,
        DatadogTraceId,
        DatadogSpanId,
    }
}
