using System.Text;
using System.Text.Unicode;

namespace Weir.Protocols.Wire;

/// <summary>
/// Makes valid JSON of what senders of telemetry send as JSON. Cutting strings to size leaves halves of characters and of surrogate pairs;
/// Python and Ruby write NaN and Infinity; some writers put a byte order mark first. What is well-formed is not copied.
/// </summary>
internal static class JsonRepair
{
    /// <summary>
    /// The text in valid UTF-8, without a byte order mark, in which every <c>\ud800</c>…<c>\udfff</c> has its other half; what has none
    /// becomes U+FFFD.
    /// </summary>
    /// <param name="repairs">Halves of pairs that were replaced; bytes that were no UTF-8 count as one together.</param>
    public static ReadOnlySpan<byte> Characters(ReadOnlySpan<byte> json, out int repairs)
    {
        repairs = 0;
        if (json.StartsWith("\uFEFF"u8))
            json = json["\uFEFF"u8.Length..];
        byte[]? copy = null;
        if (!Utf8.IsValid(json))
        {
            repairs++;
            json = copy = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }
        for (var at = NextHalf(json, 0); at >= 0; at = NextHalf(json, at + 6))
        {
            repairs++;
            copy ??= json.ToArray();
            json = copy;
            "\\ufffd"u8.CopyTo(copy.AsSpan(at));
        }
        return json;
    }

    /// <summary>The position of the first half surrogate pair whose other half is missing; -1 when there is none.</summary>
    internal static int NextHalf(ReadOnlySpan<byte> json, int from)
    {
        if (from == 0 && json.IndexOf("\\u"u8) < 0)
            return -1;
        var at = from;
        while (at < json.Length && json[at..].IndexOf((byte)'\\') is >= 0 and var skipped)
        {
            at += skipped;
            if (Surrogate(json, at) is not { } first)
            {
                at += 2;
                continue;
            }
            if (first >= 0xDC00 || Surrogate(json, at + 6) is not >= 0xDC00)
                return at;
            at += 12;
        }
        return -1;
    }

    /// <summary>
    /// The text with NaN, Infinity and -Infinity outside strings as <paramref name="asText"/> says: as strings of that name, or null.
    /// Null when there are none.
    /// </summary>
    public static byte[]? NonFiniteNumbers(ReadOnlySpan<byte> json, bool asText)
    {
        List<byte>? result = null;
        var copied = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (inString)
            {
                if (json[i] == '\\')
                    i++;
                else if (json[i] == '"')
                    inString = false;
                continue;
            }
            var length = NonFinite(json[i..], out var name);
            if (length > 0)
            {
                result ??= new List<byte>(json.Length + 64);
                result.AddRange(json[copied..i]);
                result.AddRange(asText ? name : "null"u8);
                i += length - 1;
                copied = i + 1;
            }
            else
            {
                inString = json[i] == '"';
            }
        }
        if (result is null)
            return null;
        result.AddRange(json[copied..]);
        return [.. result];
    }

    /// <summary>How long the word is that stands for a number JSON has none for, 0 when it is none; and how it is spelled as a string.</summary>
    private static int NonFinite(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name)
    {
        name = default;
        var sign = text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        if (text.Length <= sign || text[sign] is not ((byte)'N' or (byte)'n' or (byte)'I' or (byte)'i'))
            return 0;
        var word = text[sign..];
        if (Starts(word, "nan"u8))
        {
            name = "\"NaN\""u8;
            return sign + 3;
        }
        var length = Starts(word, "infinity"u8) ? 8 : Starts(word, "inf"u8) ? 3 : 0;
        if (length == 0)
            return 0;
        name = text[0] == '-' ? "\"-Infinity\""u8 : "\"Infinity\""u8;
        return sign + length;
    }

    /// <summary>Ignores case; the word must not be the start of a longer one: <c>null</c> does not match.</summary>
    private static bool Starts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word)
        && (text.Length == word.Length || !char.IsAsciiLetterOrDigit((char)text[word.Length]));

    private static int? Surrogate(ReadOnlySpan<byte> text, int at)
    {
        if (at + 6 > text.Length || text[at] != '\\' || text[at + 1] != 'u' || (text[at + 2] | 0x20) != 'd')
            return null;
        var value = 0;
        for (var i = at + 2; i < at + 6; i++)
        {
            var digit = Digit(text[i]);
            if (digit < 0)
                return null;
            value = (value << 4) | digit;
        }
        return value is >= 0xD800 and <= 0xDFFF ? value : null;
    }

    private static int Digit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
