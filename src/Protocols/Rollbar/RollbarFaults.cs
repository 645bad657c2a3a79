using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar;

/// <summary>
/// Rollbar's answers to trouble: a status and <c>{"err":1,"message":"…"}</c>. Never 200 with err 1: Rollbar.NET posts such an item
/// again every few milliseconds for ever.
/// </summary>
internal static class RollbarFaults
{
    // Apostrophes as they are: SDKs log the answer's text for people, and no HTML is made of it.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly Fault NoToken = new(
        FaultKind.Unauthorized,
        "Invalid format. access_token is missing and it is required. Send it in the header X-Rollbar-Access-Token or as access_token in the body.");

    // Rollbar names the token; here an answer never repeats a key.
    public static readonly Fault UnknownToken = new(FaultKind.Forbidden, "access token not found");

    /// <summary>A token whose scope does not match the item's platform; Rollbar's own text.</summary>
    public static Fault WrongScope(KeyKind kind, bool isOfClient)
    {
        var needed = (isOfClient ? KeyKind.PostClientItem : KeyKind.PostServerItem).Name();
        return new(FaultKind.Forbidden, $"insufficient privileges: {needed} scope is required but the access token only has {kind.Name()}.");
    }

    /// <summary>The reason of a drop. Rollbar responds 403 to an unknown token; the reason is the same as for other protocols.</summary>
    public static string Reason(Fault fault) => fault == UnknownToken ? NoToken.Reason : fault.Reason;

    public static int Status(FaultKind kind) => kind switch
    {
        FaultKind.Unsupported => StatusCodes.Status400BadRequest,
        FaultKind.Invalid or FaultKind.Expired => StatusCodes.Status422UnprocessableEntity,
        FaultKind.LimitExceeded => StatusCodes.Status503ServiceUnavailable,
        _ => FaultStatus.Of(kind),
    };

    public static string Message(Fault fault) =>
        fault.Kind == FaultKind.TooLarge ? "request entity too large: " + fault.Message : fault.Message;

    public static async Task AnswerAsync(HttpContext http, Fault fault)
    {
        var response = http.Response;
        response.StatusCode = Status(fault.Kind);
        response.ContentType = "application/json";
        if (fault.Kind is FaultKind.Busy or FaultKind.Unavailable)
        {
            var seconds = FaultStatus.RetryAfter(fault.RetryAfter ?? TimeSpan.FromSeconds(1));
            response.Headers.RetryAfter = seconds;
            if (fault.Kind == FaultKind.Busy)
            {
                // Headers for the rate limiting of the SDKs: Node and .NET pause for this long.
                response.Headers["X-Rate-Limit-Remaining"] = "0";
                response.Headers["X-Rate-Limit-Remaining-Seconds"] = seconds;
            }
        }
        var body = new ByteBuffer();
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("err"u8, 1);
            json.WriteString("message"u8, Message(fault));
            json.WriteEndObject();
        }
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }
}
