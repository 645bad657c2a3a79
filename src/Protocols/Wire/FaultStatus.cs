using System.Globalization;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>The HTTP status of each kind of fault. A room whose clients expect another one names that kind before this table.</summary>
internal static class FaultStatus
{
    public static int Of(FaultKind kind) => kind switch
    {
        FaultKind.Malformed or FaultKind.Invalid or FaultKind.Expired => 400,
        FaultKind.Unauthorized => 401,
        FaultKind.Forbidden => 403,
        FaultKind.NotFound => 404,
        FaultKind.Conflict => 409,
        FaultKind.TooLarge => 413,
        FaultKind.Unsupported => 415,
        FaultKind.LimitExceeded => 422,
        FaultKind.Busy => 429,
        FaultKind.Unavailable => 503,
        FaultKind.Internal => 500,
        _ => 500,
    };

    /// <summary>The value of Retry-After: whole seconds, at least one.</summary>
    public static string RetryAfter(TimeSpan wait) => Seconds(wait).ToString(CultureInfo.InvariantCulture);

    public static int Seconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
}
