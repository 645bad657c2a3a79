using System.Runtime.InteropServices;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>
/// zstd by the system's libzstd, which .NET has no counterpart for. When the library is missing, requests that need it are told so;
/// everything else works.
/// </summary>
internal static unsafe class Zstd
{
    // RFC 9659: over HTTP the window is at most 8 MiB. It also bounds the memory one request can make the decoder take.
    private const int LargestWindowLog = 23;
    private const int WindowLogMax = 100;

    private static readonly string[] LibraryNames = ["libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd.dll"];
    private static readonly Functions? Library = Load();

    public static bool IsAvailable => Library is not null;

    /// <summary>Unpacks all frames to the end of <paramref name="plain"/>.</summary>
    public static Fault? Decompress(ReadOnlySpan<byte> packed, PooledBytes plain, int limit)
    {
        if (Library is not { } zstd)
            return new Fault(FaultKind.Unsupported, "content-encoding zstd needs the system library libzstd, which is not installed; use gzip");
        var stream = zstd.Create();
        if (stream == 0)
            return new Fault(FaultKind.Unavailable, "no memory for zstd");
        try
        {
            zstd.SetParameter(stream, WindowLogMax, LargestWindowLog);
            return Unpack(zstd, stream, packed, plain, limit);
        }
        finally
        {
            zstd.Free(stream);
        }
    }

    private static Fault? Unpack(Functions zstd, nint stream, ReadOnlySpan<byte> packed, PooledBytes plain, int limit)
    {
        var hint = (int)Math.Clamp(packed.Length * 8L, 4 << 10, 1 << 20);
        // Invariant of both buffers: the pointers are valid for the pinned span's length, and libzstd keeps Position <= Size.
        fixed (byte* source = packed)
        {
            var input = new Buffer { Bytes = source, Size = (nuint)packed.Length };
            byte spare;
            while (true)
            {
                var full = plain.IsFull;
                var room = full ? new Span<byte>(&spare, 1) : plain.Room(hint).Span;
                nuint left;
                nuint written;
                fixed (byte* target = room)
                {
                    var output = new Buffer { Bytes = target, Size = (nuint)room.Length };
                    left = zstd.Decompress(stream, &output, &input);
                    written = output.Position;
                }
                if (zstd.IsError(left) != 0)
                    return Decompression.Truncated(ContentCoding.Zstd);
                if (full && written > 0)
                    return RequestBody.TooLarge("the decompressed request body", limit);
                if (!full)
                    plain.Advance((int)written);
                var atEnd = input.Position == input.Size && (full || written < (nuint)room.Length);
                // 0: a frame ended exactly here. Otherwise the decoder waits for bytes that never come.
                if (left == 0 && input.Position == input.Size)
                    return null;
                if (atEnd)
                    return Decompression.Truncated(ContentCoding.Zstd);
            }
        }
    }

    private static Functions? Load()
    {
        foreach (var name in LibraryNames)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            if (NativeLibrary.TryGetExport(library, "ZSTD_createDStream", out var create)
                && NativeLibrary.TryGetExport(library, "ZSTD_freeDStream", out var free)
                && NativeLibrary.TryGetExport(library, "ZSTD_decompressStream", out var decompress)
                && NativeLibrary.TryGetExport(library, "ZSTD_DCtx_setParameter", out var setParameter)
                && NativeLibrary.TryGetExport(library, "ZSTD_isError", out var isError))
            {
                return new Functions(create, free, decompress, setParameter, isError);
            }
        }
        return null;
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    private sealed class Functions(nint create, nint free, nint decompress, nint setParameter, nint isError)
    {
        public nint Create() => ((delegate* unmanaged[Cdecl]<nint>)create)();

        public nuint Free(nint stream) => ((delegate* unmanaged[Cdecl]<nint, nuint>)free)(stream);

        public nuint SetParameter(nint stream, int parameter, int value) =>
            ((delegate* unmanaged[Cdecl]<nint, int, int, nuint>)setParameter)(stream, parameter, value);

        public nuint Decompress(nint stream, Buffer* output, Buffer* input) =>
            ((delegate* unmanaged[Cdecl]<nint, Buffer*, Buffer*, nuint>)decompress)(stream, output, input);

        public uint IsError(nuint code) => ((delegate* unmanaged[Cdecl]<nuint, uint>)isError)(code);
    }
}
