using System.Buffers.Binary;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Query;

namespace Weir.Tests.Support;

/// <summary>
/// Reads one block of ClickHouse's Native format back, so that tests see what the engine would get. Values by column type:
/// DateTime64, Int64: long; UInt8/16/32/64: ulong; Float64: double; Enum8: its name; String, LowCardinality(String): string;
/// FixedString: lower-case hex, empty when all zeros; JSON: a dictionary of the paths the row has.
/// </summary>
public sealed class NativeBlock
{
    private readonly Dictionary<string, object?[]> _columns = new(StringComparer.Ordinal);

    public int Rows { get; private init; }

    public IReadOnlyCollection<string> Columns => _columns.Keys;

    public object? this[int row, string column] => _columns[column][row];

    public string Text(int row, string column) => (string)_columns[column][row]!;

    public IReadOnlyDictionary<string, object> Json(int row, string column = "attributes") =>
        (IReadOnlyDictionary<string, object>)_columns[column][row]!;

    /// <summary>All values of a row, for comparing rows of two blocks: <c>column=value</c> lines; JSON by sorted paths.</summary>
    public string Describe(int row, params string[] without) => string.Join('\n', _columns
        .Where(c => !without.Contains(c.Key))
        .Select(c => $"{c.Key}={Describe(c.Value[row])}"));

    private static string Describe(object? value) => value is IReadOnlyDictionary<string, object> json
        ? string.Join(", ", json.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{p.Value.GetType().Name}={p.Value}"))
        : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";

    public static NativeBlock Of(Block block)
    {
        var buffer = new ByteBuffer();
        block.WriteNative(buffer);
        return Parse(buffer.Written);
    }

    public static NativeBlock Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new NativeBlockReader(bytes);
        var columns = reader.Count();
        var block = new NativeBlock { Rows = reader.Count() };
        for (var i = 0; i < columns; i++)
        {
            var name = reader.String();
            var type = reader.String();
            block._columns.Add(name, reader.Column(type, block.Rows));
        }
        if (!reader.AtEnd)
            throw new FormatException("bytes are left after the block");
        return block;
    }
}

internal ref struct NativeBlockReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public int Count()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return checked((int)value);
        }
    }

    public string String() => Encoding.UTF8.GetString(Take(Count()));

    public object?[] Column(string type, int rows)
    {
        if (type.StartsWith("JSON", StringComparison.Ordinal))
            return Json(rows);
        if (type.StartsWith("LowCardinality(String)", StringComparison.Ordinal))
            return LowCardinality(rows);
        var values = new object?[rows];
        var names = type.StartsWith("Enum8", StringComparison.Ordinal) ? EnumNames(type) : null;
        for (var row = 0; row < rows; row++)
            values[row] = names is null ? Value(type) : names[(sbyte)Take(1)[0]];
        return values;
    }

    private object Value(string type) => type switch
    {
        "String" => String(),
        "UInt8" => (ulong)Take(1)[0],
        "Bool" => Take(1)[0] != 0,
        "UInt16" => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        "UInt32" => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
        "UInt64" => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
        "Int64" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        "Float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ when type.StartsWith("DateTime64", StringComparison.Ordinal) => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        _ when type.StartsWith("FixedString(", StringComparison.Ordinal) => Hex(Take(int.Parse(type[12..^1]))),
        _ => throw new FormatException($"a column of type {type} is not known to the test reader"),
    };

    private static string Hex(ReadOnlySpan<byte> id) => id.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(id) : "";

    private object?[] LowCardinality(int rows)
    {
        Expect(1, "key version");
        if (rows == 0)
            return [];
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        var keys = new string[BinaryPrimitives.ReadUInt64LittleEndian(Take(8))];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = String();
        Expect((ulong)rows, "row count");
        var values = new object?[rows];
        for (var row = 0; row < rows; row++)
        {
            values[row] = keys[(flags & 0xff) switch
            {
                0 => Take(1)[0],
                1 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
                _ => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            }];
        }
        return values;
    }

    private object?[] Json(int rows)
    {
        Expect(3, "JSON version");
        var paths = new string[Count()];
        for (var i = 0; i < paths.Length; i++)
            paths[i] = String();
        var types = new string[paths.Length][];
        for (var i = 0; i < paths.Length; i++)
        {
            Expect(3, "Dynamic version");
            types[i] = new string[Count()];
            for (var t = 0; t < types[i].Length; t++)
                types[i][t] = String();
        }
        var documents = new Dictionary<string, object>[rows];
        for (var row = 0; row < rows; row++)
            documents[row] = new Dictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < paths.Length; i++)
        {
            var kinds = Take(rows).ToArray();
            for (var t = 0; t < types[i].Length; t++)
            {
                for (var row = 0; row < rows; row++)
                {
                    if (kinds[row] == t)
                        documents[row].Add(paths[i], Value(types[i][t]));
                }
            }
        }
        return documents;
    }

    private static Dictionary<sbyte, string> EnumNames(string type) => type["Enum8(".Length..^1].Split(", ")
        .Select(member => member.Split(" = "))
        .ToDictionary(member => sbyte.Parse(member[1]), member => member[0].Trim('\''));

    private void Expect(ulong expected, string what)
    {
        var found = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        if (found != expected)
            throw new FormatException($"{what}: {expected} expected, {found} found");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
