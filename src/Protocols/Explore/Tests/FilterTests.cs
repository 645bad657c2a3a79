using Shouldly;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Filters, groups, relations and datasets over rows in the engine: which rows a question is about.</summary>
public sealed class FilterTests(SharedEngine engine)
{
    // Rows: a = 1 "x" true; b = 2 "xy"; c = "2" as text; d has nothing.
    [Theory]
    [InlineData("""{"column":"v","op":"=","value":2}""", "b")]
    [InlineData("""{"column":"v","op":"=","value":"2"}""", "b c")]
    [InlineData("""{"column":"v","op":"!=","value":2}""", "a c d")]
    [InlineData("""{"column":"v","op":">","value":1}""", "b")]
    [InlineData("""{"column":"v","op":">=","value":1}""", "a b")]
    [InlineData("""{"column":"v","op":"<","value":2}""", "a")]
    [InlineData("""{"column":"v","op":"<=","value":2.0}""", "a b")]
    [InlineData("""{"column":"v","op":"in","value":[1,"2"]}""", "a b c")]
    [InlineData("""{"column":"v","op":"not-in","value":[1]}""", "b c d")]
    [InlineData("""{"column":"t","op":"starts-with","value":"x"}""", "a b")]
    [InlineData("""{"column":"t","op":"does-not-start-with","value":"x"}""", "c d")]
    [InlineData("""{"column":"t","op":"ends-with","value":"y"}""", "b")]
    [InlineData("""{"column":"t","op":"does-not-end-with","value":"y"}""", "a c d")]
    [InlineData("""{"column":"t","op":"contains","value":"xy"}""", "b")]
    [InlineData("""{"column":"t","op":"does-not-contain","value":"xy"}""", "a c d")]
    [InlineData("""{"column":"t","op":"matches","value":"^x.?$"}""", "a b")]
    [InlineData("""{"column":"t","op":"does-not-match","value":"^x$"}""", "b c d")]
    [InlineData("""{"column":"v","op":"exists"}""", "a b c")]
    [InlineData("""{"column":"v","op":"does-not-exist"}""", "d")]
    [InlineData("""{"column":"v","op":"=","value":null}""", "d")]
    [InlineData("""{"column":"flag","op":"=","value":true}""", "a")]
    [InlineData("""{"column":"flag","op":"!=","value":true}""", "b c d")]
    [InlineData("""{"column":"error","op":"=","value":true}""", "c")]
    [InlineData("""{"column":"error","op":"does-not-exist"}""", "a b d")]
    [InlineData("""{"column":"duration_ms","op":">","value":15}""", "b c d")]
    [InlineData("""{"column":"duration_ms","op":"=","value":"20"}""", "b")]
    [InlineData("""{"column":"duration_ms","op":"=","value":"x"}""", "")]
    [InlineData("""{"column":"name","op":"in","value":["a","d"]}""", "a d")]
    [InlineData("""{"column":"name","op":"=","value":7}""", "")]
    [InlineData("""{"column":"pod","op":"=","value":"p1"}""", "a b")]
    [InlineData("""{"column":"status_code","op":"=","value":2}""", "c")]
    [InlineData("""{"column":"trace.parent_id","op":"does-not-exist"}""", "a b c d")]
    [InlineData("""{"column":"it's \"; DROP -- `","op":"=","value":"'; DROP"}""", "")]
    public async Task One_filter(string filter, string expected) =>
        (await NamesAsync($$"""{"filters":[{{filter}}],"breakdowns":["name"],"orders":[{"column":"name"}]}""")).ShouldBe(expected);

    [Theory]
    [InlineData("OR", "a b")]
    [InlineData("AND", "")]
    public async Task Filters_together(string combination, string expected) => (await NamesAsync(
        $$"""{"filters":[{"column":"v","op":"=","value":1},{"column":"v","op":"=","value":2}],"filter_combination":"{{combination}}","breakdowns":["name"],"orders":[{"column":"name"}]}"""))
        .ShouldBe(expected);

    [Fact]
    public async Task A_pattern_that_is_none_is_the_askers_mistake()
    {
        var error = await Should.ThrowAsync<SpecException>(NamesAsync("""{"filters":[{"column":"t","op":"matches","value":"("}],"breakdowns":["name"]}"""));
        error.Errors.ShouldHaveSingleItem().Field.ShouldBe("filters[0].value");
    }

