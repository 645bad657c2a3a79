using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Which service the newest traces belong to. An SDK streams subsegments as documents of their own that don't name their service; the
/// segment that does may come in the same burst or have come before. Bounded; thread-safe.
/// </summary>
internal sealed class OwnerCache
{
    public const int MaxNameBytes = 800;
    private const int Slots = 4096;
    private readonly (TraceId TraceId, byte[] Name)[] _slots = new (TraceId, byte[])[Slots];
    private readonly Lock _lock = new();

    public void Note(TraceId traceId, ReadOnlySpan<byte> service)
    {
        if (service.Length > MaxNameBytes)
            return;
        ref var slot = ref _slots[Slot(traceId)];
        lock (_lock)
        {
            // Consecutive traces often belong to one service, so most names are already cached.
            var name = slot.Name is { } old && service.SequenceEqual(old) ? old : service.ToArray();
            slot = (traceId, name);
        }
    }

    /// <summary>Copies the owner's name to <paramref name="name"/> (room for <see cref="MaxNameBytes"/>); 0 when unknown.</summary>
    public int Find(TraceId traceId, Span<byte> name)
    {
        lock (_lock)
        {
            var (id, known) = _slots[Slot(traceId)];
            if (id != traceId || known is null)
                return 0;
            known.CopyTo(name);
            return known.Length;
        }
    }

    public bool Knows(TraceId traceId)
    {
        lock (_lock)
            return _slots[Slot(traceId)].TraceId == traceId;
    }

    private static int Slot(TraceId traceId) => (int)((traceId.Low ^ (traceId.Low >> 32)) % Slots);
}
