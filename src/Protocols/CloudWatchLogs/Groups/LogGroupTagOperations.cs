using Weir.Features.Logs;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>Tags of log groups, by the newer operations (with an ARN) and the older ones (with a name).</summary>
internal sealed class LogGroupTagOperations(LogCatalog catalog)
{
    public const int MaxTags = 50;

    public ValueTask<AwsReply> TagResource(AwsRequest request, CancellationToken cancellationToken) =>
        Tag(LogNames.GroupOf(request.Text("resourceArn")!), request, cancellationToken);

    public ValueTask<AwsReply> TagLogGroup(AwsRequest request, CancellationToken cancellationToken) =>
        Tag(request.Text("logGroupName")!, request, cancellationToken);

    public ValueTask<AwsReply> UntagResource(AwsRequest request, CancellationToken cancellationToken) => Untag(LogNames.GroupOf(request.Text("resourceArn")!), "tagKeys", request, cancellationToken);

    public ValueTask<AwsReply> UntagLogGroup(AwsRequest request, CancellationToken cancellationToken) =>
        Untag(request.Text("logGroupName")!, "tags", request, cancellationToken);

    public ValueTask<AwsReply> ListTagsForResource(AwsRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(List(LogNames.GroupOf(request.Text("resourceArn")!)));

    public ValueTask<AwsReply> ListTagsLogGroup(AwsRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(List(request.Text("logGroupName")!));

    private async ValueTask<AwsReply> Tag(string group, AwsRequest request, CancellationToken cancellationToken)
    {
        var tags = request.TextMap("tags");
        var tooMany = false;
        var found = await catalog.ChangeGroupAsync(
            group,
            g =>
            {
                var all = new SortedDictionary<string, string>(g.Tags, StringComparer.Ordinal);
                foreach (var (key, value) in tags)
                    all[key] = value;
                tooMany = all.Count > MaxTags;
                return tooMany ? g : g with { Tags = all };
            },
            cancellationToken);
        if (!found)
            return CloudWatchLogsFaults.NoGroup;
        return tooMany
            ? new AwsFault("TooManyTagsException", $"A resource can have at most {MaxTags} tags.") { Member = ("resourceName", group) }
            : AwsReply.Empty;
    }

    private async ValueTask<AwsReply> Untag(string group, string member, AwsRequest request, CancellationToken cancellationToken)
    {
        var keys = request.Texts(member);
        var found = await catalog.ChangeGroupAsync(
            group,
            g =>
            {
                var left = new SortedDictionary<string, string>(g.Tags, StringComparer.Ordinal);
                foreach (var key in keys)
                    left.Remove(key);
                return g with { Tags = left };
            },
            cancellationToken);
        return found ? AwsReply.Empty : CloudWatchLogsFaults.NoGroup;
    }

    private AwsReply List(string name)
    {
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
