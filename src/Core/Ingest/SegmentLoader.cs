using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Loads closed segments into the engine: reads the file back (so the replay after a crash uses the same code), loads it, deletes it. Failed
/// segments wait, are split, or are set aside (<see cref="LoadOutcome"/>); the worker continues with another segment.
/// </summary>
internal sealed class SegmentLoader : IDisposable
{
    /// <summary>Above these limits a part is split before it is tried: the maximum cost of one insert.</summary>
    private const long MostBytes = 128L << 20;
    private const long MostCells = 32L << 20;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Journal _journal;
    private readonly IBlockLoader _loader;
    private readonly IngestCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LoadQueue _queue;
    private readonly RecentKeys _requests;
    private readonly RecentKeys _documents;
    private readonly int _workerCount;
    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _loadedAt = new long[SignalTable.All.Count];
    private Task _workers = Task.CompletedTask;

    public SegmentLoader(
        Journal journal, int workers, IBlockLoader loader, RecentKeys requests, RecentKeys documents, IngestCounters counters, TimeProvider time, ILogger log)
    {
        (_journal, _loader, _counters, _time, _log) = (journal, loader, counters, time, log);
        (_requests, _documents) = (requests, documents);
        _workerCount = Math.Max(1, workers);
        _queue = new LoadQueue(_workerCount, time);
    }

    /// <summary>Why the engine accepts nothing; null while it accepts rows.</summary>
    public string? Trouble => _queue.Closed;

    /// <summary>Number of segments that wait after a failed attempt, and the reason.</summary>
    public (int Count, string Trouble) Waiting => _queue.Waiting;

    /// <param name="segment">Closed.</param>
    /// <param name="isNew">Written by this run; older segments get every second turn.</param>
    public void Add(JournalSegment segment, bool isNew) => _queue.Add(new LoadJob(segment, isNew));

    public void Start() => _workers = Task.WhenAll(Enumerable.Range(0, _workerCount).Select(_ => Task.Run(WorkAsync)));

