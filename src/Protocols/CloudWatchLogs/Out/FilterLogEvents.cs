using Weir.Core.Ingest;
using Weir.Features.Logs;
using Weir.Protocols.CloudWatchLogs.FilterPattern;
using Weir.Protocols.CloudWatchLogs.Groups;
using Weir.Protocols.Wire;

namespace Weir.Protocols.CloudWatchLogs.Out;

/// <summary>FilterLogEvents: lines of a group's streams, merged by time, that match a filter pattern.</summary>
internal sealed class FilterLogEvents(LogCatalog catalog, StoredLineReader reader, TimeProvider time, IIngestPosition? written = null)
{
    public async ValueTask<AwsReply> Filter(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var name = LogNames.ReadGroup(input, out var mixed);
        var streams = input.Texts("logStreamNames", LogNames.LogStreamName, 1, 100);
        var prefix = input.Text("logStreamNamePrefix", LogNames.LogStreamName);
        var start = input.Whole("startTime", 0);
        var end = input.Whole("endTime", 0);
        var patternText = input.Text("filterPattern", LogNames.FilterPattern) ?? "";
        var token = input.Text("nextToken", LogNames.NextToken);
        var limit = (int)(input.Whole("limit", 1, StoredLineReader.MaxEvents) ?? StoredLineReader.MaxEvents);
        var forward = input.Flag("startFromHead") ?? true;
        if (input.Fault is { } fault)
            return fault;
        if (mixed is not null)
            return mixed;
        if (streams is not null && prefix is not null)
        {
            return CloudWatchLogsFaults.InvalidParameter(
                "Parameters logStreamNamePrefix and logStreamNames are mutually exclusive.");
        }
        var pattern = LogPattern.Parse(patternText, out var error);
        if (error is not null)
            return CloudWatchLogsFaults.From(error);
        LogPosition? from = null;
        if (token is not null)
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
        var range = ReadWindow.Of(group, start, end is { } last and < long.MaxValue ? last + 1 : end, time.GetUtcNow());
        var where = LogScope.Of(group, catalog.Deletions(name), streams, prefix);
        // Who writes and then reads finds the lines, also in between.
        if (written is not null)
            await written.WaitLoadedAsync(IIngestPosition.Patience, cancellationToken);
        var page = await reader.ReadAsync(
            new LogRead(where, range, from, forward, limit, pattern, request.Caller.Environment), cancellationToken);
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
