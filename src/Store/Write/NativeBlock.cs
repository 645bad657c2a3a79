using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Write;

/// <summary>
/// Finds the columns of a Native block as our own blocks write it (Core/Columns), without decoding rows: strings are stepped over, and
/// what lies behind the last column that was asked for is not looked at.
/// </summary>
internal ref struct NativeBlock
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _columns;

    public NativeBlock(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _columns = (int)Varint();
        Rows = (int)Varint();
    }

    public int Rows { get; }

    /// <summary>Goes to the next column; false after the last.</summary>
    public bool NextColumn(out string name, out string type)
    {
        (name, type) = ("", "");
        if (_columns-- == 0)
            return false;
        name = Text();
        type = Text();
        return true;
    }

    /// <summary>Steps over the column's values.</summary>
    public void Skip(string type)
    {
        if (type == "String")
        {
            for (var row = 0; row < Rows; row++)
            {
                Take((int)Varint());
            }
        }
        else if (type.StartsWith("LowCardinality", StringComparison.Ordinal))
            LowCardinality();
        else
            Take(Rows * Width(type));
    }

    /// <summary>The values of a column of 64-bit numbers.</summary>
    public ReadOnlySpan<long> Int64s() => MemoryMarshal.Cast<byte, long>(Take(Rows * sizeof(long)));

    /// <summary>The distinct values and each row's number of one.</summary>
    public DictionaryColumn LowCardinality()
    {
        Take(sizeof(ulong));
        if (Rows == 0)
            return new DictionaryColumn([], [], 1);
        var width = 1 << (int)(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))) & 0xff);
        var keys = new string[(int)BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)))];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = Text();
        Take(sizeof(ulong));
        return new DictionaryColumn(keys, Take(Rows * width), width);
    }

    /// <summary>The paths of a JSON column with the names of their types. The values are not looked at: see <see cref="Kinds"/>.</summary>
    public List<NativeJsonPath> Json()
    {
        Take(sizeof(ulong));
        var paths = new List<NativeJsonPath>();
        for (var left = Varint(); left > 0; left--)
            paths.Add(new NativeJsonPath(Text()));
        foreach (var path in paths)
        {
            Take(sizeof(ulong));
            for (var left = Varint(); left > 0; left--)
                path.Types.Add(Text());
        }
        return paths;
    }

    /// <summary>
    /// After <see cref="Json"/>, for its paths one after the other: a byte a row, the number of the row's type in the path's list; the
    /// list's length means that the row has no value. The values behind are stepped over.
    /// </summary>
    public ReadOnlySpan<byte> Kinds(NativeJsonPath path)
    {
        var kinds = Take(Rows);
        // The values follow type by type, so how many of each there are tells where the next path begins.
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var kind in kinds)
            counts[kind]++;
        for (var type = 0; type < path.Types.Count; type++)
        {
            if (path.Types[type] != "String")
            {
                Take(counts[type] * Width(path.Types[type]));
                continue;
            }
            for (var i = 0; i < counts[type]; i++)
                Take((int)Varint());
        }
        return kinds;
    }

    private static int Width(string type) => type switch
    {
        _ when type.StartsWith("FixedString(", StringComparison.Ordinal) => int.Parse(type.AsSpan(12, type.Length - 13), System.Globalization.CultureInfo.InvariantCulture),
        _ when type.StartsWith("DateTime64", StringComparison.Ordinal) => 8,
        _ when type.StartsWith("Enum8", StringComparison.Ordinal) => 1,
        "UInt8" or "Int8" or "Bool" => 1,
        "UInt16" or "Int16" => 2,
        "UInt32" or "Int32" or "Float32" => 4,
        "UInt64" or "Int64" or "Float64" => 8,
        _ => throw new InvalidDataException($"a block has a column of type {type}"),
    };

    private string Text()
    {
        return Encoding.UTF8.GetString(Take((int)Varint()));
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
    }
}

/// <summary>A LowCardinality column: distinct values, and for each row the number of its value.</summary>
internal readonly ref struct DictionaryColumn(string[] keys, ReadOnlySpan<byte> indexes, int width)
{
    private readonly ReadOnlySpan<byte> _indexes = indexes;

    public string[] Keys { get; } = keys;

    public int IndexOf(int row) => width switch
    {
        1 => _indexes[row],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(_indexes[(row * 2)..]),
        _ => BinaryPrimitives.ReadInt32LittleEndian(_indexes[(row * 4)..]),
    };
}

/// <summary>One attribute key of a block.</summary>
internal sealed class NativeJsonPath(string key)
{
    public string Key { get; } = key;

    public List<string> Types { get; } = [];
}
