namespace Weir.Core.Model;

/// <summary>What kind of trouble a request met. Each room has one table that turns a kind into its protocol's own words.</summary>
public enum FaultKind
{
    /// <summary>The bytes can't be read as what they claim to be. Permanent.</summary>
    Malformed,
    /// <summary>Well-formed, but a rule of the protocol is broken. Permanent.</summary>
    Invalid,
    /// <summary>Over a size limit, compressed or decompressed. Permanent.</summary>
    TooLarge,
    /// <summary>Content type or encoding that is not served. Permanent.</summary>
    Unsupported,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    /// <summary>Older than its retention: it would be dropped as soon as it is stored. Permanent.</summary>
    Expired,
    /// <summary>A bounded queue or the journal is full. Retry after <see cref="Fault.RetryAfter"/>.</summary>
    Busy,
    /// <summary>The disk or the engine can't take or answer it now. Retry later.</summary>
    Unavailable,
    /// <summary>A limit on time, memory or rows stopped a query.</summary>
    LimitExceeded,
    /// <summary>A defect of Weir.</summary>
    Internal,
}

/// <summary>A failure as a value. <paramref name="Message"/> is written for the person at the client and holds no payload.</summary>
/// <param name="Position">For query texts: 0-based character the error is at.</param>
public sealed record Fault(FaultKind Kind, string Message, TimeSpan? RetryAfter = null, int? Position = null)
{
    /// <summary>Short lower-case reason used to count drops, e.g. <c>malformed</c>.</summary>
    public string Reason => Kind switch
    {
        FaultKind.Malformed => "malformed",
        FaultKind.Invalid => "invalid",
        FaultKind.TooLarge => "too-large",
        FaultKind.Unsupported => "unsupported",
        FaultKind.Unauthorized => "unauthorized",
        FaultKind.Forbidden => "forbidden",
        FaultKind.NotFound => "not-found",
        FaultKind.Conflict => "conflict",
        FaultKind.Expired => "expired",
        FaultKind.Busy => "busy",
        FaultKind.Unavailable => "unavailable",
        FaultKind.LimitExceeded => "limit-exceeded",
        FaultKind.Internal => "internal",
        _ => "unknown",
    };
}

/// <summary>Carries a <see cref="Fault"/> where a value can't travel: out of a query or a settings write.</summary>
public sealed class FaultException(Fault fault, Exception? inner = null) : Exception(fault.Message, inner)
{
    public Fault Fault { get; } = fault;
}
