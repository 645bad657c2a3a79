using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Ingest;

namespace Weir.Protocols.Wire;

/// <summary>Reads JSON tokens that were found valid before, without strings and without exceptions.</summary>
internal static class JsonTokens
{
    /// <summary>
    /// How deep JSON may nest that is taken in: more than subsegments within one another can in a document of 1 MiB (an object and an
    /// array each). Whatever reads documents goes through them in loops, so that depth costs no stack.
    /// </summary>
    public const int MaxDepth = 1 << 16;

    /// <summary>
    /// The text of a string token (with its quotes). Escaped text goes to <paramref name="scratch"/>, which must be as long as the
    /// token; half surrogates, which JavaScript can send, become U+FFFD.
    /// </summary>
    public static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> token, Span<byte> scratch)
    {
        var text = token[1..^1];
        var first = text.IndexOf((byte)'\\');
        return first < 0 ? text : scratch[..Unescape(text, first, scratch)];
    }

    /// <summary>The text between the quotes of a string token, its first backslash at <paramref name="first"/>.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, int first, Span<byte> output)
    {
        text[..first].CopyTo(output);
        var written = first;
        for (var at = first; at < text.Length;)
        {
            var b = text[at++];
            if (b != '\\')
            {
                output[written++] = b;
                continue;
            }
            var escape = text[at++];
            if (escape == 'u')
            {
                written += Hex(text, ref at).EncodeToUtf8(output[written..]);
                continue;
            }
            output[written++] = escape switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                _ => escape,
            };
        }
        return written;
    }

    private static Rune Hex(ReadOnlySpan<byte> text, ref int at)
    {
        var high = Unit(text, at);
        at += 4;
        if (!char.IsSurrogate(high))
            return new Rune(high);
        if (char.IsHighSurrogate(high) && at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u')
        {
            var low = Unit(text, at + 2);
            if (char.IsLowSurrogate(low))
            {
                at += 6;
                return new Rune(high, low);
            }
        }
        return Rune.ReplacementChar;
    }

    private static char Unit(ReadOnlySpan<byte> text, int at) =>
        (char)ushort.Parse(text.Slice(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>
    /// Epoch seconds (fractions and exponents allowed) as nanoseconds; milliseconds, microseconds and nanoseconds as what they are. False
    /// outside the years 1970 to 2261.
    /// </summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public static bool TryEpochSeconds(ReadOnlySpan<byte> number, long now, out long nanoseconds, out bool corrected)
    {
        nanoseconds = 0;
        corrected = false;
        var exponent = number.IndexOfAny((byte)'e', (byte)'E') >= 0;
        if (!Utf8Parser.TryParse(number, out decimal seconds, out var used, exponent ? 'E' : 'G') || used != number.Length || seconds < 0)
            return false;
        return UnixTime.TryRead(seconds, 1_000_000_000, now, out nanoseconds, out corrected) || seconds <= 9_223_372_036m;
    }

    /// <summary>Bytes of the value the reader stands on, read past it.</summary>
    public static JsonSlice TakeValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new JsonSlice(start, (int)reader.BytesConsumed - start);
    }
}

/// <summary>The position of a JSON value in its document. There is no value when the length is 0.</summary>
internal readonly record struct JsonSlice(int Start, int Length)
{
    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> document) => document.Slice(Start, Length);

    public bool IsString(ReadOnlySpan<byte> document) => Length > 1 && document[Start] == '"';

    public bool IsObject(ReadOnlySpan<byte> document) => Length > 1 && document[Start] == '{';
}
