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
internal sealed class OtlpIntake(ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, TimeProvider time)
{
    private const long NanosecondsPerTick = 100;
    private readonly ConcurrentBag<RecordDecoder> _spans = [];

    /// <summary>
    /// Decodes a request. On success the caller commits the batch by <see cref="CommitAsync"/>; it no longer needs the bytes. Otherwise
    /// the fault is counted and there is no batch.
    /// </summary>
    public IngestBatch? Decode(
        Signal signal, PayloadEncoding encoding, ReadOnlySpan<byte> request, string environment, string dataset, out IntakeResult result)
    {
        var batch = batches.Rent(WireProtocol.Otlp);
        var decoder = Rent(signal);
        var decoded = decoder.Decode(request, batch, new DecodeContext(environment, Now(), dataset));
        Return(signal, decoder);
        if (decoded.IsMalformed)
        {
            batch.Dispose();
            result = Refuse(signal, OtlpFaults.Unreadable);
            return null;
        }
        counters.Received(WireProtocol.Otlp, signal, decoded.Records);
        counters.Received(WireProtocol.Otlp, Signal.Occurrences, batch.Peek(Signal.Occurrences)?.Rows ?? 0);
        if (decoded.Rejected > 0)
            counters.Dropped(WireProtocol.Otlp, signal, "invalid", decoded.Rejected, decoded.FirstRejection!);
        result = new IntakeResult(null, decoded.Rejected, decoded.FirstRejection);
        return batch;
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
        Signal.Spans => new SpanDecoder(),
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };

    private void Return(Signal signal, RecordDecoder decoder) => Free(signal).Add(decoder);

    private ConcurrentBag<RecordDecoder> Free(Signal signal) => signal switch
    {
        Signal.Spans => _spans,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };
}
