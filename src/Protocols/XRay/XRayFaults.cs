using Weir.Core.Model;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay;

/// <summary>The faults of the room, in X-Ray's wording.</summary>
internal static class XRayFaults
{
    public static AwsFault Invalid(string message) => new("InvalidRequestException", message);

    /// <summary>A member breaks a constraint of the API's model.</summary>
    public static AwsFault Validation(string message) => new("ValidationException", message);

    public static AwsFault Missing(string member) =>
        Validation($"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null");

    public static AwsFault RuleLimit(string message) => new("RuleLimitExceededException", message);

    public static AwsFault TooManyTags(string message, string arn) => new("TooManyTagsException", message) { Member = ("ResourceName", arn) };

    public static AwsFault NoSuchResource(string message, string arn) => new("ResourceNotFoundException", message, 404) { Member = ("ResourceName", arn) };

    /// <summary>A NextToken that no operation of ours handed out.</summary>
    public static AwsFault ForeignToken(string? token) => Invalid($"Invalid token {token}");

    public static AwsFault UnknownOperation(string path) =>
        new("UnknownOperationException", $"X-Ray has no operation at {path}; Weir serves those listed in its X-Ray room's README", 404);

    /// <summary>X-Ray's words for Core's faults, before those of all AWS services.</summary>
    public static AwsFault From(Fault fault) => fault.Kind switch
    {
        FaultKind.Invalid or FaultKind.Expired or FaultKind.NotFound or FaultKind.Conflict or FaultKind.LimitExceeded =>
            Invalid(fault.Message) with { Position = fault.Position },
        FaultKind.Busy => new("ThrottledException", fault.Message, 429, fault.RetryAfter ?? TimeSpan.FromSeconds(1)),
        FaultKind.Unavailable => AwsFault.From(fault) with { RetryAfter = fault.RetryAfter ?? TimeSpan.FromSeconds(5) },
        FaultKind.Malformed or FaultKind.TooLarge or FaultKind.Unsupported or FaultKind.Unauthorized or FaultKind.Forbidden or FaultKind.Internal =>
            AwsFault.From(fault),
        _ => AwsFault.From(fault),
    };
}
