using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Documents that arrived together to one batch of rows, every refusal counted. Both ways in (datagrams and PutTraceSegments) end here.
/// Keeps its decoder's buffers; not thread-safe.
/// </summary>
/// <param name="seen">Recognizes documents that are sent twice; null accepts them.</param>
/// <param name="calls">Records what is stored although X-Ray would refuse it.</param>
internal sealed class SegmentIntake(
    XRayOptions options, OwnerCache owners, IngestCounters counters, SeenSegments? seen = null, RetentionWindow? retention = null,
    RefusedCalls? calls = null)
{
    private readonly SegmentDecoder _decoder = new(options, owners, seen, retention);
    private readonly HashSet<ulong> _taken = [];
    private readonly List<(int Batch, int Index)> _deferred = [];

    /// <summary>Called for each refused document with its index.</summary>
    public delegate void OnReject(int index, SegmentReject reject);

    /// <summary>Decodes the documents of one batch. With <paramref name="datagrams"/> each starts with the daemon's header line.</summary>
    /// <param name="held">Where streamed subsegments wait for their segment; null when the sender waits for an answer.</param>
    /// <param name="last">True for the last batch: documents that still wait are stored as they are.</param>
    public void Decode(
        IReadOnlyList<DocumentBatch> batches, bool datagrams, IngestBatch rows, string environment, long receivedAt, OnReject? onReject,
        HeldDocuments? held = null, bool last = false)
    {
        var spans = rows.Spans.Rows;
        var occurrences = rows.Occurrences.Rows;
        var refused = 0;
        _deferred.Clear();
        _taken.Clear();
        // A datagram has no answer: its sender would never learn why a trace is missing.
        _decoder.OddName = datagrams ? new OddName() : null;
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var documents = batches[batch];
            for (var i = 0; i < documents.Count; i++)
            {
                var document = documents[i];
                if (datagrams && !DaemonHeader.TryStrip(documents[i], out document, out var reason))
                {
                    refused++;
                    counters.Dropped(WireProtocol.XRay, Signal.Spans, reason, 1, "a datagram to the X-Ray daemon port was dropped: " + reason);
                    continue;
                }
                switch (Decode(document, rows, environment, receivedAt, mayDefer: true, out var reject))
                {
                    case DecodeOutcome.Repeated:
                        refused++;
                        break;
                    case DecodeOutcome.Deferred:
                        _deferred.Add((batch, i));
                        break;
                    case DecodeOutcome.Refused:
                        refused++;
                        Refuse(i, reject!, onReject);
                        break;
                    case DecodeOutcome.Taken when held is { IsEmpty: false }:
                        refused += DecodeHeld(held.Take(_decoder.TraceId), rows, environment, receivedAt);
                        break;
                }
            }
        }
        foreach (var (batch, index) in _deferred)
        {
            var document = batches[batch][index];
            if (datagrams)
                _ = DaemonHeader.TryStrip(batches[batch][index], out document, out _);
            // A second attempt, because its segment may have come later in the batch.
            var outcome = Decode(document, rows, environment, receivedAt, mayDefer: held is not null && !last, out _);
            if (outcome == DecodeOutcome.Deferred && !held!.TryHold(_decoder.TraceId, document, receivedAt))
                outcome = Decode(document, rows, environment, receivedAt, mayDefer: false, out _);
            if (outcome == DecodeOutcome.Repeated)
                refused++;
        }
        if (held is not null)
            refused += DecodeHeld(held.TakeOverdue(receivedAt, all: last), rows, environment, receivedAt);
        if (_decoder.OddName?.Text is { } name)
        {
            calls?.Note(
                WireProtocol.XRay, "A segment has a name that AWS X-Ray refuses; Weir keeps it", $"the name '{name}'",
                $"X-Ray takes {EntityRules.NameCharacters} in names, and refuses the whole document for another character. Take it out of the name before the application sends to AWS.");
        }
        counters.Received(WireProtocol.XRay, Signal.Spans, rows.Spans.Rows - spans + refused);
        counters.Received(WireProtocol.XRay, Signal.Occurrences, rows.Occurrences.Rows - occurrences);
        counters.Repaired(rows);
    }

    /// <summary>Of the finished documents that were decoded last. To be noted as seen once they are on the disk: what could not be stored must be taken when it comes again.</summary>
    public ulong[] TakenKeys() => [.. _taken];

    private DecodeOutcome Decode(
        ReadOnlySpan<byte> document, IngestBatch rows, string environment, long receivedAt, bool mayDefer, out SegmentReject? reject)
    {
        var outcome = _decoder.Decode(document, rows, environment, receivedAt, mayDefer, out reject, _taken);
        if (outcome == DecodeOutcome.Repeated)
            counters.Dropped(WireProtocol.XRay, Signal.Spans, "repeated", 1, "a finished document of the same trace and id was taken before");
        else if (outcome == DecodeOutcome.Taken && _decoder.SeenKey != 0)
            _taken.Add(_decoder.SeenKey);
        if (outcome == DecodeOutcome.Taken)
            CountRepairs();
        return outcome;
    }

    private void CountRepairs()
    {
        const string xray = WireProtocol.XRay;
        if (_decoder.TimeRepair == TimeRepair.Unit)
            counters.Repaired(xray, Signal.Spans, Repair.TimeUnit, 1, "a start_time is not in seconds");
        else if (_decoder.TimeRepair == TimeRepair.Ahead)
            counters.Repaired(xray, Signal.Spans, Repair.TimeAhead, 1, "a start_time lies over a day ahead of this clock; the time of receipt was taken");
        if (_decoder.HasRepairedText)
            counters.Repaired(xray, Signal.Spans, Repair.Text, 1, "text with half of a surrogate pair, or bytes that are not UTF-8");
    }

    private int DecodeHeld(IReadOnlyList<byte[]> documents, IngestBatch rows, string environment, long receivedAt)
    {
        var repeated = 0;
        foreach (var document in documents)
        {
            if (Decode(document, rows, environment, receivedAt, mayDefer: false, out _) == DecodeOutcome.Repeated)
                repeated++;
        }
        return repeated;
    }

    private void Refuse(int index, SegmentReject reject, OnReject? onReject)
    {
        var message = reject.Id is { } id ? $"{reject.Message} (id {id})" : reject.Message;
        if (reject.Detail is { } detail)
            message = $"{message}: {detail}";
        counters.Dropped(WireProtocol.XRay, Signal.Spans, reject.Reason, 1, message);
        onReject?.Invoke(index, reject);
    }
}
