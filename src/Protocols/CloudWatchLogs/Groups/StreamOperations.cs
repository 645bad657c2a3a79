using Weir.Features.Logs;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.Groups;

/// <summary>Operations on log streams: create, delete, describe.</summary>
internal sealed class StreamOperations(LogCatalog catalog, StreamActivity activity)
{
    public async ValueTask<AwsReply> CreateLogStream(AwsRequest request, CancellationToken cancellationToken)
    {
        var (group, stream) = (request.Text("logGroupName")!, request.Text("logStreamName")!);
        if (catalog.FindGroup(group) is null)
            return CloudWatchLogsFaults.NoGroup;
        return await catalog.CreateStreamAsync(group, stream, cancellationToken) ? AwsReply.Empty : CloudWatchLogsFaults.StreamExists;
    }

    public async ValueTask<AwsReply> DeleteLogStream(AwsRequest request, CancellationToken cancellationToken)
    {
        var (group, stream) = (request.Text("logGroupName")!, request.Text("logStreamName")!);
        if (catalog.FindGroup(group) is null)
            return CloudWatchLogsFaults.NoGroup;
        if (!await catalog.DeleteStreamAsync(group, stream, cancellationToken))
            return CloudWatchLogsFaults.NoStream;
        activity.Forget(group);
        return AwsReply.Empty;
    }

    public async ValueTask<AwsReply> DescribeLogStreams(AwsRequest request, CancellationToken cancellationToken)
    {
        if (LogNames.ReadGroup(request, out var name) is { } mixed)
            return mixed;
        var prefix = request.Text("logStreamNamePrefix");
        var byTime = request.Text("orderBy") is "LastEventTime";
        var limit = (int)(request.Whole("limit") ?? 50);
        if (byTime && prefix is not null)
            return CloudWatchLogsFaults.InvalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
        var after = "";
        if (request.Text("nextToken") is { } token && !PageToken.TryParse(token, out after))
            return CloudWatchLogsFaults.BadToken;
        if (catalog.FindGroup(name) is not { } group)
            return CloudWatchLogsFaults.NoGroup;

        var times = await activity.OfGroupAsync(group, request.Caller.Environment, cancellationToken);
        var streams = catalog.Streams(name, prefix ?? "").ToList();
        if (byTime)
            streams = [.. streams.OrderBy(s => times.TryGetValue(s.Name, out var t) ? t.LastEvent : 0)];
        if (request.Flag("descending"))
            streams.Reverse();
        var start = after.Length == 0 ? 0 : streams.FindIndex(s => s.Name == after) + 1;
        var page = streams.Skip(start).Take(limit).ToList();
        var more = start + page.Count < streams.Count;
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("logStreams"u8);
            foreach (var stream in page)
            {
                json.WriteStartObject();
                json.WriteString("logStreamName"u8, stream.Name);
                json.WriteNumber("creationTime"u8, stream.CreationTime);
                if (times.TryGetValue(stream.Name, out var time))
                {
                    json.WriteNumber("firstEventTimestamp"u8, time.FirstEvent);
                    json.WriteNumber("lastEventTimestamp"u8, time.LastEvent);
                    json.WriteNumber("lastIngestionTime"u8, time.LastIngestion);
                }
                json.WriteString("uploadSequenceToken"u8, SequenceToken.Text(stream.FirstSequence));
                json.WriteString("arn"u8, LogNames.StreamArn(request.Caller, name, stream.Name));
                json.WriteNumber("storedBytes"u8, 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (more)
                json.WriteString("nextToken"u8, PageToken.After(page[^1].Name));
        });
    }
}
