using System.Buffers.Binary;
using System.Buffers.Text;
using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>
/// The end of a page: the sort key of its last row (nanoseconds) and, for equal keys, the id of that row. Opaque to clients as text:
/// base64url of 1 byte kind, 8 bytes key, 8 or 16 bytes id.
/// </summary>
public readonly record struct PageCursor(char Kind, long Key, ulong IdHigh, ulong IdLow)
{
    private const int Size = 25;

    public TraceId TraceId => new(IdHigh, IdLow);

    public static PageCursor Of(char kind, long key, TraceId id) => new(kind, key, id.High, id.Low);

    public static PageCursor Of(char kind, long key, ulong id) => new(kind, key, 0, id);

    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Key);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[9..], IdHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[17..], IdLow);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>False for text that <see cref="Encode"/> did not produce.</summary>
    public static bool TryDecode(string text, out PageCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size)
            return false;
        cursor = new PageCursor(
            (char)bytes[0],
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[9..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[17..]));
        return true;
    }
}
