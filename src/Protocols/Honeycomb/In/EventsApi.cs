using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Honeycomb.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>The two calls that send events: one by one, and in batches.</summary>
internal sealed class EventsApi(
    ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, AccessKeys keys, Datasets datasets, HoneycombOptions options,
    RetentionWindow retention, TimeProvider time)
{

    public async Task EventAsync(HttpContext http, string dataset)
    {
        var fault = await TakeAsync(http, dataset, null);
        if (fault is not null)
            await HoneycombFaults.WriteAsync(http, fault);
    }

    /// <summary>Responds with exactly 200 and one status for each event, in order; Refinery treats every other code as the loss of all events.</summary>
    public async Task BatchAsync(HttpContext http, string dataset)
    {
        var statuses = new List<Fault?>();
        if (await TakeAsync(http, dataset, statuses) is { } fault)
        {
            await HoneycombFaults.WriteAsync(http, fault);
            return;
        }
        var isMsgPack = EventAnswers.IsMsgPack(http.Request);
        await EventAnswers.WriteAsync(http, isMsgPack, EventAnswers.Statuses(isMsgPack, statuses));
    }

    /// <param name="statuses">Of a batch; null for a single event.</param>
    private async ValueTask<Fault?> TakeAsync(HttpContext http, string dataset, List<Fault?>? statuses)
    {
        var request = http.Request;
        if (keys.Find(TeamKey.Of(request)) is not { } key)
            return Refuse(HoneycombFaults.UnknownKey);
        if (!key.May(KeyPermissions.Send))
            return Refuse(HoneycombFaults.KeyDoesNotSend(key.Kind));
        var environment = key.Environment;
        using var body = await RequestBody.ReadAsync(request, options.Limits, http.RequestAborted);
        if (body.Fault is not null)
            return Refuse(body.Fault);
        // Routing leaves an encoded slash as it is.
        Dataset known;
        try
        {
            known = await datasets.TakeAsync(environment, dataset.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), http.RequestAborted);
        }
        catch (FaultException unwritten)
        {
            // Recording a new dataset fails when the disk is full or the engine is restarting: the client retries.
            return Refuse(unwritten.Fault);
        }
        var batch = batches.Rent(WireProtocol.Honeycomb);
        var now = time.UnixNanoseconds();
        var repairs = new EventRepairs();
        var context = new EventContext(
            environment, known.Name, now, known.ExpandJsonDepth, retention.Oldest(Signal.Events, now), retention.Expired(Signal.Events), repairs, batch.Spans);
        if (Decode(request, body.Bytes.Span, batch.Events, context, statuses) is { } fault)
        {
            batch.Dispose();
            return Refuse(fault);
        }
        batch.Identify(
            $"honeycomb {known.Name} {(statuses is null ? Header(request, "x-honeycomb-event-time") + Header(request, "x-honeycomb-samplerate") : "batch")}",
            environment, body.Bytes.Span);
        counters.Received(WireProtocol.Honeycomb, Signal.Events, statuses?.Count ?? 1);
        counters.Received(WireProtocol.Honeycomb, Signal.Spans, batch.Peek(Signal.Spans)?.Rows ?? 0);
        foreach (var refused in (statuses ?? []).OfType<Fault>().CountBy(f => f))
            counters.Dropped(WireProtocol.Honeycomb, Signal.Events, refused.Key, refused.Value);
        counters.Repaired(WireProtocol.Honeycomb, Signal.Events, Repair.Text, repairs.Texts, "text with an unpaired surrogate, or bytes that are not UTF-8");
        counters.Repaired(WireProtocol.Honeycomb, Signal.Events, Repair.TimeAhead, repairs.TimesAhead, "times more than an hour in the future; replaced by the time of receipt");
        counters.Repaired(batch);
        if (batch.Rows > 0)
            return await sink.CommitAsync(batch, http.RequestAborted);
        batch.Dispose();
        return null;
    }

    private static Fault? Decode(HttpRequest request, ReadOnlySpan<byte> body, EventBlock block, EventContext context, List<Fault?>? statuses)
    {
        if (EventAnswers.IsMsgPack(request))
        {
            var msgPack = new MsgPackEventDecoder();
            return statuses is not null
                ? msgPack.DecodeBatch(body, block, context, statuses)
                : msgPack.DecodeEvent(body, block, context, Header(request, "x-honeycomb-event-time"), Header(request, "x-honeycomb-samplerate"));
        }
        var json = new EventDecoder();
        return statuses is not null
            ? json.DecodeBatch(body, block, context, statuses)
            : json.DecodeEvent(body, block, context, Header(request, "x-honeycomb-event-time"), Header(request, "x-honeycomb-samplerate"));
    }

    private static string Header(HttpRequest request, string name) => request.Headers[name].ToString();

    private Fault Refuse(Fault fault)
    {
        counters.Received(WireProtocol.Honeycomb, Signal.Events, 1);
        counters.Dropped(WireProtocol.Honeycomb, Signal.Events, fault);
        return fault;
    }
}
