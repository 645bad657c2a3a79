namespace Weir.Core.Columns;

/// <summary>One path of a JSON column in Native form: the number of a type for each row, then the values by type.</summary>
internal readonly ref struct NativePath
{
    private readonly uint _types;
    private readonly ReadOnlySpan<byte> _values0;
    private readonly ReadOnlySpan<byte> _values1;
    private readonly ReadOnlySpan<byte> _values2;
    private readonly ReadOnlySpan<byte> _values3;

    /// <param name="reader">Positioned at the path's data.</param>
    /// <param name="types">As <see cref="JsonPath.ReadTypes"/> gives them.</param>
    /// <param name="rows">Of the block.</param>
    public NativePath(ref NativeReader reader, uint types, int rows)
    {
        _types = types;
        Numbers = reader.Take(rows);
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var number in Numbers)
            counts[number]++;
        for (var number = 0; number < JsonPath.Kinds; number++)
        {
            var kind = KindOf((byte)number);
            if (kind == JsonPath.None)
                break;
            var start = reader.Position;
            if (kind == JsonPath.String)
            {
                for (var i = 0; i < counts[number]; i++)
                    reader.String();
            }
            else
                reader.Take(checked(counts[number] * Width(kind)));
            var values = reader.Since(start);
            switch (kind)
            {
                case JsonPath.String:
                    _values0 = values;
                    break;
                case JsonPath.Int64:
                    _values1 = values;
                    break;
                case JsonPath.Float64:
                    _values2 = values;
                    break;
                default:
                    _values3 = values;
                    break;
            }
        }
    }

    /// <summary>For each row the number of its value's type in the path's list; a number beyond the list means no value.</summary>
    public ReadOnlySpan<byte> Numbers { get; }

    public byte KindOf(byte number)
    {
        if (number >= JsonPath.Kinds)
            return JsonPath.None;
        var kind = (_types >> (number * 4)) & 0xf;
        return kind == 0xf ? JsonPath.None : (byte)kind;
    }

    /// <summary>The kind of each possible number.</summary>
    public void Map(Span<byte> kinds)
    {
        for (var number = 0; number < kinds.Length; number++)
            kinds[number] = KindOf((byte)number);
    }

    public ReadOnlySpan<byte> Values(int kind) => kind switch
    {
        JsonPath.String => _values0,
        JsonPath.Int64 => _values1,
        JsonPath.Float64 => _values2,
        _ => _values3,
    };

    /// <summary>The bytes of the value at <paramref name="at"/>; advances to the next value of its kind.</summary>
    public ReadOnlySpan<byte> ValueAt(byte kind, ref int at)
    {
        var values = Values(kind);
        var start = at;
        if (kind != JsonPath.String)
        {
            at += Width(kind);
            return values[start..at];
        }
        var reader = new NativeReader(values[start..]);
        reader.String();
        at += reader.Position;
        return values[start..at];
    }

    public bool HasAny(RowSelection rows)
    {
        for (var row = 0; row < Numbers.Length; row++)
        {
            if (rows.Has(row) && KindOf(Numbers[row]) != JsonPath.None)
                return true;
        }
        return false;
    }

    private static int Width(byte kind) => kind == JsonPath.Bool ? 1 : sizeof(long);
}
