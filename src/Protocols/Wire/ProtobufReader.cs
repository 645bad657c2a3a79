using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Protocols.Wire;

/// <summary>How a field's value is encoded.</summary>
internal enum ProtobufWireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

/// <summary>
/// Reads one protobuf message from a span, in place. Bad bytes never throw: the reader remembers <see cref="Failed"/> and goes to its
/// end, so a loop over <see cref="Next"/> stops by itself and one check after it is enough. Values read after a failure are defaults.
/// </summary>
/// <example>
/// <code>
/// while (reader.Next())
/// {
///     switch (reader.Tag)
///     {
///         case 1 &lt;&lt; 3 | 2: name = reader.Bytes(); break;
///         default: reader.Skip(); break;
///     }
/// }
/// if (reader.Failed) …
/// </code>
/// </example>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    /// <summary>Nested groups are obsolete; deeper nesting than this is treated as an attack.</summary>
    private const int DeepestGroup = 32;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private uint _tag;
    private bool _failed;

    /// <summary>The bytes broke the format somewhere; what was read before may be incomplete.</summary>
    public readonly bool Failed => _failed;

    /// <summary>Field number and wire type of the current field, as on the wire: <c>number &lt;&lt; 3 | type</c>.</summary>
    public readonly uint Tag => _tag;

    public readonly int Position => _position;

    /// <summary>Moves to the next field. The caller then reads its value with the method of its wire type, or skips it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        if ((uint)_position >= (uint)_message.Length)
            return false;
        uint first = _message[_position];
        if (first is >= 0x80 or < 8)
            return NextSlow();
        _position++;
        _tag = first;
        return true;
    }

    private bool NextSlow()
    {
        var tag = Varint();
        _tag = (uint)tag;
        if (_failed || tag > uint.MaxValue || tag < 8)
            return Fail();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint()
    {
        if ((uint)_position < (uint)_message.Length)
        {
            uint first = _message[_position];
            if (first < 0x80)
            {
                _position++;
                return first;
            }
        }
        return VarintSlow();
    }

    private ulong VarintSlow()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if ((uint)_position >= (uint)_message.Length)
                break;
            ulong b = _message[_position++];
            value |= (b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        Fail();
        return 0;
    }

    /// <summary>A zigzag-coded sint32 or sint64.</summary>
    public long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Fixed64()
    {
        if (_message.Length - _position < sizeof(ulong))
        {
            Fail();
            return 0;
        }
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_message[_position..]);
        _position += sizeof(ulong);
        return value;
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Fixed32()
    {
        if (_message.Length - _position < sizeof(uint))
        {
            Fail();
            return 0;
        }
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_message[_position..]);
        _position += sizeof(uint);
        return value;
    }

    /// <summary>A length-delimited value: a string, bytes, a message or packed numbers. A slice of the message, not a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length > (ulong)(_message.Length - _position))
        {
            Fail();
            return default;
        }
        var bytes = _message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Skips the current field's value, whatever its type.</summary>
    public void Skip() => Skip(0);

    private void Skip(int depth)
    {
        switch ((ProtobufWireType)(_tag & 7))
        {
            case ProtobufWireType.Varint:
                Varint();
                break;
            case ProtobufWireType.Fixed64:
                Fixed64();
                break;
            case ProtobufWireType.Length:
                Bytes();
                break;
            case ProtobufWireType.Fixed32:
                Fixed32();
                break;
            case ProtobufWireType.StartGroup when depth < DeepestGroup:
                SkipGroup(_tag, depth);
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipGroup(uint start, int depth)
    {
        var end = (start & ~7u) | (uint)ProtobufWireType.EndGroup;
        while (Next())
        {
            if (_tag == end)
                return;
            Skip(depth + 1);
        }
        Fail();
    }

    private bool Fail()
    {
        _failed = true;
        _position = _message.Length;
        return false;
    }
}
