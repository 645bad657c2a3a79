using System.Buffers.Binary;
using System.Text;

namespace Weir.Store.Read;

/// <summary>Columns of a result repeat few texts in many rows: each short one is made once. Not for several threads at once.</summary>
internal sealed class TextPool
{
    private const int Slots = 4096;
    private const int Longest = 64;
    private readonly string?[] _texts = new string?[Slots];

    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest)
            return Encoding.UTF8.GetString(bytes);
        ref var slot = ref _texts[Hash(bytes) % Slots];
        if (slot is null || !Ascii.Equals(bytes, slot))
            slot = Encoding.UTF8.GetString(bytes);
        return slot;
    }

    // Start and end distinguish most texts, because a number in a text usually stands at one of them.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var (first, last) = bytes.Length >= sizeof(ulong)
            ? (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]))
            : (Small(bytes), 0UL);
        return (uint)(((((first * 0x9E3779B97F4A7C15) ^ last) * 0x9E3779B97F4A7C15) + (ulong)bytes.Length) >> 40);
    }

    private static ulong Small(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (var b in bytes)
            value = (value << 8) | b;
        return value;
    }
}
