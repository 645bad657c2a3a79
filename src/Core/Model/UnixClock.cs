namespace Weir.Core.Model;

/// <summary>Times since 1970 in the units of columns and protocols.</summary>
public static class UnixClock
{
    /// <summary>Now, in nanoseconds since 1970.</summary>
    public static long UnixNanoseconds(this TimeProvider time) => time.GetUtcNow().UnixNanoseconds();

    public static long UnixNanoseconds(this DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;

    /// <summary>Now, in seconds since 1970 with their fraction.</summary>
    public static double UnixSeconds(this TimeProvider time) => time.GetUtcNow().UnixSeconds();

    public static double UnixSeconds(this DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (double)TimeSpan.TicksPerSecond;
}
