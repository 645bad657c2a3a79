using Weir.Core.Model;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// The remaining growth of one request. Rows repeat shared data (a scope's attributes, the name of an event's span), and
/// JSON text is longer than the bytes it represents, so a small request could become gigabytes. Every append charges what it repeats or
/// writes; not thread-safe.
/// </summary>
internal sealed class RequestBudget
{
    /// <summary>Bytes of the text that one value becomes: a list or object, a resource, a point's detail.</summary>
    public const int MostTextBytes = 4 << 20;

    private long _left;

    public bool IsSpent => _left < 0;

    public void Begin(int requestBytes) => _left = IngestLimits.GrowthOf(requestBytes);

    public void Charge(long bytes) => _left -= bytes;
}
