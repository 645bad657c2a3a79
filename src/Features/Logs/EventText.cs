using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Weir.Features.Logs;

/// <summary>
/// The text of a JSON string as UTF-8. Unlike the reader's own copy it never fails: unpaired surrogates, which JSON can represent and
/// UTF-8 can't, and bytes that are not UTF-8 become U+FFFD.
/// </summary>
internal static class EventText
{
    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>
    /// Decodes the text between the quotes of a valid JSON string. Returns <paramref name="raw"/> itself when there is nothing to
    /// decode, otherwise a slice of <paramref name="scratch"/>, which grows as needed.
    /// </summary>
    public static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> raw, bool escaped, ref byte[] scratch)
    {
        if (!escaped && Valid(raw))
            return raw;
        // Escapes only get shorter; an invalid byte can become the three bytes of U+FFFD.
        var needed = raw.Length * 3;
        if (scratch.Length < needed)
        {
            Return(scratch);
            scratch = ArrayPool<byte>.Shared.Rent(needed);
        }
        var written = Unescape(raw, scratch);
        return scratch.AsSpan(0, written);
    }

    /// <summary>Returns the memory of <see cref="Decode"/> when it is no longer needed.</summary>
    public static void Return(byte[] scratch)
    {
        if (scratch.Length > 0)
            ArrayPool<byte>.Shared.Return(scratch);
    }

    private static bool Valid(ReadOnlySpan<byte> utf8) => System.Text.Unicode.Utf8.IsValid(utf8);

    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> output)
    {
        var at = 0;
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
                plain = raw.Length;
            at += CopyValid(raw[..plain], output[at..]);
            raw = raw[plain..];
            if (raw.Length < 2)
                break;
            if (raw[1] != 'u')
            {
                output[at++] = raw[1] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    var self => self,
                };
                raw = raw[2..];
                continue;
            }
            var unit = Unit(raw);
            raw = raw[Math.Min(6, raw.Length)..];
            Rune rune;
            if (char.IsHighSurrogate(unit) && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u' && Rune.TryCreate(unit, Unit(raw), out var pair))
            {
                rune = pair;
                raw = raw[6..];
            }
            else if (!Rune.TryCreate(unit, out rune))
            {
                rune = Rune.ReplacementChar;
            }
            at += rune.EncodeToUtf8(output[at..]);
        }
        return at;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out var used, 'X') && used == 4 ? (char)unit : '\uFFFD';

    private static int CopyValid(ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (Valid(text))
        {
            text.CopyTo(output);
            return text.Length;
        }
        var at = 0;
        while (!text.IsEmpty)
        {
            var good = Rune.DecodeFromUtf8(text, out _, out var used) == OperationStatus.Done;
            var from = good ? text[..used] : Replacement;
            from.CopyTo(output[at..]);
            at += from.Length;
            text = text[used..];
        }
        return at;
    }
}
