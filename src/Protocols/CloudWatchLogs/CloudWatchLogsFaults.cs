using Weir.Core.Model;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs;

/// <summary>The faults of the room, in the wording of CloudWatch Logs.</summary>
internal static class CloudWatchLogsFaults
{
    public const string InvalidParameterException = nameof(InvalidParameterException);

    public static AwsFault NoGroup { get; } = new("ResourceNotFoundException", "The specified log group does not exist.");

    public static AwsFault NoStream { get; } = new("ResourceNotFoundException", "The specified log stream does not exist.");

    public static AwsFault GroupExists { get; } = new("ResourceAlreadyExistsException", "The specified log group already exists");

    public static AwsFault StreamExists { get; } = new("ResourceAlreadyExistsException", "The specified log stream already exists");

    public static AwsFault BadToken { get; } = InvalidParameter("The specified nextToken is invalid.");

    public static AwsFault InvalidParameter(string message) => new(InvalidParameterException, message);

    public static AwsFault Validation(string message) => new("ValidationException", message);

    /// <summary>The one table of Core's faults in this protocol; clients of AWS retry the throttling and the 5xx ones.</summary>
    public static AwsFault From(Fault fault) => fault.Kind switch
    {
        FaultKind.Invalid or FaultKind.Expired => InvalidParameter(fault.Message),
        FaultKind.TooLarge => InvalidParameter(fault.Message),
        FaultKind.Conflict => new("OperationAbortedException", fault.Message),
        FaultKind.Malformed or FaultKind.Unsupported or FaultKind.Unauthorized or FaultKind.Forbidden or FaultKind.NotFound
            or FaultKind.Busy or FaultKind.Unavailable or FaultKind.LimitExceeded or FaultKind.Internal => AwsFault.From(fault),
        _ => AwsFault.From(fault),
    };
}
