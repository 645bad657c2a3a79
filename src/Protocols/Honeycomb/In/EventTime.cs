using System.Globalization;
using Weir.Core.Ingest;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>
/// Times of events, as clients of many years write them: RFC 3339 with any fraction; digits, the first ten of which are seconds and the
/// rest a fraction (<c>1452759330</c>, <c>1452759330927</c>); or seconds with a point. What can't be read, or lies more than an hour
/// ahead, is the time of receipt.
/// </summary>
internal static class EventTime
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long FurthestAhead = 3600 * NanosecondsPerSecond;
    private const long NanosecondsPerTick = 100;
    private const int DigitsOfSeconds = 10;

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public static long Parse(string text, long receivedAt, out TimeRepair repair)
    {
        repair = TimeRepair.None;
        return TryParse(text.Trim(), out var time) ? Bound(time, receivedAt, out repair) : receivedAt;
    }

    /// <summary>The time, or that of receipt when it can't be true.</summary>
    public static long Bound(long time, long receivedAt, out TimeRepair repair)
    {
        repair = time > receivedAt + FurthestAhead ? TimeRepair.Ahead : TimeRepair.None;
        return time > 0 && repair == TimeRepair.None ? time : receivedAt;
    }

    private static bool TryParse(string text, out long time)
    {
        time = 0;
        if (text.Length == 0)
            return false;
        if (text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            return TryParseDigits(text, out time);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e10)
        {
            time = (long)(seconds * NanosecondsPerSecond);
            return true;
        }
        if (text.Length < 11 || text[4] != '-' || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return false;
        var ticks = date.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        // The parser rounds to its ticks of 100 ns; the digits know better.
        var whole = ticks - (ticks % TimeSpan.TicksPerSecond);
        time = TryParseFraction(text, out var nanoseconds) ? (whole * NanosecondsPerTick) + nanoseconds : ticks * NanosecondsPerTick;
        return true;
    }

    /// <summary>Nanoseconds of <c>2006-01-02T15:04:05.123456789Z</c>; false when there is no fraction, or when rounding has changed the second.</summary>
    private static bool TryParseFraction(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
            return false;
        var digits = text.AsSpan(point + 1);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        digits = (end < 0 ? digits : digits[..end])[..Math.Min(9, end < 0 ? digits.Length : end)];
        return !digits.StartsWith("9999999") && long.TryParse(digits.ToString().PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds);
    }

    private static bool TryParseDigits(string digits, out long time)
    {
        time = 0;
        if (digits.Length <= DigitsOfSeconds)
        {
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return false;
            time = seconds * NanosecondsPerSecond;
            return true;
        }
        // Nine digits of fraction make nanoseconds; more are finer than we keep.
        var nanoseconds = digits.PadRight(DigitsOfSeconds + 9, '0')[..(DigitsOfSeconds + 9)];
        return long.TryParse(nanoseconds, NumberStyles.None, CultureInfo.InvariantCulture, out time);
    }
}
