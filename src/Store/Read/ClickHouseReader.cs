using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Store.Read;

/// <summary>Answers questions from the engine.</summary>
public sealed class ClickHouseReader(IEngine engine, QueryWork? work = null, EngineActivity? activity = null, NewestRows? newest = null) : ITelemetryReader
{
    private const int MostResultRows = 1_000_000;

    public ITelemetryReader Watched(QueryWork work) => new ClickHouseReader(engine, work, activity, newest);

    public long? LoadsOf(Signal signal) => newest?.LoadsOf(signal);

    public async ValueTask<long?> NewestAsync(Signal signal, CancellationToken cancellationToken)
    {
        try
        {
            return newest is null ? null : await newest.OfAsync(signal, cancellationToken);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }

    public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken) =>
        RunAsync(SqlBuilder.Build(query), [.. query.Select.Select(s => s.Name)], query.Limit, Limits(query.Budget, query.Limit), cancellationToken);

    public Task<ResultTable> QueryRowsAsync(SourceQuery query, CancellationToken cancellationToken) =>
        RunAsync(SqlSources.Build(query), [.. query.Select.Select(s => s.Name)], query.Limit, Limits(query.Budget, query.Limit), cancellationToken);

    public async Task<ResultTable?> QueryGroupsAsync(GroupedQuery query, CancellationToken cancellationToken)
    {
        var columns = new List<string> { "kind", "bucket" };
        columns.AddRange(query.Keys);
        columns.AddRange(query.Values.Select(v => v.Name));
        if (query.Keys.Count > 0 && query.Bucket is not null)
            columns.Add("points");
        var limits = new QueryLimits(query.Budget.MaxTime, query.Budget.MaxMemoryBytes, MostResultRows) { MaxGroups = query.MostCells };
        try
        {
            return await RunAsync(SqlGroups.Build(query), columns, MostResultRows, limits, cancellationToken);
        }
        catch (FaultException error) when (error.InnerException is EngineException { Kind: EngineFault.RowLimit })
        {
            return null;
        }
    }

    private static QueryLimits Limits(QueryBudget budget, int rows) => new(budget.MaxTime, budget.MaxMemoryBytes, rows + 1L, RowOverflow.Break);

    private async Task<ResultTable> RunAsync(
        SqlStatement statement, IReadOnlyList<string> columns, int most, QueryLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            using var result = await AskAsync(statement, limits, cancellationToken);
            var rows = EngineRows.Decode(result.Bytes, most, out var truncated);
            var ordinals = new Dictionary<string, int>(columns.Count, StringComparer.Ordinal);
            for (var i = 0; i < columns.Count; i++)
                ordinals[columns[i]] = i;
            return new ResultTable(columns, [.. rows.Select(values => new ResultRow(ordinals, values))], truncated, result.RowsRead, result.Elapsed);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }

    private async Task<EngineResult> AskAsync(SqlStatement statement, QueryLimits limits, CancellationToken cancellationToken)
    {
        if (work is null)
        {
            var answer = await engine.QueryAsync(statement.Sql, statement.Parameters, EngineRows.Format, limits, cancellationToken);
            activity?.Answered();
            return answer;
        }
        var name = work.Begin(LookAsync);
        var (rows, bytes) = (0L, 0L);
        try
        {
            var result = await engine.QueryAsync(statement.Sql, statement.Parameters, EngineRows.Format, limits with { Name = name }, cancellationToken);
            activity?.Answered();
            (rows, bytes) = (result.RowsRead, result.BytesRead);
            return result;
        }
        finally
        {
            work.End(name, rows, bytes);
        }
    }

    private async Task<QueryProgress?> LookAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.ProgressAsync(name, cancellationToken);
        }
        catch (EngineException)
        {
            // Whoever looks wants a number for a bar; the query itself tells what is wrong.
            return null;
        }
    }

    public async Task<ScanEnd> ScanAsync(TelemetryQuery query, Action<IRowView> visit, CancellationToken cancellationToken)
    {
        var statement = SqlBuilder.Build(query);
        try
        {
            var limits = new QueryLimits(query.Budget.MaxTime, query.Budget.MaxMemoryBytes, query.Limit + 1L, RowOverflow.Break);
            using var result = await AskAsync(statement, limits, cancellationToken);
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
                // Reading a large answer stops when the caller has cancelled.
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

    // An impossible duration is reported as the longest duration, not as an error.
    public long Int64(int column) => rows.IsNull(column)
        ? 0
        : _unsigned[column] ? (long)Math.Min(rows.GetUInt64(column), long.MaxValue) : rows.GetInt64(column);

    public ReadOnlySpan<byte> Bytes(int column) => rows.IsNull(column) ? default : rows.GetBytes(column);

    public string Text(int column) => rows.IsNull(column) ? "" : rows.GetString(column);
}
