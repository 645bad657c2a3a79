namespace Weir.Features.Alerts;

/// <summary>The times of evaluations: at whole multiples of the frequency, plus a delay so that data of the last second is available.</summary>
internal static class AlertMoment
{
    /// <summary>Delay in seconds.</summary>
    public const int DelaySeconds = 2;

    /// <summary>Maximum number of missed evaluations that are made up for after a pause; after a longer one, the newest.</summary>
    public const int MostMissed = 60;

    /// <summary>The times that are due and were not evaluated, oldest first, in seconds since 1970.</summary>
    /// <param name="lastAt">The time of the last evaluation; 0 for a new alert, for which the newest time is due.</param>
    public static IReadOnlyList<long> Due(long lastAt, long frequency, long now)
    {
        var newest = (now - DelaySeconds) / frequency * frequency;
        if (lastAt == 0)
            return [newest];
        var due = new List<long>();
        for (var at = Math.Max((lastAt / frequency * frequency) + frequency, newest - ((MostMissed - 1) * frequency)); at <= newest; at += frequency)
            due.Add(at);
        return due;
    }
}
