using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Tests.Support;

/// <summary>
/// A host that answers what a test says, byte for byte: for answers that no healthy server gives. Without a script it answers as a
/// ClickHouse does that is asked for its version and told to create a database.
/// </summary>
public sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _loop;

    public ScriptedPeer()
    {
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>Gets the request and the connection to answer on; ending without an answer keeps the client waiting.</summary>
    public Func<ScriptedRequest, Stream, Task>? Script { get; set; }

    /// <summary>Wraps each new connection, in TLS for instance.</summary>
    public Func<Stream, Task<Stream>> Wrap { get; set; } = Task.FromResult;

    public ConcurrentQueue<ScriptedRequest> Requests { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static byte[] Answer(string status, string body, params string[] headers) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        foreach (var client in _clients)
            client.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = await Wrap(client.GetStream());
            while (await ReadAsync(stream) is { } request)
            {
                Requests.Enqueue(request);
                if (Script is { } script)
                    await script(request, stream);
                else
                    await stream.WriteAsync(Answer("200 OK", request.Body.Contains("version()", StringComparison.Ordinal) ? "26.5.1.1\n" : ""));
                await stream.FlushAsync();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, as it does.
        }
    }

    private static async Task<ScriptedRequest?> ReadAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || Encoding.Latin1.GetString([.. bytes[^4..]]) != "\r\n\r\n")
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            bytes.Add(one[0]);
        }
        var head = Encoding.Latin1.GetString([.. bytes]);
        var length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var body = new byte[length is null ? 0 : int.Parse(length[15..])];
        await stream.ReadExactlyAsync(body);
        return new ScriptedRequest(head, Encoding.UTF8.GetString(body));
    }
}

/// <summary>A request as it came: line and headers, and the body as text.</summary>
public sealed record ScriptedRequest(string Head, string Body)
{
    /// <summary>A field of the address, decoded.</summary>
    public string? Field(string name)
    {
        var target = Head.Split(' ')[1];
        var pair = target[(target.IndexOf('?') + 1)..].Split('&').FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal));
        return pair is null ? null : Uri.UnescapeDataString(pair[(name.Length + 1)..]);
    }
}
