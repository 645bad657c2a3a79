using Weir.Core.Model;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// What one request may still grow by. Rows repeat what they share with others (a scope's attributes, the name of an event's span), and
/// JSON text is longer than the bytes it tells of, so a small request could become gigabytes. Whoever appends charges what it repeats or
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
