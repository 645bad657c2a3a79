using System.Buffers;
using System.Runtime.CompilerServices;

namespace Weir.Core.Model;

/// <summary>
/// Finds the trace id in a line of text, in the forms that loggers write:
/// <code>
/// trace_id=5759e988bd862e3fe1be46a994272793 span_id=53995c3f42cd8ad8
/// traceparent: 00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01
/// AWS-XRAY-TRACE-ID: 1-5759e988-bd862e3fe1be46a994272793@53995c3f42cd8ad8
/// X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
/// </code>
/// Of several ids, a labelled one (a key like <c>traceId</c>, a traceparent, the X-Ray form) has precedence over bare 32 digits,
/// and the first over later ones. Bare digits are used only in lower case and when they stand alone, so longer hashes are not mistaken for ids.
/// </summary>
public static class TraceIdScanner
{
    private const int W3CDigits = 32;
    private const int XRayTailDigits = 24;
    private const int SpanDigits = 16;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> UpperHexLetters = SearchValues.Create("ABCDEF"u8);

    /// <summary>Separators that may be between a key and its value: <c>=</c>, <c>: "</c>, <c>":"</c>.</summary>
    private static readonly SearchValues<byte> Separators = SearchValues.Create("=: \"'\\>"u8);

    /// <summary>True when the text contains a trace id. <paramref name="spanId"/> is the span id next to it, or empty.</summary>
    public static bool TryFind(ReadOnlySpan<byte> utf8, out TraceId traceId, out SpanId spanId)
    {
        traceId = default;
        spanId = default;
        var best = Certainty.None;
        // Every form contains a run of at least 24 hex digits, so it is enough to check one byte in 24.
        for (var probe = XRayTailDigits - 1; probe < utf8.Length;)
        {
            if (!IsHex(utf8[probe]))
            {
                probe += XRayTailDigits;
                continue;
            }
            var start = utf8[..probe].LastIndexOfAnyExcept(HexDigits) + 1;
            var rest = utf8[probe..].IndexOfAnyExcept(HexDigits);
            var end = rest < 0 ? utf8.Length : probe + rest;
            if (end - start >= XRayTailDigits)
            {
                var certainty = Read(utf8, start, end, out var trace, out var span);
                if (certainty > best)
                {
                    (best, traceId, spanId) = (certainty, trace, span);
                    if (best == Certainty.Named)
                        break;
                }
            }
            probe = end + XRayTailDigits;
        }
        if (best != Certainty.None && spanId.IsEmpty)
            spanId = FindSpanId(utf8);
        return best != Certainty.None;
    }

    private enum Certainty
    {
        None,
        Bare,
        Named,
    }

    private static Certainty Read(ReadOnlySpan<byte> text, int start, int end, out TraceId trace, out SpanId span)
    {
        span = default;
        var digits = text[start..end];
        if (digits.Length == XRayTailDigits)
        {
            // 1-5759e988-bd862e3fe1be46a994272793: the version, the dash, eight digits and their dash precede the run.
            var from = start - 11;
            trace = default;
            if (from < 0 || text[from] != '1' || (from > 0 && IsWord(text[from - 1])) || !EndsHere(text, end)
                || !TraceId.TryParse(text[from..end], out trace) || trace.IsEmpty)
                return Certainty.None;
            span = SpanAfterXRay(text[end..]);
            return Certainty.Named;
        }
        if (digits.Length != W3CDigits || !EndsHere(text, end) || (start > 0 && IsWord(text[start - 1]))
            || !TraceId.TryParse(digits, out trace) || trace.IsEmpty)
        {
            trace = default;
            return Certainty.None;
        }
        if (IsTraceparent(text, start, end, out span))
            return Certainty.Named;
        if (HasTraceKey(text[..start]))
            return Certainty.Named;
        var alone = digits.IndexOfAny(UpperHexLetters) < 0 && (start == 0 || text[start - 1] != '-') && (end == text.Length || text[end] != '-');
        return alone ? Certainty.Bare : Certainty.None;
    }

    private static bool IsTraceparent(ReadOnlySpan<byte> text, int start, int end, out SpanId span)
    {
        span = default;
        return start >= 3 && text[start - 1] == '-' && IsHex(text[start - 2]) && IsHex(text[start - 3])
            && end + 1 + SpanDigits <= text.Length && text[end] == '-'
            && SpanId.TryParse(text.Slice(end + 1, SpanDigits), out span);
    }

    /// <summary>A key such as trace_id, traceId, trace.id or otelTraceID precedes the digits.</summary>
    private static bool HasTraceKey(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd(Separators);
        return EndsWithIgnoreCase(before, "trace_id"u8) || EndsWithIgnoreCase(before, "traceid"u8)
            || EndsWithIgnoreCase(before, "trace.id"u8) || EndsWithIgnoreCase(before, "trace-id"u8)
            || EndsWithIgnoreCase(before, "trace"u8);
    }

    private static SpanId SpanAfterXRay(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > SpanDigits && rest[0] == '@' && SpanAt(rest[1..], out var span))
            return span;
        var parent = rest.StartsWith(";"u8) ? rest.IndexOf("Parent="u8) : -1;
        return parent is >= 0 and < 64 && SpanAt(rest[(parent + "Parent="u8.Length)..], out span) ? span : default;
    }

    private static SpanId FindSpanId(ReadOnlySpan<byte> text)
    {
        // span_id, spanId, span.id, otelSpanID: look for "span" in either case, then "id".
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf("pan"u8);
            if (next < 0)
                return default;
            var key = at + next;
            at = key + 3;
            if (key == 0 || (text[key - 1] | 0x20) != 's')
                continue;
            var rest = text[at..];
            if (!rest.IsEmpty && rest[0] is (byte)'_' or (byte)'.' or (byte)'-')
                rest = rest[1..];
            if (rest.Length < 2 || (rest[0] | 0x20) != 'i' || (rest[1] | 0x20) != 'd')
                continue;
            if (SpanAt(rest[2..].TrimStart(Separators), out var span))
                return span;
        }
        return default;
    }

    private static bool SpanAt(ReadOnlySpan<byte> text, out SpanId span)
    {
        span = default;
        return text.Length >= SpanDigits && EndsHere(text, SpanDigits) && SpanId.TryParse(text[..SpanDigits], out span) && !span.IsEmpty;
    }

    private static ReadOnlySpan<byte> TrimEnd(this ReadOnlySpan<byte> text, SearchValues<byte> set) =>
        text[..(text.LastIndexOfAnyExcept(set) + 1)];

    private static ReadOnlySpan<byte> TrimStart(this ReadOnlySpan<byte> text, SearchValues<byte> set)
    {
        var start = text.IndexOfAnyExcept(set);
        return start < 0 ? default : text[start..];
    }

    private static bool EndsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && System.Text.Ascii.EqualsIgnoreCase(text[^lower.Length..], lower);

    private static bool EndsHere(ReadOnlySpan<byte> text, int at) => at >= text.Length || !IsWord(text[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '_';
}
