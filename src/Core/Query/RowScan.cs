using System.Globalization;
using System.Text;

namespace Weir.Core.Query;

/// <summary>The current row of a scan, read in place; what it hands out is valid until the visit of this row ends.</summary>
public interface IRowView
{
    /// <summary>Whole numbers, booleans (0, 1) and times (nanoseconds since 1970); NULL is 0.</summary>
    long Int64(int column);

    /// <summary>Ids as they are and text as UTF-8; NULL is empty.</summary>
    ReadOnlySpan<byte> Bytes(int column);

    /// <summary>Text and names of enums; NULL is empty.</summary>
    string Text(int column);
}

/// <summary>How a scan ended.</summary>
/// <param name="Truncated">There were more rows than the query's limit.</param>
public sealed record ScanEnd(long Rows, bool Truncated);

/// <summary>A row of a table as a view, for readers that have nothing better than tables.</summary>
internal sealed class ResultRowView : IRowView
{
    public ResultRow Row { get; set; } = null!;

    public long Int64(int column) => Row[column] switch
    {
        long value => value,
        ulong value => unchecked((long)value),
        bool value => value ? 1 : 0,
        Instant value => value.UnixNanoseconds,
        _ => 0,
    };

    public ReadOnlySpan<byte> Bytes(int column) => Row[column] as byte[] ?? Encoding.UTF8.GetBytes(Text(column));

    public string Text(int column) => Row[column] as string ?? Convert.ToString(Row[column], CultureInfo.InvariantCulture) ?? "";
}
