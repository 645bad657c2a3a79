using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Documents that arrived together to one batch of rows, every refusal counted. Both ways in (datagrams and PutTraceSegments) end here.
/// Keeps its decoder's buffers; not thread-safe.
/// </summary>
internal sealed class SegmentIntake(XRayOptions options, OwnerCache owners, IngestCounters counters)
{
    private readonly SegmentDecoder _decoder = new(options, owners);
    private readonly List<(int Batch, int Index)> _deferred = [];

    /// <summary>Called for each refused document with its index.</summary>
    public delegate void OnReject(int index, SegmentReject reject);

    /// <summary>Decodes the documents of one batch. With <paramref name="datagrams"/> each starts with the daemon's header line.</summary>
    /// <param name="held">Where streamed subsegments wait for their segment; null when the sender waits for an answer.</param>
    /// <param name="last">Nothing comes after this: what is held is taken as it is.</param>
    public void Decode(
        IReadOnlyList<DocumentBatch> batches, bool datagrams, IngestBatch rows, string environment, long receivedAt, OnReject? onReject,
        HeldDocuments? held = null, bool last = false)
    {
        var spans = rows.Spans.Rows;
        var occurrences = rows.Occurrences.Rows;
        var refused = 0;
        _deferred.Clear();
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
                switch (_decoder.Decode(document, rows, environment, receivedAt, mayDefer: true, out var reject))
                {
                    case DecodeOutcome.Deferred:
                        _deferred.Add((batch, i));
                        break;
                    case DecodeOutcome.Refused:
                        refused++;
                        Refuse(i, reject!, onReject);
                        break;
                    case DecodeOutcome.Taken when held is { IsEmpty: false }:
                        DecodeHeld(held.Take(_decoder.TraceId), rows, environment, receivedAt);
                        break;
                }
            }
        }
        foreach (var (batch, index) in _deferred)
        {
            var document = batches[batch][index];
            if (datagrams)
                _ = DaemonHeader.TryStrip(batches[batch][index], out document, out _);
            // Once more: its segment may have come later in the batch.
            if (_decoder.Decode(document, rows, environment, receivedAt, mayDefer: held is not null && !last, out _) == DecodeOutcome.Deferred
                && !held!.TryHold(_decoder.TraceId, document, receivedAt))
                _ = _decoder.Decode(document, rows, environment, receivedAt, mayDefer: false, out _);
        }
        if (held is not null)
            DecodeHeld(held.TakeOverdue(receivedAt, all: last), rows, environment, receivedAt);
        counters.Received(WireProtocol.XRay, Signal.Spans, rows.Spans.Rows - spans + refused);
        counters.Received(WireProtocol.XRay, Signal.Occurrences, rows.Occurrences.Rows - occurrences);
    }

    private void DecodeHeld(IReadOnlyList<byte[]> documents, IngestBatch rows, string environment, long receivedAt)
    {
        foreach (var document in documents)
            _ = _decoder.Decode(document, rows, environment, receivedAt, mayDefer: false, out _);
    }

    private void Refuse(int index, SegmentReject reject, OnReject? onReject)
    {
        var message = reject.Id is { } id ? $"{reject.Message} (id {id})" : reject.Message;
        counters.Dropped(WireProtocol.XRay, Signal.Spans, reject.Reason, 1, message);
        onReject?.Invoke(index, reject);
    }
}
