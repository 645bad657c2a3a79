namespace Weir.Protocols.XRay.Sampling;

/// <summary>One rule's counts in windows of ten seconds. Not thread-safe.</summary>
internal sealed class SamplingStatistics
{
    private long _window;
    private (long Requests, long Sampled, long Borrowed) _open;
    private (long Window, long Requests, long Sampled, long Borrowed)? _closed;

    private static long WindowOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / 10;

    public void Add(long requests, long sampled, long borrowed, DateTimeOffset now)
    {
        Roll(now);
        _open = (_open.Requests + requests, _open.Sampled + sampled, _open.Borrowed + borrowed);
    }

    /// <summary>The newest window that is over, or null when nothing was ever reported.</summary>
    public StatisticSummary? Last(string rule, DateTimeOffset now)
    {
        Roll(now);
        return _closed is { } window
            ? new StatisticSummary(rule, window.Window * 10.0, window.Requests, window.Sampled, window.Borrowed)
            : null;
    }

    private void Roll(DateTimeOffset now)
    {
        var window = WindowOf(now);
        if (window == _window)
            return;
        if (_window != 0)
            _closed = (_window, _open.Requests, _open.Sampled, _open.Borrowed);
        _window = window;
        _open = default;
    }
}

/// <summary>Counts of one rule; the time is the window's start in seconds since 1970.</summary>
internal sealed record StatisticSummary(string Rule, double Timestamp, long Requests, long Sampled, long Borrowed);
