using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>
/// What the journal's loads rely on: an insert of one block is known again by its token in each day's partition, whatever rows it lost or
/// gained since, and so are the rows that views make of it.
/// </summary>
public sealed class LoadOnceTests(SharedEngine engine)
{
    private const long Day = 86_400_000_000_000;
    private const long Now = 20_700 * Day;

    [Fact]
    public async Task A_block_that_lost_rows_is_recognised_by_its_token()
    {
        var (store, service, token) = await BeginAsync();
        await LoadAsync(store, service, token, (Now, 5), (Now + Day, 3));
        await LoadAsync(store, service, token, (Now, 5), (Now + Day, 3));
        await LoadAsync(store, service, token, (Now, 2), (Now + Day, 3));
        (await CountAsync(service)).ShouldBe((8, 8));
    }

    [Fact]
    public async Task Loaded_days_are_recognised_and_missing_days_are_loaded()
    {
        var (store, service, token) = await BeginAsync();
        await LoadAsync(store, service, token, (Now, 5));
        await LoadAsync(store, service, token, (Now, 5), (Now + Day, 3), (Now + (2 * Day), 4));
        await LoadAsync(store, service, token, (Now + Day, 3));
        await LoadAsync(store, service, token + "-1", (Now + Day, 1));
        (await CountAsync(service)).ShouldBe((13, 13));
    }

    [Fact]
    public async Task Rows_of_many_days_need_no_more_than_one_insert()
    {
        var (store, service, token) = await BeginAsync();
        await LoadAsync(store, service, token, [.. Enumerable.Range(0, 120).Select(d => (Now - (d * Day), 1))]);
        (await CountAsync(service)).ShouldBe((120, 120));
    }

    [Fact]
    public async Task Columns_of_any_number_are_noted_without_a_long_statement()
    {
        var (store, service, token) = await BeginAsync();
        var facts = Enumerable.Range(0, 20_000)
            .Select(i => new ColumnFact(Signal.Spans, 20_000 + (i % 400), "default", service, $"key {i}", ColumnKind.String, false)).ToHashSet();
        await store.Loader.NoteColumnsAsync(facts, token, CancellationToken.None);
        await store.Loader.NoteColumnsAsync(facts, token, CancellationToken.None);
        (await NumberAsync($"SELECT uniqExact(key) FROM column_keys WHERE dataset = '{service}'")).ShouldBe(20_000);
    }

    private async Task<(ClickHouseStore Store, string Service, string Token)> BeginAsync() =>
        (await SharedStore.OpenAsync(engine), "once-" + Guid.NewGuid().ToString("n"), Guid.NewGuid().ToString("n"));

    private static async Task LoadAsync(ClickHouseStore store, string service, string token, params (long Time, int Rows)[] parts)
    {
        var block = new SpanBlock();
        foreach (var (time, rows) in parts)
        {
            for (var row = 0; row < rows; row++)
            {
                block.TraceId.Append(new TraceId((ulong)service.GetHashCode(StringComparison.Ordinal), (ulong)(time + row)));
                block.StartTime.Append(time + row);
                block.Service.Append(service);
                block.EndRow();
            }
        }
        await store.Loader.LoadAsync(block, token, CancellationToken.None);
    }

    /// <summary>Rows, and traces that the view noted once.</summary>
    private async Task<(long Rows, long Traces)> CountAsync(string service) => (
        await NumberAsync($"SELECT count() FROM spans WHERE service = '{service}'"),
        await NumberAsync($"SELECT count() FROM trace_times WHERE trace_id IN (SELECT trace_id FROM spans WHERE service = '{service}')"));

    private async Task<long> NumberAsync(string sql)
    {
        using var result = await engine.Engine.QueryAsync(sql, [], "TSV", QueryLimits.Default, CancellationToken.None);
        return long.Parse(System.Text.Encoding.UTF8.GetString(result.Bytes.Span));
    }
}
