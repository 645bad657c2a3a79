using System.Globalization;
using System.Text;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs.Groups;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>PutLogEvents: validates a batch as AWS does, turns it into rows, answers when they are durable.</summary>
internal sealed class PutLogEvents(
    LogCatalog catalog, LogRowWriter rows, ITelemetrySink sink, StreamActivity activity, AwaitedStreams awaited, IngestCounters counters, RetentionWindow retention)
{
    private const int MaxBatchBytes = 1_048_576;
    private const int EventOverhead = 26;
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    public async ValueTask<AwsReply> Put(AwsRequest request, CancellationToken cancellationToken)
    {
        using var decoder = new PutLogEventsDecoder();
        var fault = decoder.Decode(request.Body.Span);
        var now = rows.Now;
        var corrected = decoder.CorrectTimes(now);
        fault ??= Validate(decoder, request.Body.Span);
        if (fault is not null)
            return Refuse(fault, decoder.Count);
        var sent = new AwaitedStreams.Batch(decoder.LogGroupName!, decoder.LogStreamName!, decoder.Count, decoder.Events[0].Timestamp!.Value);
        var group = catalog.FindGroup(decoder.LogGroupName!);
        if (group is null || !catalog.HasStream(group.Name, decoder.LogStreamName!))
        {
            var missing = group is null ? CloudWatchLogsFaults.NoGroup : CloudWatchLogsFaults.NoStream;
            awaited.Refused(sent, missing.Message);
            return missing;
        }
        awaited.Arrived(sent);
        counters.Received(WireProtocol.CloudWatchLogs, Signal.Logs, decoder.Count);

        counters.Repaired(
            WireProtocol.CloudWatchLogs, Signal.Logs, Repair.TimeUnit, corrected, "timestamps in seconds, microseconds or nanoseconds where milliseconds belong");
        var window = AcceptedWindow.Of(decoder.Events, now / 1_000_000, KeptDays(group));
        var accepted = decoder.Events[window.Start..window.End];
        if (accepted.Length > 0 && accepted[^1].Timestamp - accepted[0].Timestamp > Day)
        {
            return Refuse(CloudWatchLogsFaults.InvalidParameter(
                "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."), decoder.Count, isCounted: true);
        }
        window.CountDrops(counters);
        var token = 0UL;
        if (accepted.Length > 0)
        {
            var times = new StreamTimes(accepted[0].Timestamp!.Value, accepted[^1].Timestamp!.Value, now / 1_000_000);
            var batch = rows.Write(request, decoder, group, window, now, out token);
            counters.Repaired(batch);
            // As on AWS, two calls with the same lines are stored twice; a call that an SDK retries is stored once.
            if (request.InvocationId.Length > 0)
                batch.Identify("cloudwatch-logs " + request.InvocationId, request.Caller.Environment, request.Body.Span);
            if (await sink.CommitAsync(batch, cancellationToken) is { } refused)
                return CloudWatchLogsFaults.From(refused);
            activity.Note(request.Caller.Environment, group.Name, decoder.LogStreamName!, times);
        }
        return AwsReply.Json(json =>
        {
            json.WriteString("nextSequenceToken"u8, SequenceToken.Text(token));
            if (decoder.Entity?.Error is { } error)
            {
                json.WriteStartObject("rejectedEntityInfo"u8);
                json.WriteString("errorType"u8, error);
                json.WriteEndObject();
            }
            if (!window.RejectsAny)
                return;
            json.WriteStartObject("rejectedLogEventsInfo"u8);
            if (window.TooNewStart < window.Count)
                json.WriteNumber("tooNewLogEventStartIndex"u8, window.TooNewStart);
            if (window.TooOldEnd > 0)
                json.WriteNumber("tooOldLogEventEndIndex"u8, window.TooOldEnd);
            if (window.ExpiredEnd > window.TooOldEnd)
                json.WriteNumber("expiredLogEventEndIndex"u8, window.ExpiredEnd);
            json.WriteEndObject();
        });
    }

    /// <summary>The shorter of the group's retention and the retention of all logs; null keeps lines without a limit.</summary>
    private int? KeptDays(LogGroup group) => retention.Days(Signal.Logs) is > 0 and var all ? Math.Min(all, group.RetentionInDays ?? all) : group.RetentionInDays;

    private AwsReply Refuse(AwsFault fault, int events, bool isCounted = false)
    {
        if (!isCounted)
            counters.Received(WireProtocol.CloudWatchLogs, Signal.Logs, Math.Max(1, events));
        var reason = fault.Type == "SerializationException" ? "malformed" : "invalid";
        counters.Dropped(WireProtocol.CloudWatchLogs, Signal.Logs, reason, Math.Max(1, events), fault.Message);
        return fault;
    }

    private static AwsFault? Validate(PutLogEventsDecoder decoder, ReadOnlySpan<byte> body)
    {
        var check = new ShapeCheck();
        CheckName(decoder.LogGroupName, "logGroupName", LogNames.LogGroupName, check);
        CheckName(decoder.LogStreamName, "logStreamName", LogNames.LogStreamName, check);
        if (!decoder.HasEvents)
            check.Violate("null", "logEvents", "not be null");
        else if (decoder.Count == 0)
            check.Violate("'[]'", "logEvents", "have length greater than or equal to 1");
        else if (decoder.Count > PutLogEventsDecoder.MaxEvents)
            check.Violate("'[...]'", "logEvents", "have length less than or equal to 10000");
        var ordered = true;
        var last = long.MinValue;
        for (var i = 0; i < decoder.Events.Length && !check.IsFull; i++)
        {
            var found = decoder.Events[i];
            if (found.Timestamp is not { } timestamp)
            {
                check.Violate("null", Member(i, "timestamp"), "not be null");
                continue;
            }
            if (timestamp < 0)
                check.Violate($"'{timestamp}'", Member(i, "timestamp"), "have value greater than or equal to 0");
            if (!found.HasMessage)
                check.Violate("null", Member(i, "message"), "not be null");
            else if (found.Length == 0)
                check.Violate("''", Member(i, "message"), "have length greater than or equal to 1");
            ordered &= timestamp >= last;
            last = timestamp;
        }
        if (check.Fault(CloudWatchLogsFaults.InvalidParameterException) is { } fault)
            return fault;
        if (!ordered)
        {
            return CloudWatchLogsFaults.InvalidParameter(
                "Log events in a single PutLogEvents request must be in chronological order.");
        }
        var size = BatchBytes(decoder, body);
        return size > MaxBatchBytes
            ? CloudWatchLogsFaults.InvalidParameter(
                string.Create(CultureInfo.InvariantCulture, $"Upload too large: {size} bytes exceeds limit of {MaxBatchBytes}"))
            : null;
    }

    private static void CheckName(string? name, string member, TextShape rule, ShapeCheck check)
    {
        if (name is null)
            check.Violate("null", member, "not be null");
        else
            rule.Check(name, member, check);
    }

    private static string Member(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"logEvents.{index + 1}.member.{name}");

    private static long BatchBytes(PutLogEventsDecoder decoder, ReadOnlySpan<byte> body)
    {
        long size = 0;
        byte[] scratch = [];
        foreach (var found in decoder.Events)
            size += EventOverhead + (found.Escaped ? EventText.Decode(found.Raw(body), escaped: true, ref scratch).Length : found.Length);
        EventText.Return(scratch);
        return size;
    }
}

