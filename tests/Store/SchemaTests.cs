using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Read;
using Weir.Store.Schema;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The tables against the blocks that are loaded into them, and the upgrade itself.</summary>
public sealed class SchemaTests(SharedEngine engine)
{
    public static TheoryData<Signal> Signals => [.. SignalTable.All];

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task A_block_has_the_columns_of_its_table_with_the_same_types(Signal signal)
    {
        await SharedStore.OpenAsync(engine);
        var rows = await EngineRows.ReadAsync(
            engine.Engine,
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND default_kind = ''",
            [EngineParameter.Text("table", SignalTable.Name(signal))],
            CancellationToken.None);
        var table = rows.ToDictionary(r => (string)r[0]!, r => (string)r[1]!);
        TableLayouts.ColumnsOf(signal).ToDictionary(c => c.Name, c => c.Type).ShouldBe(table, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Every_field_can_be_queried(Signal signal)
    {
        var store = await SharedStore.OpenAsync(engine);
        foreach (var field in SignalFields.Names(signal))
        {
            var answer = await store.Reader.QueryAsync(
                new() { Signal = signal, Select = [new("value", new Weir.Core.Query.FieldExpr(field))], Limit = 1, Environment = "nobody" },
                CancellationToken.None);
            answer.All("rows").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_upgrade_runs_each_file_once()
    {
        await SharedStore.OpenAsync(engine);
        (await SchemaUpgrade.RunAsync(engine.Engine, CancellationToken.None)).ShouldBe(0);
        SchemaUpgrade.Files().Select(f => f.Version).ShouldBe(Enumerable.Range(1, SchemaUpgrade.Files().Count));
    }

    [Theory]
    [InlineData("SELECT 1;\n-- a remark; with a semicolon\nSELECT 2;\n", new[] { "SELECT 1", "SELECT 2" })]
    [InlineData("SELECT ';';\n\n\nSELECT\n  2", new[] { "SELECT ';'", "SELECT\n  2" })]
    [InlineData("-- nothing\n", new string[0])]
    public void A_file_is_split_at_semicolons_that_end_a_line(string sql, string[] statements) =>
        SchemaUpgrade.Statements(sql).ShouldBe(statements);
}
