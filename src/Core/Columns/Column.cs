namespace Weir.Core.Columns;

/// <summary>
/// One column of a <see cref="Block"/>, in the byte layout of ClickHouse's Native format. Values are appended in row order; a row
/// that appends nothing gets the type's default when the block ends the row.
/// </summary>
public abstract class Column(string name, string type)
{
    public string Name { get; } = name;

    /// <summary>The ClickHouse type as written in the block's header and in the insert's structure.</summary>
    public string Type { get; } = type;

    /// <summary>Values appended so far.</summary>
    public abstract int Count { get; }

    /// <summary>Appends defaults until the column has <paramref name="rows"/> values.</summary>
    internal abstract void PadTo(int rows);

    /// <summary>Removes the values after the first <paramref name="rows"/>.</summary>
    internal abstract void TruncateTo(int rows);

    /// <summary>Appends all values of a column of the same kind.</summary>
    internal abstract void AppendAll(Column other);

    /// <summary>Appends the selected rows of a column of this name and type in Native form, and skips the others.</summary>
    internal abstract void AppendNative(ref NativeReader reader, RowSelection rows);

    /// <summary>Writes prefix and data in Native form, without name and type.</summary>
    internal abstract void WriteNative(ByteBuffer output);

    internal abstract void Clear();

    /// <summary>Approximate size of the values in bytes.</summary>
    internal abstract long Bytes { get; }
}
