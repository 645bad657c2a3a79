using System.Buffers.Binary;
using System.Globalization;

namespace Weir.Core.Model;

/// <summary>A span, segment or subsegment id: 8 bytes, big-endian as on the wire. Zero means "none".</summary>
public readonly record struct SpanId(ulong Value)
{
    public const int Size = 8;

    public static SpanId Empty => default;

    public bool IsEmpty => Value == 0;

    public static SpanId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new SpanId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : Empty;

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, Value);

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Accepts exactly 16 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SpanId id)
    {
        var ok = text.Length == 16
            & ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        id = ok ? new SpanId(value) : Empty;
        return ok;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out SpanId)"/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out SpanId id)
    {
        id = Empty;
        if (utf8.Length != 16 || !TraceId.Hex(utf8, out var value))
            return false;
        id = new SpanId(value);
        return true;
    }

    /// <summary>16 lower-case hex digits.</summary>
    public string ToHex() => Value.ToString("x16", CultureInfo.InvariantCulture);

    public override string ToString() => ToHex();
}
