using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Numbers log lines in the order received. It starts at the clock's nanoseconds, so numbers increase across restarts as long as fewer
/// than a thousand million lines per second arrive and the clock is not set back. Thread-safe.
/// </summary>
public sealed class LogSequence(TimeProvider time)
{
    private long _last = time.UnixNanoseconds();

    public ulong Next() => (ulong)Interlocked.Increment(ref _last);
}
