using Weir.Core.Model;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Weir.Protocols.Wire;

/// <summary>zstd, which .NET has no stream for.</summary>
internal static class Zstd
{
    // RFC 9659: over HTTP the window is at most 8 MiB. It also bounds the memory one request can make the decoder take.
    private const int LargestWindowLog = 23;

    /// <summary>Unpacks all frames to the end of <paramref name="plain"/>.</summary>
    public static Fault? Decompress(ReadOnlySpan<byte> packed, PooledBytes plain, int limit)
    {
        using var decompressor = new Decompressor();
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
        var hint = (int)Math.Clamp(packed.Length * 8L, 4 << 10, 1 << 20);
        Span<byte> spare = stackalloc byte[1];
        try
        {
            while (true)
            {
                // When all the room is used up, one byte more says whether there is more to come.
                var full = plain.IsFull;
                var room = full ? spare : plain.Room(hint).Span;
                var status = decompressor.UnwrapStream(packed, room, out var consumed, out var written);
                packed = packed[consumed..];
                if (full && written > 0)
                    return RequestBody.TooLarge("the decompressed request body", limit);
                if (!full)
                    plain.Advance(written);
                if (packed.IsEmpty && status == System.Buffers.OperationStatus.Done)
                    return null;
                // The decoder waits for bytes that never come, or for room that it does not use.
                if (consumed == 0 && written == 0)
                    return Decompression.Truncated(ContentCoding.Zstd);
            }
        }
        catch (ZstdException)
        {
            return Decompression.Truncated(ContentCoding.Zstd);
        }
    }
}
