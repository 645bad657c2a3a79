using System.Collections.Concurrent;
using System.Globalization;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Protocols.Otlp.Out;

namespace Weir.Protocols.Otlp;

/// <summary>The result for the sender: a fault, or how many records were rejected and why.</summary>
internal readonly record struct IntakeResult(Fault? Fault, int Rejected = 0, string? Message = null);

/// <summary>
/// Processes a request's bytes for every transport: decodes, counts, and makes them durable. Decoders are pooled with their scratch
/// memory, one for each running request.
/// </summary>
internal sealed class OtlpIntake(
    ITelemetrySink sink, IngestBatchPool batches, IngestCounters counters, LogSequence sequence, RetentionWindow retention, TimeProvider time)
    : IMemoryPool
{
    /// <summary>Scratch memory above this size is not kept for the next request.</summary>
    private const int LargestKept = 4 << 20;

    private static readonly string TooManyElements = string.Create(
        CultureInfo.InvariantCulture, $"the request has more than {IngestLimits.MostJsonElements} objects and values; send fewer records in one request");

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
        var context = new DecodeContext(sender.Environment, time.UnixNanoseconds(), sender.Dataset, sender.IsClassic, retention);
        var decoded = Decode(signal, encoding, request, decoder, batch, context, out var repairs);
        if (request.Length <= LargestKept)
            Free(signal).Add(decoder);
        if (decoded.IsMalformed || decoded.TooLarge is not null)
        {
            batch.Dispose();
            result = Refuse(signal, decoded.TooLarge is { } why ? new Fault(FaultKind.TooLarge, why) : OtlpFaults.Unreadable);
            return null;
        }
        counters.Received(WireProtocol.Otlp, signal, decoded.Records);
        counters.Received(WireProtocol.Otlp, Signal.Occurrences, batch.Peek(Signal.Occurrences)?.Rows ?? 0);
        counters.Received(WireProtocol.Otlp, Signal.Events, (batch.Peek(Signal.Events)?.Rows ?? 0) + decoded.ExpiredEvents);
        batch.Identify("otlp", sender.Environment, request);
        Count(signal, decoded, repairs, batch);
        var message = MessageOf(signal, decoded, repairs);
        if (decoded.Unknown is { } unknown)
        {
            // The number of its records is unknown, so it counts as one.
            var warning = Warning(signal, unknown, decoded.Records);
            counters.Received(WireProtocol.Otlp, signal, 1);
            counters.Dropped(WireProtocol.Otlp, signal, "unknown-member", 1, warning);
            message = message is null ? warning : $"{message}; {warning}";
        }
        result = new IntakeResult(null, decoded.Rejected, message);
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
            : $"'{unknown}' is unknown in a request of {SignalTable.Name(signal)} and was ignored; {taken}";
    }

    private DecodeResult Decode(
        Signal signal, PayloadEncoding encoding, ReadOnlySpan<byte> request, RecordDecoder decoder, IngestBatch batch, DecodeContext context,
        out JsonRepairs repairs)
    {
        repairs = default;
        if (encoding == PayloadEncoding.Protobuf)
            return decoder.Decode(request, batch, context);
        var transcoder = _transcoders.TryTake(out var free) ? free : new JsonTranscoder();
        var decoded = transcoder.TryTranscode(request, OtlpSchema.Of(signal), out var protobuf)
            ? decoder.Decode(protobuf, batch, context) with { Unknown = transcoder.Unknown }
            : new DecodeResult { IsMalformed = !transcoder.IsTooLarge, TooLarge = transcoder.IsTooLarge ? TooManyElements : null };
        repairs = transcoder.Repairs;
        if (request.Length <= LargestKept)
            _transcoders.Add(transcoder);
        return decoded;
    }

    private void Count(Signal signal, in DecodeResult decoded, in JsonRepairs repairs, IngestBatch batch)
    {
        const string otlp = WireProtocol.Otlp;
        counters.Dropped(otlp, signal, "invalid", decoded.Rejected - decoded.Expired, decoded.FirstRejection ?? "");
        counters.Dropped(otlp, signal, retention.Expired(signal), decoded.Expired);
        counters.Dropped(otlp, Signal.Events, retention.Expired(Signal.Events), decoded.ExpiredEvents);
        counters.Repaired(otlp, signal, Repair.TimeUnit, decoded.CorrectedTimes, "times in seconds, milliseconds or microseconds instead of nanoseconds; converted");
        counters.Repaired(otlp, signal, Repair.TimeAhead, decoded.TimesAhead, "times more than a day in the future; replaced by the time of receipt");
        counters.Repaired(otlp, signal, Repair.Text, repairs.Texts, "text with an unpaired surrogate, or bytes that are not UTF-8");
        counters.Repaired(otlp, signal, Repair.Value, repairs.Values, "a JSON value of the wrong type was left out");
        counters.Repaired(otlp, signal, Repair.LongKey, decoded.CutKeys, $"keys are truncated to {IngestLimits.MostKeyBytes} bytes");
        counters.Repaired(batch);
    }

    /// <summary>The message for the sender about rejected or repaired records; null when there were none.</summary>
    private string? MessageOf(Signal signal, in DecodeResult decoded, in JsonRepairs repairs)
    {
        string?[] parts =
        [
            decoded.FirstRejection,
            decoded.Expired == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{decoded.Expired} expired: {retention.Message(signal)}"),
            repairs.Values == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{repairs.Values} values of the wrong type were left out"),
            decoded.CorrectedTimes == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{decoded.CorrectedTimes} times were not in nanoseconds and were converted"),
        ];
        return parts.All(part => part is null) ? null : string.Join("; ", parts.OfType<string>());
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

    public void Trim()
    {
        _spans.Clear();
        _logs.Clear();
        _metrics.Clear();
        _transcoders.Clear();
    }

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
