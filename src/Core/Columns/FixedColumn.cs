using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Core.Columns;

/// <summary>A column of numbers, enums or times: <typeparamref name="T"/> little-endian, one after another.</summary>
public sealed class FixedColumn<T>(string name, string type) : Column(name, type)
    where T : unmanaged
{
    private readonly ByteBuffer _values = new();

    public override int Count => _values.Length / Unsafe.SizeOf<T>();

    internal override long Bytes => _values.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value) => _values.AppendFixed(value);

    internal override void PadTo(int rows)
    {
        var missing = rows - Count;
        if (missing > 0)
            _values.AppendFill(0, missing * Unsafe.SizeOf<T>());
    }

    internal override void TruncateTo(int rows) => _values.Truncate(rows * Unsafe.SizeOf<T>());

    internal override void AppendAll(Column other) => _values.Append(((FixedColumn<T>)other)._values.Written);

    internal override void AppendNative(ref NativeReader reader, RowSelection rows) =>
        rows.Append(_values, reader.Take(checked(rows.Count * Unsafe.SizeOf<T>())), Unsafe.SizeOf<T>());

    /// <summary>The values, in order.</summary>
    internal ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(_values.Written);

    internal override void WriteNative(ByteBuffer output) => output.Append(_values.Written);

    internal override void Clear() => _values.Clear();
}
