using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>Questions over rows that went the whole way: block, Native bytes, engine, SQL, result.</summary>
public sealed class ReaderTests(SharedEngine engine)
{
    private static readonly string[] HostileKeys =
    [
        "plain", "with.dots", "a`b", "q'q", "back\\slash", "sp ace", "{k:Identifier}", "ключ", "semi;colon", "per%cent", "quote\"d", "new\nline", "json.path.:Int64",
    ];

    [Fact]
    public async Task Any_key_and_any_value_come_back_and_never_are_sql()
    {
        var (store, environment) = await SeedAsync(batch =>
        {
            foreach (var key in HostileKeys)
            {
                batch.Spans.Attributes.Add(System.Text.Encoding.UTF8.GetBytes(key), "'; DROP TABLE spans; --" + key);
                batch.Spans.Attributes.Add("other"u8, key);
                Row(batch, batch.Spans);
            }
        });
        foreach (var key in HostileKeys)
        {
            var value = "'; DROP TABLE spans; --" + key;
            var answer = await store.Reader.QueryAsync(Spans(environment, new AttributeExpr(key), new CompareExpr(CompareOp.Equal, new AttributeExpr(key), new ConstExpr(value))), CancellationToken.None);
            answer.All("rows").ShouldHaveSingleItem().Text("value").ShouldBe(value, key);
        }
    }

    [Fact]
    public async Task Values_keep_their_types_in_storage_and_comparisons()
    {
        var (store, environment) = await SeedAsync(batch =>
        {
            batch.Spans.Attributes.Add("v"u8, 42L);
            Row(batch, batch.Spans);
            batch.Spans.Attributes.Add("v"u8, 42.5);
            Row(batch, batch.Spans);
            batch.Spans.Attributes.Add("v"u8, "42");
            Row(batch, batch.Spans);
            batch.Spans.Attributes.Add("v"u8, true);
            Row(batch, batch.Spans);
            Row(batch, batch.Spans);
        });
        foreach (var (filter, rows) in new (Expr, int)[]
        {
            (new CompareExpr(CompareOp.Equal, new AttributeExpr("v"), new ConstExpr(42L)), 1),
            (new CompareExpr(CompareOp.GreaterOrEqual, new AttributeExpr("v"), new ConstExpr(42.0)), 2),
            (new CompareExpr(CompareOp.Equal, new AttributeExpr("v"), new ConstExpr("42")), 2),
            (new CompareExpr(CompareOp.Equal, new AttributeExpr("v"), new ConstExpr(true)), 1),
            (new ExistsExpr(new AttributeExpr("v")), 4),
            (!new ExistsExpr(new AttributeExpr("v")), 1),
            (new InExpr(new AttributeExpr("v"), [42L, 7L]), 1),
            (new CompareExpr(CompareOp.Contains, new AttributeExpr("v"), new ConstExpr("2.")), 1),
            (!new CompareExpr(CompareOp.Equal, new AttributeExpr("v"), new ConstExpr(42L)), 4),
            (new OrExpr([]), 0),
            (new AndExpr([]), 5),
        })
        {
            var answer = await store.Reader.QueryAsync(Spans(environment, new FieldExpr("name"), filter), CancellationToken.None);
            answer.All("rows").Count.ShouldBe(rows, filter.ToString());
        }
    }

    [Fact]
    public async Task A_resource_attribute_is_found_behind_the_records_own()
    {
        var (store, environment) = await SeedAsync(batch =>
        {
            batch.Spans.Resource.Append("""{"host.name":"h1","n":7,"up":true}""");
            batch.Spans.Attributes.Add("host.name"u8, "own");
            Row(batch, batch.Spans);
            batch.Spans.Resource.Append("""{"host.name":"h1","n":7,"up":true}""");
            Row(batch, batch.Spans);
        });
        async Task<string> Values(AttributeExpr attribute) => string.Join(' ', (await store.Reader.QueryAsync(Spans(environment, attribute, null), CancellationToken.None)).All("rows").Select(r => r.Text("value")).Order());
        (await Values(new AttributeExpr("host.name"))).ShouldBe("h1 own");
        (await Values(new AttributeExpr("host.name", AttributeScope.Resource))).ShouldBe("h1 h1");
        (await Values(new AttributeExpr("n", AttributeScope.Any, AttributeType.Number))).ShouldBe("7 7");
        (await Values(new AttributeExpr("up", AttributeScope.Any, AttributeType.Bool))).ShouldBe("true true");
    }

