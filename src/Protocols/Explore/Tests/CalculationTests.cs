using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Every calculation over rows in the engine.</summary>
public sealed class CalculationTests(SharedEngine engine)
{
    [Theory]
    [InlineData("""{"op":"COUNT"}""", "5")]
    [InlineData("""{"op":"COUNT","column":"n"}""", "4")]
    [InlineData("""{"op":"SUM","column":"n"}""", "100")]
    [InlineData("""{"op":"AVG","column":"n"}""", "25")]
    [InlineData("""{"op":"MIN","column":"n"}""", "10")]
    [InlineData("""{"op":"MAX","column":"n"}""", "40")]
    [InlineData("""{"op":"COUNT_DISTINCT","column":"who"}""", "2")]
    [InlineData("""{"op":"P001","column":"n"}""", "10")]
    [InlineData("""{"op":"P50","column":"n"}""", "20")]
    [InlineData("""{"op":"P999","column":"n"}""", "40")]
    [InlineData("""{"op":"MAX","column":"duration_ms"}""", "500")]
    [InlineData("""{"op":"SUM","column":"who"}""", "-")]
    [InlineData("""{"op":"AVG","column":"nobody.has.this"}""", "-")]
    [InlineData("""{"op":"COUNT_DISTINCT","column":"nobody.has.this"}""", "0")]
    [InlineData("""{"op":"COUNT","name":"adas","filters":[{"column":"who","op":"=","value":"ada"}]}""", "2")]
    [InlineData("""{"op":"SUM","column":"n","name":"x","filters":[{"column":"who","op":"=","value":"ada"},{"column":"n","op":"=","value":40}],"filter_combination":"OR"}""", "70")]
    [InlineData("""{"op":"RATE_SUM","column":"n"}""", "2.222222")]
    [InlineData("""{"op":"RATE_MAX","column":"n"}""", "1.111111")]
    [InlineData("""{"op":"RATE_AVG","column":"n"}""", "1.111111")]
    [InlineData("""{"op":"CONCURRENCY"}""", "0.0025")]
    public async Task One_value(string calculation, string expected)
    {
        var result = await (await SeedAsync()).AskAsync($$"""{"calculations":[{{calculation}}]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe(expected);
    }

    [Fact]
    public async Task Points_in_time_of_each_group()
    {
        var result = await (await SeedAsync()).AskAsync(
            """{"calculations":[{"op":"COUNT"},{"op":"RATE_SUM","column":"n"},{"op":"P50","column":"n"}],"breakdowns":["who"],"granularity":300,"orders":[{"column":"who"}]}""");
        ExploreRows.Table(result).ShouldBe("ada: 2 10 10\nbob: 2 10 30\n-: 1 - -");
        Points(result.Groups[0]).ShouldBe("1 1 | - 10 | 10 20");
        Points(result.Groups[1]).ShouldBe("1 1 | - 10 | 30 40");
        Points(result.Total).ShouldBe("2 3 | - 20 | 10 20");
    }

    [Fact]
    public async Task Sampled_rows_that_come_while_a_query_runs_are_counted_by_their_rate()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(0, name: "before").StoreAsync();
        var late = ExploreRows.Over(await SharedStore.OpenAsync(engine), rows.Environment).Span(1, name: "late", rate: 10);
        var reader = new ReaderWithLateRows(rows.Reader, async () => await late.StoreAsync());
        var result = await rows.AskAsync("""{"calculations":[{"op":"COUNT"}],"breakdowns":["name"],"orders":[{"column":"name"}]}""", reader);
        ExploreRows.Table(result).ShouldBe("before: 1\nlate: 10");
        result.Total.Values.ShouldBe([11L]);
    }

    [Fact]
    public async Task Rows_that_are_sampled_only_in_the_compared_period_count_by_their_rate_there()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(-3001, rate: 10).Span(1).Span(2).StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"COUNT"}],"compare_time_offset_seconds":3600}""");
        (result.Total.Values[0], result.Compared!.Total.Values[0]).ShouldBe((2L, 10L));
    }

