using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Events and links of spans, sent by OpenTelemetry's SDK for Node, are rows that questions find; nothing else counts them twice.</summary>
public sealed class SpanEventTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const string IsEvent = """{"column":"meta.annotation_type","op":"=","value":"span_event"}""";
    private const string IsLink = """{"column":"meta.annotation_type","op":"=","value":"link"}""";
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Events_exceptions_and_links_of_spans_are_queried_as_in_honeycomb()
    {
        var sent = await RealClient.NodeAsync(
            _weir,
            "otel-trace.js",
            ("TRACE_SPANS", "3000"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{_weir.OtlpHttpPort}"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team=span-events"));
        sent.List("failures").ShouldBeEmpty();
        var (spans, failed, events, links) = ((long)sent["spans"]!, (long)sent["failed"]!, (long)sent["events"]!, (long)sent["links"]!);
        (failed * events * links).ShouldBeGreaterThan(0, "the trace must have some of each");
        var trace = sent.Text("traceId");
        var api = new HoneycombCalls(_weir, "span-events");

        var types = await api.AskAsync(
            "__all__",
            $$"""{"calculations":[{"op":"COUNT"},{"op":"MAX","column":"meta.time_since_span_start_ms"}],"breakdowns":["exception.type"],"filters":[{{IsEvent}},{"column":"name","op":"=","value":"exception"}],"time_range":7200}""",
            results => results.Count == 1 && (long)results[0]!["data"]!["COUNT"]! == failed);
        types[0]!["data"]!.Text("exception.type").ShouldBe("TypeError");
        ((double)types[0]!["data"]!["MAX(meta.time_since_span_start_ms)"]!).ShouldBeGreaterThan(0);

        // The spans, the one before them that is linked to, their events, their links: each is an event of Honeycomb's.
        await api.CountAsync("__all__", """{"column":"meta.signal_type","op":"=","value":"trace"}""", spans + 1 + failed + events + links);
        await api.CountAsync("__all__", """{"column":"trace.span_id","op":"exists"},{"column":"meta.signal_type","op":"=","value":"trace"}""", spans + 1);
        await api.CountAsync("__all__", $$"""{{IsEvent}},{"column":"trace.span_id","op":"exists"}""", 0);
        await api.CountAsync("__all__", $$"""{{IsEvent}},{"column":"parent.error","op":"=","value":true},{"column":"error","op":"=","value":true},{"column":"name","op":"=","value":"exception"}""", failed);
        await api.CountAsync("__all__", """{"column":"name","op":"=","value":"cache miss"},{"column":"key","op":"starts-with","value":"k"},{"column":"service.version","op":"=","value":"1.4.2"}""", events);
        var services = await api.AskAsync("__all__", $$"""{"calculations":[{"op":"COUNT"}],"breakdowns":["service.name","library.name"],"filters":[{{IsEvent}}],"time_range":7200}""", r => r.Count > 0);
        services.ShouldAllBe(r => r!["data"]!.Text("library.name") == "shop." + r["data"]!.Text("service.name"));
        var orders = services.Where(r => r!["data"]!.Text("service.name") == "orders").Sum(r => (long)r!["data"]!["COUNT"]!);
        await api.CountAsync("orders", IsEvent, orders);

        using var answer = await _weir.Client.PostAsJsonAsync("/api/query", new JsonObject
        {
            ["query"] = JsonNode.Parse($$"""{"calculations":[{"op":"COUNT"}],"breakdowns":["trace.link.trace_id","parent_name"],"filters":[{{IsLink}},{"column":"trace.trace_id","op":"=","value":"{{trace}}"}],"time_range":7200}"""),
            ["waitMs"] = 30_000,
        });
        var groups = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["result"]!.List("groups");
        groups.Sum(g => (long)g!["values"]!["COUNT"]!).ShouldBe(links);
        groups.ShouldAllBe(g => g!["key"]!.Text("trace.link.trace_id") == sent.Text("linkedTraceId") && g["key"]!.Text("parent_name").Length > 0);

        var story = await _weir.JsonAsync($"/api/story/{trace}", s => (int)s["spanCount"]! >= spans);
        story["table"]!["events"]!.List("span").Count.ShouldBe((int)(events + failed), "each once");
        story["table"]!["links"]!.List("traceIds").Count.ShouldBe((int)links);
        var home = await _weir.JsonAsync("/api/home?start=-2h", h => (long)h["totals"]!["spans"]! >= spans + 1);
        ((long)home["totals"]!["spans"]!, (long)home["totals"]!["events"]!).ShouldBe((spans + 1, 0));
    }
}
