using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>The time range of a read from its startTime and endTime, within what a group's retention leaves and what can be there.</summary>
internal static class ReadWindow
{
    private const long LatestMs = 253_402_300_799_000;

    /// <param name="startMs">Inclusive; null: from the beginning.</param>
    /// <param name="endMs">Exclusive; null: to the end.</param>
    public static TimeRange Of(LogGroup group, long? startMs, long? endMs, DateTimeOffset now)
    {
        // Events are taken up to two hours ahead of our clock.
        var to = now.AddHours(3);
        if (endMs is { } end && end <= LatestMs && DateTimeOffset.FromUnixTimeMilliseconds(end) < to)
            to = DateTimeOffset.FromUnixTimeMilliseconds(end);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(startMs ?? 0, LatestMs));
        if (group.RetentionInDays is { } days && now.AddDays(-days) > from)
            from = now.AddDays(-days);
        return new TimeRange(from, to > from ? to : from);
    }
}