    /// <summary>Lets the workers load what can be loaded now, for at most <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        _queue.Stop();
        _stop.CancelAfter(patience);
        await _workers;
        if (_journal.PendingBytes > 0)
            IngestLog.LeftForReplay(_log, _journal.PendingBytes);
    }

    public void Dispose() => _stop.Dispose();

    private async Task WorkAsync()
    {
        var worker = new Worker();
        try
        {
            while (true)
            {
                var next = _queue.TakeAsync(_stop.Token);
                if (!next.IsCompleted)
                    worker.Trim();
                if (await next is not { } job)
                    return;
                await WorkOnAsync(job, worker);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself; the rest is replayed at the next start.
        }
    }

    /// <summary>One turn at a segment. After any error the segment is unchanged or waits, and the worker continues.</summary>
    private async Task WorkOnAsync(LoadJob job, Worker worker)
    {
        var wasSuspect = job.IsSuspect;
        try
        {
            if (await LoadAsync(job, worker))
                return;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A worker that ends takes the loading of everybody's rows with it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (error is not (IOException or UnauthorizedAccessException))
                IngestLog.LoadDefect(_log, error, job.Segment.Number);
            Delay(job, error.Message);
        }
        finally
        {
            _queue.Release(wasSuspect);
        }
        _queue.Add(job);
    }

    private void Delay(LoadJob job, string why)
    {
        Suspect(job);
        job.Trouble = why;
        var pause = Pause(++job.Tries);
        job.Due = _time.GetUtcNow() + pause;
        IngestLog.LoadDelayed(_log, job.Segment.Number, why, pause.TotalSeconds);
    }

    /// <summary>Loading it may take long, so others go first and no read waits for it.</summary>
    private void Suspect(LoadJob job)
    {
        job.IsSuspect = true;
        _journal.Unloaded.Ended(job.Segment.Number);
    }

    private static TimeSpan Pause(int tries)
    {
        var pause = TimeSpan.FromMilliseconds(250) * Math.Pow(2, Math.Min(tries - 1, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>True when the segment has left the journal; otherwise it is tried again later.</summary>
    private async Task<bool> LoadAsync(LoadJob job, Worker worker)
    {
        var segment = job.Segment;
        if (!File.Exists(segment.Path))
        {
            // Somebody deleted the file. Nothing can be loaded, and its content is unknown.
            _journal.Remove(segment);
            IngestLog.SegmentGone(_log, segment.Number);
            return true;
        }
        var content = JournalFormat.Read(await worker.ReadAsync(segment.Path, _stop.Token));
        if (!job.WasTold)
            Tell(segment, content);
        job.WasTold = true;
        if (job.Plan is null)
        {
            try
            {
                job.Plan = LoadPlan.Open(segment, content);
            }
            catch (InvalidDataException error)
            {
                SetAside(segment, null, content, error.Message);
                return true;
            }
        }
        var plan = job.Plan;
        if (plan.IsAhead)
            plan.Write(_journal.SyncFolder);
        if (!plan.ColumnsDone && !await NoteColumnsAsync(job, content, worker))
            return false;
        while (Next(plan) is { } piece)
        {
            if (await LoadAsync(job, piece, content, worker) is not LoadOutcome.Later)
            {
                // A segment that takes long lets others go first.
                if (plan.IsWritten && Next(plan) is not null && _queue.HasOthers)
                {
                    (job.IsSuspect, job.Due) = (true, _time.GetUtcNow());
                    return false;
                }
                continue;
            }
            if (_queue.Closed is not null)
                break;
        }
        if (plan.Pieces.Any(p => p.State == PieceState.Waiting))
        {
            if (plan.Pieces.Any(p => p.State == PieceState.Done))
                plan.Write(_journal.SyncFolder);
            job.Due = plan.Pieces.Where(p => p.State == PieceState.Waiting).Min(p => p.Due);
            return false;
        }
        Leave(segment, plan, content);
        return true;
    }

    private LoadPiece? Next(LoadPlan plan)
    {
        var now = _time.GetUtcNow();
        foreach (var piece in plan.Pieces)
        {
            if (piece.State == PieceState.Waiting && piece.Due <= now)
                return piece;
        }
        return null;
    }

    private async Task<LoadOutcome> LoadAsync(LoadJob job, LoadPiece piece, JournalContent content, Worker worker)
    {
        var plan = job.Plan!;
        var isFirstAttempt = !plan.IsWritten;
        BuiltPiece built;
        try
        {
            built = worker.Builder.Build(content, piece, isFirstAttempt);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            Refuse(job.Segment, piece, content.RowsOf(piece.Signal), "unreadable", error.Message);
            return LoadOutcome.Refused;
        }
        if (built.Rows == 0)
        {
            piece.State = PieceState.Done;
            return LoadOutcome.Done;
        }
        var isTooLarge = built.Days.Count > LoadPlan.MostDays || built.Bytes > MostBytes || built.Cells > MostCells;
        if (isTooLarge && plan.TrySplit(piece, built))
        {
            plan.Write(_journal.SyncFolder);
            return LoadOutcome.Split;
        }
        var table = SignalTable.Name(piece.Signal);
        try
        {
            await _loader.LoadAsync(
                piece.Signal, content.LayoutOf(piece.Signal), built.Blocks, $"{_journal.Id}-{job.Segment.Token}-{table}{piece.Token}", _stop.Token);
        }
        catch (FaultException error)
        {
            return Failed(job, piece, built, error.Fault);
        }
        Interlocked.Exchange(ref _loadedAt[(int)piece.Signal], _time.GetUtcNow().UtcTicks);
        if (_queue.Open())
            IngestLog.LoadsAgain(_log);
        piece.State = PieceState.Done;
        if (plan.IsWritten)
            plan.Write(_journal.SyncFolder);
        return LoadOutcome.Done;
    }

    private LoadOutcome Failed(LoadJob job, LoadPiece piece, BuiltPiece built, Fault fault)
    {
        var now = _time.GetUtcNow();
        if (piece.Tries++ == 0)
            piece.FailedFirst = now;
        var outcome = LoadRules.After(fault, piece.Tries, TakesOthers(piece));
        if (outcome == LoadOutcome.Split)
        {
            if (job.Plan!.TrySplit(piece, built, byDayOnly: fault.Kind == FaultKind.Busy))
            {
                job.Plan.Write(_journal.SyncFolder);
                IngestLog.SegmentSplit(_log, job.Segment.Number, SignalTable.Name(piece.Signal), job.Plan.Pieces.Count, fault.Message);
                return LoadOutcome.Split;
            }
            outcome = LoadRules.AfterWhole(fault, piece.Tries, TakesOthers(piece));
        }
        job.Trouble = fault.Message;
        if (outcome == LoadOutcome.Refused)
        {
            Refuse(job.Segment, piece, built.Rows, LoadRules.Reason(fault), fault.Message);
            return outcome;
        }
        if (fault.Kind == FaultKind.Unavailable && (piece.Tries < LoadRules.TriesOfUnexplained || !TakesOthers(piece)))
        {
            // Not the fault of this part: it needs no waiting time of its own.
            _queue.Close(fault.Message);
            job.Probes++;
            piece.Due = now;
            IngestLog.EngineTakesNothing(_log, job.Segment.Number, fault.Message);
            return LoadOutcome.Later;
        }
        Suspect(job);
        var pause = Pause(piece.Tries);
        piece.Due = now + pause;
        IngestLog.LoadDelayed(_log, job.Segment.Number, fault.Message, pause.TotalSeconds);
        return LoadOutcome.Later;
    }

    /// <summary>The engine has accepted rows of the same table since the first failure of the part, so the part is the cause.</summary>
    private bool TakesOthers(LoadPiece piece) => Interlocked.Read(ref _loadedAt[(int)piece.Signal]) > piece.FailedFirst.UtcTicks;

    private void Refuse(JournalSegment segment, LoadPiece piece, long rows, string reason, string message)
    {
        (piece.State, piece.Rows, piece.Reason, piece.Message) = (PieceState.Refused, rows, reason, message);
        _counters.Dropped("journal", piece.Signal, reason, rows, message);
        IngestLog.RowsRefused(_log, segment.Number, rows, SignalTable.Name(piece.Signal), message);
    }

    /// <summary>Every part is loaded or refused.</summary>
    private void Leave(JournalSegment segment, LoadPlan plan, JournalContent content)
    {
        foreach (var keys in content.Others(FrameKind.Requests))
            _requests.Keep(keys.Span);
        foreach (var keys in content.Others(FrameKind.Documents))
            _documents.Keep(keys.Span);
        if (plan.Pieces.All(p => p.State == PieceState.Done))
            _journal.Remove(segment);
        else
        {
            IngestLog.SegmentSetAside(_log, segment.Number, _journal.PutAside(segment, plan));
            DeleteOldest();
        }
    }

    /// <summary>
    /// Deletes the oldest set-aside segments when they exceed the limit. Their rows were counted as dropped when the engine refused them; that
    /// they can no longer be retried is logged and counted separately.
    /// </summary>
    public void DeleteOldest()
    {
        try
        {
            foreach (var segment in _journal.SetAside.DeleteOldest())
                IngestLog.SetAsideDeleted(_log, segment.Name, segment.Rows.Sum(r => r.Rows), _journal.SetAside.MaxBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            IngestLog.SetAsideKept(_log, error.Message);
        }
    }

    private void SetAside(JournalSegment segment, LoadPlan? plan, JournalContent content, string why)
    {
        foreach (var signal in SignalTable.All)
            _counters.Dropped("journal", signal, "unreadable", content.RowsOf(signal), why);
        IngestLog.RowsRefused(_log, segment.Number, content.Rows, "all tables", why);
        IngestLog.SegmentSetAside(_log, segment.Number, _journal.PutAside(segment, plan));
        DeleteOldest();
    }

    /// <summary>Columns are recorded before rows, because reading a row requires knowledge of its columns.</summary>
    private async Task<bool> NoteColumnsAsync(LoadJob job, JournalContent content, Worker worker)
    {
        var facts = new HashSet<ColumnFact>();
        try
        {
            foreach (var payload in content.Others(FrameKind.ColumnFacts))
                ColumnFacts.Read(payload.Span, facts);
            if (content.IsFirstFormat)
            {
                worker.Facts.Clear();
                worker.Builder.AddFacts(content, worker.Facts);
                ColumnFacts.Read(worker.Facts.Written(0).Span, facts);
            }
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // The rows are more important: their keys stay unlisted until other rows have them.
            IngestLog.ColumnsUnlisted(_log, job.Segment.Number, error.Message);
        }
        if (!job.IsSuspect && facts.Select(static f => f.Day).Distinct().Skip(LoadPlan.MostDays).Any())
        {
            // Rows of hundreds of days take the engine long, and their columns do, too.
            Suspect(job);
            job.Due = _time.GetUtcNow();
            return false;
        }
        try
        {
            if (facts.Count > 0)
                await _loader.NoteColumnsAsync(facts, $"{_journal.Id}-{job.Segment.Token}-columns", _stop.Token);
        }
        catch (FaultException error)
        {
            job.Trouble = error.Message;
            if (error.Fault.Kind == FaultKind.Unavailable)
            {
                _queue.Close(error.Message);
                IngestLog.EngineTakesNothing(_log, job.Segment.Number, error.Message);
                return false;
            }
            if (LoadRules.AfterWhole(error.Fault, ++job.Tries, takesOthers: false) != LoadOutcome.Refused)
            {
                Delay(job, error.Message);
                return false;
            }
            IngestLog.ColumnsUnlisted(_log, job.Segment.Number, error.Message);
        }
        job.Plan!.ColumnsDone = true;
        return true;
    }

    /// <summary>Reports unreadable parts of the segment, and counts the lost rows.</summary>
    private void Tell(JournalSegment segment, JournalContent content)
    {
        foreach (var keys in content.Others(FrameKind.Requests))
            _requests.Remember(keys.Span);
        foreach (var keys in content.Others(FrameKind.Documents))
            _documents.Remember(keys.Span);
        if (content.TornBytes > 0 && !segment.WasClosed)
            IngestLog.TornTail(_log, segment.Number, content.TornBytes);
        if (content is { HasEnd: false, IsFirstFormat: false, IsDamaged: false } && segment.WasClosed)
            IngestLog.SegmentCut(_log, segment.Number, content.TornBytes);
        if (!content.IsDamaged)
            return;
        var message = $"segment {segment.Number} is damaged: {content.DamagedBytes + content.TornBytes} bytes can't be read";
        long lost = 0;
        foreach (var signal in SignalTable.All)
        {
            lost += content.Lost(signal);
            _counters.Dropped("journal", signal, "journal-damaged", content.Lost(signal), message);
        }
        if (content.HasUnknownLoss)
        {
            // The number of lost rows is unknown.
            _counters.Dropped("journal", Signal.Spans, "journal-damaged", 1, message + "; the number of its rows is unknown");
            IngestLog.SegmentDamaged(_log, segment.Number, content.DamagedBytes + content.TornBytes, "an unknown number of");
        }
        else
            IngestLog.SegmentDamaged(_log, segment.Number, content.DamagedBytes + content.TornBytes, lost.ToString());
    }

    /// <summary>Memory that a worker keeps between segments.</summary>
    private sealed class Worker
    {
        private const int LargestKept = 80 << 20;
        private const int IdleKept = 4 << 20;
        private byte[] _file = [];

        public PieceBuilder Builder { get; } = new();

        public ColumnFacts Facts { get; } = new();

        public async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken)
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
            var length = checked((int)RandomAccess.GetLength(handle));
            if (_file.Length < length || _file.Length > LargestKept)
                _file = GC.AllocateUninitializedArray<byte>(length);
            var read = 0;
            while (read < length)
            {
                var some = await RandomAccess.ReadAsync(handle, _file.AsMemory(read, length - read), read, cancellationToken);
                if (some == 0)
                    break;
                read += some;
            }
            return _file.AsMemory(0, read);
        }

        /// <summary>Nothing to do: release the memory of large segments.</summary>
        public void Trim()
        {
            if (_file.Length <= IdleKept)
                return;
            _file = [];
            Builder.Trim();
        }
    }
}
