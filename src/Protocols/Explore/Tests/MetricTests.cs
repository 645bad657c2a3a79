using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Series of metrics over time, against numbers that were worked out by hand.</summary>
public sealed class MetricTests(SharedEngine engine)
{
    // Host a: 10 15 | 3 (restarted) 5; its first point's rise is not known. Host b began within the question: 4 | 9 9.
    private async Task<ExploreRows> CounterAsync() => await (await ExploreRows.OpenAsync(engine))
        .Point(10, 10, attributes: """{"host":"a"}""").Point(70, 15, attributes: """{"host":"a"}""")
        .Point(310, 3, attributes: """{"host":"a"}""").Point(370, 5, attributes: """{"host":"a"}""")
        .Point(20, 4, attributes: """{"host":"b"}""", since: 0).Point(320, 9, attributes: """{"host":"b"}""", since: 0)
        .Point(380, 9, attributes: """{"host":"b"}""", since: 0)
        .Point(30, 1.5, "load", MetricType.Gauge, Temporality.Unspecified, monotonic: false).Point(40, 2.5, "load", MetricType.Gauge, Temporality.Unspecified, monotonic: false)
        .Point(330, 0.5, "load", MetricType.Gauge, Temporality.Unspecified, monotonic: false)
        .Point(50, 7, "bytes", temporality: Temporality.Delta).Point(60, 8, "bytes", temporality: Temporality.Delta)
        .Point(35, 0, "queue", monotonic: false).Point(45, 6, "queue", monotonic: false)
        .Point(50, 0, "latency", MetricType.Histogram, since: 0, count: 10, sum: 100).Point(110, 0, "latency", MetricType.Histogram, since: 0, count: 25, sum: 400)
        .StoreAsync();

    // Of group values: the sum over all rows; then the two buckets of 300 s.
    [Theory]
    // a: - +5 | 3 (reset) +2; b: 4 | +5 +0
    [InlineData("INCREASE($value)", "requests", "SUM", "19", "9 10")]
    // a: 5/60 | 3/240, 2/60; b: 4/20 since its start | 5/300, 0
    [InlineData("RATE($value)", "requests", "MAX", "0.2", "0.2 0.033333")]
    [InlineData("LAST($value)", "requests", "SUM", "33", "19 14")]
    [InlineData("RAW_METRIC($value)", "requests", "SUM", "55", "29 26")]
    [InlineData("LAST($value)", "load", "SUM", "3", "2.5 0.5")]
    [InlineData("SUMMARIZE($value)", "bytes", "SUM", "15", "15 -")]
    [InlineData("INCREASE($metric.count)", "latency", "SUM", "25", "25 -")]
    [InlineData("INCREASE($metric.sum)", "latency", "SUM", "400", "400 -")]
    // What each kind is without a function.
    [InlineData("FLOAT($metric.value)", "requests", "SUM", "19", "9 10")]
    [InlineData("FLOAT($metric.value)", "load", "SUM", "3", "2.5 0.5")]
    [InlineData("FLOAT($metric.value)", "bytes", "SUM", "15", "15 -")]
    [InlineData("FLOAT($metric.value)", "queue", "SUM", "6", "6 -")]
    [InlineData("FLOAT($metric.value)", "latency", "SUM", "25", "25 -")]
    public async Task A_series_in_time(string expression, string metric, string op, string total, string points)
    {
        var result = await (await CounterAsync()).AskAsync(
            $$"""
            {"calculations":[{"op":"{{op}}","column":"f"}],"calculated_fields":[{"name":"f","expression":"{{expression}}"}],
             "filters":[{"column":"name","op":"=","value":"{{metric}}"}],"signals":["metrics"],"granularity":300}
            """);
        ExploreRows.Line(result.Total.Values).ShouldBe(total);
        ExploreRows.Line(result.Total.Points![0]).ShouldBe(points);
    }

    [Fact]
    public async Task Series_are_told_apart_and_the_usual_value_needs_no_field()
    {
        var result = await (await CounterAsync()).AskAsync(
            """{"calculations":[{"op":"SUM","column":"metric.value"},{"op":"COUNT_DATAPOINTS"}],"breakdowns":["name","host"],"orders":[{"column":"name"},{"column":"host"}],"signals":["metrics"]}""");
        ExploreRows.Table(result).ShouldBe("bytes -: 15 2\nlatency -: 25 2\nload -: 3 3\nqueue -: 6 2\nrequests a: 10 4\nrequests b: 9 3");
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"filters":[{"column":"f","op":">","value":1}]}""", "filters[0].column")]
    [InlineData("""{"breakdowns":["f"]}""", "breakdowns[0]")]
    [InlineData("""{"calculations":[{"op":"HEATMAP","column":"metric.value"}]}""", "calculations[0].column")]
    public async Task A_series_chooses_no_rows(string spec, string field)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        var asked = ExploreRows.Spec(spec) with { Signals = [Signal.Metrics], CalculatedFields = [new CalculatedFieldDefinition("f", "INCREASE($value)")] };
        (await Should.ThrowAsync<SpecException>(rows.AskAsync(asked))).Errors.ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    [Theory]
    [InlineData("INCREASE($value, 300)")]
    [InlineData("RATE($value, 60)")]
    public async Task A_range_of_seconds_is_refused(string expression)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        var asked = ExploreRows.Spec("""{"calculations":[{"op":"SUM","column":"f"}]}""") with { Signals = [Signal.Metrics], CalculatedFields = [new CalculatedFieldDefinition("f", expression)] };
        (await Should.ThrowAsync<FaultException>(rows.AskAsync(asked))).Fault.Kind.ShouldBe(FaultKind.Invalid);
    }
}
