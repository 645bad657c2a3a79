using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Core.Model;

/// <summary>
/// Ids that clients write in any form, as Honeycomb's clients do: 32 or 16 hex digits, the X-Ray form, a UUID, or any text such as
/// <c>a1</c>. The same text always gives the same id, so a search for the text finds it. A form that
/// <see cref="TraceId.TryParse(ReadOnlySpan{byte}, out TraceId)"/> accepts is that id; a UUID is its 32 digits; every other text is the
/// beginning of its SHA-256. Blanks around the text are ignored.
/// </summary>
public static class ClientIds
{
    /// <summary>Longer texts are not ids.</summary>
    public const int LongestText = 1024;

    private const int UuidLength = 36;

    /// <summary>Empty for an empty text, for one that is too long, and for zeros only.</summary>
    public static TraceId Trace(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.Trim(" \t\r\n"u8);
        if (utf8.Length is 0 or > LongestText)
            return TraceId.Empty;
        if (TraceId.TryParse(utf8, out var id) || TryUuid(utf8, out id))
            return id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return TraceId.FromBytes(hash[..TraceId.Size]);
    }

    /// <summary>As <see cref="Trace"/>: 16 hex digits are the id, every other text the beginning of its SHA-256.</summary>
    public static SpanId Span(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.Trim(" \t\r\n"u8);
        if (utf8.Length is 0 or > LongestText)
            return SpanId.Empty;
        if (SpanId.TryParse(utf8, out var id))
            return id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return new SpanId(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    private static bool TryUuid(ReadOnlySpan<byte> utf8, out TraceId id)
    {
        id = default;
        if (utf8.Length != UuidLength || utf8[8] != '-' || utf8[13] != '-' || utf8[18] != '-' || utf8[23] != '-')
            return false;
        Span<byte> digits = stackalloc byte[2 * TraceId.Size];
        utf8[..8].CopyTo(digits);
        utf8[9..13].CopyTo(digits[8..]);
        utf8[14..18].CopyTo(digits[12..]);
        utf8[19..23].CopyTo(digits[16..]);
        utf8[24..].CopyTo(digits[20..]);
        return TraceId.TryParse(digits, out id);
    }
}
