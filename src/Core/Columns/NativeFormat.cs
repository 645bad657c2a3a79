using System.Text;

namespace Weir.Core.Columns;

/// <summary>Writes columns as one block of ClickHouse's Native format, for tables that have no <see cref="Block"/>.</summary>
public static class NativeFormat
{
    /// <param name="output">Receives the block.</param>
    /// <param name="rows">Number of values of each column.</param>
    /// <param name="columns">In the order of the insert's column list.</param>
    public static void Write(ByteBuffer output, int rows, IReadOnlyList<Column> columns)
    {
        output.AppendVarint((ulong)columns.Count);
        output.AppendVarint((ulong)rows);
        foreach (var column in columns)
        {
            output.AppendString(Encoding.UTF8.GetBytes(column.Name));
            output.AppendString(Encoding.UTF8.GetBytes(column.Type));
            column.WriteNative(output);
        }
    }
}