    [Fact]
    public async Task Groups_have_the_type_of_their_rows_and_mixed_ones_are_text()
    {
        var rows = await SeedAsync();
        (await rows.AskAsync("""{"breakdowns":["v"],"orders":[{"column":"v"}]}""")).Groups.Select(g => g.Key[0]).ShouldBe(["1", "2", null]);
        (await rows.AskAsync("""{"breakdowns":["whole"],"orders":[{"column":"whole"}]}""")).Groups.Select(g => g.Key[0]).ShouldBe([7L, 8.5, null]);
        (await rows.AskAsync("""{"breakdowns":["flag"],"orders":[{"column":"flag"}]}""")).Groups.Select(g => g.Key[0]).ShouldBe([true, null]);
        (await rows.AskAsync("""{"breakdowns":["error"],"orders":[{"column":"error"}]}""")).Groups.Select(g => g.Key[0]).ShouldBe([true, null]);
    }

    [Fact]
    public async Task Havings_keep_groups_and_leave_the_total()
    {
        var result = await (await SeedAsync()).AskAsync(
            """{"calculations":[{"op":"COUNT"},{"op":"MAX","column":"duration_ms"}],"breakdowns":["name"],"havings":[{"calculate_op":"MAX","column":"duration_ms","op":">","value":15},{"calculate_op":"MAX","column":"duration_ms","op":"<","value":35}],"orders":[{"column":"name"}]}""");
        ExploreRows.Table(result).ShouldBe("b: 1 20\nc: 1 30");
        ExploreRows.Line(result.Total.Values).ShouldBe("4 40");
        ExploreRows.Line(result.Other!).ShouldBe("2 40");
    }

    [Fact]
    public async Task Calculated_fields_can_be_filtered_grouped_and_calculated()
    {
        var result = await (await SeedAsync()).AskAsync(
            """
            {"calculated_fields":[{"name":"slow","expression":"GTE($duration_ms, 30)"},{"name":"label","expression":"IF($slow, \"slow\", \"fast\")"},{"name":"one","expression":"IF($slow, 1, 0)"}],
             "calculations":[{"op":"COUNT"},{"op":"SUM","column":"one"}],"breakdowns":["label"],"filters":[{"column":"label","op":"!=","value":"none"}],"orders":[{"column":"label"}]}
            """);
        ExploreRows.Table(result).ShouldBe("fast: 2 0\nslow: 2 2");
    }

