using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Answers against a small evaluator over the rows written out one by one, each as often as it stands for.</summary>
public sealed class ExactAnswerTests(SharedEngine engine)
{
    private static readonly (string Op, double Level)[] Levels =
        [("P001", 0.001), ("P05", 0.05), ("P25", 0.25), ("P50", 0.5), ("P75", 0.75), ("P90", 0.9), ("P95", 0.95), ("P99", 0.99), ("P999", 0.999)];

    private static string Percentiles(string column) => string.Join(',', Levels.Select(l => $$"""{"op":"{{l.Op}}","column":"{{column}}"}"""));

    public static TheoryData<string, string, string> FewRows => new()
    {
        { "1x100 1000x1", "P50 P75 P90 P95 P99", "1 1 1 1 1" },
        { "0.95x20 324.7x2", "P50 P90 P95", "0.95 0.95 324.7" },
        { "1x1 1000x100", "P001 P05 P50", "1 1000 1000" },
        { "5x7", "P001 P50 P999", "5 5 5" },
        { "16777217x3 16777219x1", "P50 P99", "16777217 16777219" },
        { "-1x1 0x1 1x2", "P25 P50 P75", "-1 0 1" },
    };

    [Theory, MemberData(nameof(FewRows))]
    public async Task Percentiles_of_few_rows_are_values_of_the_rows(string values, string ops, string expected)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        foreach (var value in values.Split(' '))
            rows.Event(1, $$"""{"d":{{value.Split('x')[0]}}}""", rate: uint.Parse(value.Split('x')[1], null));
        await rows.StoreAsync();
        var calculations = string.Join(',', ops.Split(' ').Select(op => $$"""{"op":"{{op}}","column":"d"}"""));
        var result = await rows.AskAsync($$"""{"calculations":[{{calculations}}]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe(expected);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Percentiles_of_groups_are_those_of_the_rows_written_out(int seed, bool weighted)
    {
        var random = new Random(seed);
        var rows = await ExploreRows.OpenAsync(engine);
        var expanded = new Dictionary<string, List<(double Value, long Weight)>>(StringComparer.Ordinal);
        foreach (var size in new[] { 1, 2, 3, 5, 14, 60, 200, 256 })
        {
            var group = expanded[$"of-{size}"] = [];
            for (var i = 0; i < size; i++)
            {
                var value = random.Next(3) == 0 ? 7 : Math.Round(Math.Pow(10, random.NextDouble() * 5), 3);
                var rate = weighted ? (uint)random.Next(1, 101) : 1;
                group.Add((value, rate));
                rows.Event(random.Next(600), FormattableString.Invariant($$"""{"g":"of-{{size}}","d":{{value}}}"""), rate: rate);
            }
        }
        await rows.StoreAsync();
        var result = await rows.AskAsync($$"""{"calculations":[{{Percentiles("d")}}],"breakdowns":["g"],"granularity":60}""");
        result.Groups.Count.ShouldBe(expanded.Count);
        foreach (var group in result.Groups)
        {
            foreach (var (i, level) in Levels.Index())
                group.Values[i].ShouldBe(Quantile(expanded[(string)group.Key[0]!], level.Level), $"{group.Key[0]} {level.Op}");
        }
    }

    [Fact]
    public async Task Percentiles_of_many_rows_are_within_two_percent_of_their_rank()
    {
        var random = new Random(5);
        var rows = await ExploreRows.OpenAsync(engine);
        var expanded = new List<(double Value, long Weight)>();
        for (var i = 0; i < 5_000; i++)
        {
            var (value, rate) = (Math.Round(Math.Pow(10, random.NextDouble() * 4), 3), (uint)random.Next(1, 21));
            expanded.Add((value, rate));
            rows.Event(i % 600, FormattableString.Invariant($$"""{"d":{{value}}}"""), rate: rate);
        }
        await rows.StoreAsync();
        var result = await rows.AskAsync($$"""{"calculations":[{{Percentiles("d")}}]}""");
        foreach (var (i, level) in Levels.Index())
        {
            ((double)result.Total.Values[i]!).ShouldBeInRange(
                Quantile(expanded, Math.Max(0, level.Level - 0.02)) * 0.999, Quantile(expanded, Math.Min(1, level.Level + 0.02)) * 1.001, level.Op);
        }
    }

    /// <summary>The least value such that the rows up to it are at least that share.</summary>
    private static double Quantile(List<(double Value, long Weight)> rows, double level)
    {
        var wanted = (long)Math.Ceiling(rows.Sum(r => r.Weight) * level);
        var counted = 0L;
        foreach (var (value, weight) in rows.OrderBy(r => r.Value))
        {
            counted += weight;
            if (counted >= wanted)
                return value;
        }
        return rows.Max(r => r.Value);
    }

    [Theory]
    [InlineData("""{"column":"id","op":"=","value":9007199254740993}""", "b")]
    [InlineData("""{"column":"id","op":"=","value":9007199254740992}""", "a")]
    [InlineData("""{"column":"id","op":"!=","value":9007199254740993}""", "a c d e")]
    [InlineData("""{"column":"id","op":"in","value":[9007199254740993, 1.5]}""", "b d")]
    [InlineData("""{"column":"id","op":"not-in","value":[9007199254740993, 9007199254740992]}""", "c d e")]
    [InlineData("""{"column":"id","op":">","value":9007199254740992}""", "b c")]
    [InlineData("""{"column":"id","op":"<","value":9007199254740993}""", "a d")]
    [InlineData("""{"column":"id","op":"<=","value":9007199254740993}""", "a b d")]
    [InlineData("""{"column":"id","op":"=","value":"9007199254740993"}""", "b e")]
    [InlineData("""{"column":"id","op":"=","value":9223372036854775807}""", "c")]
    [InlineData("""{"column":"id","op":"=","value":9223372036854775806}""", "")]
    [InlineData("""{"column":"f","op":"=","value":true}""", "b")]
    [InlineData("""{"column":"on","op":"=","value":9007199254740993}""", "b")]
    public async Task Whole_numbers_are_exact_to_64_bits_in_filters(string filter, string expected)
    {
        var result = await (await BigNumbersAsync()).AskAsync(
            $$"""{"filters":[{{filter}}],"breakdowns":["name"],"orders":[{"column":"name"}],"calculated_fields":[{"name":"f","expression":"EQUALS($id, 9007199254740993)"}]}""");
        ExploreRows.Line(result.Groups.Select(g => g.Key[0])).ShouldBe(expected);
    }

    [Fact]
    public async Task Whole_numbers_are_exact_to_64_bits_as_least_and_greatest_and_as_groups()
    {
        var result = await (await BigNumbersAsync()).AskAsync(
            """{"calculations":[{"op":"MIN","column":"id"},{"op":"MAX","column":"id"},{"op":"MAX","column":"small"},{"op":"MAX","column":"duration_ms"}],"breakdowns":["kind"],"orders":[{"column":"kind"}],"granularity":600}""");
        ExploreRows.Table(result).ShouldBe("big: 9007199254740992 9007199254740993 7 20\ngreatest: 9223372036854775807 9223372036854775807 - 0\nother: 1.5 1.5 2.5 0");
        ExploreRows.Line(result.Total.Values).ShouldBe("1.5 9223372036854775807 7 20");
        result.Groups[0].Points![1][0].ShouldBe(9_007_199_254_740_993);
        result.Total.Points![1][0].ShouldBe(long.MaxValue);
        var grouped = await (await BigNumbersAsync()).AskAsync("""{"breakdowns":["id"],"filters":[{"column":"kind","op":"=","value":"big"}],"orders":[{"column":"id"}]}""");
        grouped.Groups.Select(g => g.Key[0]).ShouldBe([9_007_199_254_740_992L, 9_007_199_254_740_993L], ignoreOrder: true);
    }

    private async Task<ExploreRows> BigNumbersAsync() => await (await ExploreRows.OpenAsync(engine))
        .Span(1, """{"id":9007199254740992,"kind":"big","small":7}""", name: "a", ms: 20)
        .Span(2, """{"id":9007199254740993,"kind":"big","small":3}""", name: "b", resource: """{"on":9007199254740993}""")
        .Span(3, """{"id":9223372036854775807,"kind":"greatest"}""", name: "c", resource: """{"on":9007199254740992}""")
        .Span(4, """{"id":1.5,"kind":"other","small":2.5}""", name: "d")
        .Span(5, """{"id":"9007199254740993","kind":"other"}""", name: "e")
        .StoreAsync();

    [Theory]
    [InlineData("SUM", "cached")]
    [InlineData("AVG", "cached")]
    [InlineData("MAX", "cached")]
    [InlineData("P50", "cached")]
    [InlineData("SUM", "error")]
    [InlineData("MIN", "is_root")]
    [InlineData("SUM", "slow")]
    public async Task True_and_false_are_no_numbers_and_the_answer_says_so(string op, string column)
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(1, """{"cached":true}""", error: true, ms: 5).Span(2, """{"cached":false}""").StoreAsync();
        var result = await rows.AskAsync(
            $$"""{"calculations":[{"op":"{{op}}","column":"{{column}}"}],"signals":["spans"],"calculated_fields":[{"name":"slow","expression":"GT($duration_ms, 1)"}]}""");
        result.Total.Values[0].ShouldBeNull();
        result.Warnings.ShouldContain(w => w.StartsWith(column, StringComparison.Ordinal) && w.Contains($"{op} has nothing to calculate with"));
    }

    [Theory]
    [InlineData("""{"column":"error","op":"=","value":true}""", "a c")]
    [InlineData("""{"column":"error","op":"exists"}""", "a b c")]
    [InlineData("""{"column":"error","op":"=","value":"card declined"}""", "b")]
    [InlineData("""{"column":"error","op":"contains","value":"declined"}""", "b")]
    [InlineData("""{"column":"error","op":"does-not-exist"}""", "d")]
    [InlineData("""{"column":"attributes.name","op":"=","value":"Ada"}""", "d")]
    [InlineData("""{"column":"attributes.error","op":"exists"}""", "a b")]
    [InlineData("""{"column":"attributes.duration_ms","op":">","value":40}""", "c")]
    [InlineData("""{"column":"attributes.pod","op":"=","value":"p1"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"=","value":"00000000000000ab"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"=","value":"000000000000000000000000000000AB"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"=","value":"1-00000000-0000000000000000000000ab"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"=","value":"00000000-0000-0000-0000-0000000000ab"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"in","value":["AB", "00000000000000AB"]}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"!=","value":"00000000000000ab"}""", "b c d")]
    [InlineData("""{"column":"trace.trace_id","op":"ends-with","value":"ab"}""", "a")]
    [InlineData("""{"column":"trace.span_id","op":"=","value":"00000000000000CD"}""", "a")]
    [InlineData("""{"column":"trace.trace_id","op":"=","value":"no id"}""", "")]
    public async Task Attributes_that_are_called_like_columns_and_ids_in_any_form_are_found(string filter, string expected)
    {
        var rows = await NamesakesAsync();
        var result = await rows.AskAsync($$"""{"filters":[{{filter}}],"breakdowns":["name"],"orders":[{"column":"name"}]}""", dataset: "namesakes");
        ExploreRows.Line(result.Groups.Select(g => g.Key[0])).ShouldBe(expected);
    }

    [Fact]
    public async Task Groups_by_error_are_of_the_attribute_where_the_status_says_nothing()
    {
        var rows = await NamesakesAsync();
        var result = await rows.AskAsync("""{"breakdowns":["error"],"orders":[{"column":"error"}]}""", dataset: "namesakes");
        ExploreRows.Table(result).ShouldBe("card declined: 1\ntrue: 2\n-: 1");
        var calculated = await rows.AskAsync("""{"calculations":[{"op":"MAX","column":"attributes.duration_ms"},{"op":"COUNT_DISTINCT","column":"attributes.name"}]}""", dataset: "namesakes");
        ExploreRows.Line(calculated.Total.Values).ShouldBe("50 1");
    }

    private async Task<ExploreRows> NamesakesAsync() => await (await ExploreRows.OpenAsync(engine))
        .Span(1, """{"error":true}""", "namesakes", "a", trace: 0, id: 0xcd, resource: """{"pod":"p1"}""", traceId: new TraceId(0, 0xab))
        .Span(2, """{"error":"card declined"}""", "namesakes", "b")
        .Span(3, """{"duration_ms":50}""", "namesakes", "c", error: true)
        .Span(4, """{"name":"Ada"}""", "namesakes", "d")
        .StoreAsync();

    [Theory]
    [InlineData("{}", "20")]
    [InlineData("""{"signals":["spans","events","errors"]}""", "21")]
    [InlineData("""{"filters":[{"column":"item_id","op":"exists"}]}""", "1")]
    [InlineData("""{"filters":[{"column":"meta.signal_type","op":"=","value":"error"}]}""", "1")]
    [InlineData("""{"filters":[{"column":"exception.type","op":"=","value":"ValueError"}]}""", "10")]
    public async Task An_exception_of_a_span_counts_as_its_event_and_not_again(string spec, string expected)
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Span(1, rate: 10).Event(1, """{"exception.type":"ValueError"}""", dataset: "shop", rate: 10).Error(1, protocol: "otlp").StoreAsync();
        ExploreRows.Line((await rows.AskAsync(spec)).Total.Values).ShouldBe(expected);
    }

    [Fact]
    public async Task An_error_that_was_sent_as_one_counts()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(1).Error(1, protocol: "rollbar").Error(2, protocol: "xray").StoreAsync();
        ExploreRows.Line((await rows.AskAsync("{}")).Total.Values).ShouldBe("2");
    }

    [Theory]
    [InlineData("MAX", "=", "9007199254740993", "b")]
    [InlineData("MAX", ">", "9007199254740992", "b c")]
    [InlineData("MAX", ">=", "9007199254740994", "c")]
    [InlineData("MAX", "!=", "9007199254740993", "a c d e")]
    [InlineData("MIN", "<", "9007199254740993", "a d e")]
    [InlineData("MIN", "=", "9007199254740992", "a")]
    [InlineData("MIN", "<=", "-9007199254740993", "e")]
    [InlineData("MAX", "<", "-9007199254740992", "e")]
    [InlineData("MAX", ">", "2.4", "a b c d")]
    public async Task Havings_tell_whole_numbers_apart_to_64_bits(string op, string comparison, string value, string expected)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        foreach (var (name, id) in new[] { ("a", "9007199254740992"), ("b", "9007199254740993"), ("c", "9007199254740994"), ("d", "2.5"), ("e", "-9007199254740993") })
            rows.Event(1, $$"""{"who":"{{name}}","id":{{id}}}""");
        await rows.StoreAsync();
        foreach (var hidden in new[] { false, true })
        {
            // What a formula stands in for is not shown, and compared all the same.
            var formula = hidden ? ""","formulas":[{"name":"same","expression":"$shown"}]""" : "";
            var result = await rows.AskAsync($$"""
                {"calculations":[{"op":"{{op}}","column":"id","name":"shown"}],"breakdowns":["who"],"orders":[{"column":"who"}]{{formula}},
                 "havings":[{"calculate_op":"{{op}}","column":"id","op":"{{comparison}}","value":{{value}}}]}
                """);
            string.Join(' ', result.Groups.Select(g => g.Key[0])).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("COUNT_DISTINCT", "=", "0", "none")]
    [InlineData("COUNT_DISTINCT", "<", "2", "none one")]
    [InlineData("COUNT_DISTINCT", "!=", "0", "one two")]
    [InlineData("COUNT", "=", "0", "none")]
    public async Task A_count_of_nothing_is_zero_in_orders_and_havings(string op, string comparison, string value, string expected)
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Event(1, """{"g":"none"}""").Event(2, """{"g":"one","v":"a"}""")
            .Event(3, """{"g":"two","v":"a"}""").Event(4, """{"g":"two","v":"b"}""").StoreAsync();
        var result = await rows.AskAsync($$"""
            {"calculations":[{"op":"{{op}}","column":"v"}],"breakdowns":["g"],"orders":[{"op":"{{op}}","column":"v","order":"ascending"}],
             "havings":[{"calculate_op":"{{op}}","column":"v","op":"{{comparison}}","value":{{value}}}]}
            """);
        string.Join(' ', result.Groups.Select(g => g.Key[0])).ShouldBe(expected);
    }

    [Fact]
    public async Task Groups_of_several_signals_tell_whole_numbers_apart_to_64_bits()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Span(1, """{"big":9007199254740992}""").Event(2, """{"big":9007199254740993}""").Log(3, """{"big":9007199254740993}""").StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"COUNT"},{"op":"MAX","column":"big"}],"breakdowns":["big"],"orders":[{"column":"big"}]}""");
        ExploreRows.Table(result).ShouldBe("9007199254740992: 1 9007199254740992\n9007199254740993: 2 9007199254740993");
        result.Groups[1].Key.ShouldBe([9007199254740993L]);
    }

    [Fact]
    public async Task Zero_is_one_value_whatever_its_sign()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Event(1, """{"n":0.0,"m":"a"}""").Event(2, """{"n":-0.0,"m":-0.0}""").Event(3, """{"n":0,"m":0.0}""").Event(4, """{"n":-0,"m":-0}""").StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"COUNT"},{"op":"COUNT_DISTINCT","column":"n"},{"op":"COUNT_DISTINCT","column":"m"}],"breakdowns":["n"]}""");
        ExploreRows.Table(result).ShouldBe("0: 4 1 2");
        (await rows.AskAsync("""{"filters":[{"column":"m","op":"=","value":"0"}]}""")).Total.Values.ShouldBe([3L]);
    }

    [Theory]
    [InlineData("MAX", "descending", "c b a d")]
    [InlineData("MIN", "ascending", "d a b c")]
    public async Task Orders_tell_whole_numbers_apart_to_64_bits(string op, string order, string expected)
    {
        var rows = await ExploreRows.OpenAsync(engine);
        foreach (var (name, id) in new[] { ("b", "9007199254740993"), ("c", "9007199254740994"), ("a", "9007199254740992"), ("d", "2.5") })
            rows.Event(1, $$"""{"who":"{{name}}","id":{{id}}}""");
        await rows.StoreAsync();
        // Both ways to the groups: in one pass, and the first of many.
        var result = await rows.AskAsync($$"""{"calculations":[{"op":"{{op}}","column":"id"}],"breakdowns":["who"],"orders":[{"op":"{{op}}","column":"id","order":"{{order}}"}]}""");
        string.Join(' ', result.Groups.Select(g => g.Key[0])).ShouldBe(expected);
        var most = GroupRunner.MostCells;
        GroupRunner.MostCells = 1;
        try
        {
            result = await rows.AskAsync($$"""{"calculations":[{"op":"{{op}}","column":"id"}],"breakdowns":["who"],"orders":[{"op":"{{op}}","column":"id","order":"{{order}}"}],"limit":2}""");
        }
        finally
        {
            GroupRunner.MostCells = most;
        }
        string.Join(' ', result.Groups.Select(g => g.Key[0])).ShouldBe(string.Join(' ', expected.Split(' ').Take(2)));
    }

    [Theory]
    [InlineData("P90", "metric.value", "10", true)]
    [InlineData("P90", "twice", "0", true)]
    [InlineData("COUNT_DISTINCT", "value", "0", true)]
    [InlineData("MAX", "metric.max", "4", false)]
    [InlineData("MIN", "metric.min", "0.5", false)]
    [InlineData("SUM", "metric.sum", "60", false)]
    public async Task Values_of_histograms_are_not_made_up(string op, string column, string expected, bool warns)
    {
        var rows = await (await ExploreRows.OpenAsync(engine))
            .Point(1, 0, "latency", MetricType.Histogram, Temporality.Delta, count: 10, sum: 60, min: 0.5, max: 4).StoreAsync();
        var result = await rows.AskAsync(
            $$"""{"calculations":[{"op":"{{op}}","column":"{{column}}"}],"signals":["metrics"],"calculated_fields":[{"name":"twice","expression":"MUL($value, 2)"}]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe(expected);
        result.Warnings.Any(w => w.StartsWith("Some data points are histograms", StringComparison.Ordinal)).ShouldBe(warns, string.Join(" | ", result.Warnings));
    }

    [Fact]
    public async Task A_metric_without_histograms_warns_of_none()
    {
        var rows = await (await ExploreRows.OpenAsync(engine)).Point(1, 3, "load", MetricType.Gauge, Temporality.Unspecified).StoreAsync();
        var result = await rows.AskAsync("""{"calculations":[{"op":"P90","column":"value"}],"signals":["metrics"]}""");
        ExploreRows.Line(result.Total.Values).ShouldBe("3");
        result.Warnings.ShouldBeEmpty();
    }
}
