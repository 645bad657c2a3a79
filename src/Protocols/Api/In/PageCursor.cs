using System.Buffers.Binary;
using System.Buffers.Text;
using Weir.Core.Model;

namespace Weir.Protocols.Api.In;

/// <summary>
/// Where a page ended: the sort key of its last row (nanoseconds) and, for equal keys, that row's id. Opaque to clients:
/// base64url of 1 byte kind, 8 bytes key, 8 or 16 bytes id.
/// </summary>
internal readonly record struct PageCursor(char Kind, long Key, ulong IdHigh, ulong IdLow)
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

    /// <summary>Null when there is none; throws when it was not made by one of these lists and orders.</summary>
    public static PageCursor? Read(QueryParameters query, params ReadOnlySpan<char> kinds)
    {
        if (query.Text("cursor") is not { } text)
            return null;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size || !kinds.Contains((char)bytes[0]))
        {
            throw new FaultException(ApiFaults.Invalid(
                "cursor: it is not of this list; give nextCursor of the answer before, with the same filters and order"));
        }
        return new PageCursor(
            (char)bytes[0],
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[9..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[17..]));
    }
}
