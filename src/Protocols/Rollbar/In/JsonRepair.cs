using System.Text;
using System.Text.Unicode;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// Makes JSON of what SDKs send for JSON. Cutting strings to size leaves halves of characters and of surrogate pairs; Python writes
/// NaN and Infinity.
/// </summary>
internal static class JsonRepair
{
    /// <summary>A copy in valid UTF-8 in which every <c>\ud800</c>…<c>\udfff</c> has its other half; what has none becomes U+FFFD.</summary>
    public static byte[] Characters(ReadOnlySpan<byte> json)
    {
        var text = Utf8.IsValid(json) ? json.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        for (var i = text.AsSpan().IndexOf((byte)'\\'); i >= 0 && i < text.Length - 1;)
        {
            var step = 2;
            if (Surrogate(text, i) is { } first)
            {
                var second = Surrogate(text, i + 6);
                if (first < 0xDC00 && second >= 0xDC00)
                {
                    step = 12;
                }
                else
                {
                    "\\ufffd"u8.CopyTo(text.AsSpan(i));
                    step = 6;
                }
            }
            var next = i + step < text.Length ? text.AsSpan(i + step).IndexOf((byte)'\\') : -1;
            i = next < 0 ? -1 : i + step + next;
        }
        return text;
    }

    /// <summary>The text with NaN, Infinity and -Infinity outside strings as null; null when there are none.</summary>
    public static byte[]? NonFiniteNumbers(byte[] json)
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
            var length = json[i] switch
            {
                (byte)'N' when json.AsSpan(i).StartsWith("NaN"u8) => 3,
                (byte)'I' when json.AsSpan(i).StartsWith("Infinity"u8) => 8,
                (byte)'-' when json.AsSpan(i).StartsWith("-Infinity"u8) => 9,
                _ => 0,
            };
            if (length > 0)
            {
                result ??= new List<byte>(json.Length);
                result.AddRange(json.AsSpan(copied, i - copied));
                result.AddRange("null"u8);
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
        result.AddRange(json.AsSpan(copied));
        return [.. result];
    }

    private static int? Surrogate(byte[] text, int at)
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
