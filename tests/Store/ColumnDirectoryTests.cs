using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Store.Schema;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>Which columns the directory lists after blocks were loaded.</summary>
public sealed class ColumnDirectoryTests(SharedEngine engine)
{
    private const long Day = 1_790_000_000_000_000_000;

    [Fact]
    public async Task Keys_are_listed_with_their_types_and_signals_of_the_datasets_that_have_them()
    {
        var (store, name) = await LoadAsync((batch, shop) =>
        {
            batch.Spans.Attributes.Add("dir.route"u8, "/cart");
            batch.Spans.Attributes.Add("dir.size"u8, 12L);
            Span(batch, shop, """{"dir.host":"h1","dir.cpus":4,"dir.load":0.5,"dir.up":true,"dir.none":null}""");
            batch.Spans.Attributes.Add("dir.size"u8, 1.5);
            batch.Spans.Attributes.Add("dir.hit"u8, true);
            Span(batch, shop, "");
            batch.Spans.Attributes.Add("dir.other"u8, "only the other service has it");
            Span(batch, shop + "-other", "");
            batch.Logs.Attributes.Add("dir.route"u8, 7L);
            batch.Logs.Time.Append(Day);
            batch.Logs.Service.Append(shop);
            batch.Logs.EndRow();
            batch.Events.Attributes.Add("dir.event"u8, "e");
            batch.Events.Time.Append(Day);
            batch.Events.Service.Append("ignored");
            batch.Events.Dataset.Append(shop + "-events");
            batch.Events.EndRow();
        });
        (await ColumnsAsync(store, name)).ShouldBe(
            [
                "dir.cpus Integer Spans resource", "dir.hit Boolean Spans", "dir.host String Spans resource", "dir.load Float Spans resource", "dir.route String+Integer Spans+Logs",
                "dir.size Integer+Float Spans", "dir.up Boolean Spans resource",
            ]);
        (await ColumnsAsync(store, name + "-other")).ShouldBe(["dir.other String Spans"]);
        (await ColumnsAsync(store, name + "-events")).ShouldBe(["dir.event String Events"]);
        (await ColumnsAsync(store, name, new ColumnQuestion([name], [Signal.Logs], "", null, 10))).ShouldBe(["dir.route Integer Logs"]);
        (await ColumnsAsync(store, name, new ColumnQuestion([name], [], "ROUTE", null, 10))).ShouldBe(["dir.route String+Integer Spans+Logs"]);
        (await ColumnsAsync(store, name, new ColumnQuestion([name], [], "dir.", null, 2))).Count.ShouldBe(2);
        (await ColumnsAsync(store, name, new ColumnQuestion([name], [], "", new DateOnly(2030, 1, 1), 10))).ShouldBeEmpty();
        var datasets = await store.Columns.DatasetsAsync(CancellationToken.None);
        datasets.First(d => d.Name == name).Signals.ShouldBe([Signal.Spans, Signal.Logs]);
        datasets.First(d => d.Name == name + "-events").Signals.ShouldBe([Signal.Events]);
        datasets.First(d => d.Name == name).LastWritten.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_segment_that_is_loaded_again_lists_nothing_twice()
    {
        var store = await SharedStore.OpenAsync(engine);
        var name = NewName();
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        batch.Spans.Attributes.Add("again"u8, "x");
        Span(batch, name, "");
        var token = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 3; i++)
            await new ClickHouseLoaderOfAnotherRun(store).LoadAsync(batch.Spans, token);
        (await ColumnsAsync(store, name)).ShouldBe(["again String Spans"]);
    }

