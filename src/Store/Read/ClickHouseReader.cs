using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Store.Read;

/// <summary>Answers <see cref="TelemetryQuery"/> from the engine.</summary>
public sealed class ClickHouseReader(IEngine engine) : ITelemetryReader
{
    public async Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken)
    {
        var statement = SqlBuilder.Build(query);
        try
        {
            var limits = new QueryLimits(query.Budget.MaxTime, query.Budget.MaxMemoryBytes, query.Limit + 1L, RowOverflow.Break);
            using var result = await engine.QueryAsync(
                statement.Sql, statement.Parameters, EngineRows.Format, limits, cancellationToken);
            var rows = EngineRows.Decode(result.Bytes, query.Limit, out var truncated);
            var ordinals = new Dictionary<string, int>(query.Select.Count, StringComparer.Ordinal);
            for (var i = 0; i < query.Select.Count; i++)
                ordinals[query.Select[i].Name] = i;
            return new ResultTable(
                [.. query.Select.Select(s => s.Name)],
                [.. rows.Select(values => new ResultRow(ordinals, values))],
                truncated,
                result.RowsRead,
                result.Elapsed);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }

    public async Task<ScanEnd> ScanAsync(TelemetryQuery query, Action<IRowView> visit, CancellationToken cancellationToken)
    {
        var statement = SqlBuilder.Build(query);
        try
        {
            var limits = new QueryLimits(query.Budget.MaxTime, query.Budget.MaxMemoryBytes, query.Limit + 1L, RowOverflow.Break);
            using var result = await engine.QueryAsync(
                statement.Sql, statement.Parameters, EngineRows.Format, limits, cancellationToken);
            if (result.Bytes.IsEmpty)
                return new ScanEnd(0, false);
            var rows = new RowBinaryReader(result.Bytes);
            var view = new RowBinaryView(rows);
            long count = 0;
            while (rows.NextRow())
            {
                if (count == query.Limit)
                    return new ScanEnd(count, true);
                visit(view);
                // A large answer is left when nobody waits for it any more.
                if ((++count & 0xfff) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
            }
            return new ScanEnd(count, false);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }
}

/// <summary>The row a reader stands on.</summary>
internal sealed class RowBinaryView(RowBinaryReader rows) : IRowView
{
    private readonly bool[] _unsigned = [.. rows.Columns.Select(column => column.Type == "UInt64")];

    // A duration that nobody could mean is shown as the longest there is, not as an error.
    public long Int64(int column) => rows.IsNull(column)
        ? 0
        : _unsigned[column] ? (long)Math.Min(rows.GetUInt64(column), long.MaxValue) : rows.GetInt64(column);

    public ReadOnlySpan<byte> Bytes(int column) => rows.IsNull(column) ? default : rows.GetBytes(column);

    public string Text(int column) => rows.IsNull(column) ? "" : rows.GetString(column);
}
