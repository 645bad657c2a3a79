using System.Text;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.Otlp.Out;

/// <summary>How messages are written.</summary>
internal enum PayloadEncoding
{
    Protobuf,
    Json,
}

/// <summary>The two messages OTLP answers with: Export*ServiceResponse and google.rpc.Status.</summary>
internal static class OtlpAnswers
{
    private const byte Field1Varint = 1 << 3;
    private const byte Field1Length = 1 << 3 | 2;
    private const byte Field2Length = 2 << 3 | 2;

    /// <summary>
    /// <c>{}</c>, or <c>{"partialSuccess":{"rejectedSpans":"1","errorMessage":"…"}}</c>, after which the client does not send the rejected
    /// records again. A message without rejected records is a warning: all records were accepted.
    /// </summary>
    public static void AppendExported(ByteBuffer output, PayloadEncoding encoding, Signal signal, int rejected, string? message)
    {
        if (encoding == PayloadEncoding.Json)
        {
            output.AppendByte((byte)'{');
            if (rejected > 0 || message is not null)
            {
                output.Append("\"partialSuccess\":{\""u8);
                output.Append(RejectedName(signal));
                output.Append("\":\""u8);
                JsonText.AppendNumber(output, rejected);
                output.Append("\",\"errorMessage\":"u8);
                JsonText.AppendString(output, message ?? "");
                output.AppendByte((byte)'}');
            }
            output.AppendByte((byte)'}');
            return;
        }
        if (rejected == 0 && message is null)
            return;
        var partial = new ByteBuffer();
        if (rejected > 0)
        {
            partial.AppendByte(Field1Varint);
            partial.AppendVarint((ulong)rejected);
        }
        partial.AppendByte(Field2Length);
        partial.AppendString(Encoding.UTF8.GetBytes(message ?? ""));
        output.AppendByte(Field1Length);
        output.AppendString(partial.Written);
    }

    public static void AppendStatus(ByteBuffer output, PayloadEncoding encoding, RpcCode code, string message)
    {
        if (encoding == PayloadEncoding.Json)
        {
            output.Append("{\"code\":"u8);
            JsonText.AppendNumber(output, (long)code);
            output.Append(",\"message\":"u8);
            JsonText.AppendString(output, message);
            output.AppendByte((byte)'}');
            return;
        }
        output.AppendByte(Field1Varint);
        output.AppendVarint((ulong)code);
        output.AppendByte(Field2Length);
        output.AppendString(Encoding.UTF8.GetBytes(message));
    }

    private static ReadOnlySpan<byte> RejectedName(Signal signal) => signal switch
    {
        Signal.Logs => "rejectedLogRecords"u8,
        Signal.Metrics => "rejectedDataPoints"u8,
        _ => "rejectedSpans"u8,
    };
}
