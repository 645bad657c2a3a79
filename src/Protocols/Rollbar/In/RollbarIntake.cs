using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar.In;

/// <summary>Handles one posted item: reads it, stores it, responds.</summary>
internal sealed class RollbarIntake(
    ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, RefusedCalls calls, AccessKeys keys, RetentionWindow retention, TimeProvider time,
    RollbarOptions options)
    : IPoolStatus
{
    public const string TokenHeader = "X-Rollbar-Access-Token";

    private readonly RecentUuids _recent = new(options.RememberedUuids);

    public IReadOnlyList<PoolFigures> Pools => [new PoolFigures("rollbar_uuids", _recent.Count, options.RememberedUuids)];

    public async Task PostAsync(HttpContext http)
    {
        counters.Received(WireProtocol.Rollbar, Signal.Occurrences, 1);
        var (uuid, fault) = await TakeAsync(http);
        if (fault is not null)
            await RollbarFaults.AnswerAsync(http, fault);
        else
            await AnswerAsync(http, uuid);
    }

    /// <summary>Accepts the item in spite of the wrong path, so that an error report is not lost because of a mistake in the endpoint.</summary>
    public Task PostToDoubledPathAsync(HttpContext http)
    {
        WrongPaths.Note(calls, http, WrongPaths.DoubledItem);
        return PostAsync(http);
    }

    private async ValueTask<(string Uuid, Fault? Fault)> TakeAsync(HttpContext http)
    {
        Item? item;
        IngestBatch? batch;
        Fault? fault;
        using (var body = await RequestBody.ReadAsync(http.Request, new BodyLimits(options.MaxBodyBytes, options.MaxBodyBytes), http.RequestAborted))
        {
            if (body.Fault is not null)
                return ("", Refuse(body.Fault));
            var receivedAt = time.UnixNanoseconds();
            item = Read(body.Bytes.Span, TokenOf(http.Request), new ItemArrival(receivedAt, RemoteIp(http), options), out batch, out fault);
            if (item is null)
                return ("", Refuse(fault!));
        }

        // Known again after a restart too; while this process runs the newest uuids are known longer.
        batch!.RequestKey = IngestBatch.KeyOf("rollbar", item.Environment, System.Text.Encoding.UTF8.GetBytes(item.OccurrenceId));
        var outcome = new TaskCompletionSource<Fault?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_recent.TryBegin(item.OccurrenceId, outcome.Task, out var earlier))
        {
            batch!.Dispose();
            fault = await earlier.WaitAsync(http.RequestAborted);
            if (fault is null)
                counters.Dropped(WireProtocol.Rollbar, Signal.Occurrences, "repeated", 1, $"an item with uuid {item.Uuid} is already stored");
            return (item.Uuid, fault is null ? null : Refuse(fault));
        }
        try
        {
            // The wait is not cancelled with the client's request: the rows are written anyway, and a repeated request needs the result.
            fault = await sink.CommitAsync(batch!, CancellationToken.None);
        }
        catch (Exception e)
        {
            _recent.Forget(item.OccurrenceId);
            outcome.SetResult(new Fault(FaultKind.Internal, "the item could not be stored"));
            throw new InvalidOperationException("storing an item failed", e);
        }
        if (fault is not null)
            _recent.Forget(item.OccurrenceId);
        outcome.SetResult(fault);
        return (item.Uuid, fault);
    }

    private Item? Read(ReadOnlySpan<byte> body, string? token, in ItemArrival arrival, out IngestBatch? batch, out Fault? fault)
    {
        batch = null;
        using var envelope = ItemEnvelope.Read(body, out fault);
        if (envelope is null)
            return null;
        token ??= envelope.Root.Scalar("access_token") ?? envelope.FormToken;
        if (string.IsNullOrEmpty(token))
        {
            fault = RollbarFaults.NoToken;
            return null;
        }
        if (keys.Find(token) is not { } key)
        {
            fault = RollbarFaults.UnknownToken;
            return null;
        }
        // Before the item is checked, as Rollbar does: a token of a web page learns nothing else.
        var isOfClient = ItemDecoder.IsOfClient(envelope.Root.Field("data"));
        if (!key.May(isOfClient ? KeyPermissions.SendFromClients : KeyPermissions.SendFromServers))
        {
            fault = RollbarFaults.WrongScope(key.Kind, isOfClient);
            return null;
        }
        var item = ItemDecoder.Decode(envelope.Root, arrival with { KeyEnvironment = key.Environment }, out fault);
        if (item is null)
            return null;
        if (item.Time < retention.Oldest(Signal.Occurrences, arrival.ReceivedAt))
        {
            var expired = retention.Expired(Signal.Occurrences);
            fault = expired with { Message = "data.timestamp is " + expired.Message };
            return null;
        }
        batch = batches.Rent(WireProtocol.Rollbar);
        ItemRows.Append(item, arrival.ReceivedAt, envelope.Text, batch.Occurrences);
        Count(item, envelope, batch);
        // The document is returned to its pool; nothing may read it after this.
        return item with { Data = default };
    }

    private void Count(Item item, ItemEnvelope envelope, IngestBatch batch)
    {
        const string rollbar = WireProtocol.Rollbar;
        if (item.TimeRepair == TimeRepair.Unit)
            counters.Repaired(rollbar, Signal.Occurrences, Repair.TimeUnit, 1, "data.timestamp was not in seconds and was converted");
        else if (item.TimeRepair == TimeRepair.Ahead)
            counters.Repaired(rollbar, Signal.Occurrences, Repair.TimeAhead, 1, "data.timestamp is in the future; replaced by the time of receipt");
        if (envelope.Repairs > 0)
            counters.Repaired(rollbar, Signal.Occurrences, Repair.Text, 1, "text with an unpaired surrogate, or bytes that are not UTF-8");
        counters.Repaired(batch);
    }

    private Fault Refuse(Fault fault)
    {
        counters.Dropped(WireProtocol.Rollbar, Signal.Occurrences, RollbarFaults.Reason(fault), 1, fault.Message);
        return fault;
    }

    private static string? TokenOf(HttpRequest request)
    {
        if (request.Headers[TokenHeader].ToString() is { Length: > 0 } header)
            return header;
        return request.Query["access_token"].ToString() is { Length: > 0 } query ? query : null;
    }

    private static string RemoteIp(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "";
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static async Task AnswerAsync(HttpContext http, string uuid)
    {
        var body = new ByteBuffer();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("err"u8, 0);
            json.WriteStartObject("result"u8);
            // Always null, as Rollbar answers; Rollbar.NET reads it as a number.
            json.WriteNull("id"u8);
            json.WriteString("uuid"u8, uuid);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }
}
