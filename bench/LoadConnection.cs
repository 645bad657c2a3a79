using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weir.Bench;

/// <summary>One keep-alive HTTP/1.1 connection that posts bodies and reads the status; as thin as can be, it shares the cores.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _reply = new byte[16 * 1024];
    private readonly int _port;

    public LoadConnection(int port)
    {
        _port = port;
        _socket.Connect("127.0.0.1", port);
    }

    /// <summary>Posts and waits for the answer. Returns the status code; throws when the connection breaks.</summary>
    public async Task<int> PostAsync(string path, ReadOnlyMemory<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\nContent-Type: application/x-protobuf\r\nContent-Length: {body.Length}\r\n\r\n"));
        await SendAllAsync(head);
        await SendAllAsync(body);
        var have = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_reply.AsMemory(have), SocketFlags.None);
            if (read == 0)
                throw new IOException("the server closed the connection");
            have += read;
            if (Complete(_reply.AsSpan(0, have)))
                return int.Parse(Encoding.ASCII.GetString(_reply, 9, 3), CultureInfo.InvariantCulture);
        }
    }

    private static bool Complete(ReadOnlySpan<byte> reply)
    {
        var end = reply.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = Encoding.ASCII.GetString(reply[..end]);
        if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return reply.EndsWith("0\r\n\r\n"u8);
        var at = head.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return true;
        var line = head.AsSpan(at + 15);
        var stop = line.IndexOf('\r');
        var length = int.Parse((stop < 0 ? line : line[..stop]).Trim(), CultureInfo.InvariantCulture);
        return reply.Length >= end + 4 + length;
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
    }

    public void Dispose() => _socket.Dispose();
}