    [Fact]
    public async Task A_key_with_any_characters_is_listed_as_it_is()
    {
        string[] keys = ["quote\"d", "back\\slash", "new\nline", "ключ", "'; DROP TABLE column_keys; --", "tab\there", "{rows:String}", "nul\0byte"];
        var (store, name) = await LoadAsync((batch, shop) =>
        {
            foreach (var key in keys)
                batch.Spans.Attributes.Add(System.Text.Encoding.UTF8.GetBytes(key), 1L);
            Span(batch, shop, "");
        });
        var listed = await store.Columns.ColumnsAsync(new ColumnQuestion([name], [], "", null, 100), CancellationToken.None);
        listed.Select(c => c.Key).ShouldBe(keys, ignoreOrder: true);
    }

    [Fact]
    public async Task Every_key_of_a_block_of_many_services_and_days_is_listed_under_its_own()
    {
        var (store, name) = await LoadAsync((batch, shop) =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                batch.Spans.Attributes.Add(System.Text.Encoding.UTF8.GetBytes($"key{i % 100}"), $"value {i}");
                if (i == 777)
                    batch.Spans.Attributes.Add("rare"u8, 1.0);
                Span(batch, $"{shop}-{i % 300}", "", Day + (i % 3 * 86_400_000_000_000L));
            }
        });
        (await ColumnsAsync(store, $"{name}-177")).ShouldBe(["key77 String Spans", "rare Float Spans"]);
        (await ColumnsAsync(store, $"{name}-178")).ShouldBe(["key78 String Spans"]);
    }

    [Fact]
    public async Task The_migration_lists_rows_stored_before_the_directory_existed()
    {
        var (store, name) = await LoadAsync((batch, shop) =>
        {
            batch.Spans.Attributes.Add("old"u8, 1L);
            Span(batch, shop, """{"old.host":"h","old.n":1.5}""");
            batch.Spans.Attributes.Add("old"u8, "x");
            Span(batch, shop, "");
        });
        await engine.Engine.ExecuteAsync("DELETE FROM column_keys WHERE dataset = {name:String}", [EngineParameter.Text("name", name)], CancellationToken.None);
        (await ColumnsAsync(store, name)).ShouldBeEmpty();
        var migration = SchemaUpgrade.Files().Single(f => f.Name.Contains("column_keys", StringComparison.Ordinal));
        foreach (var statement in SchemaUpgrade.Statements(migration.Sql).Where(s => s.StartsWith("INSERT", StringComparison.Ordinal)))
            await engine.Engine.ExecuteAsync(statement, [], CancellationToken.None);
        (await ColumnsAsync(store, name)).ShouldBe(["old String+Integer Spans", "old.host String Spans resource", "old.n Float Spans resource"]);
    }

    private static async Task<IReadOnlyList<string>> ColumnsAsync(ClickHouseStore store, string dataset, ColumnQuestion? question = null)
    {
        var columns = await store.Columns.ColumnsAsync(question ?? new ColumnQuestion([dataset], [], "", null, 1_000), CancellationToken.None);
        return [.. columns.Select(c => $"{c.Key} {string.Join('+', c.Types)} {string.Join('+', c.Signals)}{(c.OnResource ? " resource" : "")}").Order(StringComparer.Ordinal)];
    }

    private async Task<(ClickHouseStore Store, string Name)> LoadAsync(Action<IngestBatch, string> fill)
    {
        var store = await SharedStore.OpenAsync(engine);
        var name = NewName();
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        fill(batch, name);
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        return (store, name);
    }

    private static string NewName() => "directory-" + Guid.NewGuid().ToString("N");

    private static void Span(IngestBatch batch, string service, string resource, long time = Day)
    {
        batch.Spans.StartTime.Append(time);
        batch.Spans.Service.Append(service);
        batch.Spans.Resource.Append(resource);
        batch.Spans.EndRow();
    }

    /// <summary>A loader that has not seen what earlier ones noted, as after a restart.</summary>
    private sealed class ClickHouseLoaderOfAnotherRun(ClickHouseStore store)
    {
        public Task LoadAsync(Block block, string token) => new Weir.Store.Write.ClickHouseLoader(store.Engine, TimeProvider.System)
            .LoadAsync(block, token, CancellationToken.None);
    }
}
