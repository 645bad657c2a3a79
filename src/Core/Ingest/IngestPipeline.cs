using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Ingest;

/// <summary>
/// Group commit. Requests that arrive while the last sync runs share the next one; each is answered when its rows are on disk.
/// A dedicated thread writes the journal (a sync would starve the thread pool of a small machine); loaders put closed segments into
/// the engine.
/// </summary>
public sealed class IngestPipeline : ITelemetrySink, IIngestPosition, IPoolStatus, IAsyncDisposable
{
    // Smaller batches are merged into one block before they are written; larger ones are encoded by the request's own thread.
    private const int MergeBelowRows = 256;
    private const int MaxMergedRows = 20_000;
    private const int MaxMergedPaths = 1_024;

    private readonly JournalOptions _options;
    private readonly IngestCounters _counters;
    private readonly ILogger<IngestPipeline> _log;
    private readonly Journal _journal;
    private readonly SegmentLoader _loader;
    private readonly Channel<JournalSegment> _closed = Channel.CreateUnbounded<JournalSegment>();
    private readonly IngestBatchPool _mergePool = new();
    private readonly ConcurrentBag<EncodedBlock> _encoded = [];
    private readonly Queue<Pending> _queue = new();
    private readonly object _gate = new(); // Monitor.Wait needs an object, not a Lock
    private readonly Thread _committer;
    private long _queuedBytes;
    private bool _stopping;
    private bool _rollNow;
    private volatile bool _failing;

    public IngestPipeline(
        JournalOptions options, IBlockLoader loader, IngestCounters counters, TimeProvider time, ILogger<IngestPipeline> log)
    {
        _options = options;
        _counters = counters;
        _log = log;
        _journal = new Journal(options, time);
        _loader = new SegmentLoader(_journal, _closed.Reader, loader, counters, time, log);
        _committer = new Thread(CommitLoop) { Name = "journal", IsBackground = true };
    }

    /// <summary>Bytes in the journal that the engine has not confirmed yet.</summary>
    public long JournalBytes => _journal.PendingBytes;

    public long JournalLimitBytes => _options.MaxPendingBytes;

    /// <summary>True while the journal can't be written; the reason is in the log and in the counters.</summary>
    public bool IsFailing => _failing;

    /// <summary>Why acknowledged rows can't be loaded into the engine right now; null when they can. They wait in the journal.</summary>
    public string? LoadTrouble => _loader.Trouble;

    private int QueuedRequests
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    public IReadOnlyList<PoolFigures> Pools
    {
        get
        {
            long bytes = 0, blocks = 0;
            foreach (var block in _encoded)
                (bytes, blocks) = (bytes + block.Capacity, blocks + 1);
            return
            [
                new PoolFigures("ingest_encoded_blocks", blocks, Bytes: bytes),
                new PoolFigures("ingest_queue", QueuedRequests, Bytes: Interlocked.Read(ref _queuedBytes), LimitBytes: _options.MaxQueuedBytes),
            ];
        }
    }

    /// <summary>Replays what the last run left, then begins to accept. Replayed rows load in the background.</summary>
    public void Start()
    {
        if (_journal.Left.Count > 0)
            Log.Replaying(_log, _journal.Left.Count, _journal.PendingBytes);
        foreach (var segment in _journal.Left)
            _closed.Writer.TryWrite(segment);
        _loader.Start(_options.Loaders);
        _committer.Start();
    }

