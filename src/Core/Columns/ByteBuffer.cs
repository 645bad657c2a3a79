using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Core.Columns;

/// <summary>
/// A growable byte buffer that keeps its memory between uses. Not thread-safe. Also an <see cref="IBufferWriter{T}"/>, so that
/// Utf8JsonWriter can write to it.
/// </summary>
public sealed class ByteBuffer : IBufferWriter<byte>
{
    private const int FirstSize = 256;
    private byte[] _array = [];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    public int Capacity => _array.Length;

    /// <summary>Reserves <paramref name="count"/> bytes, which count as written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int count)
    {
        var at = _length;
        var end = at + count;
        if ((uint)end > (uint)_array.Length)
            Grow(count);
        _length = end;
        return _array.AsSpan(at, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendByte(byte value) => Reserve(1)[0] = value;

    /// <summary>Little-endian, as ClickHouse blocks are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendFixed<T>(T value)
        where T : unmanaged
        => Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(Reserve(Unsafe.SizeOf<T>())), value);

    /// <summary>Unsigned LEB128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendVarint(ulong value)
    {
        while (value >= 0x80)
        {
            AppendByte((byte)(value | 0x80));
            value >>= 7;
        }
        AppendByte((byte)value);
    }

    /// <summary>A ClickHouse string: its length as varint, then the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendString(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < 0x80)
        {
            var room = Reserve(utf8.Length + 1);
            room[0] = (byte)utf8.Length;
            utf8.CopyTo(room[1..]);
            return;
        }
        AppendVarint((ulong)utf8.Length);
        Append(utf8);
    }

    /// <summary>Bytes that were already written, to overwrite a length that was unknown before its message.</summary>
    public Span<byte> Rewrite(int start, int count) => _array.AsSpan(0, _length).Slice(start, count);

    public void AppendFill(byte value, int count) => Reserve(count).Fill(value);

    public void Truncate(int length) => _length = Math.Min(length, _length);

    public void Clear() => _length = 0;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Ensure(int count)
    {
        if (_array.Length - _length < count)
            Grow(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var needed = (long)_length + count;
        if (needed > Array.MaxLength)
            throw new InvalidOperationException("a column buffer would exceed 2 GiB; the size limits of requests should prevent this");
        var size = Math.Min(Array.MaxLength, Math.Max(Math.Max(FirstSize, needed), (long)_array.Length * 2));
        Array.Resize(ref _array, (int)size);
    }
}
