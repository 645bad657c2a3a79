using System.Collections.Frozen;
using Weir.Core.Access;

namespace Weir.Protocols.Aws;

/// <summary>
/// What an operation needs of an access key. A key that sends may do what AWS lets its own agents do (the policies
/// CloudWatchAgentServerPolicy and AWSXRayDaemonWriteAccess); an operation that neither sends nor reads needs
/// <see cref="KeyPermissions.Manage"/>, a new one too.
/// </summary>
internal static class AwsPermissions
{
    private static readonly FrozenSet<string> Sending = FrozenSet.Create(
        StringComparer.Ordinal,
        "logs:PutLogEvents", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutRetentionPolicy",
        "monitoring:PutMetricData",
        "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries",
        "sts:GetCallerIdentity");

    private static readonly string[] ReadingVerbs =
    [
        "Get", "BatchGet", "List", "Describe", "Filter", "Test", "StartQuery", "StopQuery", "StartTraceRetrieval", "CancelTraceRetrieval",
    ];

    /// <summary>Null when the caller's key allows the operation.</summary>
    /// <param name="service">As credential scopes name it: <c>logs</c>, <c>xray</c>.</param>
    public static AwsFault? Check(AwsCaller caller, string service, string operation)
    {
        var grant = new KeyGrant(caller.Environment, caller.Kind);
        if (grant.May(Of(service, operation)))
            return null;
        var action = $"{service}:{operation}";
        return new(
            "AccessDeniedException",
            $"User: arn:aws:iam::{caller.AccountId}:user/{caller.AccessKeyId} is not authorized to perform: {action} because no identity-based policy allows "
            + $"the {action} action; the kind of this key is {caller.Kind.Name()}",
            403);
    }

    /// <summary>Several: any of them will do.</summary>
    public static KeyPermissions Of(string service, string operation)
    {
        var needed = KeyPermissions.Manage;
        if (Sending.Contains($"{service}:{operation}"))
            needed |= KeyPermissions.SendFromServers;
        if (Array.Exists(ReadingVerbs, verb => operation.StartsWith(verb, StringComparison.Ordinal)))
            needed |= KeyPermissions.Read;
        return needed;
    }
}
