using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Server.Hosting;

/// <summary>The protocol of a port.</summary>
internal enum PortProtocol
{
    Http1,
    /// <summary>gRPC: HTTP/2 without TLS, and nothing else.</summary>
    Http2,
}

/// <summary>
/// Checks the first bytes of a connection: gRPC on an HTTP/1 port, HTTP/1 on the gRPC port and TLS on any port never reach
/// a handler, and the client's log says little. They are answered with advice, as far as the client's protocol allows it, and
/// recorded.
/// </summary>
internal sealed class ConnectionCheck(RefusedCalls calls)
{
    private const int NeededBytes = 4;

    /// <summary>After this time a silent connection is passed on to the server, which has its own time limits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes, and for how long, are read from a rejected client, so that closing the connection does not lose the response.</summary>
    private const int MostDrained = 8 << 20;
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);

    public ConnectionDelegate Before(ConnectionDelegate next, PortProtocol speaks) => async connection =>
    {
        var refusal = await LookAsync(connection, speaks);
        if (refusal is null)
            await next(connection);
        else
            await AnswerAsync(connection, refusal);
    };

    private async ValueTask<byte[]?> LookAsync(ConnectionContext connection, PortProtocol speaks)
    {
        // A client that has sent everything closes its side; its bytes still have to be read.
        using var patience = new CancellationTokenSource(Patience);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token);
                var enough = read.Buffer.Length >= NeededBytes || read.IsCompleted || read.IsCanceled;
                var refusal = enough ? Judge(First(read.Buffer), connection, speaks) : null;
                // Nothing is consumed: the server reads the same bytes again.
                input.AdvanceTo(read.Buffer.Start, enough ? read.Buffer.Start : read.Buffer.End);
                if (enough)
                    return refusal;
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (ConnectionResetException)
        {
            return null;
        }
    }

    private static byte[] First(ReadOnlySequence<byte> buffer) => buffer.Slice(0, Math.Min(NeededBytes, buffer.Length)).ToArray();

    /// <summary>Null when the bytes are the beginning of the port's protocol, or of something that the server can handle.</summary>
    private byte[]? Judge(byte[] first, ConnectionContext connection, PortProtocol speaks)
    {
        var port = (connection.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        if (first.Length < NeededBytes)
            return null;
        if (first[0] == 0x16 && first[1] == 0x03)
        {
            const string Advice = "This port does not support TLS: use http:// instead of https://, or set OTEL_EXPORTER_OTLP_INSECURE=true for gRPC. For TLS, put a reverse proxy in front of Weir.";
            calls.Note("", "TLS (https) was sent to a port without TLS", $"port {port}", Advice);
            return PlainText(Advice);
        }
        var isHttp2 = first.AsSpan().SequenceEqual("PRI "u8);
        if (speaks == PortProtocol.Http1 && isHttp2)
        {
            const string Advice = "This port supports HTTP/1 only. Send OTLP over gRPC to the gRPC port (default 4317), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.";
            calls.Note(WireProtocol.Otlp, "gRPC came to a port of HTTP", $"port {port}", Advice);
            return GoAway(Advice);
        }
        if (speaks == PortProtocol.Http2 && !isHttp2 && first.AsSpan().IndexOfAnyExceptInRange((byte)' ', (byte)'Z') < 0)
        {
            const string Advice = "This port supports gRPC only. Send OTLP over HTTP to the HTTP port (default 4318), or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.";
            calls.Note(WireProtocol.Otlp, "HTTP/1 was sent to the gRPC port", $"port {port}", Advice);
            return PlainText(Advice);
        }
        return null;
    }

    private static byte[] PlainText(string advice) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(advice) + 1}\r\n\r\n{advice}\n");

    /// <summary>An empty SETTINGS frame, and GOAWAY with HTTP_1_1_REQUIRED and the advice, which gRPC clients include in their error.</summary>
    private static byte[] GoAway(string advice)
    {
        const int FrameHeader = 9;
        const byte Settings = 4;
        const byte Away = 7;
        const uint Http11Required = 0xd;
        var text = Encoding.UTF8.GetBytes(advice);
        var bytes = new byte[FrameHeader + FrameHeader + 8 + text.Length];
        bytes[3] = Settings;
        var away = bytes.AsSpan(FrameHeader);
        var length = 8 + text.Length;
        (away[0], away[1], away[2], away[3]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length, Away);
        BinaryPrimitives.WriteUInt32BigEndian(away[(FrameHeader + 4)..], Http11Required);
        text.CopyTo(away[(FrameHeader + 8)..]);
        return bytes;
    }

    /// <summary>Not cancelled by the end of the connection: a client that has sent everything closes its side and still reads the response.</summary>
    private static async Task AnswerAsync(ConnectionContext connection, byte[] answer)
    {
        using var patience = new CancellationTokenSource(DrainPatience);
        try
        {
            await connection.Transport.Output.WriteAsync(answer, patience.Token);
            await connection.Transport.Output.CompleteAsync();
            // Closing with bytes unread would reset the connection, and the client would not read the answer.
            for (long drained = 0; drained < MostDrained;)
            {
                var read = await connection.Transport.Input.ReadAsync(patience.Token);
                drained += read.Buffer.Length;
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or IOException)
        {
            // The client has disconnected, or keeps sending.
        }
    }
}
