using System.Security.Cryptography;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.XRay.Retrieval;

/// <summary>What a StartTraceRetrieval asked for.</summary>
internal sealed class TraceRetrieval(IReadOnlyList<TraceId> ids, TimeRange range, string environment, DateTimeOffset until)
{
    public IReadOnlyList<TraceId> Ids { get; } = ids;

    public TimeRange Range { get; } = range;

    public string Environment { get; } = environment;

    public DateTimeOffset Until { get; } = until;

    public bool Cancelled { get; set; }

    public string Status => Cancelled ? "CANCELLED" : "COMPLETE";
}

/// <summary>
/// Retrievals by token, for an hour, in memory: they are questions, not data, and a client that loses one to a restart starts it again.
/// Thread-safe.
/// </summary>
internal sealed class Retrievals(XRayOptions options, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);
    private readonly Dictionary<string, TraceRetrieval> _byToken = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Null when too many are open.</summary>
    public string? Start(IReadOnlyList<TraceId> ids, TimeRange range, string environment)
    {
        var now = time.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
        {
            foreach (var (old, retrieval) in _byToken.Where(r => r.Value.Until <= now).ToList())
                _byToken.Remove(old);
            if (_byToken.Count >= options.MaxTraceRetrievals)
                return null;
            _byToken[token] = new TraceRetrieval(ids, range, environment, now + Lifetime);
        }
        return token;
    }

    /// <summary>Only for the environment that started it.</summary>
    public TraceRetrieval? Find(string token, string environment)
    {
        lock (_lock)
        {
            return _byToken.TryGetValue(token, out var found) && found.Until > time.GetUtcNow() && found.Environment == environment ? found : null;
        }
    }
}
