namespace Weir.Server.Access;

/// <summary>Limits guessing: the number of wrong passwords per minute from one address, and the number of addresses. Thread-safe.</summary>
internal sealed class LoginAttempts(TimeProvider time)
{
    public const int PerMinute = 5;
    private const int MostAddresses = 1024;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> _byAddress = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Counts an attempt before it is checked. False: too many, wait for the rest of the minute.</summary>
    public bool TryBegin(string address, out TimeSpan wait)
    {
        var now = time.GetUtcNow();
        wait = TimeSpan.Zero;
        lock (_lock)
        {
            if (_byAddress.Count >= MostAddresses)
            {
                foreach (var old in _byAddress.Where(a => now - a.Value.Since >= Window).Select(a => a.Key).ToArray())
                    _byAddress.Remove(old);
            }
            var known = _byAddress.TryGetValue(address, out var entry);
            if (!known && _byAddress.Count >= MostAddresses)
            {
                wait = Window;
                return false;
            }
            if (!known || now - entry.Since >= Window)
                entry = (now, 0);
            if (entry.Count >= PerMinute)
            {
                wait = entry.Since + Window - now;
                return false;
            }
            _byAddress[address] = (entry.Since, entry.Count + 1);
            return true;
        }
    }

    public void Succeeded(string address)
    {
        lock (_lock)
            _byAddress.Remove(address);
    }
}
