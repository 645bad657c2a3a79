using System.Globalization;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.Fields;
using Weir.Store;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Every function over every type of input, by the real engine.</summary>
public sealed class FieldEvaluationTests(SharedEngine engine)
{
    private const string Names = "text digits int float true false zero empty none";

    private static readonly object?[] Inputs = ["abc", "12", 12L, 2.5, true, false, 0L, "", null];

    private static readonly SemaphoreSlim Seeding = new(1, 1);
    private static string? _environment;

    // Expected, in the order of the rows: text "abc", digits "12", int 12, float 2.5, true, false, zero 0, empty "", none.
    [Theory]
    [InlineData("$v", "abc 12 12 2.5 true false 0 null null")]
    [InlineData("COALESCE($v, 7)", "abc 12 12 2.5 true false 0 7 7")]
    [InlineData("COALESCE($v, \"x\", 7)", "abc 12 12 2.5 true false 0 x x")]
    [InlineData("COALESCE(null, $v)", "abc 12 12 2.5 true false 0 null null")]
    [InlineData("COALESCE(TO_LOWER($v), STRING($v), \"-\")", "abc 12 12 2.5 true false 0 - -")]
    [InlineData("IF($v, \"yes\", \"no\")", "no no yes yes yes no no no no")]
    [InlineData("IF($v, 1)", "null null 1 1 1 null null null null")]
    [InlineData("IF(EQUALS($v, \"abc\"), \"a\", EQUALS($v, 12), 12, EXISTS($v), 1.5)", "a 1.5 12 1.5 1.5 1.5 1.5 1.5 null")]
    [InlineData("IF(EXISTS($v), $v, \"gone\")", "abc 12 12 2.5 true false 0  gone")]
    [InlineData("IF($v, true, null)", "null null true true true null null null null")]
    [InlineData("SWITCH($v, \"abc\", 1, \"12\", 2, 3)", "1 2 3 3 3 3 3 3 3")]
    [InlineData("SWITCH($v, \"abc\", \"A\", \"\", \"E\")", "A null null null null null null E null")]
    [InlineData("LT($v, 12.5)", "false false true true false false true false false")]
    [InlineData("LT($v, \"b\")", "true true false false false false false false false")]
    [InlineData("$v <= 12", "false false true true false false true false false")]
    [InlineData("GT($v, 2)", "false false true true false false false false false")]
    [InlineData("GTE($v, \"abc\")", "true false false false false false false false false")]
    [InlineData("$v >= 12", "false false true false false false false false false")]
    [InlineData("LT(\"a\", 1)", "false false false false false false false false false")]
    [InlineData("EQUALS($v, 12)", "false false true false false false false false false")]
    [InlineData("EQUALS($v, 12.0)", "false false true false false false false false false")]
    [InlineData("EQUALS($v, \"12\")", "false true false false false false false false false")]
    [InlineData("EQUALS($v, true)", "false false false false true false false false false")]
    [InlineData("$v = null", "false false false false false false false false true")]
    [InlineData("$v != null", "true true true true true true true true false")]
    [InlineData("$v != 12", "true true false true true true true true true")]
    [InlineData("EQUALS($v, $v)", "true true true true true true true true true")]
    [InlineData("EQUALS($v, $number)", "false false true false false false false false false")]
    [InlineData("EQUALS($gone, $missing)", "true true true true true true true true true")]
    [InlineData("IN($v, \"abc\", 2.5, false)", "true false false true false true false false false")]
    [InlineData("IN($v, \"abc\", \"12\")", "true true false false false false false false false")]
    [InlineData("EXISTS($v)", "true true true true true true true true false")]
    [InlineData("NOT($v)", "true true false false false true true true true")]
    [InlineData("!EXISTS($v)", "false false false false false false false false true")]
    [InlineData("AND($v, 1, \"true\")", "false false true true true false false false false")]
    [InlineData("OR($v, 0)", "false false true true true false false false false")]
    [InlineData("$v AND true OR false", "false false true true true false false false false")]
    [InlineData("MIN($v, 5)", "abc 12 5 2.5 true false 0 5 5")]
    [InlineData("MAX($v, \"b\")", "b b 12 2.5 true false 0 b b")]
    [InlineData("MAX($v, $number)", "abc 12 12 12 true false 12 12 12")]
    [InlineData("MIN(3, 1, 2)", "1 1 1 1 1 1 1 1 1")]
    [InlineData("MAX(INT($v), 2.5)", "2.5 12 12 2.5 2.5 2.5 2.5 2.5 2.5")]
    [InlineData("SUM($v, 1)", "1 13 13 3.5 1 1 1 1 1")]
    [InlineData("$v + $v + 1", "1 25 25 6 1 1 1 1 1")]
    [InlineData("SUB($v, 1)", "-1 11 11 1.5 -1 -1 -1 -1 -1")]
    [InlineData("10 - $v - 1", "9 -3 -3 6.5 9 9 9 9 9")]
    [InlineData("MUL($v, 2, 2)", "0 48 48 10 0 0 0 0 0")]
    [InlineData("DIV($v, 4)", "0 3 3 0.625 0 0 0 0 0")]
    [InlineData("DIV(1, $v)", "null 0.08333333333333333 0.08333333333333333 0.4 null null null null null")]
    [InlineData("DIV(1, 0)", "null null null null null null null null null")]
    [InlineData("MOD($v, 5)", "0 2 2 2.5 0 0 0 0 0")]
    [InlineData("$v % 0", "null null null null null null null null null")]
    [InlineData("LOG10($v * 10 - 20)", "null 2 2 0.6989700043360189 null null null null null")]
    [InlineData("1 + 2 * 3 - 4 / 2", "5 5 5 5 5 5 5 5 5")]
    [InlineData("(1 + 2) * 3", "9 9 9 9 9 9 9 9 9")]
    [InlineData("BUCKET($v, 5)", "null|10 - 15|10 - 15|0 - 5|null|null|0 - 5|null|null")]
    [InlineData("BUCKET($v, 0.5, 1, 10)", "null|> 10|> 10|2.5 - 3|null|null|< 1|null|null")]
    [InlineData("BUCKET(10, 4, 0, 10)", "8 - 10|8 - 10|8 - 10|8 - 10|8 - 10|8 - 10|8 - 10|8 - 10|8 - 10")]
    [InlineData("BUCKET(0.7, 0.1)", "0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8|0.7 - 0.8")]
    [InlineData("INT($v)", "0 12 12 2 0 0 0 0 0")]
    [InlineData("INT(-2.9)", "-2 -2 -2 -2 -2 -2 -2 -2 -2")]
    [InlineData("INT(1e300)", "0 0 0 0 0 0 0 0 0")]
    [InlineData("FLOAT($v)", "0 12 12 2.5 0 0 0 0 0")]
    [InlineData("BOOL($v)", "false false true true true false false false false")]
    [InlineData("BOOL(\"true\")", "true true true true true true true true true")]
    [InlineData("BOOL(\"True\")", "false false false false false false false false false")]
    [InlineData("STRING($v)", "abc 12 12 2.5 true false 0  ")]
    [InlineData("CONCAT(\"<\", $v, \">\", 1, null, true)", "<abc>1true <12>1true <12>1true <2.5>1true <true>1true <false>1true <0>1true <>1true <>1true")]
    [InlineData("TO_LOWER(CONCAT(\"ÄB\", $v))", "äbabc äb12 äb12 äb2.5 äbtrue äbfalse äb0 äb äb")]
    [InlineData("TO_LOWER($v)", "abc 12 null null null null null  null")]
    [InlineData("STARTS_WITH($v, \"a\")", "true false false false false false false false false")]
    [InlineData("ENDS_WITH($v, \"2\")", "false true false false false false false false false")]
    [InlineData("CONTAINS($v, \"b\")", "true false false false false false false false false")]
    [InlineData("CONTAINS(\"xabcx\", $v)", "true false false false false false false true false")]
    [InlineData("LENGTH($v)", "3 2 null null null null null 0 null")]
    [InlineData("LENGTH(\"äb\")", "2 2 2 2 2 2 2 2 2")]
    [InlineData("LENGTH(\"äb\", \"bytes\")", "3 3 3 3 3 3 3 3 3")]
    [InlineData("REG_MATCH($v, `^[a-z]+$`)", "true false false false false false false false false")]
    [InlineData("REG_MATCH($v, `.*`)", "true true false false false false false false false")]
    [InlineData("REG_VALUE($v, `[b1](.)`)", "c 2 null null null null null null null")]
    [InlineData("REG_VALUE($v, `[0-9]+`)", "null 12 null null null null null null null")]
    [InlineData("REG_COUNT($v, `[a-z0-9]`)", "3 2 0 0 0 0 0 0 0")]
    [InlineData("UNIX_TIMESTAMP($v)", "null null null null null null null null null")]
    [InlineData("UNIX_TIMESTAMP(\"2024-02-03T04:05:06.25+01:00\")", "1706929506.25 1706929506.25 1706929506.25 1706929506.25 1706929506.25 1706929506.25 1706929506.25 1706929506.25 1706929506.25")]
    [InlineData("EVENT_TIMESTAMP()", "1700000000.25 1700000000.25 1700000000.25 1700000000.25 1700000000.25 1700000000.25 1700000000.25 1700000000.25 1700000000.25")]
    [InlineData("INGEST_TIMESTAMP() - EVENT_TIMESTAMP()", "1 1 1 1 1 1 1 1 1")]
    [InlineData("FORMAT_TIME(\"%s\", $v)", "0 12 12 2 0 0 0 null null")]
    [InlineData("LAST($v)", "abc 12 12 2.5 true false 0  null")]
    [InlineData("$v1 AND AND($v AND $v2, $v3)", "false false false false false false false false false")]
    [InlineData("null", "null null null null null null null null null")]
    [InlineData("\"\"", "null null null null null null null null null")]
    [InlineData("$service.name", "shop shop shop shop shop shop shop shop shop")]
    [InlineData("$name = \"int\"", "false false true false false false false false false")]
    [InlineData("$kind", "server server server server server server server server server")]
    [InlineData("$duration_ms / 2", "0.75 0.75 0.75 0.75 0.75 0.75 0.75 0.75 0.75")]
    [InlineData("LT($duration_ms, 3)", "true true true true true true true true true")]
    public async Task Each_function_over_each_type(string expression, string expected)
    {
        var answers = await EvaluateAsync(expression);
        answers.ShouldBe(expected.Split(expected.Contains('|', StringComparison.Ordinal) ? '|' : ' '));
    }

