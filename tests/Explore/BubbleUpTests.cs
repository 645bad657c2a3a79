using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Features.Questions.BubbleUp;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>A difference that was planted must come first, over the real engine.</summary>
public sealed class BubbleUpTests(SharedEngine engine)
{
    private const long Start = 1_760_000_000_000_000_000;
    private const double StartSeconds = 1_760_000_000;

    [Fact]
    public async Task The_planted_column_of_slow_spans_comes_first()
    {
        var (runner, dataset) = await SeedSpansAsync(4_000);
        var result = await runner.RunAsync(Question(dataset, new BoxSelection(StartSeconds, StartSeconds + 4_000, "duration_ms", 100, null)), CancellationToken.None);
        result.Selected.ShouldBe(new RowSet(80, 80));
        result.Baseline.ShouldBe(new RowSet(3_920, 3_920));
        result.SampleNote.ShouldBe("Selection: all 80 rows. Baseline: all 3,920 rows.");
        result.Dimensions[0].Column.ShouldBe("app.build");
        result.Dimensions[0].Values[0].ShouldBe(new ValueShare("build-7", 1, 0));
        result.Measures[0].Column.ShouldBe("queue.wait_ms");
        result.Dimensions.Concat<object>(result.Measures).ShouldNotContain(c => c is Measure && ((Measure)c).Column == "duration_ms");
        result.Dimensions.Single(d => d.Column == "region").Score.ShouldBeLessThan(0.2);
        result.Dimensions.Single(d => d.Column == "request.id").Score.ShouldBe(0);
        result.Dimensions.Single(d => d.Column == "k8s.pod").Values.Count.ShouldBe(2);
        result.Dimensions.Single(d => d.Column == "cached").Values.Select(v => v.Value).ShouldBe([true, false], ignoreOrder: true);
    }

    [Fact]
    public async Task A_group_is_compared_with_the_rest_of_the_query()
    {
        var (runner, dataset) = await SeedSpansAsync(2_000);
        var question = Question(dataset, new GroupSelection(new Dictionary<string, object?>(StringComparer.Ordinal) { ["app.build"] = "build-7" }));
        var result = await runner.RunAsync(question, CancellationToken.None);
        result.Selected.Rows.ShouldBe(40);
        result.Measures[0].Column.ShouldBeOneOf("duration_ms", "queue.wait_ms");
        result.Dimensions.ShouldNotContain(d => d.Column == "app.build");

        var filtered = question with { Query = question.Query with { Filters = [new Filter("region", FilterOp.Equal, "region-1")] } };
        (await runner.RunAsync(filtered, CancellationToken.None)).Selected.Rows.ShouldBeLessThan(40);
        var few = question with { Columns = ["region", "queue.wait_ms"] };
        var answer = await runner.RunAsync(few, CancellationToken.None);
        (answer.Dimensions.Count, answer.Measures.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Log_lines_are_compared_as_well()
    {
        var (store, dataset) = (await SharedStore.OpenAsync(engine), "bubble-" + Guid.NewGuid().ToString("N"));
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        for (var i = 0; i < 1_000; i++)
        {
            var logs = batch.Logs;
            logs.Time.Append(Start + (i * 1_000_000_000L));
            logs.Service.Append(dataset);
            logs.Severity.Append(i >= 900 ? "error" : "info");
            logs.SeverityNumber.Append(i >= 900 ? (byte)17 : (byte)9);
            logs.Body.Append(i >= 900 ? "connection refused" : $"order {i} placed");
            logs.Attributes.Add("host"u8, i >= 900 ? "node-3" : $"node-{i % 5}");
            logs.EndRow();
        }
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        var runner = new BubbleUpRunner(store.Reader, store.Columns, TimeProvider.System);
        var result = await runner.RunAsync(Question(dataset, new BoxSelection(StartSeconds + 900, StartSeconds + 2_000, null, null, null)), CancellationToken.None);
        result.Selected.Rows.ShouldBe(100);
        result.Dimensions.Take(4).Select(d => d.Column).ShouldBe(["error", "severity", "severity_text", "body"], ignoreOrder: true);
        result.Dimensions.Single(d => d.Column == "body").Values[0].ShouldBe(new ValueShare("connection refused", 1, 0));
        result.Dimensions.Single(d => d.Column == "host").Values[0].Value.ShouldBe("node-3");
    }

    [Fact]
    public async Task Sampled_rows_that_come_while_two_sets_are_compared_count_by_their_rate()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        for (var i = 0; i < 40; i++)
            rows.Span(i, """{"plan":"free"}""", name: i < 4 ? "slow" : "fast");
        await rows.StoreAsync();
        var late = ExploreRows.Over(await SharedStore.OpenAsync(engine), rows.Environment);
        for (var i = 0; i < 6; i++)
            late.Span(50 + i, """{"plan":"gold"}""", name: "slow", rate: 6);
        var runner = new BubbleUpRunner(new ReaderWithLateRows(rows.Reader, async () => await late.StoreAsync()), (await SharedStore.OpenAsync(engine)).Columns, TimeProvider.System);
        var selection = new GroupSelection(new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "slow" });
        var question = new BubbleUpQuestion(ExploreRows.Spec("""{"calculations":[{"op":"COUNT"}]}"""), new ExploreScope(rows.Environment), selection) { Columns = ["plan"] };
        var result = await runner.RunAsync(question, CancellationToken.None);
        result.Dimensions.ShouldHaveSingleItem().Values.ShouldBe([new ValueShare("free", 0.1, 1), new ValueShare("gold", 0.9, 0)], ignoreOrder: true);
        result.SampleNote.ShouldContain("as its sample rate says");
    }

