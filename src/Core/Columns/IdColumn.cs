using System.Runtime.CompilerServices;
using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>A FixedString(<paramref name="width"/>) column: trace ids (16 bytes) or span ids (8 bytes), in wire order.</summary>
public sealed class IdColumn(string name, int width) : Column(name, $"FixedString({width})")
{
    private readonly ByteBuffer _values = new();

    public override int Count => _values.Length / width;

    internal override long Bytes => _values.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> id)
    {
        var room = _values.Reserve(width);
        if (id.Length == width)
            id.CopyTo(room);
        else
            room.Clear();
    }

    public void Append(TraceId id) => id.CopyTo(_values.Reserve(TraceId.Size));

    public void Append(SpanId id) => id.CopyTo(_values.Reserve(SpanId.Size));

    internal override void PadTo(int rows)
    {
        var missing = rows - Count;
        if (missing > 0)
            _values.AppendFill(0, missing * width);
    }

    internal override void TruncateTo(int rows) => _values.Truncate(rows * width);

    internal override void AppendAll(Column other) => _values.Append(((IdColumn)other)._values.Written);

    internal override void AppendNative(ref NativeReader reader, RowSelection rows) =>
        rows.Append(_values, reader.Take(checked(rows.Count * width)), width);

    internal override void WriteNative(ByteBuffer output) => output.Append(_values.Written);

    internal override void Clear() => _values.Clear();
}
