using System.Runtime.CompilerServices;

namespace Weir.Core.Columns;

/// <summary>The values of one attribute key over the rows of a block: the type of each row, and the values by type.</summary>
internal sealed class JsonPath
{
    public const byte String = 0;
    public const byte Int64 = 1;
    public const byte Float64 = 2;
    public const byte Bool = 3;
    public const int Kinds = 4;
    public const byte None = byte.MaxValue;
    private const ulong FlattenedVersion = 3;

    private readonly ByteBuffer _kinds = new();
    private readonly ByteBuffer[] _values = [new(), new(), new(), new()];
    private readonly int[] _counts = new int[Kinds];

    /// <summary>Start of the last string; -1 when it has to be searched.</summary>
    private int _lastString = -1;

    /// <summary>Rows written so far; later ones have no value.</summary>
    public int Rows => _kinds.Length;

    public long Bytes => _kinds.Length + _values[String].Length + _values[Int64].Length + _values[Float64].Length + _values[Bool].Length;

    /// <summary>Makes <paramref name="row"/> the next one to write; false when it is already written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool BeginRow(int row)
    {
        var missing = row - _kinds.Length;
        if (missing > 0)
            _kinds.AppendFill(None, missing);
        return missing >= 0;
    }

    public void AppendString(ReadOnlySpan<byte> utf8)
    {
        Tell(String);
        _lastString = _values[String].Length;
        _values[String].AppendString(utf8);
    }

    public void AppendInt64(long value)
    {
        Tell(Int64);
        _values[Int64].AppendFixed(value);
    }

    public void AppendFloat64(double value)
    {
        Tell(Float64);
        // Zero has one form, so that groups and distinct values have it once.
        _values[Float64].AppendFixed(value + 0.0);
    }

    public void AppendBool(bool value)
    {
        Tell(Bool);
        _values[Bool].AppendByte(value ? (byte)1 : (byte)0);
    }

    private void Tell(byte kind)
    {
        _kinds.AppendByte(kind);
        _counts[kind]++;
    }

    public void AppendAll(JsonPath other, int firstRow)
    {
        BeginRow(firstRow);
        _lastString = -1;
        _kinds.Append(other._kinds.Written);
        for (var kind = 0; kind < Kinds; kind++)
        {
            _values[kind].Append(other._values[kind].Written);
            _counts[kind] += other._counts[kind];
        }
    }

    /// <summary>True when row <paramref name="row"/> is the last one written and has a value.</summary>
    public bool EndsWith(int row) => _kinds.Length == row + 1 && _kinds.Written[^1] != None;

    /// <summary>
    /// Appends the last value of this path to <paramref name="to"/>, whose row is begun. The value must have been written with this path's own Append
    /// methods, not copied from another block.
    /// </summary>
    public void CopyLastTo(JsonPath to)
    {
        var kind = _kinds.Written[^1];
        var values = _values[kind].Written;
        switch (kind)
        {
            case String:
                to.Tell(String);
                to._lastString = to._values[String].Length;
                to._values[String].Append(values[_lastString..]);
                break;
            case Bool:
                to.AppendBool(values[^1] != 0);
                break;
            default:
                to.Tell(kind);
                to._values[kind].Append(values[^sizeof(long)..]);
                break;
        }
    }

    /// <summary>The last value as JSON.</summary>
    public void AppendLastTo(ByteBuffer json)
    {
        var kind = _kinds.Written[^1];
        var values = _values[kind].Written;
        switch (kind)
        {
            case String:
                var text = values[_lastString..];
                // The length precedes the bytes, seven bits per byte.
                while (text[0] >= 0x80)
                    text = text[1..];
                JsonText.AppendString(json, text[1..]);
                break;
            case Int64:
                JsonText.AppendNumber(json, BitConverter.ToInt64(values[^sizeof(long)..]));
                break;
            case Float64:
                JsonText.AppendNumber(json, BitConverter.ToDouble(values[^sizeof(double)..]));
                break;
            default:
                JsonText.AppendBool(json, values[^1] != 0);
                break;
        }
    }

    /// <summary>Removes the rows after <paramref name="rows"/>. Removing one is cheap; for further texts the start is searched from the beginning.</summary>
    public void TruncateTo(int rows)
    {
        while (_kinds.Length > rows)
        {
            var kind = _kinds.Written[^1];
            _kinds.Truncate(_kinds.Length - 1);
            if (kind == None)
                continue;
            _counts[kind]--;
            _values[kind].Truncate(StartOfLast(kind));
        }
    }

