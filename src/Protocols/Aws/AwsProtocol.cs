using System.Formats.Cbor;
using System.Security;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>One of the protocols that AWS's SDKs speak: how its answers and its errors look on the wire.</summary>
internal abstract record AwsProtocol(string ContentType)
{
    public static readonly AwsProtocol Json11 = new JsonProtocol("application/x-amz-json-1.1", "message");

    public static readonly AwsProtocol Json10 = new JsonProtocol("application/x-amz-json-1.0", "message");

    /// <summary>A path for each operation. X-Ray's error shapes spell their text with a capital letter.</summary>
    public static readonly AwsProtocol RestJson = new JsonProtocol("application/json", "Message");

    /// <summary>A form with an Action, answered in XML.</summary>
    public static readonly AwsProtocol Query = new QueryProtocol();

    /// <summary>
    /// Smithy's RPC v2 CBOR, which newer SDKs speak to some services: <c>POST /service/{service}/operation/{operation}</c>. No service that
    /// Weir serves uses it yet; a caller gets an error that its SDK can read.
    /// </summary>
    public static readonly AwsProtocol Cbor = new CborProtocol();

    public async Task WriteAsync(HttpContext context, AwsReply reply, string requestId)
    {
        var response = context.Response;
        var body = reply.Body;
        if (reply.Fault is { } fault)
        {
            response.StatusCode = fault.Status;
            if (fault.RetryAfter is { } wait)
                response.Headers.RetryAfter = FaultStatus.RetryAfter(wait);
            body = Write(fault, requestId, response.Headers);
        }
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The body of an error, and what the protocol says of it in the headers.</summary>
    protected abstract ReadOnlyMemory<byte> Write(AwsFault fault, string requestId, IHeaderDictionary headers);

    /// <summary><c>{"__type":"ResourceNotFoundException","message":"…"}</c></summary>
    private sealed record JsonProtocol(string ContentType, string Text) : AwsProtocol(ContentType)
    {
        protected override ReadOnlyMemory<byte> Write(AwsFault fault, string requestId, IHeaderDictionary headers)
        {
            headers["x-amzn-ErrorType"] = fault.Type;
            return AwsJson.Object(json =>
            {
                json.WriteString("__type"u8, fault.Type);
                json.WriteString(Text, fault.Message);
                if (fault.Member is { } member)
                    json.WriteString(member.Name, member.Value);
            });
        }
    }

    private sealed record QueryProtocol() : AwsProtocol("text/xml")
    {
        protected override ReadOnlyMemory<byte> Write(AwsFault fault, string requestId, IHeaderDictionary headers) => Encoding.UTF8.GetBytes(
            $"<ErrorResponse>\n  <Error><Type>{(fault.Status < 500 ? "Sender" : "Receiver")}</Type><Code>{SecurityElement.Escape(fault.Type)}</Code>"
            + $"<Message>{SecurityElement.Escape(fault.Message)}</Message></Error>\n  <RequestId>{requestId}</RequestId>\n</ErrorResponse>\n");
    }

    private sealed record CborProtocol() : AwsProtocol("application/cbor")
    {
        protected override ReadOnlyMemory<byte> Write(AwsFault fault, string requestId, IHeaderDictionary headers)
        {
            headers["smithy-protocol"] = "rpc-v2-cbor";
            var writer = new CborWriter();
            writer.WriteStartMap(2);
            writer.WriteTextString("__type");
            writer.WriteTextString(fault.Type);
            writer.WriteTextString("message");
            writer.WriteTextString(fault.Message);
            writer.WriteEndMap();
            return writer.Encode();
        }
    }
}