    [Fact]
    public async Task Several_signals_are_one_source()
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Span(1, """{"user":"ada","n":1}""", error: true, ms: 5).Log(2, """{"user":"ada","n":"text"}""", severity: 17, body: "hello").Event(3, """{"user":"bob","n":2.5,"duration_ms":7,"error":true}""").StoreAsync();
        var result = await rows.AskAsync(
            """{"calculations":[{"op":"COUNT"},{"op":"SUM","column":"n"},{"op":"MAX","column":"duration_ms"},{"op":"COUNT_DISTINCT","column":"meta.signal_type"}],"breakdowns":["user"],"orders":[{"column":"user"}]}""");
        ExploreRows.Table(result).ShouldBe("ada: 2 1 5 2\nbob: 1 2.5 7 1");
        (await rows.AskAsync("""{"breakdowns":["error"]}""")).Groups.ShouldHaveSingleItem().Key.ShouldBe([true]);
        (await rows.AskAsync("""{"breakdowns":["meta.signal_type"],"orders":[{"column":"meta.signal_type"}],"signals":["logs","events"]}""")).Groups.Select(g => g.Key[0]).ShouldBe(["event", "log"]);
        (await rows.AskAsync("""{"filters":[{"column":"body","op":"contains","value":"ell"}]}""")).Total.Values.ShouldBe([1L]);
        (await rows.AskAsync("{}", dataset: "clicks")).Total.Values.ShouldBe([1L]);
    }

    [Theory]
    [InlineData("root.name", "=", "GET /", "1 2 3 9")]
    [InlineData("parent.name", "=", "GET /", "2 3 9")]
    [InlineData("child.name", "=", "db", "1")]
    [InlineData("any.name", "=", "cache", "1 2 3 9")]
    [InlineData("none.name", "=", "cache", "4 5 6")]
    [InlineData("none.trace.parent_id", "does-not-exist", null, "6")]
    public async Task Filters_on_other_spans_of_the_trace(string column, string op, string? value, string expected)
    {
        var spec = $$"""{"filters":[{"column":"{{column}}","op":"{{op}}"{{(value is null ? "" : $",\"value\":\"{value}\"")}}}],"breakdowns":["n"],"orders":[{"column":"n"}]}""";
        ExploreRows.Line((await (await TracesAsync()).AskAsync(spec)).Groups.Select(g => g.Key[0])).ShouldBe(expected);
    }

    [Fact]
    public async Task Filters_with_one_prefix_are_about_one_span()
    {
        var rows = await TracesAsync();
        const string both = """{"filters":[{"column":"any.name","op":"=","value":"db"},{"column":"PREFIX.n","op":"=","value":3}]}""";
        (await rows.AskAsync(both.Replace("PREFIX", "any", StringComparison.Ordinal))).Total.Values.ShouldBe([0L]);
        (await rows.AskAsync(both.Replace("PREFIX", "any2", StringComparison.Ordinal))).Total.Values.ShouldBe([4L]);
    }

    [Fact]
    public async Task Breakdowns_by_other_spans_of_the_trace()
    {
        var result = await (await TracesAsync()).AskAsync("""{"breakdowns":["root.name"],"filters":[{"column":"n","op":"exists"}],"orders":[{"column":"root.name"}]}""");
        ExploreRows.Table(result).ShouldBe("GET /: 4\nPOST /: 2\n-: 1");
    }

    [Fact]
    public async Task The_compared_period_has_the_same_groups_in_the_same_order()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(-3001, name: "a").Span(-3002, name: "a").Span(-3003, name: "z").Span(1, name: "b").Span(2, name: "b").Span(3, name: "a").StoreAsync();
        var result = await rows.AskAsync("""{"breakdowns":["name"],"compare_time_offset_seconds":3600}""");
        ExploreRows.Table(result).ShouldBe("b: 2\na: 1");
        result.Compared!.Groups.Select(g => ExploreRows.Line(g.Values)).ShouldBe(["-", "2"]);
        result.Compared.Total.Values.ShouldBe([3L]);
        result.Compared.Groups[1].Points![0][9].ShouldBe(2L);
    }

    [Fact]
    public async Task Rows_are_paged_newest_first_without_gaps()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 25; i++)
            rows.Span(i / 5, $$"""{"n":{{i}}}""", id: (ulong)i + 1);
        await rows.StoreAsync();
        var lister = new RowLister(rows.Reader, TimeProvider.System);
        var seen = new List<string>();
        RowCursor? cursor = null;
        do
        {
            var page = await lister.ListAsync(ExploreRows.Spec("{}"), new ExploreScope(rows.Environment), 7, cursor, CancellationToken.None);
            seen.AddRange(page.Rows.Select(r => r.SpanId!));
            cursor = page.Next;
        }
        while (cursor is not null);
        seen.Count.ShouldBe(25);
        seen.Distinct().Count().ShouldBe(25);
    }

    [Fact]
    public async Task Traces_behind_a_place_come_slowest_first()
    {
        var rows = await TracesAsync();
        var traces = await new TraceLister(rows.Reader, TimeProvider.System).ListAsync(
            ExploreRows.Spec("""{"breakdowns":["name"]}"""), new ExploreScope(rows.Environment),
            new ResultPlace(null, "duration_ms", 40, 1000, [("name", "GET /")]), 20, CancellationToken.None);
        var trace = traces.Traces.ShouldHaveSingleItem();
        trace.RootName.ShouldBe("GET /");
        (trace.Spans, trace.MatchDurationMs).ShouldBe((3, 100));
    }

    private async Task<string> NamesAsync(string spec) => ExploreRows.Line((await (await SeedAsync()).AskAsync(spec)).Groups.Select(g => g.Key[0]));

    private async Task<ExploreRows> SeedAsync() => await (await ExploreRows.OpenAsync(engine))
        .Span(1, """{"v":1,"t":"x","flag":true,"whole":7}""", name: "a", ms: 10, resource: """{"pod":"p1"}""")
        .Span(2, """{"v":2,"t":"xy","whole":8.5}""", name: "b", ms: 20, resource: """{"pod":"p1"}""")
        .Span(3, """{"v":"2","t":"z"}""", name: "c", ms: 30, error: true, resource: """{"pod":"p2"}""")
        .Span(4, "{}", name: "d", ms: 40)
        .StoreAsync();

    // Trace 1: GET / with children db and cache, and a log line in the root. Trace 2: POST / with a child. Trace 3: no root.
    private async Task<ExploreRows> TracesAsync() => await (await ExploreRows.OpenAsync(engine))
        .Span(1, """{"n":1}""", name: "GET /", ms: 100, trace: 1, id: 1)
        .Span(1.1, """{"n":2}""", name: "db", ms: 30, trace: 1, id: 2, parent: 1)
        .Span(1.2, """{"n":3}""", name: "cache", ms: 3, trace: 1, id: 3, parent: 1)
        .Log(1.3, """{"n":9}""", trace: 1, span: 1)
        .Span(2, """{"n":4}""", name: "POST /", ms: 10, trace: 2, id: 4)
        .Span(2.1, """{"n":5}""", name: "db2", ms: 3, trace: 2, id: 5, parent: 4)
        .Span(3, """{"n":6}""", name: "lost", ms: 3, trace: 3, id: 6, parent: 99)
        .StoreAsync();
}