    private int StartOfLast(byte kind)
    {
        var bytes = _values[kind].Written;
        if (kind != String)
            return bytes.Length - (kind == Bool ? 1 : sizeof(long));
        if (_lastString is >= 0 and var start)
        {
            _lastString = -1;
            return start;
        }
        var at = 0;
        for (var i = 0; i < _counts[String]; i++)
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = bytes[at++];
                length |= (b & 0x7f) << shift;
                if (b < 0x80)
                    break;
            }
            at += length;
        }
        return at;
    }

    /// <summary>Reads a path's list of types as numbers of <see cref="Kinds"/>, four bits each, the first in the lowest bits; 15 ends the list.</summary>
    public static uint ReadTypes(ref NativeReader reader)
    {
        var types = uint.MaxValue;
        var count = reader.Length();
        if (count > Kinds)
            throw new InvalidDataException("a block has an attribute of too many types");
        for (var i = 0; i < count; i++)
        {
            var name = reader.String();
            byte kind = 0;
            while (kind < Kinds && !name.SequenceEqual(TypeName(kind)))
                kind++;
            if (kind == Kinds)
                throw new InvalidDataException("a block has an attribute of an unknown type");
            types = (types & ~(0xfu << (i * 4))) | ((uint)kind << (i * 4));
        }
        return types;
    }

    /// <summary>Appends the selected rows of a path as it was read.</summary>
    public void AppendNative(in NativePath path, RowSelection rows, int firstRow)
    {
        BeginRow(firstRow);
        Span<int> at = stackalloc int[Kinds];
        at.Clear();
        var numbers = path.Numbers;
        if (rows.IsAll)
        {
            for (var kind = 0; kind < Kinds; kind++)
                _values[kind].Append(path.Values(kind));
            var room = _kinds.Reserve(numbers.Length);
            Span<byte> kindOf = stackalloc byte[256];
            path.Map(kindOf);
            for (var row = 0; row < numbers.Length; row++)
            {
                var kind = kindOf[numbers[row]];
                room[row] = kind;
                if (kind != None)
                    _counts[kind]++;
            }
            return;
        }
        for (var row = 0; row < numbers.Length; row++)
        {
            var kind = path.KindOf(numbers[row]);
            if (kind != None)
            {
                var value = path.ValueAt(kind, ref at[kind]);
                if (rows.Has(row))
                {
                    _values[kind].Append(value);
                    _counts[kind]++;
                }
            }
            if (rows.Has(row))
                _kinds.AppendByte(kind);
        }
    }

    public ReadOnlySpan<byte> KindOfRows => _kinds.Written;

    public int KindsUsed
    {
        get
        {
            var kinds = 0;
            for (var kind = 0; kind < Kinds; kind++)
                kinds |= _counts[kind] > 0 ? 1 << kind : 0;
            return kinds;
        }
    }

    public void WritePrefix(ByteBuffer output)
    {
        output.AppendFixed(FlattenedVersion);
        var types = 0UL;
        for (var kind = 0; kind < Kinds; kind++)
            types += _counts[kind] > 0 ? 1UL : 0;
        output.AppendVarint(types);
        for (byte kind = 0; kind < Kinds; kind++)
        {
            if (_counts[kind] > 0)
                output.AppendString(TypeName(kind));
        }
    }

    public void WriteData(ByteBuffer output, int rows)
    {
        Span<byte> number = stackalloc byte[256];
        byte types = 0;
        for (byte kind = 0; kind < Kinds; kind++)
        {
            if (_counts[kind] > 0)
                number[kind] = types++;
        }
        number[None] = types;
        var told = _kinds.Written;
        var output8 = output.Reserve(rows);
        for (var i = 0; i < told.Length; i++)
            output8[i] = number[told[i]];
        output8[told.Length..].Fill(types);
        foreach (var values in _values)
            output.Append(values.Written);
    }

    private static ReadOnlySpan<byte> TypeName(byte kind) => kind switch
    {
        String => "String"u8,
        Int64 => "Int64"u8,
        Float64 => "Float64"u8,
        _ => "Bool"u8,
    };

    public void Clear()
    {
        _lastString = -1;
        _kinds.Clear();
        for (var kind = 0; kind < Kinds; kind++)
        {
            _values[kind].Clear();
            _counts[kind] = 0;
        }
    }
}
