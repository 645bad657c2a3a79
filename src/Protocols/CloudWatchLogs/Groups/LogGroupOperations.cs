using Weir.Features.Logs;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>Operations on log groups: create, delete, describe, retention, deletion protection.</summary>
internal sealed class LogGroupOperations(LogCatalog catalog, StreamActivity activity)
{
    public async ValueTask<AwsReply> CreateLogGroup(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("logGroupName")!;
        if (name.Length > 512)
            return CloudWatchLogsFaults.InvalidParameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
        if (name.StartsWith("aws/", StringComparison.Ordinal))
            return CloudWatchLogsFaults.InvalidParameter("Log groups starting with AWS/ are reserved for AWS.");
        var group = new LogGroup(
            name, 0, 0, request.Text("logGroupClass") ?? "STANDARD", request.Text("kmsKeyId"), DeletionProtectionEnabled: request.Flag("deletionProtectionEnabled"));
        foreach (var (key, value) in request.TextMap("tags"))
            group.Tags[key] = value;
        return await catalog.CreateGroupAsync(group, cancellationToken) ? AwsReply.Empty : CloudWatchLogsFaults.GroupExists;
    }

    public async ValueTask<AwsReply> DeleteLogGroup(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("logGroupName")!;
        if (catalog.FindGroup(name) is { DeletionProtectionEnabled: true })
            return CloudWatchLogsFaults.Validation("The log group is protected against deletion. Disable its deletion protection first.");
        if (!await catalog.DeleteGroupAsync(name, cancellationToken))
            return CloudWatchLogsFaults.NoGroup;
        activity.Forget(name);
        return AwsReply.Empty;
    }

    public async ValueTask<AwsReply> DescribeLogGroups(AwsRequest request, CancellationToken cancellationToken)
    {
        var prefix = request.Text("logGroupNamePrefix");
        var pattern = request.Text("logGroupNamePattern");
        var logGroupClass = request.Text("logGroupClass");
        var limit = (int)(request.Whole("limit") ?? 50);
        if (prefix is not null && pattern is not null)
        {
            return CloudWatchLogsFaults.InvalidParameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }
        var after = "";
        if (request.Text("nextToken") is { } token && !PageToken.TryParse(token, out after))
            return CloudWatchLogsFaults.BadToken;
        var wanted = request.Texts("logGroupIdentifiers").Select(LogNames.GroupOf).ToHashSet(StringComparer.Ordinal);
        var groups = catalog.Groups(prefix ?? "")
            .Where(g => (pattern is null || g.Name.Contains(pattern, StringComparison.Ordinal))
                && (wanted.Count == 0 || wanted.Contains(g.Name))
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

    public async ValueTask<AwsReply> PutRetentionPolicy(AwsRequest request, CancellationToken cancellationToken)
    {
        var days = (int)request.Whole("retentionInDays")!.Value;
        return await catalog.ChangeGroupAsync(request.Text("logGroupName")!, g => g with { RetentionInDays = days }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }

    public async ValueTask<AwsReply> DeleteRetentionPolicy(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("logGroupName")!;
        return await catalog.ChangeGroupAsync(name, static g => g with { RetentionInDays = null }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }

    public async ValueTask<AwsReply> PutLogGroupDeletionProtection(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = LogNames.GroupOf(request.Text("logGroupIdentifier")!);
        var enabled = request.Flag("deletionProtectionEnabled");
        return await catalog.ChangeGroupAsync(name, g => g with { DeletionProtectionEnabled = enabled }, cancellationToken)
            ? AwsReply.Empty
            : CloudWatchLogsFaults.NoGroup;
    }
}
