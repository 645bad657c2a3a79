using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Protocols.Honeycomb.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>The table that translates faults to the API's errors: <c>{"error":"…"}</c>, https://docs.honeycomb.io/api/events/ .</summary>
internal static class HoneycombFaults
{
    public static Fault UnknownKey { get; } = new(FaultKind.Unauthorized, "unknown API key - check your credentials");

    public static Fault KeyDoesNotSend(KeyKind kind) => new(FaultKind.Forbidden, $"this API key can't send events, its kind is {kind.Name()}");

    public static Fault Empty { get; } = new(FaultKind.Malformed, "Request body should not be empty.");

    public static Fault Unreadable { get; } = new(FaultKind.Malformed, "Request body is malformed and cannot be read.");

    public static Fault TooManyColumns { get; } = new(FaultKind.Invalid, "Event has too many columns.");

    public static Fault TooManyEvents { get; } = new(
        FaultKind.TooLarge, $"Request body should not contain more than {IngestLimits.MostBatchEvents} events.");

    // libhoney sends once more after 429 and 503, when Retry-After is under a minute.
    public static int HttpStatus(FaultKind kind) => kind == FaultKind.LimitExceeded ? 429 : FaultStatus.Of(kind);

    public static Task WriteAsync(HttpContext http, Fault fault)
    {
        var status = HttpStatus(fault.Kind);
        http.Response.StatusCode = status;
        if (status is 429 or 503)
            http.Response.Headers.RetryAfter = FaultStatus.RetryAfter(fault.RetryAfter ?? TimeSpan.FromSeconds(1));
        var isMsgPack = EventAnswers.IsMsgPack(http.Request);
        return EventAnswers.WriteAsync(http, isMsgPack, EventAnswers.Error(isMsgPack, fault.Message));
    }
}
