using System.IO.Hashing;
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

    /// <summary>
    /// What tells the request from every other: one of the same key within 15 minutes is acknowledged and not stored again. Null: every
    /// request is stored. See <see cref="Identify"/>.
    /// </summary>
    public UInt128? RequestKey { get; set; }

    /// <summary>Keys of single documents in it that the room wants to know again after a restart; null when there are none.</summary>
    public IReadOnlyList<UInt128>? DocumentKeys { get; set; }

    /// <summary>
    /// Gives the batch the key of the request that brought it, when its rows carry times of their own: the same bytes then are the same
    /// happening, sent again by somebody who got no answer. Rows that have the time of their arrival may be sent twice and mean twice.
    /// </summary>
    /// <param name="door">Where it came in and whatever else of it is not in the bytes.</param>
    /// <param name="environment">Whose it is.</param>
    /// <param name="request">Decompressed.</param>
    public void Identify(string door, string environment, ReadOnlySpan<byte> request)
    {
        if (SignalTable.All.Any(signal => Peek(signal)?.HasOwnTimes == true))
            RequestKey = KeyOf(door, environment, request);
    }

    /// <summary>The key of what came by a door for an environment.</summary>
    public static UInt128 KeyOf(string door, string environment, ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash128();
        hash.Append(System.Text.Encoding.UTF8.GetBytes(door));
        hash.Append([0]);
        hash.Append(System.Text.Encoding.UTF8.GetBytes(environment));
        hash.Append([0]);
        hash.Append(bytes);
        return hash.GetCurrentHashAsUInt128();
    }

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

    /// <summary>How many rows each signal has, for <see cref="TakeBack"/>.</summary>
    public BatchMark Mark() => new(RowsOf(Signal.Spans), RowsOf(Signal.Logs), RowsOf(Signal.Occurrences), RowsOf(Signal.Metrics), RowsOf(Signal.Events));

    /// <summary>Takes back what was appended since, unfinished rows too.</summary>
    public void TakeBack(in BatchMark mark)
    {
        _blocks[(int)Signal.Spans]?.TruncateTo(mark.Spans);
        _blocks[(int)Signal.Logs]?.TruncateTo(mark.Logs);
        _blocks[(int)Signal.Occurrences]?.TruncateTo(mark.Occurrences);
        _blocks[(int)Signal.Metrics]?.TruncateTo(mark.Metrics);
        _blocks[(int)Signal.Events]?.TruncateTo(mark.Events);
    }

    private int RowsOf(Signal signal) => _blocks[(int)signal]?.Rows ?? 0;

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
        (RequestKey, DocumentKeys) = (null, null);
        foreach (var block in _blocks)
            block?.Clear();
    }

    /// <summary>Returns the batch to its pool. Don't touch it afterwards.</summary>
    public void Dispose() => _pool.Return(this);
}

/// <summary>Rows of each signal at a moment.</summary>
public readonly record struct BatchMark(int Spans, int Logs, int Occurrences, int Metrics, int Events);

/// <summary>Keeps a few batches with their grown buffers, so that a steady load allocates nothing a record.</summary>
public sealed class IngestBatchPool : IPoolStatus, IMemoryPool
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

    public void Trim() => _free.Clear();

    internal void Return(IngestBatch batch)
    {
        var keep = batch.Bytes <= LargestKept && _free.Count < Kept;
        batch.Clear();
        if (keep)
            _free.Add(batch);
    }
}
