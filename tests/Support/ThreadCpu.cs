using System.Runtime.InteropServices;

namespace Weir.Tests.Support;

/// <summary>
/// Processor time of the calling thread. What must cost linear time is measured by it and not by the clock: on a busy machine a thread
/// waits longer than it works.
/// </summary>
internal static unsafe partial class ThreadCpu
{
    /// <summary>How long the work kept a processor busy; all of it must be done by the calling thread.</summary>
    public static TimeSpan Of(Action work)
    {
        var before = Now();
        work();
        return Now() - before;
    }

    private static TimeSpan Now()
    {
        const int threadClock = 3; // CLOCK_THREAD_CPUTIME_ID
        long* time = stackalloc long[2];
        return ClockTime(threadClock, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000.0)
            : throw new PlatformNotSupportedException("the clock of a thread's processor time");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockTime(int clock, long* time);
}
