using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Spans that come as Honeycomb's wide events, with ids of any form: traces, stories, search, map, and questions that count each once.</summary>
public sealed class EventSpanTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private readonly WeirProcess _weir = running.Weir;

    public static TheoryData<string, string> Ids => new()
    {
        { "hex", "\"0af7651916cd43dd8448eb211c80319c\"" },
        { "upper", "\"0BF7651916CD43DD8448EB211C80319C\"" },
        { "sixteen", "\"8448eb211c80319d\"" },
        { "uuid", "\"7d444840-9dc0-11d1-b245-5ffdce74fad2\"" },
        { "text", "\"order-17\"" },
        { "number", "1234567890123456" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_trace_of_wide_events_is_found_under_its_id_as_sent(string form, string json)
    {
        var id = json.Trim('"');
        var api = new HoneycombCalls(_weir, "beelines");
        var dataset = "set-" + form;
        var statuses = await api.BatchAsync(dataset, $$$"""
            [{"data":{"trace.trace_id":{{{json}}},"trace.span_id":"a1","service_name":"shop-{{{form}}}","name":"GET /cart","duration_ms":12.5,"request.method":"GET","request.path":"/cart","error":"boom"},"samplerate":2},
             {"data":{"trace.trace_id":{{{json}}},"trace.span_id":"a2","trace.parent_id":"a1","service_name":"shop-{{{form}}}","name":"query","duration_ms":3,"meta.type":"db"}},
             {"data":{"trace.trace_id":{{{json}}},"trace.parent_id":"a1","name":"cache miss","meta.annotation_type":"span_event"}},
             {"data":{"trace.trace_id":{{{json}}},"trace.parent_id":"a1","meta.annotation_type":"link","trace.link.trace_id":"elsewhere"}}]
            """);
        statuses.AsArray().ShouldAllBe(status => (int)status!["status"]! == 202);

        var story = await _weir.JsonAsync($"/api/story/{Uri.EscapeDataString(id)}", s => (int?)s["spanCount"] == 2 && s.List("spans")[0]!.List("events").Count == 1);
        var spans = story.List("spans");
        var root = spans.Of("name", "GET /cart");
        (root.Text("kind"), root.Text("status"), (long)root["durationNs"]!).ShouldBe(("server", "error", 12_500_000));
        (root.List("events")[0]!.Text("name"), root.List("links").Count).ShouldBe(("cache miss", 1));
        spans.Of("name", "query").Text("parentSpanId").ShouldBe(root.Text("spanId"));
        (await _weir.JsonAsync($"/api/story/{id}/spans/{root.Text("spanId")}", _ => true)).List("spans")[0]!.List("events").Count.ShouldBe(1);

        var found = (await _weir.JsonAsync($"/api/search?q={Uri.EscapeDataString(id)}", s => s.List("matches").Count > 0)).List("matches")[0]!;
        (found.Text("kind"), found.Text("link")).ShouldBe(("trace", "/story/" + story.Text("traceId")));
        var trace = (await _weir.JsonAsync($"/api/traces?service=shop-{form}", t => t.List("traces").Count == 1)).List("traces")[0]!;
        (trace["root"]!.Text("name"), (long)trace["spanCount"]!).ShouldBe(("GET /cart", 2));

        // Queries return the sent events, each once, and no dataset was created for the service.
        await api.CountAsync(dataset, $$"""{"column":"trace.trace_id","op":"=","value":{{json}}}""", 5);
        var rows = await api.AskAsync(
            dataset,
            $$"""{"calculations":[{"op":"COUNT"},{"op":"MAX","column":"duration_ms"}],"breakdowns":["trace.trace_id","trace.span_id","error","type"],"filters":[{"column":"trace.span_id","op":"in","value":["a1","a2"]}],"time_range":7200}""",
            r => r.Count == 2);
        var failed = rows.Select(r => r!["data"]!).Single(r => r.Text("trace.span_id") == "a1");
        (failed["trace.trace_id"]!.ToString(), failed.Text("error"), failed["type"], (double)failed["MAX(duration_ms)"]!).ShouldBe((id, "boom", null, 12.5));
        await api.CountAsync("__all__", $$"""{"column":"service_name","op":"=","value":"shop-{{form}}"}""", 3);
        await api.CountAsync("__all__", $$"""{"column":"parent.name","op":"=","value":"GET /cart"},{"column":"service_name","op":"=","value":"shop-{{form}}"}""", 1);
        using var listed = await api.CallAsync(HttpMethod.Get, "/1/datasets");
        JsonNode.Parse(await listed.Content.ReadAsStringAsync())!.AsArray().Select(d => d!.Text("slug")).ShouldNotContain($"shop-{form}");
    }

    [Fact]
    public async Task The_home_page_counts_such_an_event_as_a_span()
    {
        await using var weir = await WeirProcess.StartAsync();
        await new HoneycombCalls(weir, "beelines").BatchAsync("home", """
            [{"data":{"trace.trace_id":"t","trace.span_id":"a","name":"x","duration_ms":1}},{"data":{"plain":1}}]
            """);
        var home = await weir.JsonAsync("/api/home?start=-2h", h => (long)h["totals"]!["spans"]! == 1 && (long)h["totals"]!["events"]! > 0);
        ((long)home["totals"]!["spans"]!, (long)home["totals"]!["events"]!).ShouldBe((1, 1));
    }
}
