using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Honeycomb.In;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>The two calls that send events: one by one, and in batches.</summary>
internal sealed class EventsApi(
    ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, AccessKeys keys, HoneycombOptions options, TimeProvider time)
{
    private const long NanosecondsPerTick = 100;

    public async Task EventAsync(HttpContext http, string dataset)
    {
        var fault = await TakeAsync(http, dataset, null);
        if (fault is not null)
            await HoneycombFaults.WriteAsync(http, fault);
    }

    /// <summary>
    /// Answers exactly 200 with one status an event, in order: <c>[{"status":202},{"status":400,"error":"…"}]</c>. Clients zip both lists.
    /// </summary>
    public async Task BatchAsync(HttpContext http, string dataset)
    {
        var statuses = new List<Fault?>();
        var fault = await TakeAsync(http, dataset, statuses);
        if (fault is not null)
        {
            await HoneycombFaults.WriteAsync(http, fault);
            return;
        }
        var body = new ByteBuffer();
        body.AppendByte((byte)'[');
        for (var i = 0; i < statuses.Count; i++)
        {
            if (i > 0)
                body.AppendByte((byte)',');
            if (statuses[i] is not { } refused)
            {
                body.Append("{\"status\":202}"u8);
                continue;
            }
            body.Append("{\"status\":400,\"error\":"u8);
            JsonText.AppendString(body, refused.Message);
            body.AppendByte((byte)'}');
        }
        body.AppendByte((byte)']');
        await HoneycombFaults.WriteJsonAsync(http, body);
    }

    /// <param name="statuses">Of a batch; null for a single event.</param>
    private async ValueTask<Fault?> TakeAsync(HttpContext http, string dataset, List<Fault?>? statuses)
    {
        var request = http.Request;
        if (request.ContentType?.Contains("msgpack", StringComparison.OrdinalIgnoreCase) == true)
            return Refuse(HoneycombFaults.ContentType);
        if (keys.EnvironmentOf(TeamKey.Of(request)) is not { } environment)
            return Refuse(HoneycombFaults.UnknownKey);
        // Routing leaves an encoded slash as it is.
        var context = new EventContext(environment, dataset.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), Now());
        var batch = batches.Rent(WireProtocol.Honeycomb);
        using (var body = await RequestBody.ReadAsync(request, options.Limits, http.RequestAborted))
        {
            var fault = body.Fault ?? Decode(request, body.Bytes.Span, batch.Events, context, statuses);
            if (fault is not null)
            {
                batch.Dispose();
                return Refuse(fault);
            }
        }
        counters.Received(WireProtocol.Honeycomb, Signal.Events, statuses?.Count ?? 1);
        foreach (var refused in statuses ?? [])
        {
            if (refused is not null)
                counters.Dropped(WireProtocol.Honeycomb, Signal.Events, refused);
        }
        if (batch.Rows > 0)
            return await sink.CommitAsync(batch, http.RequestAborted);
        batch.Dispose();
        return null;
    }

    private static Fault? Decode(HttpRequest request, ReadOnlySpan<byte> json, EventBlock block, in EventContext context, List<Fault?>? statuses)
    {
        var decoder = new EventDecoder();
        return statuses is not null
            ? decoder.DecodeBatch(json, block, context, statuses)
            : decoder.DecodeEvent(
                json, block, context, request.Headers["x-honeycomb-event-time"].ToString(), request.Headers["x-honeycomb-samplerate"].ToString());
    }

    private Fault Refuse(Fault fault)
    {
        counters.Received(WireProtocol.Honeycomb, Signal.Events, 1);
        counters.Dropped(WireProtocol.Honeycomb, Signal.Events, fault);
        return fault;
    }

    private long Now() => (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * NanosecondsPerTick;
}
