using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Results in special cases: heatmaps, expired results, columns that nobody sent.</summary>
[Collection(nameof(RealClients))]
public sealed class QueryResultTests(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task A_heatmap_is_a_list_of_bins_in_the_apis_results()
    {
        const string key = "query-heatmaps";
        var events = Enumerable.Range(0, 20).Select(i => $$"""{"samplerate":2,"data":{"v":{{(i < 15 ? 10 : 3000)}},"name":"{{i % 2}}"} }""");
        await SendAsync(key, "maps", $"[{string.Join(',', events)}]");
        var flat = await KeptAsync(key, "maps", """{"calculations":[{"op":"COUNT"},{"op":"HEATMAP","column":"v"}],"time_range":7200,"granularity":7200}""", 40);
        var row = flat["data"]!.List("results").ShouldHaveSingleItem()!["data"]!;
        row.List("HEATMAP(v)").Select(b => (double)b!["count"]!).ShouldBe([30, 10]);
        var low = row.List("HEATMAP(v)")[0]!;
        ((double)low["min"]!).ShouldBeLessThanOrEqualTo(10);
        ((double)low["max"]!).ShouldBeGreaterThan(10);
        flat["data"]!.List("series").Sum(s => s!["data"]!.List("HEATMAP(v)").Sum(b => (double)b!["count"]!)).ShouldBe(40);
        // With breakdowns a heatmap covers all groups, and is in the totals.
        var grouped = await KeptAsync(key, "maps", """{"calculations":[{"op":"COUNT"},{"op":"HEATMAP","column":"v"}],"breakdowns":["name"],"time_range":7200}""", 40);
        grouped["data"]!.List("results").Select(r => r!["data"]!.AsObject().ContainsKey("HEATMAP(v)")).ShouldBe([false, false]);
        grouped["data"]!["total_by_aggregate"]!.List("HEATMAP(v)").Sum(b => (double)b!["count"]!).ShouldBe(40);
        // The page behind the link asks for the query by its id alone.
        var link = grouped["links"]!.Text("query_url");
        link.ShouldStartWith($"{_weir.Url}/query?kept=");
        var kept = JsonNode.Parse(await _weir.Client.GetStringAsync($"/api/queries/{link[(link.IndexOf('=') + 1)..]}"))!;
        kept.Text("dataset").ShouldBe("maps");
        kept["query"]!.ToJsonString().ShouldBe("""{"calculations":[{"op":"COUNT"},{"op":"HEATMAP","column":"v"}],"breakdowns":["name"],"time_range":7200}""");
    }

    [Fact]
    public async Task An_expired_result_is_an_error_that_says_so()
    {
        await using var weir = await WeirProcess.StartAsync();
        weir.DeleteFolder = false;
        await CallAsync(weir, HttpMethod.Post, "/1/datasets", """{"name":"gone"}""", 201);
        var id = (await CallAsync(weir, HttpMethod.Post, "/1/queries/gone", "{}", 200)).Text("id");
        var result = (await CallAsync(weir, HttpMethod.Post, "/1/query_results/gone", $$"""{"query_id":"{{id}}"}""", 201)).Text("id");
        await CallAsync(weir, HttpMethod.Get, $"/1/query_results/gone/{result}", null, 200);
        await weir.StopAsync();
        await using var again = await WeirProcess.StartAsync(weir.DataFolder);
        (await CallAsync(again, HttpMethod.Get, $"/1/queries/gone/{id}", null, 200)).Text("id").ShouldBe(id);
        var gone = await CallAsync(again, HttpMethod.Get, $"/1/query_results/gone/{result}", null, 404);
        gone.Text("detail").ShouldStartWith("Query result not found");
        gone.Text("type").ShouldBe($"{again.Url}/problems/not-found");
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"/1/queries/nowhere/{id}"), (HttpMethod.Get, $"/1/query_results/nowhere/{result}"), (HttpMethod.Post, "/1/queries/nowhere"),
            (HttpMethod.Post, "/1/query_results/nowhere"),
        })
        {
            (await CallAsync(again, method, path, method == HttpMethod.Post ? "{}" : null, 404)).Text("error").ShouldBe("Dataset not found");
        }
        (await CallAsync(again, HttpMethod.Get, "/1/queries/gone/nothing", null, 404)).Text("error").ShouldBe("Query not found");
        (await CallAsync(again, HttpMethod.Get, "/api/queries/nothing", null, 404)).Text("type").ShouldBe($"{again.Url}/problems/not-found");
        (await CallAsync(again, HttpMethod.Get, "/api/query/nothing", null, 404)).Text("type").ShouldBe($"{again.Url}/problems/not-found");
    }

    [Fact]
    public async Task Columns_that_no_row_has_are_queried_with_a_warning()
    {
        await SendAsync("query-odd", "odd", """[{"data":{"odd.v":1}},{"data":{"odd.v":"one"}},{"data":{"odd.w":"two"}}]""");
        // A question asked while the rows come in may know its columns from just before them.
        await _weir.LoadedAsync();
        var query = JsonNode.Parse(
            """
            {"calculations":[{"op":"COUNT"},{"op":"AVG","column":"odd.v"},{"op":"MAX","column":"odd.w"},{"op":"SUM","column":"odd.none"}],"breakdowns":["odd.nobody"],
             "filters":[{"column":"environment","op":"=","value":"query-odd"}],"time_range":7200}
            """)!;
        JsonNode run;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            run = await AskAsync(query);
            var isThere = run["result"] is { } answer && (long)answer["total"]!["COUNT"]! == 3 && answer.List("warnings").Count == 4;
            if (isThere || clock.Elapsed > Waiting.Patience)
                break;
        }
        run["result"]!.List("groups").ShouldHaveSingleItem()!.ToJsonString().ShouldBe(
            """{"key":{"odd.nobody":null},"values":{"COUNT":3,"AVG(odd.v)":1,"MAX(odd.w)":null,"SUM(odd.none)":null}}""");
        run["result"]!.List("warnings").Select(w => (string)w!).ShouldBe(
        [
            "No row has a column called odd.nobody.", "No row has a column called odd.none.", "odd.v is text in some rows; AVG is of the rows where it is a number.",
            "odd.w is text in every row, so MAX has nothing to calculate with.",
        ]);
        var stats = run["result"]!["stats"]!;
        ((long)stats["bytesRead"]! > 0, run["progress"]).ShouldBe((true, null));
    }

    private async Task SendAsync(string key, string dataset, string batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/1/batch/{dataset}") { Content = new StringContent(batch, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-honeycomb-team", key);
        using var response = await _weir.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonNode> AskAsync(JsonNode query)
    {
        using var response = await _weir.Client.PostAsJsonAsync("/api/query", new JsonObject { ["query"] = query.DeepClone(), ["waitMs"] = 20_000 });
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Keeps a query, asks for its result, and again until so many rows are in it.</summary>
    private async Task<JsonNode> KeptAsync(string key, string dataset, string spec, long rows)
    {
        var id = (await CallAsync(_weir, HttpMethod.Post, $"/1/queries/{dataset}", spec, 200, key)).Text("id");
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var result = await CallAsync(_weir, HttpMethod.Post, $"/1/query_results/{dataset}", $$"""{"query_id":"{{id}}","disable_total_by_aggregate":false}""", 201, key);
            var path = $"/1/query_results/{dataset}/{result.Text("id")}";
            while (!(bool)result["complete"]! && clock.Elapsed < Waiting.Patience)
                result = await CallAsync(_weir, HttpMethod.Get, path, null, 200, key);
            if ((result["data"]?["total_by_aggregate"]?["COUNT"] is { } count && (long)count == rows) || clock.Elapsed > Waiting.Patience)
                return result;
        }
    }

    private static async Task<JsonNode> CallAsync(WeirProcess weir, HttpMethod method, string path, string? body, int status, string key = "query-results")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-honeycomb-team", key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await weir.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, $"{method} {path} {text}");
        return JsonNode.Parse(text)!;
    }
}
