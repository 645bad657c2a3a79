using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Ingest;

/// <summary>
/// What one request (or one group of datagrams) brings: a block for each signal it has. Rented from <see cref="IngestBatchPool"/>;
/// whoever rents it hands it to <see cref="ITelemetrySink.CommitAsync"/>, which takes it over, or disposes it.
/// </summary>
public sealed class IngestBatch : IDisposable
{
    private readonly Block?[] _blocks = new Block?[SignalTable.All.Count];
    private readonly IngestBatchPool _pool;

    internal IngestBatch(IngestBatchPool pool) => _pool = pool;

    /// <summary>A constant of <see cref="WireProtocol"/>: whom the counters credit.</summary>
    public string Protocol { get; internal set; } = "";

    public SpanBlock Spans => (SpanBlock)(_blocks[(int)Signal.Spans] ??= new SpanBlock());

    public LogBlock Logs => (LogBlock)(_blocks[(int)Signal.Logs] ??= new LogBlock());

    public OccurrenceBlock Occurrences => (OccurrenceBlock)(_blocks[(int)Signal.Occurrences] ??= new OccurrenceBlock());

    public MetricBlock Metrics => (MetricBlock)(_blocks[(int)Signal.Metrics] ??= new MetricBlock());

    public EventBlock Events => (EventBlock)(_blocks[(int)Signal.Events] ??= new EventBlock());

    /// <summary>The block of a signal, or null when it has no rows.</summary>
    public Block? Peek(Signal signal) => _blocks[(int)signal] is { Rows: > 0 } block ? block : null;

    public int Rows
    {
        get
        {
            var rows = 0;
            foreach (var block in _blocks)
                rows += block?.Rows ?? 0;
            return rows;
        }
    }

    /// <summary>Distinct attribute keys of the block that has most; each costs a little in every row of a merged block.</summary>
    internal int MostPaths
    {
        get
        {
            var most = 0;
            foreach (var block in _blocks)
                most = Math.Max(most, block?.Paths ?? 0);
            return most;
        }
    }

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var block in _blocks)
                bytes += block?.Bytes ?? 0;
            return bytes;
        }
    }

    /// <summary>Adds another batch's rows.</summary>
    internal void AppendAll(IngestBatch other)
    {
        foreach (var signal in SignalTable.All)
        {
            if (other.Peek(signal) is { } from)
                BlockOf(signal).AppendAll(from);
        }
    }

    internal Block BlockOf(Signal signal) => signal switch
    {
        Signal.Spans => Spans,
        Signal.Logs => Logs,
        Signal.Occurrences => Occurrences,
        Signal.Metrics => Metrics,
        _ => Events,
    };

    internal void Clear()
    {
        foreach (var block in _blocks)
            block?.Clear();
    }

    /// <summary>Returns the batch to its pool. Don't touch it afterwards.</summary>
    public void Dispose() => _pool.Return(this);
}

/// <summary>Keeps a few batches with their grown buffers, so that a steady load allocates nothing a record.</summary>
public sealed class IngestBatchPool : IPoolStatus
{
    private const int Kept = 16;
    private const long LargestKept = 64 << 20;
    private readonly System.Collections.Concurrent.ConcurrentBag<IngestBatch> _free = [];

    public IReadOnlyList<PoolFigures> Pools => [new PoolFigures("ingest_batches", _free.Count, Kept)];

    public IngestBatch Rent(string protocol)
    {
        var batch = _free.TryTake(out var free) ? free : new IngestBatch(this);
        batch.Protocol = protocol;
        return batch;
    }

    internal void Return(IngestBatch batch)
    {
        var keep = batch.Bytes <= LargestKept && _free.Count < Kept;
        batch.Clear();
        if (keep)
            _free.Add(batch);
    }
}
