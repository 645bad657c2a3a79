using System.Buffers.Binary;
using System.Text;

namespace Weir.Tests.Support;

/// <summary>Writes a protobuf message field by field. Tests say the wire bytes they mean, in the order they mean.</summary>
public sealed class ProtobufMessage
{
    private readonly MemoryStream _bytes = new();

    public static ProtobufMessage New() => new();

    public byte[] ToArray() => _bytes.ToArray();

    public ProtobufMessage Varint(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 0);
        Raw(value);
        return this;
    }

    public ProtobufMessage ZigZag(int field, long value) => Varint(field, (ulong)((value << 1) ^ (value >> 63)));

    public ProtobufMessage Fixed64(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtobufMessage Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public ProtobufMessage Fixed32(int field, uint value)
    {
        Raw(((ulong)field << 3) | 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtobufMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ProtobufMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Message(int field, ProtobufMessage value) => Bytes(field, value.ToArray());

    /// <summary>Bytes as they are, no tag.</summary>
    public ProtobufMessage Append(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        _bytes.WriteByte((byte)value);
    }
}
