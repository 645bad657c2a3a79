using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>Rows of RowBinaryWithNamesAndTypes as values, for results of at most some thousand rows.</summary>
internal static class EngineRows
{
    public const string Format = "RowBinaryWithNamesAndTypes";

    public static async Task<IReadOnlyList<object?[]>> ReadAsync(
        IEngine engine, string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken cancellationToken)
    {
        using var result = await engine.QueryAsync(sql, parameters, Format, QueryLimits.Default, cancellationToken);
        return Decode(result.Bytes, int.MaxValue, out _);
    }

    /// <summary>
    /// At most <paramref name="limit"/> rows; <paramref name="truncated"/> says that there were more. Values are as
    /// <see cref="ResultRow"/> describes. Throws <see cref="EngineException"/> (MalformedResult).
    /// </summary>
    public static List<object?[]> Decode(ReadOnlyMemory<byte> bytes, int limit, out bool truncated)
    {
        truncated = false;
        var rows = new List<object?[]>();
        if (bytes.IsEmpty)
            return rows;
        var reader = new RowBinaryReader(bytes);
        while (reader.NextRow())
        {
            if (rows.Count == limit)
            {
                truncated = true;
                break;
            }
            var row = new object?[reader.Columns.Count];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.GetValue(i);
            rows.Add(row);
        }
        return rows;
    }
}
