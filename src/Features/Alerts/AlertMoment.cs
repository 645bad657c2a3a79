namespace Weir.Features.Alerts;

/// <summary>When alerts are evaluated: at whole multiples of their frequency, a little later, so that what was sent in the last second is there.</summary>
internal static class AlertMoment
{
    /// <summary>Seconds after the moment.</summary>
    public const int DelaySeconds = 2;

    /// <summary>Moments that are made up for after a pause; of a longer one, the newest.</summary>
    public const int MostMissed = 60;

    /// <summary>The moments that are due and were not evaluated, oldest first, in seconds since 1970.</summary>
    /// <param name="lastAt">The moment evaluated last; 0 for a new alert, of which the newest moment is due.</param>
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
