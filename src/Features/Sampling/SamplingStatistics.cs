namespace Weir.Features.Sampling;

/// <summary>One rule's counts in windows of ten seconds, for the last hour. Not thread-safe.</summary>
internal sealed class SamplingStatistics
{
    public const int WindowSeconds = 10;
    private const int Kept = 360;
    private readonly LinkedList<SamplingWindow> _windows = [];

    private static long WindowOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / WindowSeconds * WindowSeconds;

    /// <param name="sampled">By quota and fixed rate; without borrowed ones.</param>
    public void Add(long requests, long sampled, long borrowed, DateTimeOffset now)
    {
        var start = WindowOf(now);
        var open = _windows.Last?.Value is { } last && last.Start == start ? last : new SamplingWindow(start, 0, 0, 0);
        if (_windows.Last?.Value.Start == start)
            _windows.RemoveLast();
        _windows.AddLast(new SamplingWindow(start, open.Requests + requests, open.Sampled + sampled, open.Borrowed + borrowed));
        while (_windows.First!.Value.Start <= start - (Kept * WindowSeconds))
            _windows.RemoveFirst();
    }

    /// <summary>The newest completed window, or null when there was no report.</summary>
    public SamplingWindow? Last(DateTimeOffset now)
    {
        var open = WindowOf(now);
        for (var node = _windows.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Start < open)
                return node.Value;
        }
        return null;
    }

    /// <summary>Windows of the last hour with reports, oldest first; the last may be incomplete.</summary>
    public IReadOnlyList<SamplingWindow> Windows => [.. _windows];
}

/// <summary>Counts of ten seconds; the start is in seconds since 1970.</summary>
internal readonly record struct SamplingWindow(long Start, long Requests, long Sampled, long Borrowed);
