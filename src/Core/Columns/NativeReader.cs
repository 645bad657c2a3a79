using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Core.Columns;

/// <summary>
/// Reads the bytes of a Native block that this or an older version of Weir wrote. Truncated bytes and invalid lengths
/// throw an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct NativeReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    public ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)(_bytes.Length - Position))
            throw new InvalidDataException("a block ends within a value");
        var taken = _bytes.Slice(Position, length);
        Position += length;
        return taken;
    }

    /// <summary>What was read since <paramref name="start"/>.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => _bytes[start..Position];

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Length()
    {
        var all = _bytes;
        var at = Position;
        if ((uint)at < (uint)all.Length && all[at] < 0x80)
        {
            Position = at + 1;
            return all[at];
        }
        return LongLength();
    }

    private int LongLength()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value <= int.MaxValue ? (int)value : throw new InvalidDataException("a block has a length past 2 GiB");
        }
        throw new InvalidDataException("a block has a length past 2 GiB");
    }

    /// <summary>A string's bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> String() => Take(Length());

    public string Text() => Encoding.UTF8.GetString(String());
}

/// <summary>A selection of rows of a block: all of <paramref name="count"/>, or those whose byte in <paramref name="keep"/> is not 0.</summary>
internal readonly ref struct RowSelection(int count, ReadOnlySpan<byte> keep)
{
    private readonly ReadOnlySpan<byte> _keep = keep;

    /// <summary>Rows of the block.</summary>
    public int Count { get; } = count;

    public bool IsAll => _keep.IsEmpty;

    public bool Has(int row) => _keep.IsEmpty || _keep[row] != 0;

    public int Kept
    {
        get
        {
            if (_keep.IsEmpty)
                return Count;
            var kept = 0;
            foreach (var row in _keep)
                kept += row;
            return kept;
        }
    }

    /// <summary>Appends the selected values, which have <paramref name="width"/> bytes each.</summary>
    public void Append(ByteBuffer values, ReadOnlySpan<byte> from, int width)
    {
        if (_keep.IsEmpty)
        {
            values.Append(from);
            return;
        }
        for (var row = 0; row < _keep.Length;)
        {
            if (_keep[row] == 0)
            {
                row++;
                continue;
            }
            var first = row;
            while (row < _keep.Length && _keep[row] != 0)
                row++;
            values.Append(from[(first * width)..(row * width)]);
        }
    }
}
