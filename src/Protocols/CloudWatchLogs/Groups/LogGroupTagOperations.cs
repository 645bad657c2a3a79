using Weir.Features.Logs;
using Weir.Protocols.Wire;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>Tags of log groups, by the newer operations (with an ARN) and the older ones (with a name).</summary>
internal sealed class LogGroupTagOperations(LogCatalog catalog)
{
    public const int MaxTags = 50;

    private static readonly TextRule ResourceArn = new(1, 1011);

    public ValueTask<AwsReply> TagResource(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) =>
        Tag(LogNames.GroupOf(input.Text("resourceArn", ResourceArn, required: true) ?? ""), input, cancellationToken);

    public ValueTask<AwsReply> TagLogGroup(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) =>
        Tag(input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "", input, cancellationToken);

    public ValueTask<AwsReply> UntagResource(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) => Untag(
        LogNames.GroupOf(input.Text("resourceArn", ResourceArn, required: true) ?? ""), "tagKeys", input, cancellationToken);

    public ValueTask<AwsReply> UntagLogGroup(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) =>
        Untag(input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "", "tags", input, cancellationToken);

    public ValueTask<AwsReply> ListTagsForResource(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) =>
        ValueTask.FromResult(List(LogNames.GroupOf(input.Text("resourceArn", ResourceArn, required: true) ?? ""), input));

    public ValueTask<AwsReply> ListTagsLogGroup(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken) =>
        ValueTask.FromResult(List(input.Text("logGroupName", LogNames.LogGroupName, required: true) ?? "", input));

    private async ValueTask<AwsReply> Tag(string group, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var tags = input.TextMap("tags", LogNames.TagKey, LogNames.TagValue, 1, MaxTags, required: true);
        if (input.Fault is { } fault)
            return fault;
        var tooMany = false;
        var found = await catalog.ChangeGroupAsync(
            group,
            g =>
            {
                var all = new SortedDictionary<string, string>(g.Tags, StringComparer.Ordinal);
                foreach (var (key, value) in tags!)
                    all[key] = value;
                tooMany = all.Count > MaxTags;
                return tooMany ? g : g with { Tags = all };
            },
            cancellationToken);
        if (!found)
            return CloudWatchLogsFaults.NoGroup;
        return tooMany
            ? new AwsFault("TooManyTagsException", $"A resource can have at most {MaxTags} tags.", Extra: json => json.WriteString("resourceName"u8, group))
            : AwsReply.Empty;
    }

    private async ValueTask<AwsReply> Untag(string group, string member, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var keys = input.Texts(member, LogNames.TagKey, 0, MaxTags, required: true);
        if (input.Fault is { } fault)
            return fault;
        var found = await catalog.ChangeGroupAsync(
            group,
            g =>
            {
                var left = new SortedDictionary<string, string>(g.Tags, StringComparer.Ordinal);
                foreach (var key in keys!)
                    left.Remove(key);
                return g with { Tags = left };
            },
            cancellationToken);
        return found ? AwsReply.Empty : CloudWatchLogsFaults.NoGroup;
    }

    private AwsReply List(string name, AwsJsonInput input)
    {
        if (input.Fault is { } fault)
            return fault;
        if (catalog.FindGroup(name) is not { } group)
            return CloudWatchLogsFaults.NoGroup;
        return AwsReply.Json(json =>
        {
            json.WriteStartObject("tags"u8);
            foreach (var (key, value) in group.Tags)
                json.WriteString(key, value);
            json.WriteEndObject();
        });
    }
}
