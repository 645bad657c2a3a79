using System.Globalization;
using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>Times as the API writes them, and conversions between nanoseconds and the runtime's 100 ns.</summary>
public static class IsoTime
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>ISO 8601 in UTC, as many digits of the fraction as there are: <c>2026-03-01T12:00:00.123456789Z</c>.</summary>
    public static string Text(long unixNanoseconds)
    {
        var (seconds, rest) = Math.DivRem(unixNanoseconds, NanosecondsPerSecond);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + NanosecondsPerSecond);
        var whole = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return rest == 0
            ? whole + "Z"
            : whole + "." + rest.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0') + "Z";
    }

    public static string Text(DateTimeOffset time) => Text(time.UnixNanoseconds());

    public static string? TextOrNull(DateTimeOffset? time) => time is { } value ? Text(value) : null;

    /// <summary>Null for 1970 itself, which is what aggregates over no rows give.</summary>
    public static string? TextOrNull(long unixNanoseconds) => unixNanoseconds == 0 ? null : Text(unixNanoseconds);

    /// <summary>The first 100 ns step that is not before the time, for exclusive ends.</summary>
    public static DateTimeOffset Ceiling(long unixNanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((unixNanoseconds + NanosecondsPerTick - 1) / NanosecondsPerTick);

    public static double Milliseconds(long nanoseconds) => nanoseconds / 1e6;

    public static double? Milliseconds(double? nanoseconds) => nanoseconds is { } value ? Math.Round(value / 1e6, 6) : null;

    public static Instant Instant(DateTimeOffset time) => new(time.UnixNanoseconds());
}
