namespace Weir.Protocols.XRay.Sampling;

/// <summary>
/// Shares one rule's reservoir (traces a second) among the SDK instances that report on it. A share is a lease: until it ends its
/// holder may use it, so no more is handed out than the reservoir has. Not thread-safe.
/// </summary>
internal sealed class Reservoir
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private const int MaxClients = 10_000;
    private readonly SortedDictionary<string, Client> _clients = new(StringComparer.Ordinal);

    private sealed class Client
    {
        public int Demand { get; set; }

        public int Quota { get; set; }

        public DateTimeOffset LeasedUntil { get; set; }
    }

    public int Clients => _clients.Count;

    /// <summary>
    /// What the client may take a second until the lease ends. Null when others still hold what it should get: it then goes on
    /// borrowing one a second, instead of falling to the fixed rate alone.
    /// </summary>
    /// <param name="requests">Requests the client matched since its last report.</param>
    public int? Take(string clientId, long requests, int size, DateTimeOffset now)
    {
        Forget(now);
        if (!_clients.TryGetValue(clientId, out var client))
        {
            if (_clients.Count >= MaxClients)
                return null;
            _clients[clientId] = client = new Client();
        }
        client.Demand = (int)Math.Clamp(Math.Ceiling(requests / Interval.TotalSeconds), 1, int.MaxValue);
        var share = ShareOf(clientId, size);
        long leased = 0;
        foreach (var (id, other) in _clients)
            leased += id == clientId ? 0 : other.Quota;
        var quota = (int)Math.Clamp(size - leased, 0, share);
        client.Quota = quota;
        client.LeasedUntil = now + Lease;
        return quota == 0 && share > 0 ? null : quota;
    }

    private void Forget(DateTimeOffset now)
    {
        List<string>? gone = null;
        foreach (var (id, client) in _clients)
        {
            if (client.LeasedUntil <= now)
                (gone ??= []).Add(id);
        }
        foreach (var id in gone ?? [])
            _clients.Remove(id);
    }

    /// <summary>
    /// Even shares, except that nobody gets more than it has use for: what it leaves goes to the others. What can't be split evenly
    /// goes one by one in the order of ids.
    /// </summary>
    private int ShareOf(string clientId, int size)
    {
        var left = size;
        var open = _clients.Count;
        var share = 0;
        foreach (var (id, client) in _clients.OrderBy(c => c.Value.Demand).ThenBy(c => c.Key, StringComparer.Ordinal))
        {
            var even = (left + open - 1) / open;
            var mine = Math.Min(even, client.Demand);
            if (id == clientId)
                share = mine;
            left -= mine;
            open--;
        }
        // What nobody needs is spread as well, so that a burst finds room.
        var extra = left / _clients.Count;
        return share + extra;
    }
}
