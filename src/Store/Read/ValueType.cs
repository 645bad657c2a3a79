namespace Weir.Store.Read;

/// <summary>How the bytes of a value are laid out in RowBinary.</summary>
internal enum ValueKind
{
    Nothing,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int128,
    UInt128,
    Float32,
    Float64,
    Date,
    DateTime,
    DateTime64,
    Enum8,
    Enum16,
    FixedString,
    String,
    Uuid,
    Json,
    Dynamic,
    Nullable,
    Array,
    Map,
    Tuple,
}

/// <summary>A ClickHouse type. LowCardinality and SimpleAggregateFunction leave no trace in RowBinary, so they are their inner type here.</summary>
/// <param name="Kind">The layout.</param>
/// <param name="Parameter">Length of a FixedString, digits after the second of a DateTime64.</param>
/// <param name="Items">Element types: one of Nullable and Array, key and value of Map, all of Tuple.</param>
/// <param name="Names">Names of a Tuple's elements when it has any.</param>
/// <param name="Members">Values and names of an Enum.</param>
internal sealed record ValueType(
    ValueKind Kind,
    int Parameter = 0,
    IReadOnlyList<ValueType>? Items = null,
    IReadOnlyList<string>? Names = null,
    IReadOnlyDictionary<int, string>? Members = null)
{
    internal static ValueType String { get; } = new(ValueKind.String);

    internal ValueType Item => Items![0];

    /// <summary>Bytes of a value of fixed size, -1 when it varies.</summary>
    internal int Size { get; } = Kind switch
    {
        ValueKind.Nothing => 0,
        ValueKind.Bool or ValueKind.Int8 or ValueKind.UInt8 or ValueKind.Enum8 => 1,
        ValueKind.Int16 or ValueKind.UInt16 or ValueKind.Date or ValueKind.Enum16 => 2,
        ValueKind.Int32 or ValueKind.UInt32 or ValueKind.Float32 or ValueKind.DateTime => 4,
        ValueKind.Int64 or ValueKind.UInt64 or ValueKind.Float64 or ValueKind.DateTime64 => 8,
        ValueKind.Int128 or ValueKind.UInt128 or ValueKind.Uuid => 16,
        ValueKind.FixedString => Parameter,
        _ => -1,
    };

    /// <summary>A value may take no bytes at all, so a count of them is bounded by nothing.</summary>
    internal bool MayBeEmpty => Kind switch
    {
        ValueKind.Nothing => true,
        ValueKind.Tuple => Items!.All(static i => i.MayBeEmpty),
        _ => false,
    };

    internal static bool TryGetPlain(ReadOnlySpan<char> name, out ValueKind kind)
    {
        kind = name switch
        {
            "Nothing" => ValueKind.Nothing,
            "Bool" => ValueKind.Bool,
            "Int8" => ValueKind.Int8,
            "Int16" => ValueKind.Int16,
            "Int32" => ValueKind.Int32,
            "Int64" => ValueKind.Int64,
            "UInt8" => ValueKind.UInt8,
            "UInt16" => ValueKind.UInt16,
            "UInt32" => ValueKind.UInt32,
            "UInt64" => ValueKind.UInt64,
            "Int128" => ValueKind.Int128,
            "UInt128" => ValueKind.UInt128,
            "Float32" => ValueKind.Float32,
            "Float64" => ValueKind.Float64,
            "Date" => ValueKind.Date,
            "DateTime" => ValueKind.DateTime,
            "String" => ValueKind.String,
            "UUID" => ValueKind.Uuid,
            "JSON" => ValueKind.Json,
            "Dynamic" => ValueKind.Dynamic,
            _ => (ValueKind)(-1),
        };
        return (int)kind >= 0;
    }
}
