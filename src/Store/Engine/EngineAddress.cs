using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// The address and, for long values, the form of one request. Parameter values may be any bytes, so they are encoded byte by byte, not
/// as text. A value in a field may have 128 KiB (the server's http_max_field_value_size) and proxies cut addresses at 8 KiB, so values
/// above <see cref="MostAddressBytes"/> are sent in a form.
/// </summary>
internal sealed class EngineAddress
{
    private const int MostAddressBytes = 6 << 10;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly StringBuilder _text;
    private readonly IReadOnlyList<EngineParameter> _parameters;
    private char _separator = '?';

    internal EngineAddress(Uri endpoint, IReadOnlyList<EngineParameter> parameters)
    {
        _text = new StringBuilder(endpoint.GetLeftPart(UriPartial.Path));
        _parameters = parameters;
    }

    internal EngineAddress Add(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    internal EngineAddress Add(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
            Add(name, value);
        return this;
    }

    /// <summary>The request that runs <paramref name="sql"/>.</summary>
    internal HttpRequestMessage Statement(string sql)
    {
        var inForm = _parameters.Sum(static p => (long)p.Encoded.Length) > MostAddressBytes;
        if (!inForm)
        {
            foreach (var parameter in _parameters)
                Add("param_" + parameter.Name, parameter.Encoded.Span);
            return Request(new StringContent(sql, Encoding.UTF8, "text/plain"));
        }

        var form = new MultipartFormDataContent("weir-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        foreach (var parameter in _parameters)
            form.Add(new ReadOnlyMemoryContent(parameter.Encoded), $"\"param_{parameter.Name}\"");
        form.Add(new StringContent(sql), "\"query\"");
        return Request(form);
    }

    internal HttpRequestMessage Request(HttpContent? body) =>
        new(HttpMethod.Post, new Uri(_text.ToString(), AsWritten)) { Content = body };

    private EngineAddress Add(string name, ReadOnlySpan<byte> value)
    {
        _text.Append(_separator).Append(name).Append('=');
        _separator = '&';
        foreach (var b in value)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.')
                _text.Append((char)b);
            else
                _text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return this;
    }
}

/// <summary>Blocks as they are in memory, one after another.</summary>
internal sealed class BlocksContent : HttpContent
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _blocks;

    internal BlocksContent(IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        _blocks = blocks;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var block in _blocks)
            await stream.WriteAsync(block, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _blocks.Sum(static b => (long)b.Length);
        return true;
    }
}

/// <summary>Another content, compressed while sending.</summary>
internal sealed class GzipContent : HttpContent
{
    private readonly HttpContent _plain;

    internal GzipContent(HttpContent plain)
    {
        _plain = plain;
        Headers.ContentType = plain.Headers.ContentType;
        Headers.ContentEncoding.Add("gzip");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
    {
        await using var packed = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true);
        await _plain.CopyToAsync(packed);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain.Dispose();
        base.Dispose(disposing);
    }
}
