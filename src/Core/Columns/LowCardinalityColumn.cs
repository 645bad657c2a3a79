using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Core.Columns;

/// <summary>
/// A LowCardinality(String) column: the distinct values of the block once, then a number per row. Used for service names, span names and
/// resources, which rows repeat.
/// </summary>
public sealed class LowCardinalityColumn : Column
{
    // Native layout of a block: UInt64 key version; UInt64 flags | index width; UInt64 keys; keys; UInt64 rows; indexes.
    private const ulong KeysVersion = 1;
    private const ulong HasAdditionalKeys = 0x200;
    private const ulong NeedsUpdateDictionary = 0x400;

    private readonly BytesDictionary _keys = new();
    private readonly ByteBuffer _indexes = new();
    private readonly int _most;
    private int _last;

    /// <param name="most">Maximum bytes of a value; longer ones are truncated.</param>
    public LowCardinalityColumn(string name, int most = int.MaxValue)
        : base(name, "LowCardinality(String)")
    {
        _most = most;
        _keys.GetOrAdd([]);
    }

    /// <summary>Values that were too long and were truncated.</summary>
    internal int Cut { get; private set; }

    public override int Count => _indexes.Length / sizeof(int);

    internal override long Bytes => _keys.Bytes + _indexes.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > _most)
        {
            utf8 = Utf8Text.Cut(utf8, _most);
            Cut++;
        }
        if (!_keys.Is(_last, utf8))
            _last = _keys.GetOrAdd(utf8);
        _indexes.AppendFixed(_last);
    }

    public void Append(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var utf8 = size <= 512 ? stackalloc byte[size] : new byte[size];
        Encoding.UTF8.GetBytes(text, utf8);
        Append(utf8);
    }

    internal override void PadTo(int rows)
    {
        var missing = rows - Count;
        if (missing > 0)
            _indexes.AppendFill(0, missing * sizeof(int));
    }

    internal override void TruncateTo(int rows) => _indexes.Truncate(rows * sizeof(int));

    internal override void AppendAll(Column other)
    {
        var from = (LowCardinalityColumn)other;
        var map = new int[from._keys.Count];
        for (var i = 0; i < map.Length; i++)
            map[i] = _keys.GetOrAdd(from._keys[i]);
        foreach (var index in MemoryMarshal.Cast<byte, int>(from._indexes.Written))
            _indexes.AppendFixed(map[index]);
    }

    internal override void AppendNative(ref NativeReader reader, RowSelection rows)
    {
        reader.Take(sizeof(ulong));
        if (rows.Count == 0)
            return;
        var width = 1 << (int)(reader.UInt64() & 0xff);
        var map = new int[checked((int)reader.UInt64())];
        var values = new (int Start, int Length)[rows.IsAll ? 0 : map.Length];
        var keys = reader.Position;
        for (var i = 0; i < map.Length; i++)
        {
            var value = reader.String();
            if (rows.IsAll)
                map[i] = _keys.GetOrAdd(value);
            else
                values[i] = (reader.Position - keys - value.Length, value.Length);
        }
        var texts = reader.Since(keys);
        reader.Take(sizeof(ulong));
        var indexes = reader.Take(checked(rows.Count * width));
        for (var row = 0; row < rows.Count; row++)
        {
            if (!rows.Has(row))
                continue;
            var index = width switch
            {
                1 => indexes[row],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(indexes[(row * 2)..]),
                _ => BinaryPrimitives.ReadInt32LittleEndian(indexes[(row * 4)..]),
            };
            // Write only the values that the selected rows have, so that a part of a block does not contain the whole dictionary.
            _indexes.AppendFixed(rows.IsAll ? map[index] : _keys.GetOrAdd(texts.Slice(values[index].Start, values[index].Length)));
        }
    }

    /// <summary>Distinct values, including the empty one.</summary>
    internal int Keys => _keys.Count;

    internal ReadOnlySpan<byte> Key(int index) => _keys[index];

    /// <summary>For each row the number of its value.</summary>
    internal ReadOnlySpan<int> Indexes => MemoryMarshal.Cast<byte, int>(_indexes.Written);

    internal override void WriteNative(ByteBuffer output)
    {
        output.AppendFixed(KeysVersion);
        var rows = Count;
        if (rows == 0)
            return;
        var width = _keys.Count <= byte.MaxValue ? 0UL : _keys.Count <= ushort.MaxValue ? 1UL : 2UL;
        output.AppendFixed(HasAdditionalKeys | NeedsUpdateDictionary | width);
        output.AppendFixed((ulong)_keys.Count);
        for (var i = 0; i < _keys.Count; i++)
            output.AppendString(_keys[i]);
        output.AppendFixed((ulong)rows);
        var indexes = MemoryMarshal.Cast<byte, int>(_indexes.Written);
        switch (width)
        {
            case 0:
                var bytes = output.Reserve(rows);
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)indexes[i];
                break;
            case 1:
                var shorts = MemoryMarshal.Cast<byte, ushort>(output.Reserve(rows * sizeof(ushort)));
                for (var i = 0; i < shorts.Length; i++)
                    shorts[i] = (ushort)indexes[i];
                break;
            default:
                output.Append(_indexes.Written);
                break;
        }
    }

    internal override void Clear()
    {
        _keys.Clear();
        _keys.GetOrAdd([]);
        _indexes.Clear();
        Cut = 0;
        _last = 0;
    }
}
