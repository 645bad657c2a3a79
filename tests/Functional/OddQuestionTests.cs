using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Query;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Questions that are too much, too deep or beside the point: each has an answer or is refused with its reason.</summary>
[Collection(nameof(RealClients))]
public sealed class OddQuestionTests(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Ten_thousand_groups_are_counted_and_the_first_are_shown()
    {
        const string dataset = "odd-groups";
        for (var part = 0; part < 10; part++)
        {
            var from = part * 1000;
            await SendAsync(dataset, Enumerable.Range(0, 1000).Select(i => $$"""{"data":{"k":"key-{{from + i}}","n":{{from + i}},"zero":0} }"""));
        }
        await SendAsync(dataset, ["""{"data":{"k":"key-7","n":7,"zero":0}}"""]);
        var result = await EventuallyAsync(dataset, """{"calculations":[{"op":"COUNT"},{"op":"COUNT_DISTINCT","column":"k"}],"breakdowns":["k"],"limit":1000,"time_range":7200}""", 10_001);
        result.List("groups").Count.ShouldBe(1000);
        result.List("groups")[0]!.ToJsonString().ShouldContain("\"COUNT\":2");
        ((long)result["other"]!["COUNT"]!).ShouldBe(10_001 - 1001);
        ((double)(long)result["total"]!["COUNT_DISTINCT(k)"]!).ShouldBeInRange(9_900, 10_100);

        // A division by zero is null; so is what is calculated with it.
        var divided = await EventuallyAsync(
            dataset, """{"calculations":[{"op":"COUNT","column":"d"},{"op":"MAX","column":"d"}],"calculated_fields":[{"name":"d","expression":"DIV($n, $zero)"}],"time_range":7200}""", null);
        divided["total"]!.ToJsonString().ShouldBe("""{"COUNT(d)":0,"MAX(d)":null}""");
        var formula = await EventuallyAsync(
            dataset, """{"calculations":[{"op":"COUNT","name":"all"},{"op":"SUM","column":"zero","name":"none"}],"formulas":[{"name":"f","expression":"$all / $none"}],"time_range":7200}""", null);
        formula["total"]!.ToJsonString().ShouldBe("""{"f":null}""");

        // RE2 knows no backtracking: a pattern that others choke on takes its one pass.
        var pattern = await EventuallyAsync(
            dataset, """{"calculations":[{"op":"COUNT"}],"filters":[{"column":"k","op":"matches","value":"^(([a-z])+.)+[A-Z]([a-z])+$"}],"time_range":7200}""", null);
        ((long)pattern["total"]!["COUNT"]!).ShouldBe(0);

        // A hundred filters, the most there may be.
        var filters = string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"column":"n","op":"!=","value":{{i}}}"""));
        var filtered = await EventuallyAsync(dataset, $$"""{"calculations":[{"op":"COUNT"}],"filters":[{{filters}}],"time_range":7200}""", null);
        ((long)filtered["total"]!["COUNT"]!).ShouldBe(9_900);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "one filter more than there may be", $$"""{"filters":[{{string.Join(',', Enumerable.Repeat("""{"column":"a","op":"exists"}""", 101))}}]}""", "at most 100 items" },
        { "a pattern that is none", """{"filters":[{"column":"a","op":"matches","value":"("}]}""", "" },
        { "a long pattern", $$"""{"filters":[{"column":"a","op":"matches","value":"{{new string('a', 1001)}}"}]}""", "at most 1000 characters" },
        { "an expression too long", $$"""{"calculated_fields":[{"name":"x","expression":"CONCAT(\"{{new string('a', 4096 - 10)}}\")"}]}""", "longer than 4095" },
        { "an expression too deep", $$"""{"calculated_fields":[{"name":"x","expression":"{{string.Concat(Enumerable.Repeat("NOT(", 300))}}1{{new string(')', 300)}}"}]}""", "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_query_above_a_limit_is_rejected_with_the_reason(string what, string query, string reason)
    {
        using var response = await _weir.Client.PostAsync(
            "/api/query", new StringContent($$"""{"query":{{query}},"dataset":"odd-groups","waitMs":20000}""", Encoding.UTF8, "application/json"));
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        // What only the engine knows ends the run instead.
        var problem = (int)response.StatusCode == 422 ? answer : answer["problem"];
        ((int)problem!["status"]!).ShouldBe(422, $"{what}: {answer.ToJsonString()}");
        problem.Text("detail").ShouldContain(reason);
        problem.Text("type").ShouldStartWith($"{_weir.Url}/problems/");
    }

    [Fact]
    public async Task An_expression_of_all_the_characters_there_may_be_is_answered()
    {
        await SendAsync("odd-long", ["""{"data":{"a":"x"}}"""]);
        var text = new string('a', 4095 - "CONCAT($a, \"\")".Length);
        var result = await EventuallyAsync(
            "odd-long",
            $$"""{"calculations":[{"op":"COUNT"},{"op":"MAX","column":"l"}],"calculated_fields":[{"name":"x","expression":"CONCAT($a, \"{{text}}\")"},{"name":"l","expression":"LENGTH($x)"}],"time_range":7200}""", 1);
        ((double)result["total"]!["MAX(l)"]!).ShouldBe(text.Length + 1);
    }

    private async Task SendAsync(string dataset, IEnumerable<string> events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/1/batch/{dataset}") { Content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json") };
        request.Headers.Add("x-honeycomb-team", "odd");
        using var response = await _weir.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200);
    }

    /// <summary>The result when COUNT is as many, or at once when it does not matter.</summary>
    private async Task<JsonNode> EventuallyAsync(string dataset, string query, long? count)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            using var response = await _weir.Client.PostAsJsonAsync("/api/query", new JsonObject { ["query"] = JsonNode.Parse(query), ["dataset"] = dataset, ["waitMs"] = 20_000 });
            var run = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (run["result"] is { } result && (count is null || (long)result["total"]!["COUNT"]! == count))
                return result;
            if (clock.Elapsed > Waiting.Patience)
                throw new TimeoutException(run.ToJsonString()[..Math.Min(2000, run.ToJsonString().Length)]);
        }
    }
}
