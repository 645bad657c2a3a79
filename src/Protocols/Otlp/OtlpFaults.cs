using System.Globalization;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Protocols.Otlp.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>
/// The table that translates faults to the protocol's errors. Clients retry on 503 and UNAVAILABLE only, and give up on everything else
/// (https://opentelemetry.io/docs/specs/otlp/#failures).
/// </summary>
internal static class OtlpFaults
{
    public const string ContentTypes =
        "unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json";

    public static Fault Unreadable { get; } = new(FaultKind.Malformed, "failed to parse OTLP request body");

    public static Fault MissingKey { get; } = new(FaultKind.Unauthorized, "missing 'x-honeycomb-team' header");

    public static Fault MissingDataset { get; } = new(FaultKind.Unauthorized, "missing 'x-honeycomb-dataset' header");

    public static Fault UnknownKey { get; } = new(FaultKind.Unauthorized, "unknown API key - check your credentials");

    public static Fault KeyDoesNotSend(KeyKind kind) => new(FaultKind.Forbidden, $"this API key can't send telemetry, its kind is {kind.Name()}");

    public static int HttpStatus(FaultKind kind) => kind is FaultKind.Busy or FaultKind.LimitExceeded ? 503 : FaultStatus.Of(kind);

    public static RpcCode Rpc(FaultKind kind) => kind switch
    {
        FaultKind.Malformed or FaultKind.Invalid or FaultKind.Expired => RpcCode.InvalidArgument,
        FaultKind.Unauthorized => RpcCode.Unauthenticated,
        FaultKind.Forbidden => RpcCode.PermissionDenied,
        FaultKind.NotFound => RpcCode.NotFound,
        FaultKind.Conflict => RpcCode.AlreadyExists,
        FaultKind.TooLarge => RpcCode.ResourceExhausted,
        FaultKind.Unsupported => RpcCode.Unimplemented,
        FaultKind.Busy or FaultKind.Unavailable or FaultKind.LimitExceeded => RpcCode.Unavailable,
        FaultKind.Internal => RpcCode.Internal,
        _ => RpcCode.Internal,
    };

    /// <summary>Seconds until a retry makes sense, for faults that pass; null for those that stay.</summary>
    public static int? RetryAfterSeconds(Fault fault) => HttpStatus(fault.Kind) != 503
        ? null
        : FaultStatus.Seconds(fault.RetryAfter ?? TimeSpan.FromSeconds(1));

    public static string RetryAfterText(int seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
