using System.Globalization;

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
    public static long Parse(string text, long receivedAt) =>
        TryParse(text.Trim(), out var time) && time > 0 && time <= receivedAt + FurthestAhead ? time : receivedAt;

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
        time = (date.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * NanosecondsPerTick;
        return true;
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
