using System.Globalization;

namespace Weir.Store.Engine;

/// <summary>
/// How much a process has worked: the time its threads ran and the time they waited for a processor (Linux, <c>/proc/*/task/*/schedstat</c>).
/// It distinguishes a hanging or stopped process from one that can't answer because the machine is overloaded.
/// </summary>
internal static class ProcessWork
{
    /// <summary>Sum over the current threads; zero when the process has ended or the system does not report it.</summary>
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
            // Time on a processor, time waiting for one, number of time slices.
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
