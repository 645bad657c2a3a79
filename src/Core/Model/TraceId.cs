using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Weir.Core.Model;

/// <summary>
/// A trace id: 16 bytes, big-endian as on the wire. The W3C form <c>5759e988bd862e3fe1be46a994272793</c> and the X-Ray form
/// <c>1-5759e988-bd862e3fe1be46a994272793</c> are the same id. All zeros means "no trace".
/// </summary>
public readonly record struct TraceId(ulong High, ulong Low)
{
    public const int Size = 16;

    public static TraceId Empty => default;

    public bool IsEmpty => (High | Low) == 0;

    /// <summary>Reads 16 big-endian bytes; shorter input is an empty id.</summary>
    public static TraceId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? new TraceId(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]))
            : Empty;

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Accepts 32 hex digits, 16 hex digits (a 64-bit id, left-padded), or the X-Ray form; either letter case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TraceId id)
    {
        Span<byte> utf8 = stackalloc byte[40];
        id = default;
        return text.Length <= 35 && Encoding.UTF8.TryGetBytes(text, utf8, out var written) && TryParse(utf8[..written], out id);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out TraceId)"/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TraceId id)
    {
        id = default;
        ulong high, low;
        switch (utf8.Length)
        {
            case 32 when Hex(utf8[..16], out high) && Hex(utf8[16..], out low):
                id = new TraceId(high, low);
                return true;
            case 16 when Hex(utf8, out low):
                id = new TraceId(0, low);
                return true;
            case 35 when utf8[0] == '1' && utf8[1] == '-' && utf8[10] == '-':
                if (!Hex(utf8.Slice(2, 8), out var epoch) || !Hex(utf8.Slice(11, 8), out var middle) || !Hex(utf8[19..], out low))
                    return false;
                id = new TraceId((epoch << 32) | middle, low);
                return true;
            default:
                return false;
        }
    }

    internal static bool Hex(ReadOnlySpan<byte> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    /// <summary>32 lower-case hex digits.</summary>
    public string ToHex() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    /// <summary>The X-Ray form, 35 characters.</summary>
    public string ToXRay() => string.Create(CultureInfo.InvariantCulture, $"1-{High >> 32:x8}-{High & 0xffff_ffff:x8}{Low:x16}");

    [ExcludeFromCodeCoverage]
    public override string ToString() => ToHex();
}
