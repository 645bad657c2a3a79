using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.Honeycomb.Out;

/// <summary>Answers to senders of events, in the encoding they sent: JSON or MessagePack, which clients read back by the content type.</summary>
internal static class EventAnswers
{
    public static bool IsMsgPack(HttpRequest request) => request.ContentType?.Contains("msgpack", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary><c>{"error":"…"}</c></summary>
    public static ByteBuffer Error(bool isMsgPack, string message)
    {
        var body = new ByteBuffer();
        if (isMsgPack)
        {
            body.AppendByte(0x81);
            AppendText(body, "error"u8);
            AppendText(body, Encoding.UTF8.GetBytes(message));
            return body;
        }
        body.Append("{\"error\":"u8);
        JsonText.AppendString(body, message);
        body.AppendByte((byte)'}');
        return body;
    }

    /// <summary>Maximum rejections of a batch with a message; the others have only their status, so that a response is not many times its request.</summary>
    private const int MostExplained = 1_000;

    /// <summary><c>[{"status":202},{"status":400,"error":"…"}]</c>, one an event, in order: clients zip both lists.</summary>
    public static ByteBuffer Statuses(bool isMsgPack, IReadOnlyList<Fault?> statuses)
    {
        var refused = 0;
        var body = new ByteBuffer();
        if (isMsgPack)
        {
            // array 32
            body.AppendByte(0xdd);
            BinaryPrimitives.WriteInt32BigEndian(body.Reserve(sizeof(int)), statuses.Count);
            foreach (var status in statuses)
                AppendMsgPack(body, status, ref refused);
            return body;
        }
        body.AppendByte((byte)'[');
        for (var i = 0; i < statuses.Count; i++)
        {
            if (i > 0)
                body.AppendByte((byte)',');
            AppendJson(body, statuses[i], ref refused);
        }
        body.AppendByte((byte)']');
        return body;
    }

    public static async Task WriteAsync(HttpContext http, bool isMsgPack, ByteBuffer body)
    {
        http.Response.ContentType = isMsgPack ? "application/msgpack" : "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    private static void AppendJson(ByteBuffer body, Fault? status, ref int refused)
    {
        if (status is null)
        {
            body.Append("{\"status\":202}"u8);
            return;
        }
        body.Append("{\"status\":400"u8);
        if (++refused <= MostExplained)
        {
            body.Append(",\"error\":"u8);
            JsonText.AppendString(body, status.Message);
        }
        body.AppendByte((byte)'}');
    }

    private static void AppendMsgPack(ByteBuffer body, Fault? status, ref int refused)
    {
        var isExplained = status is not null && ++refused <= MostExplained;
        body.AppendByte(isExplained ? (byte)0x82 : (byte)0x81);
        AppendText(body, "status"u8);
        // uint 16
        body.AppendByte(0xcd);
        BinaryPrimitives.WriteUInt16BigEndian(body.Reserve(sizeof(ushort)), status is null ? (ushort)202 : (ushort)400);
        if (!isExplained)
            return;
        AppendText(body, "error"u8);
        AppendText(body, Encoding.UTF8.GetBytes(status!.Message));
    }

    private static void AppendText(ByteBuffer body, ReadOnlySpan<byte> utf8)
    {
        // str 16
        body.AppendByte(0xda);
        BinaryPrimitives.WriteUInt16BigEndian(body.Reserve(sizeof(ushort)), (ushort)utf8.Length);
        body.Append(utf8);
    }
}
