using System.Security.Cryptography;
using Weir.Core.Access;

namespace Weir.Server.Access;

/// <summary>Who is logged in: tokens by their hashes, in memory, so a restart logs everybody out. Thread-safe.</summary>
internal sealed class LoginSessions(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private const int Most = 1000;
    private const int TokenBytes = 32;

    // Looked up by hash: how long that takes tells nothing of a token.
    private readonly Dictionary<string, DateTimeOffset> _endsAt = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The token of a new session; the longest-running one ends when there are too many.</summary>
    public string Begin()
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        lock (_lock)
        {
            if (_endsAt.Count >= Most)
                _endsAt.Remove(_endsAt.MinBy(s => s.Value).Key);
            _endsAt[KeyHash.Of(token).ToString()] = time.GetUtcNow() + Lifetime;
        }
        return token;
    }

    public bool Has(string? token)
    {
        if (token is not { Length: 2 * TokenBytes })
            return false;
        lock (_lock)
            return _endsAt.TryGetValue(KeyHash.Of(token).ToString(), out var end) && end > time.GetUtcNow();
    }

    public void End(string? token)
    {
        if (token is not { Length: 2 * TokenBytes })
            return;
        lock (_lock)
            _endsAt.Remove(KeyHash.Of(token).ToString());
    }
}
