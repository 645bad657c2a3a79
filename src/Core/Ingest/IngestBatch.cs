using System.IO.Hashing;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Ingest;

/// <summary>
/// The rows of one request (or one group of datagrams): a block for each signal. It is rented from <see cref="IngestBatchPool"/>;
/// the renter passes it to <see cref="ITelemetrySink.CommitAsync"/>, which takes ownership, or disposes it.
/// </summary>
public sealed class IngestBatch : IDisposable
{
    private readonly Block?[] _blocks = new Block?[SignalTable.All.Count];
    private readonly IngestBatchPool _pool;

    internal IngestBatch(IngestBatchPool pool) => _pool = pool;

    /// <summary>A constant of <see cref="WireProtocol"/>, used by the counters.</summary>
    public string Protocol { get; internal set; } = "";

    /// <summary>
    /// Identifies the request: another one with the same key within 15 minutes is acknowledged and not stored again. Null: every
    /// request is stored. See <see cref="Identify"/>.
    /// </summary>
    public UInt128? RequestKey { get; set; }

    /// <summary>Keys of single documents that the room wants to recognise after a restart; null when there are none.</summary>
    public IReadOnlyList<UInt128>? DocumentKeys { get; set; }

    /// <summary>
    /// Sets the key of the request when its rows have times of their own: the same bytes are then the same request,
    /// sent again by a client that got no answer. Rows with their time of arrival can be two different requests.
    /// </summary>
    /// <param name="door">The endpoint, and other properties of the request that are not in its bytes.</param>
    /// <param name="environment">The environment of the data.</param>
    /// <param name="request">Decompressed.</param>
    public void Identify(string door, string environment, ReadOnlySpan<byte> request)
    {
        if (SignalTable.All.Any(signal => Peek(signal)?.HasOwnTimes == true))
            RequestKey = KeyOf(door, environment, request);
    }

    /// <summary>The key of bytes received at an endpoint for an environment.</summary>
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

    /// <summary>The largest number of distinct attribute keys of a block; each costs a little in every row of a merged block.</summary>
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

    /// <summary>The number of rows of each signal, for <see cref="TakeBack"/>.</summary>
    public BatchMark Mark() => new(RowsOf(Signal.Spans), RowsOf(Signal.Logs), RowsOf(Signal.Occurrences), RowsOf(Signal.Metrics), RowsOf(Signal.Events));

    /// <summary>Removes the rows that were appended since then, including unfinished ones.</summary>
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

/// <summary>Number of rows of each signal at a moment.</summary>
public readonly record struct BatchMark(int Spans, int Logs, int Occurrences, int Metrics, int Events);

/// <summary>Keeps a few batches with their buffers, so that a steady load needs no allocation per record.</summary>
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
