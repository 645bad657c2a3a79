using System.Text.RegularExpressions;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>The constraints of names as the service model has them, and ARNs.</summary>
internal static partial class LogNames
{
    public static readonly TextShape LogGroupName = new(1, 512, @"[\.\-_/#A-Za-z0-9]+", GroupNamePattern().IsMatch);
    public static readonly TextShape LogGroupNamePattern = new(0, 512, @"[\.\-_/#A-Za-z0-9]*", GroupNameFragment().IsMatch);
    public static readonly TextShape LogStreamName = new(1, 512, "[^:*]*", StreamNamePattern().IsMatch);
    public static readonly TextShape LogGroupIdentifier = new(1, 2048, @"[\w#+=/:,.@-]*", IdentifierPattern().IsMatch);
    public static readonly TextShape LogGroupClass = new(OneOf: ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]);
    public static readonly TextShape TagKey = new(1, 128, @"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$", TagKeyPattern().IsMatch);
    public static readonly TextShape TagValue = new(0, 256, @"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", TagValuePattern().IsMatch);
    public static readonly TextShape FilterPattern = new(0, 1024);

    /// <summary>Without the <c>:*</c> that the <c>arn</c> of a group also has.</summary>
    public static string GroupArn(AwsCaller caller, string group) =>
        $"arn:aws:logs:{caller.Region}:{caller.AccountId}:log-group:{group}";

    public static string StreamArn(AwsCaller caller, string group, string stream) =>
        $"{GroupArn(caller, group)}:log-stream:{stream}";

    /// <summary>The group's name out of a name or an ARN.</summary>
    public static string GroupOf(string identifier)
    {
        const string Marker = ":log-group:";
        var at = identifier.StartsWith("arn:", StringComparison.Ordinal) ? identifier.IndexOf(Marker, StringComparison.Ordinal) : -1;
        if (at < 0)
            return identifier;
        var name = identifier[(at + Marker.Length)..];
        return name.EndsWith(":*", StringComparison.Ordinal) ? name[..^2] : name;
    }

    /// <summary>The group of <c>logGroupName</c> or <c>logGroupIdentifier</c>, of which exactly one has to be there.</summary>
    public static AwsFault? ReadGroup(AwsRequest request, out string group)
    {
        var name = request.Text("logGroupName");
        var identifier = request.Text("logGroupIdentifier");
        group = name ?? GroupOf(identifier ?? "");
        return (name, identifier) switch
        {
            (not null, not null) => CloudWatchLogsFaults.Validation("LogGroup name and LogGroup ARN are mutually exclusive parameters."),
            (null, null) => CloudWatchLogsFaults.Validation("Either LogGroup name or LogGroup ARN must be provided."),
            _ => null,
        };
    }

    [GeneratedRegex(@"\A[\.\-_/#A-Za-z0-9]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GroupNamePattern();

    [GeneratedRegex(@"\A[\.\-_/#A-Za-z0-9]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GroupNameFragment();

    [GeneratedRegex(@"\A[^:*]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StreamNamePattern();

    [GeneratedRegex(@"\A[\w#+=/:,.@-]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdentifierPattern();

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TagKeyPattern();

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TagValuePattern();
}
