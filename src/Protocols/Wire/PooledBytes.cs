using System.Buffers;

namespace Weir.Protocols.Wire;

/// <summary>
/// A growing run of bytes in rented memory with a hard upper bound. The memory doubles as bytes arrive, so a request that announces
/// much and sends little costs little. Dispose gives the memory back.
/// </summary>
internal sealed class PooledBytes(int limit) : IDisposable
{
    private const int LargestShared = 1 << 20;
    private byte[] _array = [];
    private int _limit = limit;

    /// <summary>Lowers the bound.</summary>
    public void LowerTo(int bytes) => _limit = Math.Min(_limit, bytes);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>True when the bound is reached.</summary>
    public bool IsFull => Length >= _limit;

    /// <summary>Free room, at least one byte unless <see cref="IsFull"/>. <paramref name="hint"/> sizes the first rent.</summary>
    public Memory<byte> Room(int hint = 4096)
    {
        if (Length == _array.Length && !IsFull)
            Grow(hint);
        return _array.AsMemory(Length, Math.Min(_array.Length, _limit) - Length);
    }

    public void Advance(int count) => Length += count;

    private void Grow(int hint)
    {
        var size = (int)Math.Min(Math.Max((long)Length * 2, Math.Max(hint, 256)), _limit);
        // Large arrays are not pooled: the pool would keep the largest ones permanently.
        var larger = size > LargestShared ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);
        Memory.Span.CopyTo(larger);
        Return(_array);
        _array = larger;
    }

    public void Dispose()
    {
        var array = _array;
        _array = [];
        Length = 0;
        Return(array);
    }

    private static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= LargestShared)
            ArrayPool<byte>.Shared.Return(array);
    }
}
