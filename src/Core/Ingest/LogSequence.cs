using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Numbers log lines in the order received. It starts at the clock's nanoseconds, so numbers rise across restarts as long as fewer
/// than a thousand million lines a second arrive and the clock isn't set back. Thread-safe.
/// </summary>
public sealed class LogSequence(TimeProvider time)
{
    private long _last = time.UnixNanoseconds();

    public ulong Next() => (ulong)Interlocked.Increment(ref _last);
}
