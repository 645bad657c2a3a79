using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>Walks the bytes of RowBinary values. Every length is checked against what is left before anything is allocated.</summary>
internal ref struct ValueReader(ReadOnlySpan<byte> bytes, int at, TextPool? texts = null)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly TextPool? _texts = texts;
    private int _depth;

    internal int At { get; private set; } = at;

    private readonly int Left => _bytes.Length - At;

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left)
            throw Malformed("it ends in the middle of a value");
        var taken = _bytes.Slice(At, count);
        At += count;
        return taken;
    }

    internal byte Byte() => Take(1)[0];

    internal ulong VarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw Malformed("a length has too many bytes");
    }

    /// <summary>A count of things that take at least a byte each.</summary>
    internal int Count()
    {
        var count = VarUInt();
        return count <= (ulong)Left ? (int)count : throw Malformed("a count is greater than what is left");
    }

    internal ReadOnlySpan<byte> StringBytes() => Take(Count());

    internal string Text() => Encoding.UTF8.GetString(StringBytes());

    internal void Skip(ValueType type)
    {
        if (type.Size >= 0)
        {
            Take(type.Size);
            return;
        }

        Enter();
        switch (type.Kind)
        {
            case ValueKind.String or ValueKind.Json:
                StringBytes();
                break;
            case ValueKind.Nullable:
                if (!IsNull())
                    Skip(type.Item);
                break;
            case ValueKind.Array:
                var count = ItemCount(type.Item);
                if (type.Item.Size >= 0)
                {
                    var size = (long)count * type.Item.Size;
                    Take(size <= Left ? (int)size : throw Malformed("an array ends too early"));
                }
                else
                {
                    for (var i = 0; i < count; i++)
                        Skip(type.Item);
                }

                break;
            case ValueKind.Map:
                for (var i = ItemCount(type.Item); i > 0; i--)
                {
                    Skip(type.Items![0]);
                    Skip(type.Items[1]);
                }

                break;
            case ValueKind.Tuple:
                foreach (var item in type.Items!)
                    Skip(item);
                break;
            case ValueKind.Dynamic:
                Skip(DynamicType());
                break;
            default:
                throw Malformed($"{type.Kind} has no layout");
        }

        _depth--;
    }

    /// <summary>
    /// The value as string (String, JSON, UUID, enums, Int128), long, ulong (UInt64), double, bool, byte[] (FixedString),
    /// <see cref="Instant"/> (dates and times), object?[] (Array, unnamed Tuple), a dictionary (Map, named Tuple) or null.
    /// </summary>
    internal object? Read(ValueType type)
    {
        Enter();
        var value = ReadCore(type);
        _depth--;
        return value;
    }

    internal static Instant InstantOf(ValueType type, ReadOnlySpan<byte> value)
    {
        var (ticks, scale) = type.Kind switch
        {
            ValueKind.Date => (BinaryPrimitives.ReadUInt16LittleEndian(value) * 86_400L, 0),
            ValueKind.DateTime => (BinaryPrimitives.ReadUInt32LittleEndian(value), 0),
            _ => (BinaryPrimitives.ReadInt64LittleEndian(value), type.Parameter),
        };
        for (; scale < 9; scale++)
            ticks = unchecked(ticks * 10);
        return new Instant(ticks);
    }

    /// <summary>ClickHouse writes a UUID as two little-endian halves.</summary>
    internal static Guid GuidOf(ReadOnlySpan<byte> value)
    {
        Span<byte> bigEndian = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian, BinaryPrimitives.ReadUInt64LittleEndian(value));
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[8..], BinaryPrimitives.ReadUInt64LittleEndian(value[8..]));
        return new Guid(bigEndian, bigEndian: true);
    }

    internal static string EnumName(ValueType type, int value) =>
        type.Members!.TryGetValue(value, out var name) ? name : value.ToString(CultureInfo.InvariantCulture);

    internal static EngineException Malformed(string what) => new(EngineFault.MalformedResult, $"the result cannot be read: {what}");

    private object? ReadCore(ValueType type)
    {
        switch (type.Kind)
        {
            case ValueKind.Nothing: return null;
            case ValueKind.Bool: return Byte() != 0;
            case ValueKind.Int8: return (long)(sbyte)Byte();
            case ValueKind.Int16: return (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2));
            case ValueKind.Int32: return (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4));
            case ValueKind.Int64: return BinaryPrimitives.ReadInt64LittleEndian(Take(8));
            case ValueKind.UInt8: return (long)Byte();
            case ValueKind.UInt16: return (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            case ValueKind.UInt32: return (long)BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
            case ValueKind.UInt64: return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            case ValueKind.Int128: return BinaryPrimitives.ReadInt128LittleEndian(Take(16)).ToString(CultureInfo.InvariantCulture);
            case ValueKind.UInt128: return BinaryPrimitives.ReadUInt128LittleEndian(Take(16)).ToString(CultureInfo.InvariantCulture);
            case ValueKind.Float32: return (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4));
            case ValueKind.Float64: return BinaryPrimitives.ReadDoubleLittleEndian(Take(8));
            case ValueKind.Date or ValueKind.DateTime or ValueKind.DateTime64: return InstantOf(type, Take(type.Size));
            case ValueKind.Enum8: return EnumName(type, (sbyte)Byte());
            case ValueKind.Enum16: return EnumName(type, BinaryPrimitives.ReadInt16LittleEndian(Take(2)));
            case ValueKind.FixedString: return Take(type.Parameter).ToArray();
            case ValueKind.String when _texts is not null: return _texts.Get(StringBytes());
            case ValueKind.String or ValueKind.Json: return Text();
            case ValueKind.Uuid: return GuidOf(Take(16)).ToString();
            case ValueKind.Dynamic: return Read(DynamicType());
            case ValueKind.Nullable: return IsNull() ? null : Read(type.Item);
            case ValueKind.Array:
                var items = new object?[ItemCount(type.Item)];
                for (var i = 0; i < items.Length; i++)
                    items[i] = Read(type.Item);
                return items;
            case ValueKind.Map:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                for (var i = ItemCount(type.Item); i > 0; i--)
                {
                    var key = Read(type.Items![0]);
                    map[key as string ?? Convert.ToString(key, CultureInfo.InvariantCulture) ?? ""] = Read(type.Items[1]);
                }

                return map;
            case ValueKind.Tuple:
                var elements = new object?[type.Items!.Count];
                for (var i = 0; i < elements.Length; i++)
                    elements[i] = Read(type.Items[i]);
                return type.Names is { } names ? Named(names, elements) : elements;
            default: throw Malformed($"{type.Kind} has no layout");
        }
    }

    private static Dictionary<string, object?> Named(IReadOnlyList<string> names, object?[] elements)
    {
        var named = new Dictionary<string, object?>(elements.Length, StringComparer.Ordinal);
        for (var i = 0; i < elements.Length; i++)
            named[names[i]] = elements[i];
        return named;
    }

    internal bool IsNull() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw Malformed($"{other} is no null flag"),
    };

    // Items of size zero are never stored, but corrupt bytes may declare any number of them.
    internal int ItemCount(ValueType item)
    {
        var count = Count();
        return count > 0 && item.MayBeEmpty ? throw Malformed("an array of nothing has items") : count;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
            throw Malformed("it is nested too deeply");
    }

    // A Dynamic value is preceded by its type in binary: https://clickhouse.com/docs/sql-reference/data-types/data-types-binary-encoding
    private ValueType DynamicType()
    {
        Enter();
        var code = Byte();
        var type = code switch
        {
            0x00 => new ValueType(ValueKind.Nothing),
            0x01 => new ValueType(ValueKind.UInt8),
            0x02 => new ValueType(ValueKind.UInt16),
            0x03 => new ValueType(ValueKind.UInt32),
            0x04 => new ValueType(ValueKind.UInt64),
            0x05 => new ValueType(ValueKind.UInt128),
            0x07 => new ValueType(ValueKind.Int8),
            0x08 => new ValueType(ValueKind.Int16),
            0x09 => new ValueType(ValueKind.Int32),
            0x0A => new ValueType(ValueKind.Int64),
            0x0B => new ValueType(ValueKind.Int128),
            0x0D => new ValueType(ValueKind.Float32),
            0x0E => new ValueType(ValueKind.Float64),
            0x0F => new ValueType(ValueKind.Date),
            0x11 => new ValueType(ValueKind.DateTime),
            0x12 => Zoned(new ValueType(ValueKind.DateTime)),
            0x13 => new ValueType(ValueKind.DateTime64, Precision()),
            0x14 => Zoned(new ValueType(ValueKind.DateTime64, Precision())),
            0x15 => ValueType.String,
            0x16 => new ValueType(ValueKind.FixedString, Count()),
            0x1D => new ValueType(ValueKind.Uuid),
            0x1E => new ValueType(ValueKind.Array, Items: [DynamicType()]),
            0x1F => new ValueType(ValueKind.Tuple, Items: DynamicTypes(Count())),
            0x20 => NamedTuple(),
            0x23 => new ValueType(ValueKind.Nullable, Items: [DynamicType()]),
            0x26 => DynamicType(),
            0x27 => new ValueType(ValueKind.Map, Items: DynamicTypes(2)),
            0x2B => DynamicOfDynamic(),
            0x2D => new ValueType(ValueKind.Bool),
            0x30 => JsonType(),
            _ => throw Malformed($"the type code {code:x2} of a Dynamic value is not supported"),
        };
        _depth--;
        return type;
    }

    private int Precision() => Byte() is <= 9 and var precision ? precision : throw Malformed("a DateTime64 has too many digits");

    private ValueType Zoned(ValueType type)
    {
        StringBytes();
        return type;
    }

    private ValueType DynamicOfDynamic()
    {
        Byte();
        return new ValueType(ValueKind.Dynamic);
    }

    private List<ValueType> DynamicTypes(int count)
    {
        var types = new List<ValueType>();
        for (var i = 0; i < count; i++)
            types.Add(DynamicType());
        return types.Count > 0 ? types : throw Malformed("a tuple has no elements");
    }

    private ValueType NamedTuple()
    {
        var names = new List<string>();
        var types = new List<ValueType>();
        for (var left = Count(); left > 0; left--)
        {
            names.Add(Text());
            types.Add(DynamicType());
        }

        return types.Count > 0 ? new ValueType(ValueKind.Tuple, Items: types, Names: names) : throw Malformed("a tuple has no elements");
    }

    // <version><max_dynamic_paths><max_dynamic_types><typed paths><paths to skip><patterns to skip>
    private ValueType JsonType()
    {
        Byte();
        VarUInt();
        Byte();
        for (var left = Count(); left > 0; left--)
        {
            StringBytes();
            DynamicType();
        }

        for (var left = Count(); left > 0; left--)
            StringBytes();
        for (var left = Count(); left > 0; left--)
            StringBytes();
        return new ValueType(ValueKind.Json);
    }
}