    [Fact]
    public async Task A_truncated_result_is_marked_as_truncated()
    {
        var (store, environment) = await SeedAsync(batch =>
        {
            for (var i = 0; i < 5; i++)
                Row(batch, batch.Spans);
        });
        var four = await store.Reader.QueryAsync(Spans(environment, new FieldExpr("name"), null) with { Limit = 4 }, CancellationToken.None);
        four.Page(out var more).Count.ShouldBe(4);
        more.ShouldBeTrue();
        Should.Throw<FaultException>(() => four.All("spans")).Fault.Message.ShouldStartWith("there are more than 4 spans");
        var warnings = new List<string>();
        four.Told(warnings, "spans").Count.ShouldBe(4);
        warnings.ShouldBe(["There are more than 4 spans; the others are left out."]);
        var five = await store.Reader.QueryAsync(Spans(environment, new FieldExpr("name"), null) with { Limit = 5 }, CancellationToken.None);
        five.Page(out more).ShouldBe(five.All("spans"));
        more.ShouldBeFalse();
        five.Told(warnings, "spans");
        warnings.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Groups_aggregates_and_orders()
    {
        var (store, environment) = await SeedAsync(batch =>
        {
            for (var i = 1; i <= 100; i++)
            {
                batch.Spans.Attributes.Add("who"u8, i % 2 == 0 ? "even" : "odd");
                batch.Spans.DurationNs.Append((ulong)i);
                Row(batch, batch.Spans);
            }
        });
        var who = new AttributeExpr("who");
        var duration = new FieldExpr("duration_ns");
        var answer = await store.Reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Environment = environment,
                Select =
                [
                    new("who", who), new("count", new CallExpr(Function.Count, [])), new("max", new CallExpr(Function.Max, [duration])),
                    new("p50", new CallExpr(Function.Quantile, [duration, new ConstExpr(0.5)])), new("sum", new CallExpr(Function.Sum, [duration])),
                ],
                GroupBy = [who],
                Having = new CompareExpr(CompareOp.Greater, new CallExpr(Function.Count, []), new ConstExpr(1L)),
                OrderBy = [new Ordering(new FieldExpr("max"), Descending: true)],
                Limit = 10,
            },
            CancellationToken.None);
        answer.All("rows").Select(r => (r.Text("who"), r.Long("count"), r.Long("max"), r.Long("sum"))).ShouldBe([("even", 50, 100, 2550), ("odd", 50, 99, 2500)]);
    }

    [Theory]
    [InlineData("nothing_of_that_name")]
    [InlineData("1; DROP TABLE spans")]
    public async Task An_unknown_field_is_an_error_that_lists_the_fields(string field)
    {
        var store = await SharedStore.OpenAsync(engine);
        var error = await Should.ThrowAsync<FaultException>(() => store.Reader.QueryAsync(Spans("x", new FieldExpr(field), null), CancellationToken.None));
        error.Fault.Kind.ShouldBe(FaultKind.Invalid);
        error.Message.ShouldContain("duration_ns");
    }

    private static TelemetryQuery Spans(string environment, Expr value, Expr? where) =>
        new() { Signal = Signal.Spans, Environment = environment, Select = [new("value", value)], Where = where, Limit = 100 };

    private static void Row(IngestBatch batch, SpanBlock spans)
    {
        spans.TraceId.Append(new TraceId(1, (ulong)spans.Rows + 1));
        spans.StartTime.Append(1_795_000_000_000_000_000);
        spans.Environment.Append(batch.Protocol);
        spans.Name.Append("work");
        spans.EndRow();
    }

    private async Task<(Weir.Store.ClickHouseStore Store, string Environment)> SeedAsync(Action<IngestBatch> fill)
    {
        var store = await SharedStore.OpenAsync(engine);
        var environment = "reader-" + Guid.NewGuid().ToString("n");
        var batch = new IngestBatchPool().Rent(environment);
        fill(batch);
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        return (store, environment);
    }
}
