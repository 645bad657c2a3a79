namespace Weir.Core.Ingest;

/// <summary>A segment that waits to be loaded.</summary>
internal sealed class LoadJob(JournalSegment segment, bool isNew)
{
    public JournalSegment Segment { get; } = segment;

    /// <summary>Closed by this run.</summary>
    public bool IsNew { get; } = isNew;

    /// <summary>Attempts that ended because the engine accepted nothing; segments with fewer attempts go first, so that one of all checks whether it accepts rows again.</summary>
    public int Probes { get; set; }

    /// <summary>An attempt failed while the engine accepted others, or loading takes long.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>Null until the segment was read for the first time.</summary>
    public LoadPlan? Plan { get; set; }

    /// <summary>Failed attempts for the segment as a whole: it could not be read, or its columns could not be recorded.</summary>
    public int Tries { get; set; }

    public DateTimeOffset Due { get; set; }

    /// <summary>Damage is reported only once.</summary>
    public bool WasTold { get; set; }

    /// <summary>Why the newest attempt failed.</summary>
    public string Trouble { get; set; } = "";
}

/// <summary>
/// Which segment a worker takes next. New segments and those of the last run take turns, each in order. Failed segments (and those
/// that take long) wait, get every second turn and never all workers, so that other data is loaded in the meantime.
/// While the engine accepts nothing at all, one attempt at a time checks whether it accepts rows again. Thread-safe.
/// </summary>
internal sealed class LoadQueue(int workers, TimeProvider time)
{
    private static readonly TimeSpan LongestClosed = TimeSpan.FromSeconds(15);
    private readonly Lock _lock = new();
    private readonly PriorityQueue<LoadJob, (int, long)> _new = new();
    private readonly PriorityQueue<LoadJob, (int, long)> _left = new();
    private readonly PriorityQueue<LoadJob, DateTimeOffset> _suspects = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runningSuspects;
    private bool _lastWasSuspect;
    private bool _lastWasLeft;
    private bool _isStopping;
    private bool _isProbing;
    private DateTimeOffset? _closedUntil;
    private TimeSpan _pause;

    /// <summary>Why the engine accepts nothing; null while it accepts rows.</summary>
    public string? Closed { get; private set; }

    /// <summary>Number of segments that wait after a failed attempt, and the newest reason.</summary>
    public (int Count, string Trouble) Waiting
    {
        get
        {
            lock (_lock)
            {
                var failed = _suspects.UnorderedItems.Where(i => i.Element.Trouble.Length > 0).ToList();
                return (failed.Count, failed.Count == 0 ? "" : failed.MaxBy(i => i.Priority).Element.Trouble);
            }
        }
    }

    public void Add(LoadJob job)
    {
        lock (_lock)
        {
            if (job.IsSuspect)
                _suspects.Enqueue(job, job.Due);
            else
                (job.IsNew ? _new : _left).Enqueue(job, (job.Probes, job.Segment.Number));
            Wake();
        }
    }

    /// <summary>No more segments are added: workers take those that can be loaded now, and then nothing.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopping = true;
            Wake();
        }
    }

    /// <summary>The next segment; null when none can be expected before the stop.</summary>
    public async ValueTask<LoadJob?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            TimeSpan? wait;
            lock (_lock)
            {
                if (TryTake(out var job, out wait))
                    return job;
                if (_isStopping)
                    return null;
                changed = _changed.Task;
            }
            if (wait is { } until)
            {
                using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(changed, Task.Delay(until, time, given.Token));
                await given.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }
            else
                await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns a segment from <see cref="TakeAsync"/>, loaded or not.</summary>
    public void Release(bool wasSuspect)
    {
        lock (_lock)
        {
            _runningSuspects -= wasSuspect ? 1 : 0;
            _isProbing = false;
            Wake();
        }
    }

    /// <summary>The engine accepts nothing: all segments wait, longer each time.</summary>
    public void Close(string why)
    {
        lock (_lock)
        {
            Closed = why;
            _pause = _pause == default ? TimeSpan.FromMilliseconds(100) : _pause * 2 < LongestClosed ? _pause * 2 : LongestClosed;
            _closedUntil = time.GetUtcNow() + _pause;
            Wake();
        }
    }

    /// <summary>The engine accepted rows. True when it did not before.</summary>
    public bool Open()
    {
        lock (_lock)
        {
            var wasClosed = Closed is not null;
            (Closed, _closedUntil, _pause) = (null, null, default);
            if (wasClosed)
                Wake();
            return wasClosed;
        }
    }

    /// <summary>True when another segment could be taken instead.</summary>
    public bool HasOthers
    {
        get
        {
            lock (_lock)
                return _new.Count > 0 || _left.Count > 0 || _suspects.Count > 0;
        }
    }

    private bool TryTake(out LoadJob? job, out TimeSpan? wait)
    {
        job = null;
        wait = null;
        var now = time.GetUtcNow();
        if (_closedUntil is { } closed)
        {
            // The stop does not wait for an engine that accepts nothing.
            if (_isProbing)
                return false;
            if (closed > now)
            {
                wait = closed - now;
                return false;
            }
        }
        var isDue = _suspects.TryPeek(out _, out var due) && due <= now && _runningSuspects < Math.Max(1, workers - 1);
        if (isDue && (!_lastWasSuspect || _new.Count + _left.Count == 0))
        {
            job = _suspects.Dequeue();
            _runningSuspects++;
            _lastWasSuspect = true;
        }
        else if (_new.Count + _left.Count > 0)
        {
            _lastWasSuspect = false;
            _lastWasLeft = _left.Count > 0 && (!_lastWasLeft || _new.Count == 0);
            job = (_lastWasLeft ? _left : _new).Dequeue();
        }
        else
        {
            if (_suspects.Count > 0 && due > now)
                wait = due - now;
            return false;
        }
        _isProbing = _closedUntil is not null;
        return true;
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}
