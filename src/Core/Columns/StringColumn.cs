using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Core.Columns;

/// <summary>A String column: every value as varint length and bytes.</summary>
public sealed class StringColumn(string name) : Column(name, "String")
{
    private readonly ByteBuffer _values = new();
    private int _count;

    /// <summary>Start of the last value; -1 when it has to be searched.</summary>
    private int _last = -1;

    public override int Count => _count;

    internal override long Bytes => _values.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> utf8)
    {
        _last = _values.Length;
        _values.AppendString(utf8);
        _count++;
    }

    public void Append(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        _last = _values.Length;
        _values.AppendVarint((ulong)size);
        Encoding.UTF8.GetBytes(text, _values.Reserve(size));
        _count++;
    }

    internal override void PadTo(int rows)
    {
        if (rows <= _count)
            return;
        _last = -1;
        _values.AppendFill(0, rows - _count);
        _count = rows;
    }

    internal override void TruncateTo(int rows)
    {
        if (rows >= _count)
            return;
        if (rows == _count - 1 && _last >= 0)
        {
            _values.Truncate(_last);
            (_count, _last) = (rows, -1);
            return;
        }
        _last = -1;
        // Strings have no fixed width, so walk to the end of the last row that stays. Only cancelled rows need this.
        var bytes = _values.Written;
        var at = 0;
        for (var row = 0; row < rows; row++)
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
        _values.Truncate(at);
        _count = rows;
    }

    internal override void AppendAll(Column other)
    {
        var from = (StringColumn)other;
        _last = -1;
        _values.Append(from._values.Written);
        _count += from._count;
    }

    internal override void AppendNative(ref NativeReader reader, RowSelection rows)
    {
        var start = reader.Position;
        for (var row = 0; row < rows.Count; row++)
        {
            var value = reader.String();
            if (rows.IsAll || !rows.Has(row))
                continue;
            _values.AppendString(value);
            _count++;
        }
        if (!rows.IsAll)
            return;
        _values.Append(reader.Since(start));
        _count += rows.Count;
    }

    internal override void WriteNative(ByteBuffer output) => output.Append(_values.Written);

    internal override void Clear()
    {
        _last = -1;
        _values.Clear();
        _count = 0;
    }
}
