using System.Buffers.Binary;
using System.Text;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>Walks RowBinaryWithNamesAndTypes. Reading past the end throws ArgumentOutOfRangeException.</summary>
internal ref struct RowBinaryCursor(ReadOnlySpan<byte> bytes)
{
    private const int MaxElements = 16 << 20;
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Types of the columns; names are not needed, the builder knows them.</summary>
    public RowBinaryType[] ReadHeader()
    {
        var types = new RowBinaryType[ReadCount()];
        for (var i = 0; i < types.Length; i++)
            Take(ReadCount());
        for (var i = 0; i < types.Length; i++)
            types[i] = RowBinaryType.Parse(Encoding.UTF8.GetString(Take(ReadCount())));
        return types;
    }

    public object? ReadValue(RowBinaryType type)
    {
        switch (type.Name)
        {
            case "LowCardinality":
                return ReadValue(type.Inner[0]);
            case "Nullable":
                return Take(1)[0] != 0 ? null : ReadValue(type.Inner[0]);
            case "Nothing":
                return null;
            case "String" or "JSON":
                return Encoding.UTF8.GetString(Take(ReadCount()));
            case "FixedString":
                return Take(type.Size).ToArray();
            case "Array":
                return ReadArray(type.Inner[0]);
            case "Tuple":
                var inner = type.Inner;
                var tuple = new object?[inner.Count];
                for (var i = 0; i < tuple.Length; i++)
                    tuple[i] = ReadValue(inner[i]);
                return tuple;
            case "Map":
                return ReadMap(type);
            case "UUID":
                return Take(16).ToArray();
            default:
                return ReadNumber(type);
        }
    }

    private object ReadNumber(RowBinaryType type) => type.Name switch
    {
        "Bool" => Take(1)[0] != 0,
        "UInt8" => (ulong)Take(1)[0],
        "UInt16" => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        "UInt32" => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
        "UInt64" => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
        "Int8" => (long)(sbyte)Take(1)[0],
        "Int16" => (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        "Int32" => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        "Int64" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        "Float32" => (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        "Float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        "Enum8" => type.EnumNames!.GetValueOrDefault((sbyte)Take(1)[0], ""),
        "Enum16" => type.EnumNames!.GetValueOrDefault(BinaryPrimitives.ReadInt16LittleEndian(Take(2)), ""),
        "Date" => new Instant(BinaryPrimitives.ReadUInt16LittleEndian(Take(2)) * 86_400_000_000_000L),
        "DateTime" => new Instant(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) * 1_000_000_000L),
        _ => new Instant(BinaryPrimitives.ReadInt64LittleEndian(Take(8)) * Scale(type.Size)),
    };

    private static long Scale(int digits)
    {
        var scale = 1L;
        for (var i = digits; i < 9; i++)
            scale *= 10;
        return scale;
    }

    private object?[] ReadArray(RowBinaryType element)
    {
        var items = new object?[ReadCount()];
        for (var i = 0; i < items.Length; i++)
            items[i] = ReadValue(element);
        return items;
    }

    private object?[] ReadMap(RowBinaryType type)
    {
        var items = new object?[ReadCount()];
        for (var i = 0; i < items.Length; i++)
            items[i] = new[] { ReadValue(type.Inner[0]), ReadValue(type.Inner[1]) };
        return items;
    }

    private int ReadCount()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                break;
        }
        // A count can't pass what is left: every element takes at least a byte, but for the rare type Nothing.
        if (value > MaxElements && value > (ulong)_rest.Length)
            throw new OverflowException("a count passes what is left of the result");
        return checked((int)value);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
