using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>HEATMAP and CONCURRENCY of more cells than one statement gives: nothing is left out.</summary>
public sealed class CompleteAnswerTests(SharedEngine engine)
{
    [Theory]
    [InlineData("wide")]
    [InlineData("near")]
    [InlineData("signed")]
    public async Task A_heatmap_of_many_cells_has_every_row(string column)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        var random = new Random(3);
        for (var i = 0; i < 3_000; i++)
        {
            rows.Span(i % 600, FormattableString.Invariant(
                $$"""{"wide":{{Math.Pow(2, random.NextDouble() * 30)}},"near":{{100 + random.NextDouble()}},"signed":{{random.NextDouble() - 0.5}}}"""));
        }
        await rows.StoreAsync();
        var spec = $$"""{"calculations":[{"op":"COUNT"},{"op":"HEATMAP","column":"{{column}}"}],"granularity":1}""";
        var whole = (await rows.AskAsync(spec)).Heatmaps[0];
        HeatmapRunner.MostCells = 50;
        try
        {
            var result = await rows.AskAsync(spec);
            result.Heatmaps[0].Cells.Sum(c => c.Rows).ShouldBe(3_000);
            result.Heatmaps[0].Bounds.ShouldBe(whole.Bounds);
            result.Heatmaps[0].Cells.OrderBy(c => c.Bucket).ThenBy(c => c.Bin).ShouldBe(whole.Cells.OrderBy(c => c.Bucket).ThenBy(c => c.Bin));
        }
        finally
        {
            HeatmapRunner.MostCells = 200_000;
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(7, 7, 7)]
    [InlineData(-1e308, 1e308, -1e308)]
    [InlineData(1e300, 1e300, 1e300)]
    [InlineData(0.3, 0.3000000000000004, 0.3)]
    [InlineData(-5, 12, -5)]
    [InlineData(double.MaxValue, double.MaxValue, double.MaxValue)]
    public void Even_bins_hold_all_values(double least, double greatest, double value)
    {
        var bounds = HeatmapRunner.Even(least, greatest);
        bounds.ShouldBe(bounds.Order().Distinct());
        bounds.Count.ShouldBeInRange(2, 162);
        bounds[0].ShouldBeLessThanOrEqualTo(value);
        bounds[^1].ShouldBeGreaterThanOrEqualTo(greatest);
    }

    [Fact]
    public async Task Concurrency_of_many_groups_is_that_of_all_spans()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 600; i++)
            rows.Span(i % 60 * 10, $$"""{"user":"u{{i % 40}}"}""", ms: 5_000);
        await rows.StoreAsync();
        const string spec = """{"calculations":[{"op":"CONCURRENCY"}],"breakdowns":["user"],"limit":LIMIT,"granularity":10,"orders":[{"column":"user"}]}""";
        var once = await rows.AskAsync(spec.Replace("LIMIT", "100", StringComparison.Ordinal));
        // Ten spans begin every ten seconds and each is at work for five of them.
        once.Total.Points![0].ShouldAllBe(p => Math.Abs((double)p! - 5) < 1e-6);
        ConcurrencyRunner.MostCells = 200;
        try
        {
            foreach (var limit in new[] { "100", "3" })
            {
                var result = await rows.AskAsync(spec.Replace("LIMIT", limit, StringComparison.Ordinal));
                result.Total.Points![0].ShouldBe(once.Total.Points[0]);
                foreach (var group in result.Groups)
                    group.Points![0].ShouldBe(once.Groups.Single(g => Equals(g.Key[0], group.Key[0])).Points![0]);
            }
        }
        finally
        {
            ConcurrencyRunner.MostCells = 200_000;
        }
    }

    [Fact]
    public async Task Concurrency_of_a_group_with_an_empty_text_is_not_that_of_all()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(0, """{"user":""}""", ms: 60_000).Span(0, """{"user":"a"}""", ms: 60_000).StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"CONCURRENCY"}],"breakdowns":["user"]}""");
        result.Total.Points![0][0].ShouldBe(2.0);
        result.Groups.ShouldAllBe(g => (double)g.Points![0][0]! == 1);
    }
}
