using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Questions to the real server: as Honeycomb's clients ask them, and as the web UI does.</summary>
[Collection(nameof(RealClients))]
public sealed class QueryTests(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    /// <summary>The calls of Terraform's provider for a query and its result: create, read back, create a result, poll every 200 ms.</summary>
    [Fact]
    public async Task A_query_is_created_read_run_and_polled()
    {
        const string key = "query-tests";
        await SendAsync(key, "terraform", """[{"samplerate":10,"data":{"v":200,"name":"a"}},{"samplerate":10,"data":{"v":1100,"name":"b","duration_ms":12.5}}]""");
        var spec = JsonNode.Parse(
            """
            {"calculations":[{"op":"COUNT"},{"op":"AVG","column":"v"},{"op":"SUM","column":"v"},{"op":"COUNT_DISTINCT","column":"name"},{"op":"P99","column":"duration_ms"}],
             "filters":[{"column":"v","op":">","value":0}],"breakdowns":["name"],"orders":[{"column":"name","order":"ascending"}],"limit":100,"time_range":7200,"granularity":60}
            """)!;
        using var created = await CallAsync(HttpMethod.Post, "/1/queries/terraform", key, spec);
        created.StatusCode.ShouldBe(HttpStatusCode.OK);
        var query = await BodyAsync(created);
        var id = query.Text("id");
        query.AsObject().Remove("id");
        JsonNode.DeepEquals(query, spec).ShouldBeTrue();
        using var read = await CallAsync(HttpMethod.Get, $"/1/queries/terraform/{id}", key);
        (await BodyAsync(read)).Text("id").ShouldBe(id);

        JsonNode result;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(250))
        {
            result = await ResultAsync(key, "terraform", new JsonObject { ["query_id"] = id, ["disable_series"] = false, ["disable_total_by_aggregate"] = false });
            // What was acknowledged can be asked for a moment later.
            if (result["data"]!.List("results").Count == 2 || clock.Elapsed > Waiting.Patience)
                break;
        }
        result["data"]!.List("results").Select(r => r!["data"]!.ToJsonString()).ShouldBe(
        [
            """{"name":"a","COUNT":10,"AVG(v)":200,"SUM(v)":2000,"COUNT_DISTINCT(name)":1,"P99(duration_ms)":null}""",
            """{"name":"b","COUNT":10,"AVG(v)":1100,"SUM(v)":11000,"COUNT_DISTINCT(name)":1,"P99(duration_ms)":12.5}""",
        ]);
        var total = result["data"]!["total_by_aggregate"]!;
        ((long)total["COUNT"]!, (double)total["AVG(v)"]!, (double)total["SUM(v)"]!).ShouldBe((20, 650, 13_000));
        result["data"]!.List("series").Count.ShouldBe(2);
        result["data"]!.List("series")[0]!.Text("time").ShouldEndWith(":00Z");
        result["links"]!.Text("query_url").ShouldNotBeEmpty();
        result["links"]!.Text("graph_image_url").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_invalid_query_gets_the_error_of_the_api()
    {
        await SendAsync("k", "any", """[{"data":{"x":1}}]""");
        foreach (var (spec, field) in new[]
        {
            ("""{"time_range":60,"start_time":1700000000,"end_time":1700000060}""", "time_range"),
            ("""{"calculations":[{"op":"HEATMAP","column":"x"}],"orders":[{"op":"HEATMAP","column":"x"}]}""", "orders[0].op"),
            ("""{"havings":[{"calculate_op":"P99","column":"x","op":">","value":1}]}""", "havings[0]"),
        })
        {
            using var refused = await CallAsync(HttpMethod.Post, "/1/queries/any", "k", JsonNode.Parse(spec)!);
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            (await BodyAsync(refused)).List("type_detail")[0]!.Text("field").ShouldBe(field);
        }
        using var missing = await CallAsync(HttpMethod.Get, "/1/query_results/any/nothing", "k");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var unknown = await CallAsync(HttpMethod.Post, "/1/query_results/any", "k", new JsonObject { ["query_id"] = "nothing" });
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var text = await _weir.Client.PostAsync("/1/queries/any", new StringContent("lol", Encoding.UTF8, "application/json"));
        text.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Spans_of_an_sdk_are_queried_through_the_api_of_the_ui()
    {
        const string service = "query-dotnet";
        using var source = new ActivitySource(service);
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(service)
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: "1.2.3"))
            .AddOtlpExporter(otlp => (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"http://127.0.0.1:{_weir.OtlpHttpPort}/v1/traces")))
            .Build())
        {
            for (var i = 0; i < 20; i++)
            {
                using var root = source.StartActivity("checkout", ActivityKind.Server)!;
                root.SetTag("cart.items", i).SetTag("cart.country", i % 4 == 0 ? "NZ" : "DE");
                using var child = source.StartActivity("pay")!;
                if (i % 5 == 0)
                    child.SetStatus(ActivityStatusCode.Error, "declined");
            }
            provider.ForceFlush(10_000).ShouldBeTrue();
        }
        var query = JsonNode.Parse(
            $$"""
            {"calculations":[{"op":"COUNT"},{"op":"MAX","column":"cart.items"},{"op":"HEATMAP","column":"duration_ms"}],"breakdowns":["cart.country"],
             "filters":[{"column":"service.name","op":"=","value":"{{service}}"},{"column":"name","op":"=","value":"checkout"},{"column":"service.version","op":"=","value":"1.2.3"}],
             "orders":[{"column":"cart.country"}],"time_range":7200}
            """)!;
        JsonNode run;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(250))
        {
            run = await AskAsync(query);
            if (run["result"] is { } answer && answer.List("groups").Count == 2 && (long)answer["total"]!["COUNT"]! == 20 || clock.Elapsed > Waiting.Patience)
                break;
        }
        run.Text("state").ShouldBe("done", run.ToJsonString());
        run["result"]!.List("groups").Select(g => g!.ToJsonString()).ShouldBe(
        [
            """{"key":{"cart.country":"DE"},"values":{"COUNT":15,"MAX(cart.items)":19}}""",
            """{"key":{"cart.country":"NZ"},"values":{"COUNT":5,"MAX(cart.items)":16}}""",
        ]);
        run["result"]!.List("heatmaps")[0]!.List("cells").Sum(c => (double)c![2]!).ShouldBe(20);
        var declined = query.DeepClone();
        declined["filters"]!.AsArray().Add(JsonNode.Parse("""{"column":"child.status_message","op":"=","value":"declined"}"""));
        ((long)(await AskAsync(declined))["result"]!["total"]!["COUNT"]!).ShouldBe(4);

        var rows = await PostAsync("/api/query/rows", new JsonObject { ["query"] = declined.DeepClone(), ["limit"] = 3 });
        rows.List("rows").Count.ShouldBe(3);
        rows.List("rows")[0]!["data"]!.Text("service.version").ShouldBe("1.2.3");
        rows.Text("next").ShouldNotBeEmpty();
        var traces = await PostAsync("/api/query/traces", new JsonObject { ["query"] = query.DeepClone(), ["at"] = new JsonObject { ["group"] = new JsonObject { ["cart.country"] = "NZ" } } });
        traces.List("traces").Count.ShouldBe(5);
        (traces.List("traces")[0]!.Text("rootName"), (long)traces.List("traces")[0]!["spans"]!).ShouldBe(("checkout", 2));
        var history = JsonNode.Parse(await _weir.Client.GetStringAsync("/api/query/history"))!;
        history.List("items").ShouldContain(item => JsonNode.DeepEquals(item!["query"], query));
    }

    [Fact]
    public async Task A_run_can_be_cancelled()
    {
        var started = await PostAsync("/api/query", new JsonObject
        {
            // Hardly ever done before the next line; then it is done, and that is an answer too.
            ["query"] = JsonNode.Parse("""{"calculations":[{"op":"COUNT_DISTINCT","column":"a"},{"op":"P99","column":"b"}],"breakdowns":["any.name"],"time_range":86400}""")!,
            ["waitMs"] = 0,
        });
        using var cancelled = await _weir.Client.DeleteAsync($"/api/query/{started.Text("id")}");
        cancelled.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var ended = JsonNode.Parse(await _weir.Client.GetStringAsync($"/api/query/{started.Text("id")}?waitMs=10000"))!;
        ended.Text("state").ShouldBeOneOf("cancelled", "done");
    }

    private async Task SendAsync(string key, string dataset, string batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/1/batch/{dataset}") { Content = new StringContent(batch, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-honeycomb-team", key);
        using var response = await _weir.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonNode> ResultAsync(string key, string dataset, JsonObject body)
    {
        using var created = await CallAsync(HttpMethod.Post, $"/1/query_results/{dataset}", key, body);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var path = created.Headers.Location!.ToString();
        ((bool)(await BodyAsync(created))["complete"]!).ShouldBeFalse();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Waiting.Patience; await Task.Delay(200))
        {
            using var polled = await CallAsync(HttpMethod.Get, path, key);
            var result = await BodyAsync(polled);
            polled.StatusCode.ShouldBe(HttpStatusCode.OK, result.ToJsonString());
            if ((bool)result["complete"]!)
            {
                polled.Headers.CacheControl!.ToString().ShouldBe("max-age=86400, private");
                polled.Content.Headers.LastModified.ShouldNotBeNull();
                return result;
            }
        }
        throw new TimeoutException($"{path} was never complete");
    }

    private Task<JsonNode> AskAsync(JsonNode query) => PostAsync("/api/query", new JsonObject { ["query"] = query.DeepClone(), ["waitMs"] = 20_000 });

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var response = await _weir.Client.PostAsJsonAsync(path, body);
        var answer = await BodyAsync(response);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return answer;
    }

    private async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string key, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-honeycomb-team", key);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await _weir.Client.SendAsync(request);
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
}
