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
}
