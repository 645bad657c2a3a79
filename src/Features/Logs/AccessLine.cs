using System.Buffers;
using System.Buffers.Text;
using Weir.Core.Columns;

namespace Weir.Features.Logs;

/// <summary>
/// A line that a web server writes after a response. Three formats are supported, each with an optional log prefix:
/// <code>
/// [2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK
/// INFO:     172.18.0.1:4567 - "GET /docs HTTP/1.1" 200 OK
/// 127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://example.com/" "Mozilla/4.08"
/// </code>
/// The last is the common log format (https://httpd.apache.org/docs/current/logs.html#common) with the combined format's two fields.
/// </summary>
internal ref struct AccessLine
{
    private const int LongestPrefix = 96;

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    private static readonly SearchValues<byte> ReasonBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'-()"u8);

    public ReadOnlySpan<byte> ClientAddress { get; private set; }

    public ReadOnlySpan<byte> User { get; private set; }

    public ReadOnlySpan<byte> Method { get; private set; }

    public ReadOnlySpan<byte> Scheme { get; private set; }

    public ReadOnlySpan<byte> Path { get; private set; }

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<byte> Query { get; private set; }

    public int Status { get; private set; }

    /// <summary>-1 when not present.</summary>
    public long BodySize { get; private set; }

    public ReadOnlySpan<byte> Referer { get; private set; }

    public ReadOnlySpan<byte> UserAgent { get; private set; }

    public static bool TryParse(ReadOnlySpan<byte> line, out AccessLine access)
    {
        access = new AccessLine { BodySize = -1 };
        line = line.TrimEnd("\r\n "u8);
        var newline = line.IndexOf((byte)'\n');
        if (newline >= 0)
            return false;
        return access.TryCommon(line) || access.TryTimed(line);
    }

    /// <summary>Adds the known values under OpenTelemetry's attribute names.</summary>
    public readonly void AddTo(JsonColumn attributes)
    {
        attributes.Add("http.request.method"u8, Method);
        attributes.Add("url.path"u8, Path);
        if (!Query.IsEmpty)
            attributes.Add("url.query"u8, Query);
        if (!Scheme.IsEmpty)
            attributes.Add("url.scheme"u8, Scheme);
        attributes.Add("http.response.status_code"u8, Status);
        if (!ClientAddress.IsEmpty)
            attributes.Add("client.address"u8, ClientAddress);
        if (!User.IsEmpty)
            attributes.Add("user.name"u8, User);
        if (BodySize >= 0)
            attributes.Add("http.response.body.size"u8, BodySize);
        if (!Referer.IsEmpty)
            attributes.Add("http.request.header.referer"u8, Referer);
        if (!UserAgent.IsEmpty)
            attributes.Add("user_agent.original"u8, UserAgent);
    }

    private bool TryCommon(ReadOnlySpan<byte> line)
    {
        // address ident user [time] "METHOD target HTTP/x" status size ["referer" "user agent"]
        var quote = line.IndexOf((byte)'"');
        if (quote < 4 || !TryQuotedRequest(line[(quote + 1)..], out var request, out var rest))
            return false;
        var method = Word(ref request);
        // Some servers write a target as it came: with blanks and quotes in it.
        var version = request.LastIndexOf(" HTTP/"u8);
        var target = (version < 0 ? request : request[..version]).Trim((byte)' ');
        request = version < 0 ? default : request[version..];
        var head = line[..quote].TrimEnd((byte)' ');
        if (!IsMethod(method) || !(head.EndsWith("]"u8) || Word(ref request).StartsWith("HTTP/"u8)) || !SetTarget(target)
            || !TryStatus(Word(ref rest), out var status))
            return false;
        Method = method;
        Status = status;
        var size = Word(ref rest);
        if (Utf8Parser.TryParse(size, out long bytes, out var used) && used == size.Length && bytes >= 0)
            BodySize = bytes;
        Referer = Quoted(ref rest);
        UserAgent = Quoted(ref rest);

        // Address, ident and user precede the time; a logger's prefix may precede them. Without a time there are only address and dash.
        var bracket = head.LastIndexOf((byte)'[');
        var user = ReadOnlySpan<byte>.Empty;
        if (bracket > 0)
        {
            head = head[..bracket];
            user = LastWord(ref head);
        }
        LastWord(ref head);
        var address = LastWord(ref head);
        User = user.SequenceEqual("-"u8) ? default : user;
        ClientAddress = AddressIn(address);
        return true;
    }

    /// <summary>Splits <c>METHOD target HTTP/x" status …</c> at the quote that a status follows: a target may hold quotes, escaped or not.</summary>
    private static bool TryQuotedRequest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> request, out ReadOnlySpan<byte> rest)
    {
        request = rest = default;
        for (var end = text.IndexOf((byte)'"'); end >= 0;)
        {
            var after = text[(end + 1)..].TrimStart((byte)' ');
            var next = after;
            if (TryStatus(Word(ref next), out _))
            {
                request = text[..end];
                rest = after;
                return true;
            }
            var more = text[(end + 1)..].IndexOf((byte)'"');
            end = more < 0 ? -1 : end + 1 + more;
        }
        return false;
    }

    private bool TryTimed(ReadOnlySpan<byte> line)
    {
        // [time] address METHOD scheme target status reason; the target may hold blanks, so the status is looked for from the end.
        var close = line[..Math.Min(line.Length, LongestPrefix)].LastIndexOf("] "u8);
        var rest = close >= 0 ? line[(close + 2)..] : line;
        var address = Word(ref rest);
        var method = Word(ref rest);
        if (!IsMethod(method) || address.IsEmpty)
            return false;
        var scheme = Word(ref rest);
        var isTarget = scheme.StartsWith("/"u8);
        if (isTarget)
            rest = line[^(rest.Length + scheme.Length)..];
        if (!TryTargetAndStatus(rest, out var target, out var status) || !SetTarget(target))
            return false;
        Method = method;
        Status = status;
        Scheme = isTarget ? default : scheme;
        ClientAddress = AddressIn(address);
        return true;
    }

    private static bool TryTargetAndStatus(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> target, out int status)
    {
        target = default;
        status = 0;
        rest = rest.TrimStart((byte)' ');
        for (var end = rest.Length; end > 0; end = rest[..end].LastIndexOf((byte)' '))
        {
            var start = rest[..end].LastIndexOf((byte)' ') + 1;
            if (start > 1 && TryStatus(rest[start..end], out status))
            {
                target = rest[..(start - 1)].TrimEnd((byte)' ');
                return true;
            }
            // Only a reason stands behind the status.
            if (rest[start..end].IndexOfAnyExcept(ReasonBytes) >= 0)
                return false;
        }
        return false;
    }

    private bool SetTarget(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty)
            return false;
        if (target[0] != '/')
        {
            // An absolute target: scheme://authority/path
            var scheme = target.IndexOf("://"u8);
            if (scheme <= 0)
                return false;
            target = target[(scheme + 3)..];
            var slash = target.IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : target[slash..];
        }
        var question = target.IndexOf((byte)'?');
        Path = question < 0 ? target : target[..question];
        Query = question < 0 ? default : target[(question + 1)..];
        return true;
    }

    private static bool TryStatus(ReadOnlySpan<byte> word, out int status) =>
        Utf8Parser.TryParse(word, out status, out var used) & used == word.Length & word.Length == 3 && status is >= 100 and < 600;

    private static bool IsMethod(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("GET"u8) || word.SequenceEqual("POST"u8) || word.SequenceEqual("PUT"u8) || word.SequenceEqual("DELETE"u8)
        || word.SequenceEqual("PATCH"u8) || word.SequenceEqual("HEAD"u8) || word.SequenceEqual("OPTIONS"u8) || word.SequenceEqual("CONNECT"u8)
        || word.SequenceEqual("TRACE"u8);

    /// <summary>Looks like an IP address; enough to distinguish it from a host name or a dash, without parsing it.</summary>
    private static bool IsAddress(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 2 or > 45 || word.IndexOfAnyExcept(AddressBytes) >= 0)
            return false;
        return word.Count((byte)':') >= 2 || (word.Count((byte)'.') == 3 && word.IndexOfAnyExceptInRange((byte)'.', (byte)'9') < 0);
    }

    /// <summary>The address in <c>INFO:werkzeug:172.18.0.1</c>, <c>172.18.0.1:4567</c> or by itself; empty when there is none.</summary>
    private static ReadOnlySpan<byte> AddressIn(ReadOnlySpan<byte> word)
    {
        if (IsAddress(word))
            return word;
        var colon = word.LastIndexOf((byte)':');
        if (colon < 0)
            return default;
        return IsAddress(word[(colon + 1)..]) ? word[(colon + 1)..] : IsAddress(word[..colon]) ? word[..colon] : default;
    }

    private static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    private static ReadOnlySpan<byte> LastWord(scoped ref ReadOnlySpan<byte> head)
    {
        head = head.TrimEnd((byte)' ');
        var start = head.LastIndexOf((byte)' ') + 1;
        var word = head[start..];
        head = head[..start];
        return word;
    }

    private static ReadOnlySpan<byte> Quoted(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        if (!rest.StartsWith("\""u8))
            return default;
        var end = rest[1..].IndexOf((byte)'"');
        if (end < 0)
            return default;
        var text = rest.Slice(1, end);
        rest = rest[(end + 2)..];
        return text.SequenceEqual("-"u8) ? default : text;
    }
}
