using System.Globalization;
using System.Text.Json;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// When an item happened. Clients mostly tell whole seconds, and most items arrive at once: the moment of arrival is taken as far as
/// it lies within the second the client told, else the end of that second. A time in the future, or older than the limit, is a wrong
/// clock and arrival counts.
/// </summary>
internal static class ItemTime
{
    private const long Second = 1_000_000_000;

    public static long Of(JsonElement data, in Arrival arrival)
    {
        var received = arrival.ReceivedAt;
        var value = data.Field("timestamp");
        if (!value.IsPresent)
            value = data.Field("client", "timestamp");
        if (value.Scalar() is not { } text || !TryNanoseconds(text, out var time, out var whole))
            return received;
        if (time > received || time < received - (arrival.Options.MaxAgeDays * 86_400L * Second))
            return received;
        return whole ? Math.Min(received, time + Second - 1) : time;
    }

    private static bool TryNanoseconds(string text, out long time, out bool whole)
    {
        time = 0;
        whole = false;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            // Seconds have 10 digits until 2286; more are milliseconds, microseconds or nanoseconds.
            var scale = decimal.Abs(number) switch
            {
                < 100_000_000_000m => 1_000_000_000m,
                < 100_000_000_000_000m => 1_000_000m,
                < 100_000_000_000_000_000m => 1_000m,
                _ => 1m,
            };
            whole = scale == 1_000_000_000m && decimal.Truncate(number) == number;
            if (decimal.Abs(number) > long.MaxValue / scale)
                return false;
            time = (long)(number * scale);
            return true;
        }
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return false;
        time = (moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;
        return moment >= DateTimeOffset.UnixEpoch && moment.Year < 2200;
    }
}