    [Theory]
    [InlineData("%Y-%m-%dT%H:%M:%S", "2023-11-14T22:13:20")]
    [InlineData("%A %a %B %b %h %e %j", "Tuesday Tue November Nov Nov 14 318")]
    [InlineData("%I %p %y %C %u %w %V", "10 PM 23 20 2 2 46")]
    [InlineData("%F %T %R %D", "2023-11-14 22:13:20 22:13 11/14/23")]
    [InlineData("%s %% %Z %z", "1700000000 % UTC +0000")]
    [InlineData("plain", "plain")]
    public async Task Times_are_written_as_strftime_does(string format, string expected) =>
        (await EvaluateAsync($"FORMAT_TIME(\"{format}\", EVENT_TIMESTAMP())"))[0].ShouldBe(expected);

    [Theory]
    [InlineData("\"a\\tb\\x41\\u00e4\\101\\U0001F600\"", "a\tbAäA😀")]
    [InlineData("\"\\xc3\\xa4\"", "ä")]
    [InlineData("`a\\b\"c`", "a\\b\"c")]
    [InlineData("\"'; DROP TABLE spans; --{p0:String}\"", "'; DROP TABLE spans; --{p0:String}")]
    public async Task Strings_come_through_as_written(string expression, string expected) => (await EvaluateAsync(expression))[0].ShouldBe(expected);

