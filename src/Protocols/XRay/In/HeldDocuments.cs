using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Streamed subsegments that came by datagram before the segment that names their service: they wait for it a while, so that their rows
/// carry the service and not their own name. Bounded; thread-safe.
/// </summary>
internal sealed class HeldDocuments(TimeSpan patience, long mostBytes)
{
    private readonly Dictionary<TraceId, List<Held>> _byTrace = [];
    private readonly Queue<Held> _byAge = [];
    private readonly Lock _lock = new();
    private long _bytes;

    private sealed class Held(TraceId traceId, byte[] document, long until)
    {
        public TraceId TraceId { get; } = traceId;

        public byte[] Document { get; } = document;

        /// <summary>Nanoseconds since 1970.</summary>
        public long Until { get; } = until;

        public bool Gone { get; set; }
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    public long MostBytes => mostBytes;

    public bool IsEmpty => Bytes == 0;

    public int Count
    {
        get
        {
            lock (_lock)
                return _byAge.Count;
        }
    }

    /// <summary>False when there is no room: the document is then stored without its service.</summary>
    public bool TryHold(TraceId traceId, ReadOnlySpan<byte> document, long now)
    {
        lock (_lock)
        {
            if (_bytes + document.Length > mostBytes)
                return false;
            var held = new Held(traceId, document.ToArray(), now + (patience.Ticks * TimeSpan.NanosecondsPerTick));
            if (!_byTrace.TryGetValue(traceId, out var others))
                _byTrace[traceId] = others = [];
            others.Add(held);
            _byAge.Enqueue(held);
            _bytes += document.Length;
            return true;
        }
    }

    /// <summary>The documents that waited for this trace's segment; empty in nearly all cases.</summary>
    public IReadOnlyList<byte[]> Take(TraceId traceId)
    {
        if (IsEmpty)
            return [];
        lock (_lock)
        {
            if (!_byTrace.Remove(traceId, out var held))
                return [];
            foreach (var one in held)
                Release(one);
            return [.. held.Select(one => one.Document)];
        }
    }

    /// <summary>The documents whose wait has ended; with <paramref name="all"/>, all documents.</summary>
    public IReadOnlyList<byte[]> TakeOverdue(long now, bool all = false)
    {
        if (IsEmpty)
            return [];
        lock (_lock)
        {
            var overdue = new List<byte[]>();
            while (_byAge.TryPeek(out var oldest) && (oldest.Gone || all || oldest.Until <= now))
            {
                _byAge.Dequeue();
                if (oldest.Gone)
                    continue;
                overdue.Add(oldest.Document);
                Release(oldest);
                var others = _byTrace[oldest.TraceId];
                others.Remove(oldest);
                if (others.Count == 0)
                    _byTrace.Remove(oldest.TraceId);
            }
            return overdue;
        }
    }

    private void Release(Held held)
    {
        held.Gone = true;
        _bytes -= held.Document.Length;
    }
}