    [Fact]
    public async Task Rows_stand_for_as_many_as_their_sample_rate_says()
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Event(1, """{"v":200,"who":"ada"}""", rate: 10).Event(2, """{"v":1100,"who":"bob"}""", rate: 10).StoreAsync();
        var result = await rows.AskAsync(
            """{"calculations":[{"op":"COUNT"},{"op":"AVG","column":"v"},{"op":"SUM","column":"v"},{"op":"COUNT_DISTINCT","column":"who"},{"op":"MAX","column":"v"},{"op":"COUNT","column":"who"}]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("20 650 13000 2 1100 20");
        // How many rows there were, nobody counted.
        result.Statistics.RowsMatched.ShouldBeNull();
        (await (await SeedAsync()).AskAsync("{}")).Statistics.RowsMatched.ShouldBe(5);
    }

    [Fact]
    public async Task A_percentile_leans_to_the_rows_that_stand_for_many()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Event(1, """{"v":1}""", rate: 99).Event(2, """{"v":1000}""", rate: 1).StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"P10","column":"v"},{"op":"HEATMAP","column":"v"}]}""");
        ((double)result.Total.Values[0]!).ShouldBe(1, 1);
        result.Heatmaps.ShouldHaveSingleItem().Cells.Select(c => c.Rows).ShouldBe([99, 1]);
    }

    [Fact]
    public async Task A_heatmap_has_octaves_for_wide_values_and_even_bins_for_near_ones()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 100; i++)
            rows.Span(i * 6, $$"""{"near":{{100 + i}},"same":7}""", ms: Math.Pow(1.1, i) - 1);
        await rows.StoreAsync();
        var result = await rows.AskAsync(
            """{"calculations":[{"op":"HEATMAP","column":"duration_ms"},{"op":"HEATMAP","column":"near"},{"op":"HEATMAP","column":"same"},{"op":"HEATMAP","column":"none"}]}""");
        foreach (var heatmap in result.Heatmaps.Take(3))
        {
            heatmap.Cells.Sum(c => c.Rows).ShouldBe(100);
            heatmap.Bounds.ShouldBe(heatmap.Bounds.Order());
            heatmap.Cells.ShouldAllBe(c => c.Bin >= 0 && c.Bin < heatmap.Bounds.Count - 1 && c.Bucket >= 0 && c.Bucket < 10);
        }
        result.Heatmaps[0].IsLogarithmic.ShouldBeTrue();
        result.Heatmaps[1].IsLogarithmic.ShouldBeFalse();
        result.Heatmaps[1].Bounds[0].ShouldBe(100);
        result.Heatmaps[3].Cells.ShouldBeEmpty();
    }

    [Fact]
    public async Task Concurrency_is_the_share_of_the_bucket_that_spans_overlap()
    {
        // 60 s buckets: one span over a bucket and a half, one within a bucket, one that outlasts the question.
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(30, ms: 90_000).Span(130, ms: 6_000).Span(570, ms: 600_000).StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"CONCURRENCY"}]}""");
        ExploreRows.Line(result.Total.Points![0]).ShouldBe("0.5 1 0.1 0 0 0 0 0 0 0.5");
        ExploreRows.Line(result.Total.Values).ShouldBe("0.21");
    }

    [Fact]
    public async Task Formulas_take_the_place_of_calculations_and_can_order()
    {
        var result = await (await SeedAsync()).AskAsync(
            """
            {"calculations":[{"op":"SUM","column":"n","name":"s"},{"op":"COUNT"}],"breakdowns":["who"],
             "formulas":[{"name":"mean","expression":"DIV($s, $COUNT)"},{"name":"none","expression":"DIV(1, SUB($COUNT, $COUNT))"}],
             "orders":[{"column":"mean","order":"descending"}]}
            """);
        result.ValueColumns.Select(c => c.Name).ShouldBe(["mean", "none"]);
        ExploreRows.Table(result).Split('\n')[..2].ShouldBe(["bob: 35 -", "ada: 15 -"]);
    }

    [Fact]
    public async Task What_is_not_a_finite_number_counts_for_nothing()
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Span(1, """{"v":"NaN"}""").Span(2, """{"v":"Infinity"}""").Span(3, """{"v":5}""").Span(4, """{"v":"text"}""").Span(5, """{"v":true}""").StoreAsync();
        var result = await rows.AskAsync(
            """{"calculations":[{"op":"SUM","column":"v"},{"op":"MAX","column":"v"},{"op":"AVG","column":"v"},{"op":"P99","column":"v"},{"op":"COUNT","column":"v"},{"op":"HEATMAP","column":"v"}]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("5 5 5 5 5");
        result.Heatmaps[0].Cells.Sum(c => c.Rows).ShouldBe(1);
    }

    [Fact]
    public async Task More_groups_than_the_limit_are_others_and_still_in_the_total()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 60; i++)
            rows.Span(i, $$"""{"user":"u{{i / 3}}","n":{{i}}}""");
        await rows.StoreAsync();
        var result = await rows.AskAsync(
            """{"calculations":[{"op":"MAX","column":"n"},{"op":"COUNT"},{"op":"AVG","column":"n"}],"breakdowns":["user"],"limit":2,"orders":[{"op":"MAX","column":"n","order":"descending"}]}""");
        ExploreRows.Table(result).ShouldBe("u19: 59 3 58\nu18: 56 3 55");
        ExploreRows.Line(result.Total.Values).ShouldBe("59 60 29.5");
        ExploreRows.Line(result.Other!).ShouldBe("53 54 26.5");
    }

    [Fact]
    public async Task Many_cells_are_asked_groups_first_and_give_the_same()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 12_000; i++)
            rows.Span(i % 600, $$"""{"user":"user-{{i}}","n":{{i % 7}}}""");
        for (var i = 0; i < 10; i++)
            rows.Span(i * 60, """{"user":"user-5","n":3}""");
        await rows.StoreAsync();
        const string spec = """{"calculations":[{"op":"COUNT"},{"op":"SUM","column":"n"},{"op":"P50","column":"n"}],"breakdowns":["user","name"],"limit":3,"granularity":1}""";
        var once = await rows.AskAsync(spec);
        const string heatmap = """{"calculations":[{"op":"HEATMAP","column":"n"}],"breakdowns":["user"],"limit":3,"granularity":1}""";
        var heatmapOnce = await rows.AskAsync(heatmap);
        GroupRunner.MostCells = 1000;
        try
        {
            var twice = await rows.AskAsync(spec);
            (await rows.AskAsync(heatmap)).Groups.Select(g => g.Key).ShouldBe(heatmapOnce.Groups.Select(g => g.Key));
            ExploreRows.Table(twice).ShouldBe(ExploreRows.Table(once));
            ExploreRows.Line(twice.Total.Values).ShouldBe(ExploreRows.Line(once.Total.Values));
            ExploreRows.Line(twice.Other!).ShouldBe(ExploreRows.Line(once.Other!));
            twice.Groups.Select(Points).ShouldBe(once.Groups.Select(Points));
        }
        finally
        {
            GroupRunner.MostCells = 100_000;
        }
        once.Groups[0].Key.ShouldBe(["user-5", "GET /"]);
        ExploreRows.Line(once.Groups[0].Values).ShouldBe("11 35 3");
        once.Groups[0].Points![0].Count(p => p is not null).ShouldBe(11);
        ExploreRows.Line(once.Other!.Take(2)).ShouldBe($"{12_010 - 13} {(double)once.Total.Values[1]! - once.Groups.Sum(g => (double)g.Values[1]!)}");
    }

    private static string Points(ResultGroup group) => string.Join(" | ", group.Points!.Select(ExploreRows.Line));

    private async Task<ExploreRows> SeedAsync() => await (await ExploreRows.OpenAsync(engine))
        .Span(0, """{"n":10,"who":"ada"}""", ms: 500)
        .Span(30, """{"n":30,"who":"bob"}""", ms: 250)
        .Span(540, """{"n":20,"who":"ada"}""", ms: 250)
        .Span(570, """{"n":40,"who":"bob"}""", ms: 500)
        .Span(400, ms: 0)
        .StoreAsync();
}
