namespace Weir.Core.Ingest;

/// <summary>
/// The numbers of the segments with rows that the engine has not stored yet. Numbers increase, so waiting for all up to the newest means waiting for the rows
/// acknowledged so far and not for later ones. Thread-safe.
/// </summary>
internal sealed class UnloadedSegments(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<long> _numbers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called before the first row of the segment is acknowledged.</summary>
    public void Opened(long number)
    {
        lock (_gate)
            _numbers.Add(number);
    }

    /// <summary>The engine has stored its rows, or never will.</summary>
    public void Ended(long number)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (!_numbers.Remove(number))
                return;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.TrySetResult();
    }

    /// <summary>True when none of the current segments is left.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        long last;
        lock (_gate)
        {
            if (_numbers.Count == 0)
                return true;
            last = _numbers.Max;
        }
        var started = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_numbers.Count == 0 || _numbers.Min > last)
                    return true;
                changed = _changed.Task;
            }
            var left = atMost - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return false;
            try
            {
                await changed.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }
}
