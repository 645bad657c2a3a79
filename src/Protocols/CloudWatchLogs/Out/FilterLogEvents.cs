using Weir.Core.Ingest;
using Weir.Features.Logs;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs.FilterPattern;
using Weir.Protocols.CloudWatchLogs.Groups;

namespace Weir.Protocols.CloudWatchLogs.Out;

/// <summary>FilterLogEvents: lines of a group's streams, merged by time, that match a filter pattern.</summary>
internal sealed class FilterLogEvents(LogCatalog catalog, StoredLineReader reader, TimeProvider time, IIngestPosition? written = null)
{
    public async ValueTask<AwsReply> Filter(AwsRequest request, CancellationToken cancellationToken)
    {
        if (LogNames.ReadGroup(request, out var name) is { } mixed)
            return mixed;
        var streams = request.Has("logStreamNames") ? request.Texts("logStreamNames") : null;
        var prefix = request.Text("logStreamNamePrefix");
        var end = request.Whole("endTime");
        var limit = (int)(request.Whole("limit") ?? StoredLineReader.MaxEvents);
        if (streams is not null && prefix is not null)
        {
            return CloudWatchLogsFaults.InvalidParameter(
                "Parameters logStreamNamePrefix and logStreamNames are mutually exclusive.");
        }
        var pattern = LogPattern.Parse(request.Text("filterPattern") ?? "", out var error);
        if (error is not null)
            return CloudWatchLogsFaults.From(error);
        LogPosition? from = null;
        if (request.Text("nextToken") is { } token)
        {
            if (!PositionDigits.TryParse(token, out var position))
                return CloudWatchLogsFaults.BadToken;
            from = position;
        }
        if (catalog.FindGroup(name) is not { } group)
            return CloudWatchLogsFaults.NoGroup;
        if (streams is not null && streams.Any(s => !catalog.HasStream(name, s)))
            return CloudWatchLogsFaults.NoStream;

        // The end is inclusive here, other than in GetLogEvents.
        var range = ReadWindow.Of(group, request.Whole("startTime"), end is { } last and < long.MaxValue ? last + 1 : end, time.GetUtcNow());
        var where = LogScope.Of(group, catalog.Deletions(name), streams, prefix);
        // Waits until written lines are loaded, so that a client that writes and then reads finds all of them.
        if (written is not null)
            await written.WaitLoadedAsync(IIngestPosition.Patience, cancellationToken);
        var page = await reader.ReadAsync(
            new LogRead(where, range, from, request.Flag("startFromHead", otherwise: true), limit, pattern, request.Caller.Environment), cancellationToken);
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("events"u8);
            foreach (var found in page.Events)
            {
                json.WriteStartObject();
                json.WriteString("logStreamName"u8, found.Stream);
                json.WriteNumber("timestamp"u8, found.TimestampMs);
                json.WriteString("message"u8, found.Message);
                json.WriteNumber("ingestionTime"u8, found.IngestionMs);
                json.WriteString("eventId"u8, found.Position.Digits);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("searchedLogStreams"u8);
            json.WriteEndArray();
            if (!page.Ended && page.Next is { } next)
                json.WriteString("nextToken"u8, next.Digits);
        });
    }
}
