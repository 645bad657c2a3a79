using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Core.Ingest;

/// <summary>CRC-32C (Castagnoli), in hardware where available.</summary>
internal static class Crc32C
{
    public const uint Start = 0xffff_ffff;

    /// <summary>Continues a checksum; begin with <see cref="Start"/>, end with the complement of the result.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(data))
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in data[(data.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
