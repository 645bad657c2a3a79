using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Primitives;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>A compression format of a body.</summary>
internal enum ContentCoding
{
    Gzip,
    Deflate,
    Zstd,
}

/// <summary>Undoes content encodings into bounded memory.</summary>
internal static class Decompression
{
    private const int MostEncodings = 3;

    /// <summary>The encodings in the order they were applied; a fault for one that is not served, or too many.</summary>
    public static ContentCoding[] ParseEncodings(StringValues header, out Fault? fault)
    {
        fault = null;
        if (header.Count == 0)
            return [];
        var codings = new List<ContentCoding>(1);
        foreach (var line in header)
        {
            foreach (var part in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!TryParse(part, out var coding))
                {
                    fault = new Fault(FaultKind.Unsupported, "unsupported content-encoding, valid encodings are: gzip, deflate, zstd, identity");
                    return [];
                }
                if (coding is { } known)
                    codings.Add(known);
            }
        }
        if (codings.Count <= MostEncodings)
            return [.. codings];
        fault = new Fault(FaultKind.Unsupported, "the request body is encoded more than three times");
        return [];
    }

    /// <summary>False for an unknown name; null for "identity".</summary>
    public static bool TryParse(string name, out ContentCoding? coding)
    {
        coding = name.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => ContentCoding.Gzip,
            "deflate" => ContentCoding.Deflate,
            "zstd" => ContentCoding.Zstd,
            _ => null,
        };
        return coding is not null || name.Equals("identity", StringComparison.OrdinalIgnoreCase)
            || name.Equals("none", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Unpacks <paramref name="packed"/> to the end of <paramref name="plain"/>: at most <paramref name="limit"/> bytes, and at most what a
    /// body of its size may unpack to (<see cref="IngestLimits.UnpackedOf"/>).
    /// </summary>
    public static Fault? Decompress(ContentCoding coding, ReadOnlyMemory<byte> packed, PooledBytes plain, int limit)
    {
        var most = IngestLimits.UnpackedOf(packed.Length, limit);
        plain.LowerTo(most);
        return DecompressTo(coding, packed, plain, most) is not { } fault ? null
            : fault.Kind == FaultKind.TooLarge && most < limit ? fault with { Message = $"{fault.Message}; a body may unpack to {IngestLimits.MostUnpacked} times its size" }
            : fault;
    }

    private static Fault? DecompressTo(ContentCoding coding, ReadOnlyMemory<byte> packed, PooledBytes plain, int limit)
    {
        if (coding == ContentCoding.Zstd)
            return Zstd.Decompress(packed.Span, plain, limit);
        try
        {
            using var source = new MemoryStream(Array(packed).Array!, Array(packed).Offset, packed.Length, writable: false);
            using Stream unpacking = coding switch
            {
                ContentCoding.Gzip => new GZipStream(source, CompressionMode.Decompress),
                _ when HasZlibHeader(packed.Span) => new ZLibStream(source, CompressionMode.Decompress),
                _ => new DeflateStream(source, CompressionMode.Decompress),
            };
            var hint = (int)Math.Clamp(packed.Length * 8L, 4 << 10, 1 << 20);
            while (!plain.IsFull)
            {
                var read = unpacking.Read(plain.Room(hint).Span);
                // .NET's streams report a cut only once they have given some bytes.
                if (read == 0)
                    return plain.Length > 0 || IsEmptyPacked(coding, packed.Span) ? null : Truncated(coding);
                plain.Advance(read);
            }
            Span<byte> more = stackalloc byte[1];
            return unpacking.Read(more) == 0 ? null : RequestBody.TooLarge("the decompressed request body", limit);
        }
        catch (InvalidDataException)
        {
            return Truncated(coding);
        }
    }

    internal static Fault Truncated(ContentCoding coding) =>
        new(FaultKind.Malformed, $"the request body is not complete, valid {Name(coding)} data");

    /// <summary>True when the trailer says that the content is empty.</summary>
    private static bool IsEmptyPacked(ContentCoding coding, ReadOnlySpan<byte> packed) => coding switch
    {
        // CRC 0, length 0.
        ContentCoding.Gzip => packed.Length >= 20 && !packed[^8..].ContainsAnyExcept((byte)0),
        // Adler-32 1.
        _ when HasZlibHeader(packed) => packed.Length >= 8 && packed[^4..].SequenceEqual("\0\0\0\u0001"u8),
        _ => packed.Length is >= 2 and <= 8,
    };

    private static string Name(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Deflate => "deflate",
        _ => "zstd",
    };

    /// <summary>"deflate" means zlib's format, but some clients send it bare (RFC 9110 8.4.1.2).</summary>
    private static bool HasZlibHeader(ReadOnlySpan<byte> packed) =>
        packed.Length >= 2 && (packed[0] & 0x0f) == 8 && ((packed[0] << 8) | packed[1]) % 31 == 0;

    private static ArraySegment<byte> Array(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) ? segment : new ArraySegment<byte>(memory.ToArray());
}
