using Weir.Core.Model;

namespace Weir.Protocols.Rollbar;

/// <summary>
/// The newest uuids, so that an item a client posts again (after a lost answer) is stored once. A uuid is known from the moment its
/// first post is being stored; a repeat waits for that one's outcome. A post that failed is forgotten, so that the client's retry is
/// stored.
/// </summary>
internal sealed class RecentUuids(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<Fault?>> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _known.Count;
        }
    }

    /// <summary>True when this is the first post of the id, with <paramref name="outcome"/> as its outcome; else gives the first's.</summary>
    public bool TryBegin(string id, Task<Fault?> outcome, out Task<Fault?> earlier)
    {
        earlier = outcome;
        if (capacity == 0)
            return true;
        lock (_lock)
        {
            if (_known.TryGetValue(id, out var known))
            {
                earlier = known;
                return false;
            }
            _known.Add(id, outcome);
            _order.Enqueue(id);
            if (_order.Count > capacity)
                _known.Remove(_order.Dequeue());
            return true;
        }
    }

    public void Forget(string id)
    {
        lock (_lock)
            _known.Remove(id);
    }
}
