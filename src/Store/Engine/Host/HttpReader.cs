using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>The request can't be processed: status and text of the response; the connection is closed after it.</summary>
internal sealed class HttpFault(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>First line and headers of a request. Header names are lower case; of repeated ones the last is used.</summary>
internal sealed record HttpHead(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? this[string name] => Headers.GetValueOrDefault(name);

    public bool KeepsAlive => !string.Equals(this["connection"], "close", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Reads HTTP/1.1 requests from a blocking socket, one after another, bodies in pieces.</summary>
internal sealed class HttpReader(Socket socket)
{
    /// <summary>http_max_uri_size of a server.</summary>
    private const int MostTargetBytes = 1 << 20;
    private const int MostHeadBytes = MostTargetBytes + (1 << 16);
    private const int MostHeaders = 100;

    private byte[] _buffer = new byte[1 << 14];
    private int _from;
    private int _to;

    private long _left;
    private bool _chunked;

    /// <summary>Null when the client has closed the connection between two requests.</summary>
    public HttpHead? ReadHead()
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = Parse(_buffer.AsSpan(_from, searched + end));
                _from += searched + end + 4;
                Begin(head);
                return head;
            }

            searched = Math.Max(0, _to - _from - 3);
            if (_to - _from >= MostHeadBytes)
                throw new HttpFault(400, "the address and headers of the request are too long");
            if (!Fill())
                return _to == _from ? null : throw new HttpFault(400, "the request ends inside its headers");
        }
    }

    /// <summary>Reads a part of the body directly into <paramref name="into"/>; 0 at its end.</summary>
    public int ReadBody(Span<byte> into)
    {
        if (_left == 0 && (!_chunked || !NextChunk()))
            return 0;
        if (into.Length > _left)
            into = into[..(int)_left];
        int read;
        if (_to > _from)
        {
            read = Math.Min(into.Length, _to - _from);
            _buffer.AsSpan(_from, read).CopyTo(into);
            _from += read;
        }
        else
        {
            read = socket.Receive(into);
            if (read == 0)
                throw new HttpFault(400, "the request ends inside its body");
        }

        _left -= read;
        if (_left == 0 && _chunked)
            SkipLineEnd();
        return read;
    }

    /// <summary>Length of the body if the client sent it; 0 with chunked encoding.</summary>
    public long KnownLength => _chunked ? 0 : _left;

    private void Begin(HttpHead head)
    {
        _left = 0;
        _chunked = string.Equals(head["transfer-encoding"], "chunked", StringComparison.OrdinalIgnoreCase);
        if (!_chunked && head["content-length"] is { } text
            && (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _left) || _left < 0))
            throw new HttpFault(400, "Content-Length is not a number");
        if (!_chunked && head["content-length"] is null && head.Method == "POST")
            throw new HttpFault(411, "the request has neither Content-Length nor chunked encoding");
        if (string.Equals(head["expect"], "100-continue", StringComparison.OrdinalIgnoreCase))
            socket.Send("HTTP/1.1 100 Continue\r\n\r\n"u8);
    }

    private bool NextChunk()
    {
        var line = ReadLine();
        if (!Utf8Parser.TryParse(line, out long size, out _, 'x') || size < 0)
            throw new HttpFault(400, "a chunk has no length");
        _left = size;
        if (size > 0)
            return true;
        while (ReadLine().Length > 0)
        {
            // Trailers are not needed.
        }

        _chunked = false;
        return false;
    }

    private void SkipLineEnd()
    {
        if (ReadLine().Length > 0)
            throw new HttpFault(400, "a chunk is longer than its declared length");
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        int end;
        while ((end = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n"u8)) < 0)
        {
            if (_to - _from > 1 << 12)
                throw new HttpFault(400, "a chunk's line is too long");
            if (!Fill())
                throw new HttpFault(400, "the request ends inside its body");
        }

        var line = _buffer.AsSpan(_from, end);
        _from += end + 2;
        return line;
    }

    private bool Fill()
    {
        if (_from == _to)
            _from = _to = 0;
        if (_to == _buffer.Length)
        {
            if (_from > 0)
                _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            else
                Array.Resize(ref _buffer, _buffer.Length * 2);
            _to -= _from;
            _from = 0;
        }

        var read = socket.Receive(_buffer.AsSpan(_to));
        _to += read;
        return read > 0;
    }

    private static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var words = lines[0].Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !words[1].StartsWith('/'))
            throw new HttpFault(400, "the first line is not an HTTP/1.1 request");
        if (words[1].Length > MostTargetBytes)
            throw new HttpFault(400, "the request's address is too long");
        if (lines.Length > MostHeaders)
            throw new HttpFault(400, "the request has too many headers");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new HttpFault(400, "a header has no name");
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        return new HttpHead(words[0], words[1], headers);
    }
}
