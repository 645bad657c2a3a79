using Weir.Features.Logs;
using Weir.Protocols.Wire;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>Operations on log groups: create, delete, describe, retention, deletion protection.</summary>
internal sealed class LogGroupOperations(LogCatalog catalog, StreamActivity activity)
{
    private static readonly long[] RetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    public async ValueTask<AwsReply> CreateLogGroup(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = input.Text("logGroupName", required: true) ?? "";
        if (name.Length > 512)
            return CloudWatchLogsFaults.InvalidParameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
        if (input.Has("logGroupName"))
            input.Check(name, "logGroupName", LogNames.LogGroupName);
        var logGroupClass = input.Text("logGroupClass", LogNames.LogGroupClass) ?? "STANDARD";
        var kmsKeyId = input.Text("kmsKeyId", new TextRule(0, 256));
        var deletionProtection = input.Flag("deletionProtectionEnabled") ?? false;
        var tags = input.TextMap("tags", LogNames.TagKey, LogNames.TagValue, 1, LogGroupTagOperations.MaxTags);
        if (input.Fault is { } fault)
            return fault;
        if (name.StartsWith("aws/", StringComparison.Ordinal))
            return CloudWatchLogsFaults.InvalidParameter("Log groups starting with AWS/ are reserved for AWS.");
        var group = new LogGroup(name, 0, 0, logGroupClass, kmsKeyId, DeletionProtectionEnabled: deletionProtection);
        foreach (var (key, value) in tags ?? new Dictionary<string, string>())
            group.Tags[key] = value;
        return await catalog.CreateGroupAsync(group, cancellationToken) ? AwsReply.Empty : CloudWatchLogsFaults.GroupExists;
    }

    public async ValueTask<AwsReply> DeleteLogGroup(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "";
        if (input.Fault is { } fault)
            return fault;
        if (catalog.FindGroup(name) is { DeletionProtectionEnabled: true })
            return CloudWatchLogsFaults.Validation("The log group is protected against deletion. Disable its deletion protection first.");
        if (!await catalog.DeleteGroupAsync(name, cancellationToken))
            return CloudWatchLogsFaults.NoGroup;
        activity.Forget(name);
        return AwsReply.Empty;
    }

    public async ValueTask<AwsReply> DescribeLogGroups(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var prefix = input.Text("logGroupNamePrefix", LogNames.LogGroupName);
        var pattern = input.Text("logGroupNamePattern", LogNames.LogGroupNamePattern);
        var identifiers = input.Texts("logGroupIdentifiers", LogNames.LogGroupIdentifier, 1, 50);
        var logGroupClass = input.Text("logGroupClass", LogNames.LogGroupClass);
        var limit = (int)(input.Whole("limit", 1, 50) ?? 50);
        var token = input.Text("nextToken", LogNames.NextToken);
        if (input.Fault is { } fault)
            return fault;
        if (prefix is not null && pattern is not null)
        {
            return CloudWatchLogsFaults.InvalidParameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }
        var after = "";
        if (token is not null && !PageToken.TryParse(token, out after))
            return CloudWatchLogsFaults.BadToken;
        var wanted = identifiers?.Select(LogNames.GroupOf).ToHashSet(StringComparer.Ordinal);
        var groups = catalog.Groups(prefix ?? "")
            .Where(g => (pattern is null || g.Name.Contains(pattern, StringComparison.Ordinal))
                && (wanted is null || wanted.Contains(g.Name))
                && (logGroupClass is null || g.LogGroupClass == logGroupClass)
                && string.CompareOrdinal(g.Name, after) > 0)
            .Take(limit + 1)
            .ToList();
        var more = groups.Count > limit;
        if (more)
            groups.RemoveAt(limit);
        var bytes = await activity.StoredBytesAsync(request.Caller.Environment, cancellationToken);
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("logGroups"u8);
            foreach (var group in groups)
            {
                var arn = LogNames.GroupArn(request.Caller, group.Name);
                json.WriteStartObject();
                json.WriteString("logGroupName"u8, group.Name);
                json.WriteNumber("creationTime"u8, group.CreationTime);
                if (group.RetentionInDays is { } days)
                    json.WriteNumber("retentionInDays"u8, days);
                json.WriteNumber("metricFilterCount"u8, 0);
                json.WriteString("arn"u8, arn + ":*");
                json.WriteString("logGroupArn"u8, arn);
                json.WriteNumber("storedBytes"u8, bytes.GetValueOrDefault(group.Name));
                json.WriteString("logGroupClass"u8, group.LogGroupClass);
                json.WriteBoolean("deletionProtectionEnabled"u8, group.DeletionProtectionEnabled);
                if (group.KmsKeyId is not null)
                    json.WriteString("kmsKeyId"u8, group.KmsKeyId);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (more)
                json.WriteString("nextToken"u8, PageToken.After(groups[^1].Name));
        });
    }

    public async ValueTask<AwsReply> PutRetentionPolicy(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "";
        var days = input.Whole("retentionInDays", required: true) ?? 0;
        if (input.Has("retentionInDays") && !RetentionDays.Contains(days))
            input.Violate($"'{days}'", "retentionInDays", $"satisfy enum value set: [{string.Join(", ", RetentionDays)}]");
        if (input.Fault is { } fault)
            return fault;
        return await catalog.ChangeGroupAsync(name, g => g with { RetentionInDays = (int)days }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }

    public async ValueTask<AwsReply> DeleteRetentionPolicy(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "";
        if (input.Fault is { } fault)
            return fault;
        return await catalog.ChangeGroupAsync(name, static g => g with { RetentionInDays = null }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }

    public async ValueTask<AwsReply> PutLogGroupDeletionProtection(
        AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = LogNames.GroupOf(input.Text("logGroupIdentifier", LogNames.LogGroupIdentifier, required: true) ?? "");
        if (!input.Has("deletionProtectionEnabled"))
            input.Violate("null", "deletionProtectionEnabled", "not be null");
        var enabled = input.Flag("deletionProtectionEnabled") ?? false;
        if (input.Fault is { } fault)
            return fault;
        return await catalog.ChangeGroupAsync(name, g => g with { DeletionProtectionEnabled = enabled }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }
}
