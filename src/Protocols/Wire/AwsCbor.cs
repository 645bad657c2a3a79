using System.Formats.Cbor;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Wire;

/// <summary>
/// Smithy's RPC v2 CBOR, which newer SDKs speak to some services: <c>POST /service/{service}/operation/{operation}</c>. No service that Weir
/// serves is spoken to so yet; who tries gets an error that its SDK can read.
/// </summary>
internal static class AwsCbor
{
    private const string Protocol = "rpc-v2-cbor";

    public static Task RefuseAsync(HttpContext context)
    {
        var values = context.Request.RouteValues;
        return WriteAsync(context, AwsFault.UnknownOperation($"Weir does not serve {Short(values["operation"])} of {Short(values["service"])} in RPC v2 CBOR"));
    }

    public static async Task WriteAsync(HttpContext context, AwsFault fault)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(2);
        writer.WriteTextString("__type");
        writer.WriteTextString(fault.Type);
        writer.WriteTextString("message");
        writer.WriteTextString(fault.Message);
        writer.WriteEndMap();
        var body = writer.Encode();
        var response = context.Response;
        response.StatusCode = fault.Status;
        response.ContentType = "application/cbor";
        response.ContentLength = body.Length;
        response.Headers["smithy-protocol"] = Protocol;
        response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Short(object? part) => part?.ToString() is { } text ? text[..Math.Min(text.Length, 100)] : "";
}
