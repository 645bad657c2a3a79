namespace Weir.Server.Access;

/// <summary>Sessions that were logged out of before their time: a copy of such a cookie is refused until it would have ended anyway. Thread-safe.</summary>
internal sealed class EndedSessions(TimeProvider time)
{
    public const int Most = 10_000;

    // In the order of their ends, which is the order they came in.
    private readonly Queue<(string Session, DateTimeOffset Until)> _order = new();
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public bool Has(string session)
    {
        lock (_lock)
            return _sessions.Contains(session);
    }

    /// <summary>The one that ends first makes room when there are <see cref="Most"/>; to get there takes a correct password each time.</summary>
    public void Add(string session)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            while (_order.TryPeek(out var first) && (first.Until <= now || _order.Count >= Most))
                _sessions.Remove(_order.Dequeue().Session);
            if (_sessions.Add(session))
                _order.Enqueue((session, now + Login.Lifetime));
        }
    }
}
