namespace Weir.Core.Ingest;

/// <summary>What became of a time that a sender gave.</summary>
public enum TimeRepair
{
    /// <summary>Taken as it was.</summary>
    None,

    /// <summary>It was in seconds, milliseconds, microseconds or nanoseconds where another of them belongs.</summary>
    Unit,

    /// <summary>It lies further ahead of the clock than any clock goes wrong; the time of receipt was taken.</summary>
    Ahead,
}

/// <summary>
/// Times since 1970 whose unit the sender may have got wrong. A unit is only corrected when the number makes no sense in the unit that
/// belongs there (it lies before <see cref="Earliest"/> or more than a day ahead) and makes sense in exactly one other.
/// </summary>
public static class UnixTime
{
    /// <summary>A day in nanoseconds: how far ahead of this clock a sender's clock may be.</summary>
    public const long FurthestAhead = 86_400_000_000_000;

    /// <summary>10^18 nanoseconds, September 2001: numbers below are another unit, or no time of telemetry.</summary>
    public const long Earliest = 1_000_000_000_000_000_000;

    /// <summary>Nanoseconds in a nanosecond, microsecond, millisecond and second.</summary>
    private static readonly long[] Units = [1, 1_000, 1_000_000, 1_000_000_000];

    /// <summary>Nanoseconds since 1970 of a number that should be nanoseconds, in the unit it makes sense in; the number itself when it makes sense in none.</summary>
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
    /// Nanoseconds since 1970 of a number in <paramref name="unit"/> nanoseconds each; in another unit when only that makes sense.
    /// </summary>
    /// <returns>False when the number makes sense in no unit; <paramref name="time"/> is then the number in its own unit, as far as that can be told.</returns>
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
