using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>The time range of a read from its startTime and endTime, limited by the group's retention and by possible times.</summary>
internal static class ReadWindow
{
    private const long LatestMs = 253_402_300_799_000;

    /// <param name="startMs">Inclusive; null: from the beginning.</param>
    /// <param name="endMs">Exclusive; null: to the end.</param>
    public static TimeRange Of(LogGroup group, long? startMs, long? endMs, DateTimeOffset now)
    {
        // Events are accepted up to two hours ahead of the clock.
        var to = now.AddHours(3);
        if (endMs is { } end && end <= LatestMs && DateTimeOffset.FromUnixTimeMilliseconds(end) < to)
            to = DateTimeOffset.FromUnixTimeMilliseconds(end);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(startMs ?? 0, LatestMs));
        if (group.RetentionInDays is { } days && now.AddDays(-days) > from)
            from = now.AddDays(-days);
        return new TimeRange(from, to > from ? to : from);
    }
}