/// <summary>Which of a batch's events, in order of time, are kept: not older than 14 days or the retention, not 2 hours ahead.</summary>
internal readonly record struct AcceptedWindow(int Count, int TooOldEnd, int ExpiredEnd, int TooNewStart)
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    public int Start => Math.Min(Math.Max(TooOldEnd, ExpiredEnd), TooNewStart);

    public int End => TooNewStart;

    public bool RejectsAny => Start > 0 || End < Count;

    /// <param name="now">Milliseconds since 1970.</param>
    public static AcceptedWindow Of(ReadOnlySpan<LogEventSpan> events, long now, int? retentionInDays)
    {
        var tooOld = FirstFrom(events, now - (14 * Day));
        var expired = retentionInDays is { } days ? FirstFrom(events, now - (days * Day)) : 0;
        var tooNew = FirstFrom(events, now + (2 * Hour) + 1);
        return new AcceptedWindow(events.Length, tooOld, expired, tooNew);
    }

    public void CountDrops(IngestCounters counters)
    {
        Drop("too-old", TooOldEnd, "log events older than 14 days are not accepted");
        Drop("expired", ExpiredEnd - TooOldEnd, "log events older than the log group's retention, or than logs are kept (--retention-logs-days), are not accepted");
        Drop("too-new", Count - TooNewStart, "log events more than 2 hours in the future are not accepted");

        void Drop(string reason, int events, string message) =>
            counters.Dropped(WireProtocol.CloudWatchLogs, Signal.Logs, reason, events, message);
    }

    private static int FirstFrom(ReadOnlySpan<LogEventSpan> events, long time)
    {
        var index = 0;
        while (index < events.Length && events[index].Timestamp < time)
            index++;
        return index;
    }
}

/// <summary>Turns the accepted events of a batch into rows.</summary>
internal sealed class LogRowWriter(IngestBatchPool pool, LogSequence sequence, TimeProvider time)
{
    private readonly System.Collections.Concurrent.ConcurrentBag<LogLine> _lines = [];

    /// <summary>Nanoseconds since 1970.</summary>
    public long Now => time.UnixNanoseconds();

    /// <summary>The caller passes the batch on. <paramref name="last"/> is the last event's sequence number.</summary>
    public IngestBatch Write(
        AwsRequest request, PutLogEventsDecoder decoder, LogGroup group, AcceptedWindow window, long now, out ulong last)
    {
        last = 0;
        var body = request.Body.Span;
        var batch = pool.Rent(WireProtocol.CloudWatchLogs);
        var logs = batch.Logs;
        var line = _lines.TryTake(out var free) ? free : new LogLine();
        byte[] scratch = [];
        byte[] service = Encoding.UTF8.GetBytes(decoder.Entity?.Service is { Length: > 0 } named ? named : group.Service), groupName = Encoding.UTF8.GetBytes(group.Name);
        var stream = Encoding.UTF8.GetBytes(decoder.LogStreamName!);
        var environment = Encoding.UTF8.GetBytes(request.Caller.Environment);
        var resource = decoder.Entity?.Resource() ?? [];
        foreach (var found in decoder.Events[window.Start..window.End])
        {
            logs.Time.Append(found.Timestamp!.Value * 1_000_000);
            logs.ReceivedAt.Append(now);
            logs.Sequence.Append(last = sequence.Next());
            logs.Environment.Append(environment);
            logs.Protocol.Append("cloudwatch-logs"u8);
            logs.LogGroup.Append(groupName);
            logs.LogStream.Append(stream);
            logs.Resource.Append(resource);
            line.AppendTo(logs, EventText.Decode(found.Raw(body), found.Escaped, ref scratch), service);
            logs.EndRow();
        }
        EventText.Return(scratch);
        _lines.Add(line);
        return batch;
    }
}
