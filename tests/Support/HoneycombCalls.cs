using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Tests.Support;

/// <summary>Calls of Honeycomb's API with one key.</summary>
internal sealed class HoneycombCalls(WeirProcess weir, string key)
{
    public async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-honeycomb-team", key);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await weir.Client.SendAsync(request);
    }

    /// <summary>Sends a batch of events; its answer.</summary>
    public async Task<JsonNode> BatchAsync(string dataset, string batch)
    {
        using var answer = await CallAsync(HttpMethod.Post, $"/1/batch/{Uri.EscapeDataString(dataset)}", JsonNode.Parse(batch));
        return await BodyAsync(answer, HttpStatusCode.OK);
    }

    /// <summary>
    /// Makes a query and asks for its results, as Terraform's provider does, until they satisfy: what was acknowledged can be asked for a
    /// moment later.
    /// </summary>
    public async Task<JsonArray> AskAsync(string dataset, string spec, Func<JsonArray, bool> enough, string expected = "")
    {
        var query = await KeepAsync(dataset, spec);
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(250))
        {
            var results = await ResultsAsync(dataset, query);
            if (enough(results))
                return results;
            if (clock.Elapsed > Waiting.Patience)
                throw new TimeoutException($"{spec} over {dataset} never satisfied: {results.ToJsonString()}\nexpected: {expected}");
        }
    }

    /// <summary>The id of a query that was made; a dataset is there a moment after its first rows were acknowledged.</summary>
    private async Task<string> KeepAsync(string dataset, string spec)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(250))
        {
            using var created = await CallAsync(HttpMethod.Post, $"/1/queries/{dataset}", JsonNode.Parse(spec));
            if (created.StatusCode != HttpStatusCode.NotFound || clock.Elapsed > Waiting.Patience)
                return (await BodyAsync(created, HttpStatusCode.OK)).Text("id");
        }
    }

    /// <summary>The only result's value under the name, once it is as expected.</summary>
    public async Task<long> CountAsync(string dataset, string filters, long expected)
    {
        var results = await AskAsync(dataset, $$"""{"calculations":[{"op":"COUNT"}],"filters":[{{filters}}],"time_range":7200}""", r => Count(r) == expected);
        return Count(results);
    }

    private static long Count(JsonArray results) => results.Count == 0 ? 0 : (long)results[0]!["data"]!["COUNT"]!;

    private async Task<JsonArray> ResultsAsync(string dataset, string query)
    {
        using var created = await CallAsync(HttpMethod.Post, $"/1/query_results/{dataset}", new JsonObject { ["query_id"] = query, ["disable_series"] = true });
        var id = (await BodyAsync(created, HttpStatusCode.Created)).Text("id");
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); clock.Elapsed < Waiting.Patience; await Task.Delay(100))
        {
            using var polled = await CallAsync(HttpMethod.Get, $"/1/query_results/{dataset}/{id}");
            var result = await BodyAsync(polled, HttpStatusCode.OK);
            if ((bool)result["complete"]!)
                return result["data"]!.List("results");
        }
        throw new TimeoutException($"the result {id} was never complete");
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == expected ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
    }
}
