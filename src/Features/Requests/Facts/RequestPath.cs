using System.Text;

namespace Weir.Features.Requests.Facts;

/// <summary>
/// The path of a request's target in one form, whoever wrote it: recorders differ in percent-encoding, in what a logger escapes, in slashes
/// and in how a gateway hands on bytes that are not ASCII.
/// </summary>
public static class RequestPath
{
    private const int LongestPath = 8 * 1024;

    // A path that only one recorder encodes: these three bytes begin an escape of a URL, of Apache's log and of nginx's log.
    private const string Escapes = "%\\";

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>
    /// <c>http://host/api/home?x=1</c>, <c>/api//home</c> and <c>/api/home/</c> are <c>/api/home</c>; <c>%40me</c> is <c>@me</c>, and
    /// <c>%C3%BC</c>, <c>\xc3\xbc</c> and <c>Ã¼</c> are <c>ü</c>. What is no valid escape stays as it stands.
    /// </summary>
    public static string Of(string target)
    {
        var path = target.AsSpan();
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && !path[..scheme].ContainsAny("/?#"))
        {
            path = path[(scheme + 3)..];
            var authority = path.IndexOfAny('/', '?', '#');
            path = authority < 0 || path[authority] != '/' ? "/" : path[authority..];
        }
        var end = path.IndexOfAny('?', '#');
        if (end >= 0)
            path = path[..end];
        path = path[..Math.Min(path.Length, LongestPath)];
        var text = path.ContainsAny(Escapes) || !Ascii.IsValid(path) ? Decoded(path) : path.ToString();
        return Slashes(text);
    }

    private static string Decoded(ReadOnlySpan<char> path)
    {
        var bytes = new List<byte>(path.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < path.Length;)
        {
            if (path[i] == '%' && TryHex(path[(i + 1)..], out var value))
                i += 3;
            else if (path[i] == '\\' && i + 1 < path.Length && path[i + 1] is 'x' && TryHex(path[(i + 2)..], out value))
                i += 4;
            else
            {
                _ = Rune.DecodeFromUtf16(path[i..], out var rune, out var used);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += used;
                continue;
            }
            bytes.Add(value);
        }
        var decoded = Text([.. bytes]);
        // WSGI hands a path on as Latin-1 characters, one for each byte of the UTF-8.
        return decoded.AsSpan().IndexOfAnyInRange('\u0080', '\u00ff') >= 0 && !decoded.Any(c => c > '\u00ff')
            ? TryText([.. decoded.Select(c => (byte)c)]) ?? decoded
            : decoded;
    }

    private static string Text(byte[] bytes) => TryText(bytes) ?? Encoding.Latin1.GetString(bytes);

    private static string? TryText(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool TryHex(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        return text.Length >= 2 && char.IsAsciiHexDigit(text[0]) && char.IsAsciiHexDigit(text[1])
            && byte.TryParse(text[..2], System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
    }

    private static string Slashes(string path)
    {
        if (path.Contains("//", StringComparison.Ordinal))
        {
            var one = new StringBuilder(path.Length);
            foreach (var c in path)
            {
                if (c != '/' || one.Length == 0 || one[^1] != '/')
                    one.Append(c);
            }
            path = one.ToString();
        }
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        return path.Length == 0 ? "/" : path;
    }
}