    [Fact]
    public async Task A_field_filters_groups_and_aggregates()
    {
        var (store, environment) = await SeedAsync();
        var kind = Bind("IF(EXISTS($v), BUCKET($v, 10), \"gone\")");
        var answer = await store.Reader.QueryAsync(
            Query(environment, kind) with
            {
                Select = [new("key", kind), new("count", new CallExpr(Function.Count, [])), new("sum", new CallExpr(Function.Sum, [Bind("$v")]))],
                Where = Bind("NOT(EQUALS($v, true))"),
                GroupBy = [kind],
                OrderBy = [new Ordering(new FieldExpr("count"), Descending: true), new Ordering(new FieldExpr("key"))],
            },
            CancellationToken.None);
        answer.All("rows").Select(r => (r.TextOrNull("key"), r.Long("count"), r.Double("sum") ?? 0)).ShouldBe(
            [("0 - 10", 2, 2.5), ("10 - 20", 2, 12), (null, 3, 0), ("gone", 1, 0)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_field_of_mixed_types_is_compared_as_an_attribute_is()
    {
        var (store, environment) = await SeedAsync();
        var mixed = Bind("IF(EXISTS($v), $v, 99)");
        foreach (var (filter, rows) in new (Expr, string)[]
        {
            (new CompareExpr(CompareOp.GreaterOrEqual, mixed, new ConstExpr(12L)), "int none"),
            (new CompareExpr(CompareOp.Equal, mixed, new ConstExpr("12")), "digits int"),
            (new CompareExpr(CompareOp.Equal, mixed, new ConstExpr(true)), "true"),
            (new InExpr(mixed, [2.5, 99.0]), "float none"),
            (new CompareExpr(CompareOp.Contains, mixed, new ConstExpr("b")), "text"),
            (new ExistsExpr(mixed), "digits empty false float int none text true zero"),
        })
        {
            var answer = await store.Reader.QueryAsync(Query(environment, new FieldExpr("name")) with { Where = filter }, CancellationToken.None);
            string.Join(' ', answer.All("rows").Select(r => r.Text("value")).Order(StringComparer.Ordinal)).ShouldBe(rows, filter.ToString());
        }
    }

    [Fact]
    public async Task A_resource_attribute_counts_where_the_record_has_none()
    {
        (await EvaluateAsync("SUM($host.cpus, 1)")).ShouldAllBe(v => v == "5");
        (await EvaluateAsync("EQUALS($host.name, \"h1\") AND EQUALS($host.up, true) AND NOT(EQUALS($host.cpus, \"4\"))")).ShouldAllBe(v => v == "true");
    }

    [Fact]
    public async Task The_records_value_of_another_type_goes_before_the_resources()
    {
        (await EvaluateAsync("EQUALS($number, \"twelve\")")).ShouldAllBe(v => v == "false");
        (await EvaluateAsync("STRING($number)")).ShouldAllBe(v => v == "12");
    }

    private async Task<string[]> EvaluateAsync(string expression)
    {
        var (store, environment) = await SeedAsync();
        var answer = await store.Reader.QueryAsync(Query(environment, Bind(expression)), CancellationToken.None);
        var values = answer.All("rows").ToDictionary(r => r.Text("name"), r => Shown(r["value"]));
        return [.. Names.Split(' ').Select(name => values[name])];
    }

    private static Expr Bind(string expression) => CalculatedField.Parse(expression).Bind(static name => name switch
    {
        "service.name" => new FieldExpr("service"),
        "name" => new FieldExpr("name"),
        "kind" => new FieldExpr("kind"),
        "duration_ms" => new CallExpr(Function.Divide, [new FieldExpr("duration_ns"), new ConstExpr(1e6)]),
        _ => new AttributeExpr(name),
    });

    private static TelemetryQuery Query(string environment, Expr value) => new()
    {
        Signal = Signal.Spans,
        Environment = environment,
        Select = [new("name", new FieldExpr("name")), new("value", value)],
        Limit = 100,
    };

    internal static string Shown(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private async Task<(ClickHouseStore Store, string Environment)> SeedAsync()
    {
        var store = await SharedStore.OpenAsync(engine);
        await Seeding.WaitAsync();
        try
        {
            if (_environment is null)
            {
                var environment = Guid.NewGuid().ToString("N");
                var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
                foreach (var (name, value) in Names.Split(' ').Zip(Inputs))
                    Add(batch.Spans, environment, name, value);
                await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
                _environment = environment;
            }
        }
        finally
        {
            Seeding.Release();
        }
        return (store, _environment);
    }

    private static void Add(SpanBlock spans, string environment, string name, object? value)
    {
        spans.Environment.Append(environment);
        spans.Service.Append("shop");
        spans.Name.Append(name);
        spans.Kind.Append(SpanKind.Server);
        spans.StartTime.Append(1_700_000_000_250_000_000);
        spans.ReceivedAt.Append(1_700_000_001_250_000_000);
        spans.DurationNs.Append(1_500_000);
        spans.Resource.Append("""{"host.name":"h1","host.cpus":4,"host.up":true,"number":"twelve"}""");
        switch (value)
        {
            case string text:
                spans.Attributes.Add("v"u8, text);
                break;
            case long number:
                spans.Attributes.Add("v"u8, number);
                break;
            case double number:
                spans.Attributes.Add("v"u8, number);
                break;
            case bool flag:
                spans.Attributes.Add("v"u8, flag);
                break;
        }
        spans.Attributes.Add("number"u8, 12.0);
        spans.EndRow();
    }
}
