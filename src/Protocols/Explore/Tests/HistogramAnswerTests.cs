using System.Globalization;
using Shouldly;
using Weir.Core.Columns;
using Weir.Features.Questions;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Calculations over stored histograms, against the values that were counted.</summary>
public sealed class HistogramAnswerTests(SharedEngine engine)
{
    private static readonly double[] Bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000];

    private static readonly (string Op, double Level)[] Levels = [("P05", 0.05), ("P25", 0.25), ("P50", 0.5), ("P75", 0.75), ("P90", 0.9), ("P95", 0.95), ("P99", 0.99)];

    private const string Calculations =
        """{"op":"HISTOGRAM_COUNT","column":"value"},{"op":"SUM","column":"value"},{"op":"AVG","column":"value"},{"op":"MIN","column":"value"},{"op":"MAX","column":"value"}""";

    private static string Percentiles => string.Join(',', Levels.Select(l => $$"""{"op":"{{l.Op}}","column":"value"}"""));

    /// <summary>What was counted, by host and minute, and how it is sent.</summary>
    private sealed class Counted(bool exponential, bool cumulative, int seed)
    {
        private readonly Random _random = new(seed);

        public Dictionary<(string Host, int Minute), List<double>> Values { get; } = [];

        /// <param name="restart">The minute at whose beginning every series begins anew.</param>
        /// <param name="scale">Of exponential histograms, by minute.</param>
        public async Task<ExploreRows> StoreAsync(ExploreRows rows, int perMinute, int restart = 0, Func<int, int>? scale = null)
        {
            foreach (var host in new[] { "a", "b", "c" })
            {
                var since = new List<double>();
                for (var minute = 0; minute < 8; minute++)
                {
                    List<double> own = Values[(host, minute)] = [.. Enumerable.Range(0, perMinute + _random.Next(3)).Select(_ => Value(host))];
                    if (!cumulative || (minute == restart && minute > 0))
                        since.Clear();
                    since.AddRange(own);
                    var began = cumulative ? minute >= restart ? restart * 60 : 0 : minute * 60;
                    rows.Point(
                        (minute * 60) + 30, 0, "latency", exponential ? MetricType.ExponentialHistogram : MetricType.Histogram,
                        cumulative ? Temporality.Cumulative : Temporality.Delta, attributes: $$"""{"host":"{{host}}"}""", since: began, count: (ulong)since.Count,
                        sum: since.Sum(), min: since.Min(), max: since.Max(), detail: exponential ? Exponential(since, scale?.Invoke(minute) ?? 3) : Explicit(since));
                }
            }
            return await rows.StoreAsync();
        }

        private double Value(string host) => _random.Next(20) switch
        {
            0 => 0,
            1 when exponential => -Math.Round(Math.Pow(10, _random.NextDouble() * 2), 3),
            _ => Math.Round(Math.Pow(10, _random.NextDouble() * (host == "c" ? 3.5 : 2)), 3),
        };
    }

    private static string Explicit(List<double> values)
    {
        var counts = new long[Bounds.Length + 1];
        foreach (var value in values)
            counts[Bounds.Count(bound => bound < value)]++;
        return $$"""{"counts":[{{string.Join(',', counts)}}],"bounds":[{{string.Join(',', Bounds)}}]}""";
    }

    private static int IndexOf(double value, int scale) => (int)Math.Ceiling(Math.Log2(Math.Abs(value)) * Math.Pow(2, scale)) - 1;

    private static string Exponential(List<double> values, int scale)
    {
        string Side(IEnumerable<double> some)
        {
            var indexes = some.Select(value => IndexOf(value, scale)).ToList();
            if (indexes.Count == 0)
                return """{"offset":0,"counts":[]}""";
            var counts = new long[indexes.Max() - indexes.Min() + 1];
            foreach (var index in indexes)
                counts[index - indexes.Min()]++;
            return $$"""{"offset":{{indexes.Min()}},"counts":[{{string.Join(',', counts)}}]}""";
        }
        return $$"""{"scale":{{scale}},"zeroCount":{{values.Count(v => v == 0)}},"zeroThreshold":0,"positive":{{Side(values.Where(v => v > 0))}},"negative":{{Side(values.Where(v => v < 0))}}}""";
    }

    /// <summary>The bucket that the value was counted in.</summary>
    private static (double From, double To) BucketOf(double value, bool exponential, int scale)
    {
        if (value == 0 && exponential)
            return (0, 0);
        if (exponential)
        {
            var (from, to) = (Math.Pow(2, IndexOf(value, scale) / Math.Pow(2, scale)), Math.Pow(2, (IndexOf(value, scale) + 1) / Math.Pow(2, scale)));
            return value > 0 ? (from, to) : (-to, -from);
        }
        var place = Bounds.Count(bound => bound < value);
        return (place == 0 ? double.MinValue : Bounds[place - 1], place == Bounds.Length ? double.MaxValue : Bounds[place]);
    }

    private static double Quantile(List<double> values, double level) =>
        values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(values.Count * level) - 1, 0, values.Count - 1));

    private static void ShouldBeOf(IReadOnlyList<object?> answer, List<double> values, bool exponential, int scale, string where)
    {
        answer[0].ShouldBe((long)values.Count, where);
        ((double)answer[1]!).ShouldBe(values.Sum(), 1e-6, where);
        ((double)answer[2]!).ShouldBe(values.Average(), 1e-6, where);
        Convert.ToDouble(answer[3], CultureInfo.InvariantCulture).ShouldBe(values.Min(), 1e-9, where);
        Convert.ToDouble(answer[4], CultureInfo.InvariantCulture).ShouldBe(values.Max(), 1e-9, where);
        // Of many buckets the rank is within one percent, of few ones exact.
        foreach (var (i, level) in Levels.Index())
        {
            var (from, to) = (BucketOf(Quantile(values, level.Level - 0.012), exponential, scale).From, BucketOf(Quantile(values, level.Level + 0.012), exponential, scale).To);
            ((double)answer[5 + i]!).ShouldBeInRange(from - (Math.Abs(from) * 1e-6), to + (Math.Abs(to) * 1e-6), $"{where} {level.Op}");
        }
    }

    public static TheoryData<bool, bool, int, int> Kinds => new()
    {
        { false, false, 40, 0 }, { false, true, 40, 0 }, { false, true, 40, 4 },
        { true, false, 40, 0 }, { true, true, 40, 0 }, { true, true, 40, 4 },
        { false, true, 1, 0 }, { true, true, 1, 0 }, { false, false, 2000, 0 }, { true, true, 2000, 0 },
    };

    [Theory, MemberData(nameof(Kinds))]
    public async Task Calculations_are_those_of_the_values_that_were_counted(bool exponential, bool cumulative, int perMinute, int restart)
    {
        var counted = new Counted(exponential, cumulative, 7);
        var rows = await counted.StoreAsync(await ExploreRows.OpenAsync(engine), perMinute, restart);
        var result = await rows.AskAsync(
            $$"""{"calculations":[{{Calculations}},{{Percentiles}},{"op":"COUNT"}],"breakdowns":["host"],"orders":[{"column":"host"}],"signals":["metrics"],"granularity":120}""");
        ShouldBeOf(result.Total.Values, [.. counted.Values.Values.SelectMany(v => v)], exponential, 3, "all");
        result.Total.Values[^1].ShouldBe(24L, "COUNT is of data points");
        result.Groups.Select(g => g.Key[0]).ShouldBe(["a", "b", "c"]);
        foreach (var group in result.Groups)
        {
            var own = counted.Values.Where(v => v.Key.Host == (string)group.Key[0]!).ToList();
            ShouldBeOf(group.Values, [.. own.SelectMany(v => v.Value)], exponential, 3, $"host {group.Key[0]}");
            for (var bucket = 0; bucket < 4; bucket++)
            {
                var then = own.Where(v => v.Key.Minute / 2 == bucket).SelectMany(v => v.Value).ToList();
                group.Points![0][bucket].ShouldBe((long)then.Count, $"host {group.Key[0]} at {bucket}");
                ((double)group.Points[1][bucket]!).ShouldBe(then.Sum(), 1e-6, $"host {group.Key[0]} at {bucket}");
            }
        }
    }

    [Fact]
    public async Task Buckets_of_two_scales_are_compared_at_the_coarser_one()
    {
        var counted = new Counted(exponential: true, cumulative: true, 3);
        var rows = await counted.StoreAsync(await ExploreRows.OpenAsync(engine), 30, scale: minute => minute < 2 ? 4 : minute < 5 ? 1 : -1);
        var result = await rows.AskAsync($$"""{"calculations":[{{Calculations}},{{Percentiles}}],"signals":["metrics"]}""");
        ShouldBeOf(result.Total.Values, [.. counted.Values.Values.SelectMany(v => v)], exponential: true, -1, "all");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_heatmap_has_every_value_that_was_counted(bool exponential)
    {
        var counted = new Counted(exponential, cumulative: true, 11);
        var rows = await counted.StoreAsync(await ExploreRows.OpenAsync(engine), 50);
        var result = await rows.AskAsync("""{"calculations":[{"op":"HEATMAP","column":"value"}],"signals":["metrics"],"granularity":60}""");
        var heatmap = result.Heatmaps.ShouldHaveSingleItem();
        heatmap.Cells.Sum(cell => cell.Item3).ShouldBe(counted.Values.Values.Sum(v => v.Count));
        foreach (var minute in Enumerable.Range(0, 8))
            heatmap.Cells.Where(cell => cell.Item1 == minute).Sum(cell => cell.Item3).ShouldBe(counted.Values.Where(v => v.Key.Minute == minute).Sum(v => v.Value.Count), $"minute {minute}");
    }

    [Fact]
    public async Task Gauges_and_histograms_are_calculated_over_together()
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Point(1, 3, "load", MetricType.Gauge, Temporality.Unspecified).Point(2, 9, "load", MetricType.Gauge, Temporality.Unspecified)
            .Point(3, 0, "latency", MetricType.Histogram, Temporality.Delta, count: 4, sum: 20, min: 5, max: 5, detail: """{"counts":[4,0],"bounds":[5]}""").StoreAsync();
        var result = await rows.AskAsync($$"""{"calculations":[{{Calculations}},{"op":"P50","column":"value"},{"op":"COUNT"},{"op":"COUNT","column":"value"}],"signals":["metrics"]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("4 32 5.333333 3 9 5 3 2");
        var filtered = await rows.AskAsync(
            """{"calculations":[{"op":"SUM","column":"value","name":"s","filters":[{"column":"metric.name","op":"=","value":"latency"}]},{"op":"RATE_SUM","column":"value"}],"signals":["metrics"],"granularity":300}""");
        ExploreRows.Line(filtered.Total.Values).ShouldBe("20 -");
    }

    [Theory]
    // Without extremes a first bucket begins at 0, and a last one is all at its beginning.
    [InlineData("MAX", """{"counts":[1,2,1],"bounds":[10,20],"noMinMax":true}""", "20", "is the end of a bucket")]
    [InlineData("MIN", """{"counts":[1,2,1],"bounds":[10,20],"noMinMax":true}""", "0", "is the end of a bucket")]
    [InlineData("P50", """{"counts":[1,2,1],"bounds":[10,20],"noMinMax":true}""", "12.5", "evenly spread")]
    [InlineData("P50", """{"counts":[0,4],"bounds":[0],"noMinMax":true}""", "0", "evenly spread")]
    [InlineData("P50", """{"counts":[4],"bounds":[],"noMinMax":true}""", "15", "evenly spread")]
    [InlineData("P50", """{"counts":[],"bounds":[],"noMinMax":true}""", "15", "evenly spread")]
    [InlineData("SUM", """{"counts":[1,2,1],"bounds":[10,20],"noSum":true}""", "-", "without a sum")]
    [InlineData("AVG", """{"counts":[1,2,1],"bounds":[10,20],"noSum":true}""", "-", "without a sum")]
    [InlineData("SUM", """{"counts":[1,2,1],"bounds":[10,20]}""", "60", null)]
    [InlineData("MAX", """{"counts":[1,2,1],"bounds":[10,20]}""", "31", null)]
    [InlineData("HISTOGRAM_COUNT", """{"counts":[1,2,1],"bounds":[10,20]}""", "4", null)]
    [InlineData("HISTOGRAM_COUNT", """{"counts":[1,2,1],"bounds":[10,20],"noRecordedValue":true}""", "0", null)]
    public async Task What_a_histogram_does_not_say_is_warned_of(string op, string detail, string expected, string? warning)
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Point(1, 0, "latency", MetricType.Histogram, Temporality.Delta, count: 4, sum: 60, min: 2, max: 31, detail: detail).StoreAsync();
        var result = await rows.AskAsync($$"""{"calculations":[{"op":"{{op}}","column":"value"}],"signals":["metrics"]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe(expected);
        if (warning is null)
            result.Warnings.ShouldBeEmpty();
        else
            result.Warnings.ShouldHaveSingleItem().ShouldContain(warning);
    }

    [Fact]
    public async Task What_was_counted_before_the_question_is_left_out_and_said()
    {
        static string Counts(int n) => $$"""{"counts":[{{n}},0],"bounds":[5]}""";
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Point(10, 0, "latency", MetricType.Histogram, count: 1000, sum: 2000, min: 1, max: 4, detail: Counts(1000))
            .Point(70, 0, "latency", MetricType.Histogram, count: 1010, sum: 2030, min: 1, max: 4, detail: Counts(1010)).StoreAsync();
        var result = await rows.AskAsync($$"""{"calculations":[{{Calculations}}],"signals":["metrics"]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("10 30 3 1 4");
        result.Warnings.ShouldContain(w => w.Contains("since before this time"));
    }

    [Fact]
    public async Task Summaries_have_no_values_and_the_answer_says_so()
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Point(1, 0, "latency", MetricType.Summary, Temporality.Unspecified, count: 4, sum: 60, detail: """{"quantiles":[{"quantile":0.5,"value":12}]}""").StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"P50","column":"value"},{"op":"SUM","column":"metric.sum"}],"signals":["metrics"]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("- 60");
        result.Warnings.ShouldHaveSingleItem().ShouldContain("summaries");
    }

    [Theory]
    [InlineData("""{"calculations":[{"op":"HISTOGRAM_COUNT","column":"value"}]}""", "calculations[0].op")]
    [InlineData("""{"calculations":[{"op":"HISTOGRAM_COUNT","column":"duration_ms"}],"signals":["metrics"]}""", "calculations[0].column")]
    [InlineData("""{"calculations":[{"op":"HISTOGRAM_COUNT"}],"signals":["metrics"]}""", "calculations[0].column")]
    public async Task HISTOGRAM_COUNT_is_of_metrics(string spec, string field)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        (await Should.ThrowAsync<SpecException>(rows.AskAsync(spec))).Errors.ShouldHaveSingleItem().Field.ShouldBe(field);
    }
}