    /// <summary>Waits until everything in the journal at the time of the call is in the engine. For tests, tools and shutdown.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _rollNow = true;
            Monitor.Pulse(_gate);
        }
        while (_journal.PendingBytes > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(5, cancellationToken);
        }
    }

    public ValueTask<bool> WaitLoadedAsync(TimeSpan atMost, CancellationToken cancellationToken) => _journal.Unloaded.WaitAsync(atMost, cancellationToken);

    public ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Rows == 0)
        {
            batch.Dispose();
            return new ValueTask<Fault?>((Fault?)null);
        }
        if (_journal.IsFull)
            return Refuse(batch, new Fault(FaultKind.Busy, "the journal is full; the engine is behind", TimeSpan.FromSeconds(5)));
        var pending = new Pending(batch);
        if (batch.Rows >= MergeBelowRows)
            pending.Encode(_encoded);
        lock (_gate)
        {
            if (_stopping)
                return Refuse(batch, new Fault(FaultKind.Unavailable, "weir is shutting down", TimeSpan.FromSeconds(5)));
            if (_queuedBytes + pending.Bytes > _options.MaxQueuedBytes && _queuedBytes > 0)
                return Refuse(batch, new Fault(FaultKind.Busy, "too many requests wait for the disk", TimeSpan.FromSeconds(1)));
            _queuedBytes += pending.Bytes;
            _queue.Enqueue(pending);
            Monitor.Pulse(_gate);
        }
        return new ValueTask<Fault?>(pending.Done.Task.WaitAsync(cancellationToken));
    }

    private ValueTask<Fault?> Refuse(IngestBatch batch, Fault fault)
    {
        CountDropped(batch, fault);
        batch.Dispose();
        return new ValueTask<Fault?>(fault);
    }

    private void CountDropped(IngestBatch batch, Fault fault)
    {
        foreach (var signal in SignalTable.All)
            _counters.Dropped(batch.Protocol, signal, fault, batch.Peek(signal)?.Rows ?? 0);
    }

    private void CommitLoop()
    {
        var group = new List<Pending>();
        var blocks = new List<EncodedBlock>();
        while (true)
        {
            bool roll, stop;
            lock (_gate)
            {
                while (_queue.Count == 0 && !_stopping && !_rollNow)
                {
                    var due = _journal.DueIn;
                    if (due <= TimeSpan.Zero)
                        break;
                    Monitor.Wait(_gate, due is { } left ? left + TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan);
                }
                while (_queue.TryDequeue(out var pending))
                    group.Add(pending);
                _queuedBytes = 0;
                (roll, _rollNow) = (_rollNow, false);
                stop = _stopping;
            }
            if (group.Count > 0)
                Commit(group, blocks);
            if (_journal.Roll(force: roll || stop) is { } segment)
                _closed.Writer.TryWrite(segment);
            if (stop && group.Count == 0)
            {
                lock (_gate)
                {
                    if (_queue.Count == 0)
                        break;
                }
            }
            group.Clear();
        }
        _closed.Writer.TryComplete();
    }

    private void Commit(List<Pending> group, List<EncodedBlock> blocks)
    {
        Fault? fault = null;
        IngestBatch? merged = null;
        try
        {
            foreach (var pending in group)
            {
                if (pending.Blocks.Count > 0)
                {
                    blocks.AddRange(pending.Blocks);
                    continue;
                }
                merged ??= _mergePool.Rent("");
                merged.AppendAll(pending.Batch);
                if (merged.Rows >= MaxMergedRows || merged.MostPaths > MaxMergedPaths)
                    EncodeMerged(merged, blocks);
            }
            if (merged is { Rows: > 0 })
                EncodeMerged(merged, blocks);
            _journal.Append(blocks);
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            fault = new Fault(FaultKind.Unavailable, "the journal can't be written: " + error.Message, TimeSpan.FromSeconds(10));
            if (!_failing)
                Log.JournalFailed(_log, error.Message);
            _failing = true;
            if (_journal.TakeFailed() is { } failed)
                _closed.Writer.TryWrite(failed);
        }
        merged?.Dispose();
        foreach (var pending in group)
            Finish(pending, fault);
        foreach (var block in blocks)
            _encoded.Add(block);
        blocks.Clear();
    }

    private void EncodeMerged(IngestBatch merged, List<EncodedBlock> blocks)
    {
        foreach (var signal in SignalTable.All)
        {
            if (merged.Peek(signal) is { } block)
                blocks.Add(Pending.Encode(block, _encoded));
        }
        merged.Clear();
    }

    private void Finish(Pending pending, Fault? fault)
    {
        if (fault is not null)
            CountDropped(pending.Batch, fault);
        foreach (var signal in SignalTable.All)
        {
            if (fault is null && pending.Batch.Peek(signal) is { } block)
                _counters.Stored(pending.Batch.Protocol, signal, block.Rows);
        }
        pending.Batch.Dispose();
        pending.Done.SetResult(fault);
    }

    /// <summary>Stops accepting, syncs what waits, and gives the engine a while to take the rest; what it does not take is replayed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.Pulse(_gate);
        }
        if (_committer.IsAlive)
            await Task.Run(_committer.Join);
        await _loader.StopAsync(_options.StopPatience);
        _loader.Dispose();
        _journal.Dispose();
    }

    /// <summary>A request waiting for its sync.</summary>
    private sealed class Pending(IngestBatch batch)
    {
        public IngestBatch Batch { get; } = batch;

        public long Bytes { get; } = batch.Bytes;

        public List<EncodedBlock> Blocks { get; } = [];

        public TaskCompletionSource<Fault?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Encode(ConcurrentBag<EncodedBlock> free)
        {
            foreach (var signal in SignalTable.All)
            {
                if (Batch.Peek(signal) is { } block)
                    Blocks.Add(Encode(block, free));
            }
        }

        public static EncodedBlock Encode(Columns.Block block, ConcurrentBag<EncodedBlock> free)
        {
            var encoded = free.TryTake(out var used) ? used : new EncodedBlock();
            encoded.Encode(block);
            return encoded;
        }
    }
}
