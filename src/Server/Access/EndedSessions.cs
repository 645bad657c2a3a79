namespace Weir.Server.Access;

/// <summary>Sessions that were logged out before their end: copies of their cookies are rejected until the session would have ended. Thread-safe.</summary>
internal sealed class EndedSessions(TimeProvider time)
{
    public const int Most = 10_000;

    // Ordered by their ends, which is also the order of insertion.
    private readonly Queue<(string Session, DateTimeOffset Until)> _order = new();
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public bool Has(string session)
    {
        lock (_lock)
            return _sessions.Contains(session);
    }

    /// <summary>When there are <see cref="Most"/>, the one that ends first is removed; each entry requires a correct password, so this is no attack.</summary>
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
