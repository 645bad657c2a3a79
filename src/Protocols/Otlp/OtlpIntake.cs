using System.Collections.Concurrent;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Protocols.Otlp.Out;

namespace Weir.Protocols.Otlp;

/// <summary>What the sender is told: a fault, or how many records were not taken and why.</summary>
internal readonly record struct IntakeResult(Fault? Fault, int Rejected = 0, string? Message = null);

/// <summary>
/// Takes a request's bytes, whatever brought them: decodes, counts, and makes them durable. Decoders are kept with their grown scratch
/// memory, one for each request in flight.
/// </summary>
internal sealed class OtlpIntake(ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, LogSequence sequence, TimeProvider time)
{
    private const long NanosecondsPerTick = 100;
    /// <summary>Scratch memory that a larger request made grow is not kept.</summary>
    private const int LargestKept = 4 << 20;

    private readonly ConcurrentBag<RecordDecoder> _spans = [];
    private readonly ConcurrentBag<RecordDecoder> _logs = [];
    private readonly ConcurrentBag<RecordDecoder> _metrics = [];
    private readonly ConcurrentBag<JsonTranscoder> _transcoders = [];

    /// <summary>
    /// Decodes a request. On success the caller commits the batch by <see cref="CommitAsync"/>; it no longer needs the bytes. Otherwise
    /// the fault is counted and there is no batch.
    /// </summary>
    public IngestBatch? Decode(
        Signal signal, PayloadEncoding encoding, ReadOnlySpan<byte> request, Sender sender, out IntakeResult result)
    {
        var batch = batches.Rent(WireProtocol.Otlp);
        var decoder = Rent(signal);
        var decoded = Decode(signal, encoding, request, decoder, batch, new DecodeContext(sender.Environment, Now(), sender.Dataset, sender.IsClassic));
        if (request.Length <= LargestKept)
            Free(signal).Add(decoder);
        if (decoded.IsMalformed)
        {
            batch.Dispose();
            result = Refuse(signal, OtlpFaults.Unreadable);
            return null;
        }
        counters.Received(WireProtocol.Otlp, signal, decoded.Records);
        counters.Received(WireProtocol.Otlp, Signal.Occurrences, batch.Peek(Signal.Occurrences)?.Rows ?? 0);
        counters.Received(WireProtocol.Otlp, Signal.Events, batch.Peek(Signal.Events)?.Rows ?? 0);
        if (decoded.Rejected > 0)
            counters.Dropped(WireProtocol.Otlp, signal, "invalid", decoded.Rejected, decoded.FirstRejection!);
        var warning = decoded.Unknown is { } unknown ? Warning(signal, unknown, decoded.Records) : null;
        if (warning is not null)
        {
            // How many records it holds nobody knows: it counts as one.
            counters.Received(WireProtocol.Otlp, signal, 1);
            counters.Dropped(WireProtocol.Otlp, signal, "unknown-member", 1, warning);
        }
        result = new IntakeResult(null, decoded.Rejected, decoded.FirstRejection is { } first && warning is not null ? $"{first}; {warning}" : decoded.FirstRejection ?? warning);
        return batch;
    }

    private static string Warning(Signal signal, string unknown, int records)
    {
        var taken = records == 0 ? "nothing was stored" : "the rest was stored";
        var other = unknown.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
        {
            "resourcespans" => "/v1/traces",
            "resourcelogs" => "/v1/logs",
            "resourcemetrics" => "/v1/metrics",
            _ => null,
        };
        return other is not null
            ? $"'{unknown}' belongs to {other}; {taken}"
            : $"'{unknown}' is not known in a request of {SignalTable.Name(signal)} and was passed over; {taken}";
    }

    private DecodeResult Decode(
        Signal signal, PayloadEncoding encoding, ReadOnlySpan<byte> request, RecordDecoder decoder, IngestBatch batch, DecodeContext context)
    {
        if (encoding == PayloadEncoding.Protobuf)
            return decoder.Decode(request, batch, context);
        var transcoder = _transcoders.TryTake(out var free) ? free : new JsonTranscoder();
        var decoded = transcoder.TryTranscode(request, OtlpSchema.Of(signal), out var protobuf)
            ? decoder.Decode(protobuf, batch, context) with { Unknown = transcoder.Unknown }
            : new DecodeResult { IsMalformed = true };
        if (request.Length <= LargestKept)
            _transcoders.Add(transcoder);
        return decoded;
    }

    /// <summary>Null when every row is on disk.</summary>
    public async ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Rows > 0)
            return await sink.CommitAsync(batch, cancellationToken);
        batch.Dispose();
        return null;
    }

    /// <summary>Counts a request that is refused whole.</summary>
    public IntakeResult Refuse(Signal signal, Fault fault)
    {
        counters.Received(WireProtocol.Otlp, signal, 1);
        counters.Dropped(WireProtocol.Otlp, signal, fault);
        return new IntakeResult(fault);
    }

    private long Now() => (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * NanosecondsPerTick;

    private RecordDecoder Rent(Signal signal) => Free(signal).TryTake(out var decoder) ? decoder : signal switch
    {
        Signal.Logs => new LogDecoder(sequence),
        Signal.Metrics => new MetricDecoder(),
        _ => new SpanDecoder(),
    };

    private ConcurrentBag<RecordDecoder> Free(Signal signal) => signal switch
    {
        Signal.Logs => _logs,
        Signal.Metrics => _metrics,
        _ => _spans,
    };
}
