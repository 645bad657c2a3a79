using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Protocols.Otlp.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>OTLP over gRPC: unary calls, framed here, so that they meet HTTP's requests in the same decoders.</summary>
internal sealed class OtlpGrpc(OtlpIntake intake, AccessKeys keys, OtlpOptions options)
{
    public const string AcceptedEncodings = "identity,gzip,deflate,zstd";

    private static readonly Fault UnknownMethod = new(FaultKind.Unsupported, "unknown service or method");

    /// <summary>HealthCheckResponse {status: SERVING}.</summary>
    private static readonly byte[] Serving = [0x08, 0x01];

    public async Task ExportAsync(HttpContext http, Signal signal)
    {
        if (!TryBegin(http))
            return;
        var result = await TakeAsync(http, signal);
        if (result.Fault is { } fault)
        {
            Finish(http, fault);
            return;
        }
        var message = new ByteBuffer();
        OtlpAnswers.AppendExported(message, PayloadEncoding.Protobuf, signal, result.Rejected, result.Message);
        await AnswerAsync(http, message.WrittenMemory);
    }

    public Task CheckHealthAsync(HttpContext http) => TryBegin(http) ? AnswerAsync(http, Serving) : Task.CompletedTask;

    public Task RefuseAsync(HttpContext http)
    {
        if (TryBegin(http))
            Finish(http, UnknownMethod);
        return Task.CompletedTask;
    }

    private async ValueTask<IntakeResult> TakeAsync(HttpContext http, Signal signal)
    {
        var sender = Sender.Of(http.Request, keys, signal, out var fault);
        if (fault is not null)
            return intake.Refuse(signal, fault);
        IngestBatch? batch;
        IntakeResult result;
        var limits = options.Limits with { Compressed = options.Limits.Compressed + GrpcFrame.HeaderSize };
        using (var body = await RequestBody.ReadRawAsync(http.Request, limits, http.RequestAborted))
        using (var plain = new PooledBytes(options.Limits.Decompressed))
        {
            var message = body.Bytes;
            var isCompressed = false;
            fault = body.Fault ?? GrpcFrame.TryRead(body.Bytes, out message, out isCompressed);
            if (fault is null && isCompressed)
            {
                fault = GrpcFrame.Decompress(http.Request.Headers.GrpcEncoding.ToString(), message, plain, options.Limits.Decompressed);
                message = plain.Memory;
            }
            if (fault is not null)
                return intake.Refuse(signal, fault);
            batch = intake.Decode(signal, PayloadEncoding.Protobuf, message.Span, sender, out result);
        }
        if (batch is null)
            return result;
        fault = await intake.CommitAsync(batch, http.RequestAborted);
        return fault is null ? result : new IntakeResult(fault);
    }

    /// <summary>Rejects requests that are not gRPC calls with HTTP errors; gRPC clients never see them.</summary>
    private static bool TryBegin(HttpContext http)
    {
        var isGrpc = http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
        if (!isGrpc || !HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = isGrpc ? StatusCodes.Status426UpgradeRequired : StatusCodes.Status415UnsupportedMediaType;
            return false;
        }
        http.Response.ContentType = "application/grpc";
        http.Response.Headers.GrpcAcceptEncoding = AcceptedEncodings;
        return true;
    }

    private static async Task AnswerAsync(HttpContext http, ReadOnlyMemory<byte> message)
    {
        var frame = new byte[GrpcFrame.HeaderSize + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsMemory(GrpcFrame.HeaderSize));
        await http.Response.Body.WriteAsync(frame, http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static void Finish(HttpContext http, Fault fault)
    {
        var code = OtlpFaults.Rpc(fault.Kind);
        // Without a body, status and message are headers: "Trailers-Only".
        http.Response.Headers.GrpcStatus = ((int)code).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.GrpcMessage = PercentEncode(fault.Message);
        if (OtlpFaults.RetryAfterSeconds(fault) is { } seconds)
            http.Response.Headers["grpc-status-details-bin"] = RetryDetails(code, fault.Message, seconds);
    }

    /// <summary>google.rpc.Status with a google.rpc.RetryInfo, base64 without padding as binary metadata is.</summary>
    private static string RetryDetails(RpcCode code, string message, int seconds)
    {
        var delay = new ByteBuffer();
        delay.AppendByte(1 << 3);
        delay.AppendVarint((ulong)seconds);
        var retry = new ByteBuffer();
        retry.AppendByte(1 << 3 | 2);
        retry.AppendString(delay.Written);
        var any = new ByteBuffer();
        any.AppendByte(1 << 3 | 2);
        any.AppendString("type.googleapis.com/google.rpc.RetryInfo"u8);
        any.AppendByte(2 << 3 | 2);
        any.AppendString(retry.Written);
        var status = new ByteBuffer();
        OtlpAnswers.AppendStatus(status, PayloadEncoding.Protobuf, code, message);
        status.AppendByte(3 << 3 | 2);
        status.AppendString(any.Written);
        return Convert.ToBase64String(status.Written).TrimEnd('=');
    }

    /// <summary>grpc-message escapes everything but printable ASCII, and the percent sign.</summary>
    private static string PercentEncode(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return text.ToString();
    }
}
