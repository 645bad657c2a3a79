using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>A column of a result.</summary>
/// <param name="Name">As the query names it.</param>
/// <param name="Type">As ClickHouse writes it, such as <c>LowCardinality(String)</c>.</param>
public sealed record ResultColumn(string Name, string Type);

/// <summary>
/// Reads a result in RowBinaryWithNamesAndTypes row by row, in place: nothing is decoded until a getter asks for it.
/// The bytes must stay valid while it is used. Getters take the column's ordinal. Bytes that are not such a result, and a getter that
/// does not fit the column's type, are an <see cref="EngineException"/> (MalformedResult, TypeMismatch).
/// It is not thread-safe.
/// </summary>
public sealed class RowBinaryReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ResultColumn[] _columns;
    private readonly ValueType[] _types;
    private readonly int[] _starts;
    private readonly TextPool _texts = new();
    private int _next;
    private bool _onRow;

    public RowBinaryReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _columns = [];
        _types = [];
        // Some formats write no bytes for an empty result.
        if (!bytes.IsEmpty)
        {
            var reader = new ValueReader(bytes.Span, 0);
            var count = reader.Count();
            var names = new List<string>();
            for (var i = 0; i < count; i++)
                names.Add(reader.Text());
            _columns = new ResultColumn[count];
            _types = new ValueType[count];
            for (var i = 0; i < count; i++)
            {
                _columns[i] = new ResultColumn(names[i], reader.Text());
                _types[i] = TypeParser.Parse(_columns[i].Type);
            }

            _next = reader.At;
        }

        _starts = new int[_columns.Length];
    }

    public IReadOnlyList<ResultColumn> Columns => _columns;

    /// <summary>The ordinal of a column. Throws when there is none of that name.</summary>
    public int Ordinal(string name)
    {
        var ordinal = Array.FindIndex(_columns, c => string.Equals(c.Name, name, StringComparison.Ordinal));
        return ordinal >= 0 ? ordinal : throw new EngineException(EngineFault.UnknownTableOrColumn, $"the result has no column {name}");
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool NextRow()
    {
        _onRow = _next < _bytes.Length;
        if (!_onRow)
            return false;
        var reader = new ValueReader(_bytes.Span, _next);
        for (var i = 0; i < _types.Length; i++)
        {
            _starts[i] = reader.At;
            reader.Skip(_types[i]);
        }

        if (reader.At == _next)
            throw ValueReader.Malformed("a row has no bytes");
        _next = reader.At;
        return true;
    }

    /// <summary>The value is NULL; for a Dynamic, the path is absent.</summary>
    public bool IsNull(int ordinal)
    {
        var reader = At(ordinal);
        return _types[ordinal].Kind switch
        {
            ValueKind.Nullable => reader.IsNull(),
            ValueKind.Dynamic => reader.Byte() == 0,
            ValueKind.Nothing => true,
            _ => false,
        };
    }

    /// <summary>Integers up to 64 bits, Bool (0, 1), enum numbers, and dates and times in nanoseconds since 1970.</summary>
    public long GetInt64(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        switch (type.Kind)
        {
            case ValueKind.Bool or ValueKind.UInt8: return reader.Byte();
            case ValueKind.Int8 or ValueKind.Enum8: return (sbyte)reader.Byte();
            case ValueKind.Int16 or ValueKind.Enum16: return BinaryPrimitives.ReadInt16LittleEndian(reader.Take(2));
            case ValueKind.UInt16: return BinaryPrimitives.ReadUInt16LittleEndian(reader.Take(2));
            case ValueKind.Int32: return BinaryPrimitives.ReadInt32LittleEndian(reader.Take(4));
            case ValueKind.UInt32: return BinaryPrimitives.ReadUInt32LittleEndian(reader.Take(4));
            case ValueKind.Int64: return BinaryPrimitives.ReadInt64LittleEndian(reader.Take(8));
            case ValueKind.UInt64:
                var value = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8));
                return value <= long.MaxValue ? (long)value : throw Mismatch(ordinal, "a signed 64-bit number");
            case ValueKind.Date or ValueKind.DateTime or ValueKind.DateTime64:
                return ValueReader.InstantOf(type, reader.Take(type.Size)).UnixNanoseconds;
            default: throw Mismatch(ordinal, "a whole number");
        }
    }

    /// <summary>Integers that are not negative.</summary>
    public ulong GetUInt64(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        if (type.Kind == ValueKind.UInt64)
            return BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8));
        var value = GetInt64(ordinal);
        return value >= 0 ? (ulong)value : throw Mismatch(ordinal, "a number that is not negative");
    }

    /// <summary>Floats, and integers with the precision a double has.</summary>
    public double GetDouble(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        return type.Kind switch
        {
            ValueKind.Float32 => BinaryPrimitives.ReadSingleLittleEndian(reader.Take(4)),
            ValueKind.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(8)),
            ValueKind.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8)),
            _ => GetInt64(ordinal),
        };
    }

    /// <summary>Bool, and integers that are not zero.</summary>
    public bool GetBool(int ordinal) => GetInt64(ordinal) != 0;

    /// <summary>Nanoseconds since 1970 of Date, DateTime and DateTime64.</summary>
    public Instant GetInstant(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        return type.Kind is ValueKind.Date or ValueKind.DateTime or ValueKind.DateTime64
            ? ValueReader.InstantOf(type, reader.Take(type.Size)) : throw Mismatch(ordinal, "a time");
    }

    /// <summary>String, FixedString (with its padding), JSON and enums as text; UUID in its usual form; 128-bit numbers in digits.</summary>
    public string GetString(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        return type.Kind switch
        {
            ValueKind.FixedString => Encoding.UTF8.GetString(reader.Take(type.Parameter)),
            ValueKind.String or ValueKind.Json => reader.Text(),
            ValueKind.Enum8 => ValueReader.EnumName(type, (sbyte)reader.Byte()),
            ValueKind.Enum16 => ValueReader.EnumName(type, BinaryPrimitives.ReadInt16LittleEndian(reader.Take(2))),
            ValueKind.Uuid => ValueReader.GuidOf(reader.Take(16)).ToString(),
            ValueKind.Int128 => BinaryPrimitives.ReadInt128LittleEndian(reader.Take(16)).ToString(CultureInfo.InvariantCulture),
            ValueKind.UInt128 => BinaryPrimitives.ReadUInt128LittleEndian(reader.Take(16)).ToString(CultureInfo.InvariantCulture),
            _ => throw Mismatch(ordinal, "text"),
        };
    }

    /// <summary>The raw bytes of String, FixedString or JSON; valid as long as the result is.</summary>
    public ReadOnlySpan<byte> GetBytes(int ordinal)
    {
        var (type, reader) = Value(ordinal);
        return type.Kind switch
        {
            ValueKind.FixedString => reader.Take(type.Parameter),
            ValueKind.String or ValueKind.Json => reader.StringBytes(),
            _ => throw Mismatch(ordinal, "bytes"),
        };
    }

    /// <summary>The items of an Array, each as <see cref="GetValue"/> gives it.</summary>
    public object?[] GetArray(int ordinal) => GetValue(ordinal) as object?[] ?? throw Mismatch(ordinal, "an array");

    /// <summary>The pairs of a Map or a named Tuple.</summary>
    public IReadOnlyDictionary<string, object?> GetMap(int ordinal) =>
        GetValue(ordinal) as Dictionary<string, object?> ?? throw Mismatch(ordinal, "a map");

    /// <summary>
    /// Any value: string (String, JSON, UUID, enums, 128-bit numbers), long, ulong (UInt64), double, bool, byte[] (FixedString),
    /// <see cref="Instant"/> (dates and times), object?[] (Array, Tuple), a dictionary (Map, named Tuple) or null.
    /// </summary>
    public object? GetValue(int ordinal)
    {
        var reader = At(ordinal);
        return reader.Read(_types[ordinal]);
    }

    private ValueReader At(int ordinal) =>
        _onRow ? new ValueReader(_bytes.Span, _starts[ordinal], _texts) : throw new InvalidOperationException("there is no current row");

    // ref structs cannot be tuple items, so a pair of our own.
    private TypedValue Value(int ordinal)
    {
        var type = _types[ordinal];
        var reader = At(ordinal);
        if (type.Kind != ValueKind.Nullable)
            return new TypedValue(type, reader);
        if (reader.IsNull())
            throw Mismatch(ordinal, "a value, it is NULL");
        return new TypedValue(type.Item, reader);
    }

    private EngineException Mismatch(int ordinal, string wanted) =>
        new(EngineFault.TypeMismatch, $"column {_columns[ordinal].Name} of type {_columns[ordinal].Type} is not {wanted}");

    private readonly ref struct TypedValue(ValueType type, ValueReader reader)
    {
        private readonly ValueReader _reader = reader;

        internal void Deconstruct(out ValueType outType, out ValueReader outReader)
        {
            outType = type;
            outReader = _reader;
        }
    }
}
