using System.Text;
using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of one table as columns, in the layout that the engine inserts. A room appends the values of a row to the columns and calls
/// <see cref="EndRow"/>; all other columns get their default value. Not thread-safe.
/// </summary>
public abstract class Block
{
    private readonly List<Column> _columns = [];
    private readonly List<byte[]> _headers = [];

    private protected Block(Signal signal) => Signal = signal;

    private protected T Add<T>(T column)
        where T : Column
    {
        _columns.Add(column);
        _headers.Add(Header(column));
        return column;
    }

    public Signal Signal { get; }

    public int Rows { get; private set; }

    /// <summary>Names in block order, for an insert's column list.</summary>
    public string ColumnNames => string.Join(", ", _columns.Select(c => c.Name));

    /// <summary>Names and types in block order, for <c>file(…, Native, '…')</c>.</summary>
    public string Structure => string.Join(", ", _columns.Select(c => $"{c.Name} {c.Type}"));

    /// <summary>Names and types in block order.</summary>
    public IReadOnlyList<(string Name, string Type)> Columns => [.. _columns.Select(c => (c.Name, c.Type))];

    /// <summary>Distinct attribute keys.</summary>
    internal int Paths
    {
        get
        {
            var paths = 0;
            foreach (var column in _columns)
                paths += (column as JsonColumn)?.Paths ?? 0;
            return paths;
        }
    }

    /// <summary>True when some row has a time other than its time of arrival.</summary>
    internal bool HasOwnTimes
    {
        get
        {
            if (Find<FixedColumn<long>>(Signal == Signal.Spans ? "start_time" : "time") is not { } times || Find<FixedColumn<long>>("received_at") is not { } received)
                return false;
            return !times.Values.SequenceEqual(received.Values);
        }
    }

    /// <summary>Keys and names that were truncated.</summary>
    public int CutNames
    {
        get
        {
            var cut = 0;
            foreach (var column in _columns)
                cut += column is JsonColumn json ? json.CutKeys : column is LowCardinalityColumn names ? names.Cut : 0;
            return cut;
        }
    }

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var column in _columns)
                bytes += column.Bytes;
            return bytes;
        }
    }

    /// <summary>Ends the row: columns without a value get their default.</summary>
    public void EndRow()
    {
        var rows = ++Rows;
        foreach (var column in _columns)
            column.PadTo(rows);
    }

    /// <summary>Removes the values that were appended since the last <see cref="EndRow"/>.</summary>
    public void CancelRow()
    {
        foreach (var column in _columns)
            column.TruncateTo(Rows);
    }

    /// <summary>Removes the rows after the given number.</summary>
    public void TruncateTo(int rows)
    {
        Rows = Math.Min(Rows, rows);
        CancelRow();
    }

    /// <summary>Adds the rows of a block of the same table.</summary>
    public void AppendAll(Block other)
    {
        for (var i = 0; i < _columns.Count; i++)
            _columns[i].AppendAll(other._columns[i]);
        Rows += other.Rows;
    }

    /// <summary>
    /// Adds rows of a block of the same table and columns in Native form. Throws <see cref="InvalidDataException"/> for invalid
    /// bytes; the block must not be used after that.
    /// </summary>
    /// <param name="native">The block.</param>
    /// <param name="keep">One byte per row, 1 for rows to add and 0 for the others; empty for all rows.</param>
    internal void AppendNative(ReadOnlySpan<byte> native, ReadOnlySpan<byte> keep)
    {
        var reader = new NativeReader(native);
        var columns = reader.Length();
        var rows = new RowSelection(reader.Length(), keep);
        if (columns != _columns.Count || (!keep.IsEmpty && keep.Length != rows.Count))
            throw new InvalidDataException($"a block has {columns} columns instead of {_columns.Count}");
        for (var i = 0; i < columns; i++)
        {
            if (!reader.Take(_headers[i].Length).SequenceEqual(_headers[i]))
                throw new InvalidDataException($"a block has another column in the place of {_columns[i].Name}");
            _columns[i].AppendNative(ref reader, rows);
        }
        if (!reader.AtEnd)
            throw new InvalidDataException("there are unread bytes after a block");
        Rows += rows.Kept;
    }

    /// <summary>The column of this name, or null.</summary>
    internal T? Find<T>(string name)
        where T : Column
    {
        foreach (var column in _columns)
        {
            if (column.Name == name)
                return column as T;
        }
        return null;
    }

    /// <summary>Writes the rows as one block of ClickHouse's Native format.</summary>
    public void WriteNative(ByteBuffer output)
    {
        output.AppendVarint((ulong)_columns.Count);
        output.AppendVarint((ulong)Rows);
        for (var i = 0; i < _columns.Count; i++)
        {
            output.Append(_headers[i]);
            _columns[i].WriteNative(output);
        }
    }

    public void Clear()
    {
        foreach (var column in _columns)
            column.Clear();
        Rows = 0;
    }

    private static byte[] Header(Column column)
    {
        var buffer = new ByteBuffer();
        buffer.AppendString(Encoding.UTF8.GetBytes(column.Name));
        buffer.AppendString(Encoding.UTF8.GetBytes(column.Type));
        return buffer.Written.ToArray();
    }
}