    [Fact]
    public async Task A_large_set_is_sampled_and_says_so()
    {
        var (runner, dataset) = await SeedSpansAsync(60_000);
        var result = await runner.RunAsync(Question(dataset, new BoxSelection(StartSeconds, StartSeconds + 60_000, "duration_ms", 100, 1e9)), CancellationToken.None);
        result.Selected.ShouldBe(new RowSet(1_200, 1_200));
        result.Baseline.Rows.ShouldBe(58_800);
        result.Baseline.Sampled.ShouldBeInRange(9_000, 15_000);
        result.SampleNote.ShouldContain($"of 58,800 rows");
        result.Dimensions[0].Column.ShouldBe("app.build");
    }

    [Fact]
    public async Task An_empty_selection_has_nothing_to_tell()
    {
        var (runner, dataset) = await SeedSpansAsync(100);
        var result = await runner.RunAsync(Question(dataset, new BoxSelection(StartSeconds, StartSeconds + 100, "duration_ms", 1e12, null)), CancellationToken.None);
        result.Selected.ShouldBe(new RowSet(0, 0));
        result.Dimensions.ShouldAllBe(d => d.Score == 0);
        var before = await runner.RunAsync(Question(dataset, new BoxSelection(5, 6, null, null, null)), CancellationToken.None);
        before.Selected.Rows.ShouldBe(0);
    }

    public static TheoryData<BubbleUpSelection, string> Impossible => new()
    {
        { new BoxSelection(10, 10, null, null, null), "selection.start" },
        { new BoxSelection(double.NaN, 10, null, null, null), "selection.start" },
        { new BoxSelection(1, 2, "duration_ms", null, null), "selection.min" },
        { new BoxSelection(1, 2, "duration_ms", 3, 2), "selection.min" },
        { new GroupSelection(new Dictionary<string, object?>()), "selection.group" },
        { new GroupSelection(new Dictionary<string, object?> { ["root.name"] = "x" }), "selection.group" },
    };

    [Theory, MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public async Task A_selection_that_can_not_be_is_named(BubbleUpSelection selection, string field)
    {
        var store = await SharedStore.OpenAsync(engine);
        var runner = new BubbleUpRunner(store.Reader, store.Columns, TimeProvider.System);
        var error = await Should.ThrowAsync<SpecException>(() => runner.RunAsync(Question("x", selection), CancellationToken.None));
        error.Errors.ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    private static BubbleUpQuestion Question(string dataset, BubbleUpSelection selection) => new(
        new QuerySpec { StartTime = StartSeconds, EndTime = StartSeconds + 100_000 }, new ExploreScope(Dataset: [dataset]), selection);

    /// <summary>One a second; every 50th is of build 7 and slow.</summary>
    private async Task<(BubbleUpRunner Runner, string Dataset)> SeedSpansAsync(int rows)
    {
        var store = await SharedStore.OpenAsync(engine);
        var dataset = "bubble-" + Guid.NewGuid().ToString("N");
        var random = new Random(7);
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        for (var i = 0; i < rows; i++)
        {
            var slow = i % 50 == 0;
            var spans = batch.Spans;
            spans.StartTime.Append(Start + (i * 1_000_000_000L));
            spans.DurationNs.Append((ulong)((slow ? 200 : 10 + random.Next(20)) * 1_000_000));
            spans.Service.Append(dataset);
            spans.Name.Append("work");
            spans.Resource.Append($"{{\"k8s.pod\":\"pod-{i % 2}\"}}");
            spans.Attributes.Add("app.build"u8, slow ? "build-7" : $"build-{random.Next(6)}");
            spans.Attributes.Add("region"u8, $"region-{random.Next(4)}");
            spans.Attributes.Add("request.id"u8, $"request-{i}");
            spans.Attributes.Add("queue.wait_ms"u8, (random.NextDouble() * 10) + (slow ? 20 : 0));
            spans.Attributes.Add("size"u8, (long)random.Next(10_000));
            spans.Attributes.Add("cached"u8, random.Next(2) == 0);
            spans.EndRow();
        }
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        return (new BubbleUpRunner(store.Reader, store.Columns, TimeProvider.System), dataset);
    }
}
