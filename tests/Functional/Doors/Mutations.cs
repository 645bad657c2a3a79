using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Tests.Functional.Doors;

/// <summary>Changes valid bytes into bytes that a broken, old or hostile client might send.</summary>
internal static partial class Mutations
{
    /// <summary>JSON texts of every type, including edge cases.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "0.5", "1e308", "-1e308", "1e400", "-1e999", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999", "253402300800", "1795179199884000000", "2147483648", "-2147483649", "4294967296", "NaN", "Infinity",
        "0x1F", "01", "1.", ".5", "+1", "[]", "{}", "[null]", "[[[[[]]]]]", "{\"a\":{\"b\":[1,{}]}}", "[1,\"a\",null,{},[]]", "\"\"", "\" \"", "\"0\"", "\"-1\"", "\"true\"", "\"null\"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83d\"", "\"\\ud83d\\ude00\"", "\"\\uFFFE\"", "\"é😀\"", "\"' OR 1=1 --\"", "\"%s%n{}\\\\\\\"\"", "\"../../etc\"", "\"2026-01-01T00:00:00Z\"",
        "\"0000-00-00T99:99:99Z\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"00000000000000000000000000000000\"", "\"zz\"", "\"AAAA=\"", "\"\\n\\r\\t\"", "{\"\":1}", "{\"__proto__\":1}", "{\"\\ud800\":\"\\udc00\"}",
        "\"a\u0001b\"", "\"unclosed", "]", "}", ",", ":", "//", "\"\\x\"", "\"\\u12\"", "\u00ff",
    ];

    private static readonly int[] Depths = [10, 63, 64, 65, 101, 401, 513, 5_000];

    /// <summary>One to four changes of bytes, independent of their meaning.</summary>
    public static byte[] Bytes(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var at = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
            var some = Math.Min(bytes.Count - at, random.Next(1, 40));
            switch (bytes.Count == 0 ? 5 : random.Next(9))
            {
                case 0 or 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.RemoveRange(at, some);
                    break;
                case 5:
                    bytes.Insert(at, (byte)(random.Next(3) == 0 ? 0 : random.Next(256)));
                    break;
                case 6:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - some + 1), some));
                    break;
                case 7:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)0xff, random.Next(1, 12)));
                    break;
                default:
                    bytes.AddRange(bytes.GetRange(at, some));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>One to three changes of members and values; the text stays JSON, except for invalid values.</summary>
    public static byte[] Json(byte[] good, Random random)
    {
        var text = Encoding.Latin1.GetString(good);
        for (var change = random.Next(1, 4); change > 0; change--)
            text = ChangedJson(text, random);
        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>The same on a text; characters past U+00FF do not survive.</summary>
    private static string ChangedJson(string text, Random random)
    {
        var names = Name().Matches(text);
        if (names.Count == 0)
            return random.Next(2) == 0 ? Utf8(Pick(Values, random)) : Encoding.Latin1.GetString(Bytes(Encoding.Latin1.GetBytes(text), random));
        var name = names[random.Next(names.Count)];
        var from = name.Index + name.Length;
        var to = EndOfValue(text, from);
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                return text[..from] + Utf8(Pick(Values, random)) + text[to..];
            case 3:
                // The member, with the comma on one side of it.
                var end = to < text.Length && text[to] == ',' ? to + 1 : to;
                return text[..name.Index] + text[end..];
            case 4:
                return text[..name.Index] + text[name.Index..to] + "," + text[name.Index..];
            case 5:
                return text[..name.Index] + Utf8(Pick(["\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"a.b.c\"", "\"__proto__\"", "\"NAME\""], random)) + ":" + text[from..];
            case 6:
                var depth = Pick(Depths, random);
                return random.Next(2) == 0
                    ? text[..from] + new string('[', depth) + text[from..to] + new string(']', depth) + text[to..]
                    : text[..from] + string.Concat(Enumerable.Repeat("{\"a\":", depth)) + text[from..to] + new string('}', depth) + text[to..];
            case 7:
                return text[..from] + "[" + string.Join(',', Enumerable.Repeat(text[from..to], random.Next(2, 30))) + "]" + text[to..];
            case 8:
                return text[..from] + "\"" + new string((char)random.Next(' ', 'z'), random.Next(4) == 0 ? 70_000 : 300).Replace('"', 'x').Replace('\\', 'x') + "\"" + text[to..];
            default:
                // The value of another member.
                var other = names[random.Next(names.Count)];
                var begin = other.Index + other.Length;
                return text[..from] + text[begin..EndOfValue(text, begin)] + text[to..];
        }
    }

    /// <summary>Behind the JSON value that begins there; the text may be broken.</summary>
    private static int EndOfValue(string text, int at)
    {
        var depth = 0;
        for (var quoted = false; at < text.Length; at++)
        {
            var character = text[at];
            if (quoted)
            {
                if (character == '\\')
                    at++;
                else if (character == '"')
                    quoted = false;
                continue;
            }
            if (character == '"')
                quoted = true;
            else if (character is '{' or '[')
                depth++;
            else if (character is '}' or ']' && --depth < 0)
                return at;
            else if (character == ',' && depth == 0)
                return at;
        }
        return Math.Min(at, text.Length);
    }

    /// <summary>A compressed form, possibly truncated, damaged, compressed again, or with trailing bytes.</summary>
    public static byte[] Packed(byte[] content, Random random)
    {
        var packed = Gzip(content);
        return random.Next(8) switch
        {
            0 => packed[..random.Next(packed.Length)],
            1 => Bytes(packed, random),
            2 => Gzip(packed),
            3 => [.. packed, .. packed],
            4 => [.. packed, 0, 1, 2],
            _ => packed,
        };
    }

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(content);
        return stream.ToArray();
    }

    /// <summary>A text for a part of a path or a parameter, escaped correctly or almost correctly.</summary>
    public static string Escaped(Random random) => Pick(
        [
            "x", "", "0", "-1", "1e999", "NaN", "now", "-15m", "2026-01-01T00:00:00Z", "9999999999999999999", "%00", "%FF", "%ED%A0%80", "%", "%zz", "%F0%9F%98%80", "a%2F..%2Fb", "..", "%22", "'--", "%5B%5D", "*", "error",
            "5759e988bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "__all__", "shop", "true", "service(%22api%22)", "duration%20%3E%201", new string('a', 3_000), "a=b", "%0d%0aX:1",
        ],
        random);

    public static T Pick<T>(IReadOnlyList<T> list, Random random) => list[random.Next(list.Count)];

    /// <summary>Replaces recorded times by current times, so that inputs are not rejected because of their age. Lengths stay.</summary>
    public static byte[] Now(byte[] recorded)
    {
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var text = RecordedSeconds().Replace(Encoding.Latin1.GetString(recorded), seconds.ToString(CultureInfo.InvariantCulture));
        var bytes = Encoding.Latin1.GetBytes(RecordedDay().Replace(text, DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        // Nanoseconds as eight bytes, the least significant first.
        for (var at = 0; at + 8 <= bytes.Length; at++)
        {
            var value = BitConverter.ToUInt64(bytes, at);
            if (value is > 1_790_000_000_000_000_000 and < 1_800_000_000_000_000_000)
                BitConverter.TryWriteBytes(bytes.AsSpan(at, 8), (ulong)seconds * 1_000_000_000);
        }
        return bytes;
    }

    /// <summary>The bytes of a text's UTF-8, one a character.</summary>
    private static string Utf8(string text) => Encoding.Latin1.GetString(text == "\u00ff" ? [0xff] : Encoding.UTF8.GetBytes(text));

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.){0,200}\"\\s*:\\s*", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Name();

    [GeneratedRegex("179[0-9]{7}", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex RecordedSeconds();

    [GeneratedRegex("2026-11-[0-9]{2}", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex RecordedDay();
}
