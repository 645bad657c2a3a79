using Weir.Core.Ingest;
using Weir.Features.Logs;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs.Groups;

namespace Weir.Protocols.CloudWatchLogs.Out;

/// <summary>GetLogEvents: a stream page by page, from either end and in both directions.</summary>
internal sealed class GetLogEvents(LogCatalog catalog, StoredLineReader reader, TimeProvider time, IIngestPosition? written = null)
{
    public async ValueTask<AwsReply> Get(AwsRequest request, CancellationToken cancellationToken)
    {
        if (LogNames.ReadGroup(request, out var name) is { } mixed)
            return mixed;
        var start = request.Whole("startTime");
        var end = request.Whole("endTime");
        var token = request.Text("nextToken");
        var limit = (int)(request.Whole("limit") ?? StoredLineReader.MaxEvents);
        var forward = request.Flag("startFromHead");
        LogPosition? from = null;
        if (token is not null)
        {
            if (!EventToken.TryParse(token, out forward, out var position))
                return CloudWatchLogsFaults.BadToken;
            from = position;
        }
        if (catalog.FindGroup(name) is not { } group)
            return CloudWatchLogsFaults.NoGroup;
        if (catalog.FindStream(name, request.Text("logStreamName")!) is not { } stream)
            return CloudWatchLogsFaults.NoStream;

        var range = ReadWindow.Of(group, start, end, time.GetUtcNow());
        // Waits until written lines are loaded, so that a client that writes and then reads finds all of them.
        if (written is not null)
            await written.WaitLoadedAsync(IIngestPosition.Patience, cancellationToken);
        var page = await reader.ReadAsync(
            new LogRead(
                LogScope.Of(group, catalog.Deletions(name), [stream.Name]), range, from, forward, limit, null, request.Caller.Environment),
            cancellationToken);
        IReadOnlyList<StoredLine> events = forward ? page.Events : [.. page.Events.Reverse()];
        var (forwardToken, backwardToken) = Tokens(events, from, forward, token, start ?? 0);
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("events"u8);
            foreach (var found in events)
            {
                json.WriteStartObject();
                json.WriteNumber("timestamp"u8, found.TimestampMs);
                json.WriteString("message"u8, found.Message);
                json.WriteNumber("ingestionTime"u8, found.IngestionMs);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("nextForwardToken"u8, forwardToken);
            json.WriteString("nextBackwardToken"u8, backwardToken);
        });
    }

    /// <summary>
    /// Both tokens, always. At an end the token that was passed comes back: clients stop paging when it does, and a tailing one passes
    /// the forward token again to get what arrived since.
    /// </summary>
    private static (string Forward, string Backward) Tokens(
        IReadOnlyList<StoredLine> events, LogPosition? from, bool forward, string? token, long startMs)
    {
        if (events.Count > 0)
            return (EventToken.Forward(events[^1].Position), EventToken.Backward(events[0].Position));
        if (token is null || from is not { } at)
        {
            var start = new LogPosition(Math.Min(startMs, long.MaxValue / 1_000_000) * 1_000_000, 0);
            return (EventToken.Forward(start), EventToken.Backward(start));
        }
        return forward ? (token, EventToken.Backward(at.JustAfter)) : (EventToken.Forward(at.JustBefore), token);
    }
}
