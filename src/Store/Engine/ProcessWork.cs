using System.Globalization;

namespace Weir.Store.Engine;

/// <summary>
/// How much a process has worked: the time its threads ran and the time they waited for a processor (Linux, <c>/proc/*/task/*/schedstat</c>).
/// It tells a process that hangs or is stopped from one that a crowded machine keeps from answering.
/// </summary>
internal static class ProcessWork
{
    /// <summary>Of the threads that live now; zero when the process is gone or the system does not tell.</summary>
    public static TimeSpan Of(int processId)
    {
        var nanoseconds = 0L;
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
                nanoseconds += OfThread(thread);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }

        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private static long OfThread(string folder)
    {
        try
        {
            // Time on a processor, time waiting for one, how often it had one.
            var fields = File.ReadAllText(Path.Combine(folder, "schedstat")).Split(' ');
            return long.Parse(fields[0], CultureInfo.InvariantCulture) + long.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            // The thread has ended.
            return 0;
        }
    }
}
