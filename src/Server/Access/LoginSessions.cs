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
    private readonly Dictionary<string, (DateTimeOffset End, string Login)> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The token of a new session; the longest-running one ends when there are too many.</summary>
    /// <param name="login">The line of the file of keys that the session was begun with, which the session ends with.</param>
    public string Begin(string login)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        lock (_lock)
        {
            if (_sessions.Count >= Most)
                _sessions.Remove(_sessions.MinBy(s => s.Value.End).Key);
            _sessions[KeyHash.Of(token).ToString()] = (time.GetUtcNow() + Lifetime, login);
        }
        return token;
    }

    /// <summary>What the session was begun with; null when there is no such session any more.</summary>
    public string? Find(string? token)
    {
        if (token is not { Length: 2 * TokenBytes })
            return null;
        lock (_lock)
            return _sessions.TryGetValue(KeyHash.Of(token).ToString(), out var session) && session.End > time.GetUtcNow() ? session.Login : null;
    }

    public void End(string? token)
    {
        if (token is not { Length: 2 * TokenBytes })
            return;
        lock (_lock)
            _sessions.Remove(KeyHash.Of(token).ToString());
    }
}
