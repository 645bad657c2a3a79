namespace Weir.Core.Model;

/// <summary>Kinds of failures of a request. Each room has one table that translates a kind into its protocol's own error.</summary>
public enum FaultKind
{
    /// <summary>The bytes can't be parsed. Permanent.</summary>
    Malformed,
    /// <summary>Well-formed, but violates a rule of the protocol. Permanent.</summary>
    Invalid,
    /// <summary>Over a size limit, compressed or decompressed. Permanent.</summary>
    TooLarge,
    /// <summary>Content type or encoding that is not supported. Permanent.</summary>
    Unsupported,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    /// <summary>Older than its retention: it would be deleted as soon as it is stored. Permanent.</summary>
    Expired,
    /// <summary>A bounded queue or the journal is full. Retry after <see cref="Fault.RetryAfter"/>.</summary>
    Busy,
    /// <summary>The disk or the engine can't accept or answer the request now. Retry later.</summary>
    Unavailable,
    /// <summary>A limit on time, memory or rows stopped a query.</summary>
    LimitExceeded,
    /// <summary>An internal error of Weir.</summary>
    Internal,
}

/// <summary>A failure as a value. <paramref name="Message"/> is a text for the user of the client and contains no payload.</summary>
/// <param name="Position">For query texts: 0-based position of the error.</param>
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

/// <summary>Carries a <see cref="Fault"/> where it can't be returned as a value, for example out of a query or a write of settings.</summary>
public sealed class FaultException(Fault fault, Exception? inner = null) : Exception(fault.Message, inner)
{
    public Fault Fault { get; } = fault;
}
