using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Ingest;

/// <summary>
/// Group commit. Requests that arrive during a sync share the next one; each is answered when its rows are on disk.
/// A dedicated thread writes the journal (a sync would block the thread pool of a small machine); loaders load closed segments into
/// the engine.
/// </summary>
public sealed class IngestPipeline : ITelemetrySink, IIngestPosition, IPoolStatus, IAsyncDisposable
{
    // Smaller batches are merged into one block before they are written; larger ones are encoded by the request's own thread.
    private const int MergeBelowRows = 256;
    private const int MaxMergedRows = 20_000;
    private const int MaxMergedPaths = 1_024;
    private const int KeptFacts = 16;

    private readonly JournalOptions _options;
    private readonly IngestCounters _counters;
    private readonly ILogger<IngestPipeline> _log;
    private readonly Journal _journal;
    private readonly SegmentLoader _loader;
    private readonly IngestBatchPool _mergePool = new();
    private readonly FramePool _frames = new();
    private readonly ConcurrentBag<ColumnFacts> _facts = [];
    private readonly ColumnFacts _segmentFacts = new();
    private readonly RecentKeys _requests;
    private readonly RecentKeys _documents;
    private readonly TimeProvider _time;
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
        _time = time;
        _requests = new RecentKeys(Path.Combine(options.Folder, RecentKeys.RequestsFile), options.RememberedRequests, time);
        _documents = new RecentKeys(Path.Combine(options.Folder, RecentKeys.DocumentsFile), options.RememberedDocuments, time);
        _loader = new SegmentLoader(_journal, options.Loaders, loader, _requests, _documents, counters, time, log);
        _committer = new Thread(CommitLoop) { Name = "journal", IsBackground = true };
    }

    /// <summary>Bytes in the journal that the engine has not confirmed yet.</summary>
    public long JournalBytes => _journal.PendingBytes;

    public long JournalLimitBytes => _options.MaxPendingBytes;

    /// <summary>True while the journal can't be written; the reason is in the log and in the counters.</summary>
    public bool IsFailing => _failing;

    /// <summary>Why the engine accepts no rows at the moment; null when it does. The rows wait in the journal.</summary>
    public string? LoadTrouble => _journal.PendingBytes == 0 ? null : _loader.Trouble;

    /// <summary>Number of segments that failed to load while others succeeded, and the newest reason.</summary>
    public (int Segments, string Reason) Waiting => _loader.Waiting;

    /// <summary>Segments with rows that the engine refused, oldest first.</summary>
    public IReadOnlyList<SetAsideSegment> SetAside => _journal.SetAside.List();

    /// <summary>Bytes of those segments, their limit, and the number of refused rows that this run deleted because of the limit.</summary>
    public (long Bytes, long LimitBytes, long DeletedRows) SetAsideSize => (_journal.SetAside.Bytes, _journal.SetAside.MaxBytes, _journal.SetAside.DeletedRows);

    /// <summary>Unknown files in the journal's folder; their content is not loaded.</summary>
    public IReadOnlyList<string> UnknownFiles => _journal.Unknown;

    /// <summary>Keys of requests that were removed early because there were too many.</summary>
    public long RequestsForgotten => _requests.ForgottenEarly;

    /// <summary>Keys of documents that were stored in the last minutes, by this run or the previous one.</summary>
    public IReadOnlyList<UInt128> RecentDocuments => _documents.All();

    /// <summary>Loads a set-aside segment again; false when there is none with this name. Throws <see cref="IOException"/>.</summary>
    public bool Retry(string name)
    {
        if (_journal.TakeBack(name) is not { } segment)
            return false;
        _loader.Add(segment, isNew: false);
        return true;
    }

    /// <summary>Deletes a set-aside segment; false when there is none with this name. Throws <see cref="IOException"/>.</summary>
    public bool Drop(string name) => _journal.SetAside.Drop(name);

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
            return
            [
                _frames.Figures,
                new PoolFigures("ingest_queue", QueuedRequests, Bytes: Interlocked.Read(ref _queuedBytes), LimitBytes: _options.MaxQueuedBytes),
            ];
        }
    }

    /// <summary>Replays the segments of the last run, then begins to accept requests. Replayed rows load in the background.</summary>
    public void Start()
    {
        foreach (var file in _journal.Unknown)
            IngestLog.UnknownFile(_log, Path.Combine(_options.Folder, file));
        if (SetAside is { Count: > 0 } aside)
            IngestLog.StillSetAside(_log, aside.Count, aside.Sum(s => s.Rows.Sum(r => r.Rows)));
        _loader.DeleteOldest();
        if (_journal.Left.Count > 0)
            IngestLog.Replaying(_log, _journal.Left.Count, _journal.PendingBytes);
        RememberLeft();
        foreach (var segment in _journal.Left)
            _loader.Add(segment, isNew: false);
        _loader.Start();
        _committer.Start();
    }

    /// <summary>The keys of requests whose rows wait in the journal are known from the start, not only after they are loaded.</summary>
    private void RememberLeft()
    {
        var oldest = _time.GetUtcNow().UtcDateTime - RecentKeys.Span;
        foreach (var segment in _journal.Left)
        {
            try
            {
                if (File.GetLastWriteTimeUtc(segment.Path) < oldest)
                    continue;
                var content = JournalFormat.Read(File.ReadAllBytes(segment.Path));
                foreach (var keys in content.Others(FrameKind.Requests))
                    _requests.Remember(keys.Span);
                foreach (var keys in content.Others(FrameKind.Documents))
                    _documents.Remember(keys.Span);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Loading the segment reports it.
            }
        }
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
        if (batch.RequestKey is { } key && !_requests.TryBegin(key, pending.Done.Task, out var earlier))
            return new ValueTask<Fault?>(RepeatedAsync(batch, earlier, cancellationToken));
        // Check for room first: a request that is rejected at overload must not cost more than one that is accepted.
        lock (_gate)
        {
            if (_stopping)
                return Refuse(pending, new Fault(FaultKind.Unavailable, "weir is shutting down", TimeSpan.FromSeconds(5)));
            if (_queuedBytes + pending.Bytes > _options.MaxQueuedBytes && _queuedBytes > 0)
                return Refuse(pending, new Fault(FaultKind.Busy, "too many requests wait for the disk", TimeSpan.FromSeconds(1)));
            _queuedBytes += pending.Bytes;
        }
        try
        {
            if (batch.Rows >= MergeBelowRows)
                Encode(pending);
        }
        catch
        {
            lock (_gate)
                _queuedBytes -= pending.Bytes;
            Settle(pending, new Fault(FaultKind.Internal, "the rows can't be written"));
            throw;
        }
        lock (_gate)
        {
            if (_stopping)
            {
                _queuedBytes -= pending.Bytes;
                return Refuse(pending, new Fault(FaultKind.Unavailable, "weir is shutting down", TimeSpan.FromSeconds(5)));
            }
            _queue.Enqueue(pending);
            Monitor.Pulse(_gate);
        }
        return new ValueTask<Fault?>(pending.Done.Task.WaitAsync(cancellationToken));
    }

    /// <summary>A repeated request is acknowledged when the first one is stored, and is not stored again.</summary>
    private async Task<Fault?> RepeatedAsync(IngestBatch batch, Task<Fault?> earlier, CancellationToken cancellationToken)
    {
        using (batch)
        {
            var fault = await earlier.WaitAsync(cancellationToken);
            foreach (var signal in SignalTable.All)
            {
                var rows = batch.Peek(signal)?.Rows ?? 0;
                if (fault is not null)
                    _counters.Dropped(batch.Protocol, signal, fault, rows);
                else
                    _counters.Dropped(batch.Protocol, signal, "repeated", rows, "the same request was stored within the last 15 minutes");
            }
            return fault;
        }
    }

    private void Encode(Pending pending)
    {
        var facts = _facts.TryTake(out var free) ? free : new ColumnFacts();
        foreach (var signal in SignalTable.All)
        {
            if (pending.Batch.Peek(signal) is not { } block)
                continue;
            facts.Add(block);
            pending.Frames.Add(Encode(block));
        }
        pending.Facts = facts;
    }

    private EncodedFrame Encode(Columns.Block block)
    {
        var frame = _frames.Rent();
        frame.Encode(block);
        return frame;
    }

    private ValueTask<Fault?> Refuse(Pending pending, Fault fault)
    {
        Settle(pending, fault);
        return new ValueTask<Fault?>(fault);
    }

    /// <summary>Counts requests that are rejected before they reached the journal, and informs those that wait for the same request.</summary>
    private void Settle(Pending pending, Fault fault)
    {
        if (pending.Batch.RequestKey is { } key)
            _requests.Finish(key, fault);
        CountDropped(pending.Batch, fault);
        pending.Batch.Dispose();
        pending.Done.TrySetResult(fault);
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
        var frames = new List<EncodedFrame>();
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
                {
                    group.Add(pending);
                    _queuedBytes -= pending.Bytes;
                }
                (roll, _rollNow) = (_rollNow, false);
                stop = _stopping;
            }
            if (group.Count > 0)
                Commit(group, frames);
            if (_journal.Roll(force: roll || stop) is { } segment)
                Close(segment);
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
    }

    private void Close(JournalSegment segment)
    {
        // The next segment records the columns of its own rows, whatever happens to this one.
        _segmentFacts.Clear();
        _loader.Add(segment, isNew: true);
    }

    private void Commit(List<Pending> group, List<EncodedFrame> frames)
    {
        Fault? fault = null;
        IngestBatch? merged = null;
        try
        {
            var known = _segmentFacts.Count;
            foreach (var pending in group)
            {
                if (pending.Frames.Count > 0)
                {
                    frames.AddRange(pending.Frames);
                    _segmentFacts.AddAll(pending.Facts!);
                    continue;
                }
                foreach (var signal in SignalTable.All)
                {
                    if (pending.Batch.Peek(signal) is { } block)
                        _segmentFacts.Add(block);
                }
                merged ??= _mergePool.Rent("");
                merged.AppendAll(pending.Batch);
                if (merged.Rows >= MaxMergedRows || merged.MostPaths > MaxMergedPaths)
                    EncodeMerged(merged, frames);
            }
            if (merged is { Rows: > 0 })
                EncodeMerged(merged, frames);
            if (_segmentFacts.Count > known)
                Rented(frames).EncodeFacts(_segmentFacts, known);
            AddKeys(group, frames);
            _journal.Append(frames);
            _failing = false;
        }
#pragma warning disable CA1031 // A defect in one group must not end the thread that everybody's rows go through.
        catch (Exception error)
#pragma warning restore CA1031
        {
            fault = Failed(error);
        }
        merged?.Dispose();
        foreach (var pending in group)
            Finish(pending, fault);
        foreach (var frame in frames)
            _frames.Return(frame);
        frames.Clear();
    }

    private Fault Failed(Exception error)
    {
        // Facts that are not in the segment were not recorded either.
        _segmentFacts.Clear();
        if (_journal.TakeFailed() is { } failed)
            Close(failed);
        if (error is not (IOException or UnauthorizedAccessException))
        {
            IngestLog.CommitDefect(_log, error);
            return new Fault(FaultKind.Internal, "the rows could not be written to the journal");
        }
        if (!_failing)
            IngestLog.JournalFailed(_log, error.Message);
        _failing = true;
        return new Fault(FaultKind.Unavailable, "the journal can't be written: " + error.Message, TimeSpan.FromSeconds(10));
    }

    /// <summary>Written after the rows: a key on disk without its rows would make a repeated request count as stored.</summary>
    private void AddKeys(List<Pending> group, List<EncodedFrame> frames)
    {
        List<UInt128>? requests = null;
        List<UInt128>? documents = null;
        foreach (var pending in group)
        {
            if (pending.Batch.RequestKey is { } key)
                (requests ??= []).Add(key);
            if (pending.Batch.DocumentKeys is { Count: > 0 } keys)
                (documents ??= []).AddRange(keys);
        }
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (requests is not null)
            Rented(frames).EncodeKeys(FrameKind.Requests, requests, now);
        if (documents is not null)
            Rented(frames).EncodeKeys(FrameKind.Documents, documents, now);
    }

    private EncodedFrame Rented(List<EncodedFrame> frames)
    {
        var frame = _frames.Rent();
        frames.Add(frame);
        return frame;
    }

    private void EncodeMerged(IngestBatch merged, List<EncodedFrame> frames)
    {
        foreach (var signal in SignalTable.All)
        {
            if (merged.Peek(signal) is { } block)
                frames.Add(Encode(block));
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
        if (pending.Batch.RequestKey is { } key)
            _requests.Finish(key, fault);
        foreach (var document in fault is null ? pending.Batch.DocumentKeys ?? [] : [])
            _documents.Add(document);
        if (pending.Facts is { } facts)
        {
            facts.Clear();
            if (_facts.Count < KeptFacts)
                _facts.Add(facts);
        }
        pending.Batch.Dispose();
        pending.Done.TrySetResult(fault);
    }

    /// <summary>Releases memory that is pooled for the next requests. Thread-safe.</summary>
    public void Trim()
    {
        _mergePool.Trim();
        _frames.Trim();
    }

    /// <summary>Stops accepting, syncs waiting requests, and gives the engine some time to load the rest; what is not loaded is replayed at the next start.</summary>
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

        /// <summary>For large requests, encoded by their own thread.</summary>
        public List<EncodedFrame> Frames { get; } = [];

        /// <summary>Bytes of the frames.</summary>
        public ColumnFacts? Facts { get; set; }

        public TaskCompletionSource<Fault?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
