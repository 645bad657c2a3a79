namespace Weir.Core.Ingest;

/// <summary>How a time of a sender was used.</summary>
public enum TimeRepair
{
    /// <summary>Used unchanged.</summary>
    None,

    /// <summary>The time was in seconds, milliseconds, microseconds or nanoseconds where another of these units is expected.</summary>
    Unit,

    /// <summary>The time is too far in the future for a wrong clock; the time of receipt was used.</summary>
    Ahead,
}

/// <summary>
/// Times since 1970 that the sender may have sent in a wrong unit. A unit is only corrected when the number is not plausible in the expected
/// unit (it is before <see cref="Earliest"/> or more than a day in the future) and is plausible in exactly one other unit.
/// </summary>
public static class UnixTime
{
    /// <summary>A day in nanoseconds: how far the sender's clock may be ahead of this one.</summary>
    public const long FurthestAhead = 86_400_000_000_000;

    /// <summary>10^18 nanoseconds, September 2001: smaller numbers are in another unit, or not a time of telemetry.</summary>
    public const long Earliest = 1_000_000_000_000_000_000;

    /// <summary>Nanoseconds in a nanosecond, microsecond, millisecond and second.</summary>
    private static readonly long[] Units = [1, 1_000, 1_000_000, 1_000_000_000];

    /// <summary>Nanoseconds since 1970 of a number that should be nanoseconds, in the unit in which it is plausible; the number itself when there is none.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public static ulong Nanoseconds(ulong value, long now, out bool corrected)
    {
        corrected = false;
        if (value is >= Earliest or < Earliest / 1_000_000_000)
            return value;
        corrected = TryCorrect(value, now, out var time);
        return corrected ? (ulong)time : value;
    }

    /// <summary>
    /// Nanoseconds since 1970 of a number in <paramref name="unit"/> nanoseconds each, or in another unit when only that one is plausible.
    /// </summary>
    /// <returns>False when the number is plausible in no unit; <paramref name="time"/> is then the number in its own unit, as far as it fits.</returns>
    public static bool TryRead(decimal value, long unit, long now, out long time, out bool corrected)
    {
        corrected = false;
        if (TryScale(value, unit, now, out time))
            return true;
        corrected = TryCorrect(value, now, out var other);
        if (corrected)
            time = other;
        return corrected;
    }

    private static bool TryCorrect(decimal value, long now, out long time)
    {
        foreach (var unit in Units)
        {
            if (TryScale(value, unit, now, out time))
                return true;
        }
        time = 0;
        return false;
    }

    private static bool TryScale(decimal value, long unit, long now, out long time)
    {
        time = 0;
        if (value < 0 || value > long.MaxValue / unit)
            return false;
        time = (long)(value * unit);
        return time >= Earliest && time <= now + FurthestAhead;
    }
}
