using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Core.Columns;

/// <summary>Assigns numbers to distinct byte strings in order of appearance, without allocations for known ones.</summary>
internal sealed class BytesDictionary
{
    private readonly ByteBuffer _bytes = new();
    private (int Start, int Length, uint Hash)[] _entries = new (int, int, uint)[16];
    private int[] _slots = new int[32];
    private int _count;

    public int Count => _count;

    public long Bytes => _bytes.Length;

    /// <summary>The values from number <paramref name="index"/> on, one after another.</summary>
    public ReadOnlyMemory<byte> WrittenFrom(int index) => index == _count ? default : _bytes.WrittenMemory[_entries[index].Start..];

    public ReadOnlySpan<byte> this[int index] => _bytes.Written.Slice(_entries[index].Start, _entries[index].Length);

    /// <summary>True when entry <paramref name="index"/> is this value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(int index, ReadOnlySpan<byte> value)
    {
        if ((uint)index >= (uint)_count)
            return false;
        ref readonly var entry = ref _entries[index];
        return entry.Length == value.Length && _bytes.Written.Slice(entry.Start, entry.Length).SequenceEqual(value);
    }

    /// <summary>The number of the value; a new value gets the next one, or -1 when there are already <paramref name="most"/>.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> value, int most = int.MaxValue)
    {
        var hash = Hash(value);
        var mask = (uint)_slots.Length - 1;
        var slot = hash & mask;
        while (true)
        {
            var index = _slots[slot] - 1;
            if (index < 0)
                break;
            if (_entries[index].Hash == hash && Is(index, value))
                return index;
            slot = (slot + 1) & mask;
        }
        if (_count >= most)
            return -1;
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
            Rehash();
            mask = (uint)_slots.Length - 1;
            slot = hash & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
        }
        _entries[_count] = (_bytes.Length, value.Length, hash);
        _bytes.Append(value);
        _slots[slot] = ++_count;
        return _count - 1;
    }

    public void Clear()
    {
        _bytes.Clear();
        _count = 0;
        Array.Clear(_slots);
    }

    private void Rehash()
    {
        _slots = new int[_entries.Length * 2];
        var mask = (uint)_slots.Length - 1;
        for (var i = 0; i < _count; i++)
        {
            var slot = _entries[i].Hash & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> value)
    {
        // Multiply-rotate over 8-byte words, seeded per process so that a client can't provoke collisions.
        var hash = Seed ^ ((ulong)value.Length * 0x9E3779B97F4A7C15UL);
        while (value.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(value)) * 0x9FB21C651E98DF25UL, 29);
            value = value[8..];
        }
        ulong tail = 0;
        for (var i = 0; i < value.Length; i++)
            tail |= (ulong)value[i] << (8 * i);
        hash = (hash ^ tail) * 0x9FB21C651E98DF25UL;
        hash ^= hash >> 32;
        return (uint)hash;
    }

    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();
}
