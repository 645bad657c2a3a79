using System.Globalization;
using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// The time of an item. Most clients send whole seconds, and most items arrive at once: the time of arrival is used if
/// it is within the second that the client sent, otherwise the end of that second. A time in the future is replaced by the time of arrival; a
/// number of milliseconds, microseconds or nanoseconds is converted.
/// </summary>
internal static class ItemTime
{
    private const long Second = 1_000_000_000;

    /// <summary>Nanoseconds since 1970.</summary>
    public static long Of(JsonElement data, in ItemArrival arrival, out TimeRepair repair)
    {
        repair = TimeRepair.None;
        var received = arrival.ReceivedAt;
        var value = data.Field("timestamp");
        if (!value.IsPresent)
            value = data.Field("client", "timestamp");
        if (value.Scalar() is not { } text || !TryNanoseconds(text, received, out var time, out var whole, out var corrected))
            return received;
        if (time > received)
        {
            // Whole seconds and clocks a little ahead are everyday.
            repair = time > received + (60 * Second) ? TimeRepair.Ahead : TimeRepair.None;
            return received;
        }
        repair = corrected ? TimeRepair.Unit : TimeRepair.None;
        return whole ? Math.Min(received, time + Second - 1) : time;
    }

    private static bool TryNanoseconds(string text, long now, out long time, out bool whole, out bool corrected)
    {
        time = 0;
        whole = false;
        corrected = false;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            whole = decimal.Truncate(number) == number;
            if (UnixTime.TryRead(number, Second, now, out time, out corrected))
            {
                whole &= !corrected;
                return true;
            }
            // No time of telemetry in any unit: a wrong clock.
            return false;
        }
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return false;
        time = moment.UnixNanoseconds();
        return moment >= DateTimeOffset.UnixEpoch && moment.Year < 2200;
    }
}
