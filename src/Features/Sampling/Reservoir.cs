namespace Weir.Features.Sampling;

/// <summary>
/// Divides one rule's reservoir (traces per second) among the SDK instances that report on it. A share is a lease: until it ends, its
/// holder may use it, so the leases never exceed the reservoir. Not thread-safe.
/// </summary>
/// <param name="created">
/// No leases are given for one interval from this time: after a restart of Weir the instances still hold leases that Weir does not know, and in
/// that time each reports at least once.
/// </param>
internal sealed class Reservoir(DateTimeOffset created)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);
    private const int MaxClients = 10_000;
    private readonly SortedDictionary<string, Client> _clients = new(StringComparer.Ordinal);

    private sealed class Client
    {
        /// <summary>Requests a second.</summary>
        public double Demand { get; set; }

        /// <summary>The part that it certainly uses. A quota above the mean is unused in every other second, and others could use it.</summary>
        public int Need => (int)Math.Clamp(Math.Floor(Demand), 1, int.MaxValue);

        public int? Quota { get; set; }

        public DateTimeOffset LeasedUntil { get; set; }

        public DateTimeOffset ReportedAt { get; set; }
    }

    /// <summary>
    /// The client's quota per second until the lease ends. Null when others still hold its share: it then continues to
    /// borrow one per second, instead of using only the fixed rate.
    /// </summary>
    /// <param name="requests">Requests the client matched since its last report.</param>
    public int? Take(string clientId, long requests, int size, DateTimeOffset now)
    {
        Forget(now);
        if (!_clients.TryGetValue(clientId, out var client))
        {
            if (_clients.Count >= MaxClients)
                return null;
            _clients[clientId] = client = new Client { ReportedAt = now - Interval };
        }
        // Instances report only when they had requests, so a report may cover more than one interval.
        var covered = Math.Clamp((now - client.ReportedAt).TotalSeconds, Interval.TotalSeconds / 2, LongestSilence.TotalSeconds);
        client.Demand = requests / covered;
        client.ReportedAt = now;
        client.LeasedUntil = now + Lease;
        client.Quota = null;
        if (now - created < Interval)
            return null;
        var share = ShareOf(clientId, size);
        long leased = 0;
        foreach (var other in _clients.Values)
            leased += other.Quota ?? 0;
        var quota = (int)Math.Clamp(size - leased, 0, share);
        client.Quota = quota;
        return quota == 0 && share > 0 ? null : quota;
    }

    /// <summary>The reporting instances at this time.</summary>
    public IReadOnlyList<ReservoirClient> Clients(DateTimeOffset now)
    {
        Forget(now);
        return [.. _clients.Select(c => new ReservoirClient(c.Key, c.Value.Demand, c.Value.Quota, c.Value.ReportedAt, c.Value.LeasedUntil))];
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
    /// Equal shares, except that no client gets more than it needs: the rest goes to the others. A remainder is given
    /// one by one to those that lack the most. All shares together are the whole reservoir.
    /// </summary>
    private int ShareOf(string clientId, int size)
    {
        var clients = _clients.OrderBy(c => c.Value.Need).ThenBy(c => c.Key, StringComparer.Ordinal).ToList();
        var shares = new int[clients.Count];
        var left = size;
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = Math.Min(left / (shares.Length - i), clients[i].Value.Need);
            left -= shares[i];
        }
        foreach (var i in Enumerable.Range(0, shares.Length).OrderByDescending(i => clients[i].Value.Demand - shares[i]))
        {
            if (left == 0 || shares[i] >= clients[i].Value.Need)
                break;
            shares[i]++;
            left--;
        }
        // The unneeded part is distributed too, so that a burst finds room; the busiest clients get the remainder of the division.
        var mine = clients.FindIndex(c => c.Key == clientId);
        return shares[mine] + (left / shares.Length) + (mine >= shares.Length - (left % shares.Length) ? 1 : 0);
    }
}

/// <summary>An instance that reports on a rule.</summary>
/// <param name="Demand">Requests a second.</param>
/// <param name="Quota">Null: it got none and borrows.</param>
internal sealed record ReservoirClient(string Id, double Demand, int? Quota, DateTimeOffset ReportedAt, DateTimeOffset LeasedUntil);
