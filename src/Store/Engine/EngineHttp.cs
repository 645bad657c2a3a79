using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Weir.Store.Engine;

/// <summary>
/// Requests and responses of ClickHouse's HTTP interface, over a Unix socket or TCP. Every failure is an <see cref="EngineException"/>;
/// an <see cref="OperationCanceledException"/> is thrown only for the caller's own token.
/// </summary>
internal sealed class EngineHttp : IDisposable
{
    private const int MostResultBytes = 1 << 30;
    private const int LargeResult = 1 << 20;
    private const int MostErrorBytes = 1 << 16;

    /// <summary>Socket buffer size in bytes; the system limits it.</summary>
    private const int SocketBuffer = 4 << 20;

    private readonly string _name;
    private readonly HttpMessageInvoker _http;
    private readonly AuthenticationHeaderValue? _credentials;

    private EngineHttp(string name, SocketsHttpHandler handler, AuthenticationHeaderValue? credentials)
    {
        _name = name;
        _http = new HttpMessageInvoker(handler);
        _credentials = credentials;
    }

    internal static EngineHttp OverFile(string path, TimeSpan connectTimeout) => new(
        "the engine's process", Handler(connectTimeout, async (_, ct) => await ConnectAsync(
            new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path), ct)), null);

    internal static EngineHttp OverTcp(RemoteEngineOptions options)
    {
        var handler = Handler(options.ConnectTimeout, async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // Lets the system detect a host that disappeared, even while nothing is sent.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            return await ConnectAsync(socket, context.DnsEndPoint, ct);
        });
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        if (options.Compress)
            handler.AutomaticDecompression = DecompressionMethods.GZip;
        if (options.CertificateFile is { } file)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = TrustOnly(file) };
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}"));
        return new EngineHttp($"ClickHouse at {options.Endpoint.Authority}", handler, new AuthenticationHeaderValue("Basic", credentials));
    }

    public void Dispose() => _http.Dispose();

    /// <param name="ct">The caller's token: its cancellation is passed on.</param>
    /// <param name="dead">The client's token: the host counts as failed, or the engine was closed.</param>
    internal async Task<EngineResult> SendAsync(HttpRequestMessage request, CancellationToken ct, CancellationToken dead = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, dead);
        try
        {
            using (request)
            {
                request.Headers.Authorization = _credentials;
                using var response = await _http.SendAsync(request, either.Token);
                if (response.StatusCode != HttpStatusCode.OK)
                    throw await FaultAsync(response, either.Token);
                var (bytes, owner) = await ReadAsync(response.Content, either.Token);
                try
                {
                    ThrowIfFailedMidway(response, bytes);
                    var (rowsRead, bytesRead, elapsed) = Summary(response);
                    return new EngineResult(bytes, rowsRead, bytesRead, elapsed, owner);
                }
                catch
                {
                    owner?.Dispose();
                    throw;
                }
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            // A connect timeout of the handler is one of these too.
            throw Unavailable(dead.IsCancellationRequested ? "the request was cancelled" : "connecting timed out", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AuthenticationException
            or ObjectDisposedException or InvalidOperationException or NotSupportedException)
        {
            throw Unavailable(Reason(e), e);
        }
    }

    private static SocketsHttpHandler Handler(TimeSpan connectTimeout, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new()
    {
        ConnectTimeout = connectTimeout,
        ConnectCallback = connect,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseDrainSize = 0,
    };

    private static async ValueTask<Stream> ConnectAsync(Socket socket, EndPoint to, CancellationToken ct)
    {
        try
        {
            socket.SendBufferSize = SocketBuffer;
            socket.ReceiveBufferSize = SocketBuffer;
            await socket.ConnectAsync(to, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The server's certificate must be in the file, or be issued by one in the file.</summary>
    private static RemoteCertificateValidationCallback TrustOnly(string file)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(file);
        return (_, certificate, _, errors) =>
        {
            if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
                return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using var presented = new X509Certificate2(certificate);
            return chain.Build(presented);
        };
    }

    private EngineException Unavailable(string why, Exception inner) =>
        new(EngineFault.Unavailable, $"{_name} does not answer: {why}", 0, inner);

    private static string Reason(Exception e) => e.InnerException is SocketException or IOException or AuthenticationException ? e.InnerException.Message : e.Message;

    private async Task<EngineException> FaultAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString((await ReadCutAsync(response.Content, ct)).Span);
        var fault = EngineException.Parse(text);
        if (fault.Code != 0)
            return fault;
        if (Header(response, "X-ClickHouse-Exception-Code") is { } header && int.TryParse(header, CultureInfo.InvariantCulture, out var code))
            return new EngineException(EngineException.KindOf(code), text.Trim(), code);
        var status = (int)response.StatusCode;
        return new EngineException(
            status is 413 or 414 or 431 ? EngineFault.TooComplex : EngineFault.Unavailable,
            $"{_name} answered {status} {response.ReasonPhrase}: {text.Trim()}");
    }

    /// <summary>
    /// A server that has begun its response can report a failure only inside it. Since 25.11 it then ends the body with the tag of the
    /// X-ClickHouse-Exception-Tag header, as in
    /// <c>__exception__\r\nTAG\r\nCode: 395. DB::Exception: ... \r\nLENGTH TAG\r\n__exception__\r\n</c>.
    /// </summary>
    private static void ThrowIfFailedMidway(HttpResponseMessage response, ReadOnlyMemory<byte> bytes)
    {
        if (Header(response, "X-ClickHouse-Exception-Tag") is not { Length: > 0 } tag)
            return;
        var tail = Encoding.UTF8.GetString(bytes.Span[Math.Max(0, bytes.Length - MostErrorBytes)..]);
        var opening = tail.LastIndexOf($"__exception__\r\n{tag}\r\n", StringComparison.Ordinal);
        if (opening >= 0 && tail.TrimEnd().EndsWith($"{tag}\r\n__exception__", StringComparison.Ordinal))
        {
            var text = tail[(opening + tag.Length + 17)..];
            throw EngineException.Parse(text[..text.LastIndexOf($" {tag}", StringComparison.Ordinal)].TrimEnd("0123456789\r\n ".ToCharArray()));
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    // {"read_rows":"100","read_bytes":"800","written_rows":"0","elapsed_ns":"662334"}
    private static (long RowsRead, long BytesRead, TimeSpan Elapsed) Summary(HttpResponseMessage response)
    {
        if (Header(response, "X-ClickHouse-Summary") is not { } header)
            return default;
        try
        {
            using var summary = JsonDocument.Parse(header);
            return (Number("read_rows"), Number("read_bytes"), TimeSpan.FromMicroseconds(Number("elapsed_ns") / 1000.0));

            long Number(string name) =>
                summary.RootElement.TryGetProperty(name, out var value) && long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number)
                    ? number : 0;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Reads into one piece of memory when the server sends the length; a large one has an owner that frees it.</summary>
    private static async Task<(ReadOnlyMemory<byte> Bytes, IDisposable? Owner)> ReadAsync(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        if (content.Headers.ContentLength is { } length && content.Headers.ContentEncoding.Count == 0)
        {
            if (length > MostResultBytes)
                throw TooLong();
            if (length == 0)
                return default;
            if (length < LargeResult)
            {
                var whole = GC.AllocateUninitializedArray<byte>((int)length);
                await stream.ReadExactlyAsync(whole, ct);
                return (whole, null);
            }

            var large = new ResultMemory((int)length);
            try
            {
                await stream.ReadExactlyAsync(large.Memory, ct);
                return (large.Memory, large);
            }
            catch
            {
                ((IDisposable)large).Dispose();
                throw;
            }
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (bytes.Length + read > MostResultBytes)
                throw TooLong();
            bytes.Write(buffer, 0, read);
        }

        return (bytes.GetBuffer().AsMemory(0, (int)bytes.Length), null);

        static EngineException TooLong() => new(EngineFault.RowLimit, $"the result has more than {MostResultBytes} bytes");
    }

    /// <summary>The beginning of an error's text.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadCutAsync(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[MostErrorBytes];
        return bytes.AsMemory(0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct));
    }
}
