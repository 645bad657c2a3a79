using System.Net;
using Shouldly;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Otlp;

public sealed class FixtureTests
{
    private static readonly HttpClient Client = new();

    public static TheoryData<string> Names => [.. RecordedRequest.Names()];

    public static TheoryData<string> JsTraces => [.. RecordedRequest.Names().Where(n => n.StartsWith("js-", StringComparison.Ordinal) && n.Contains("traces"))];

    public static TheoryData<string> DotNetTraces => [.. RecordedRequest.Names().Where(n => n.StartsWith("dotnet-", StringComparison.Ordinal) && n.Contains("traces"))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Recorded_requests_are_accepted_whole(string name)
    {
        await using var server = await ReplayAsync(name);
        var blocks = server.Sink.Blocks;
        blocks.ShouldNotBeEmpty();
        foreach (var counter in server.Counters)
        {
            counter.Drops.ShouldBeEmpty();
            counter.Received.ShouldBe(blocks.Single(b => b.Signal == counter.Signal).Block.Rows);
        }
        foreach (var (protocol, signal, block) in blocks)
        {
            protocol.ShouldBe("otlp");
            for (var row = 0; row < block.Rows; row++)
            {
                block[row, "service"].ShouldBe(name.StartsWith("js-", StringComparison.Ordinal) ? "backend-js" : "backend-net");
                block[row, "environment"].ShouldBe(RecordedRequest.Load(name).Headers.GetValueOrDefault("x-honeycomb-team", "default"), signal.ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(JsTraces))]
    public async Task Js_spans_are_the_same_by_every_way(string name)
    {
        await using var server = await ReplayAsync(name);
        var rows = server.Sink.Single(Signal.Spans);
        rows.Rows.ShouldBe(2);
        var child = rows.Text(0, "name") == "home-activities-mock-data" ? 0 : 1;
        var parent = 1 - child;
        rows[child, "trace_id"].ShouldBe(rows[parent, "trace_id"]);
        rows[child, "parent_span_id"].ShouldBe(rows[parent, "span_id"]);
        rows[parent, "parent_span_id"].ShouldBe("");
        rows[parent, "kind"].ShouldBe("server");
        rows[child, "kind"].ShouldBe("internal");
        rows[child, "start_time"].ShouldBe(1_700_000_000_002_000_000L);
        rows[child, "duration_ns"].ShouldBe(1_000_000ul);
        rows[child, "status"].ShouldBe("error");
        rows[child, "status_message"].ShouldBe("boom");
        rows[child, "scope_name"].ShouldBe("home.activities");
        rows[child, "scope_version"].ShouldBe("0.1");
        rows[child, "resource"].ShouldBe("""{"service.name":"backend-js","service.version":"1.0","host.name":"web-1","tags":"[\"a\",\"b\"]"}""");
        var attributes = rows.Json(child);
        attributes["app.now"].ShouldBe("2023-11-14T22:13:20Z");
        attributes["app.result_length"].ShouldBe(3L);
        attributes["app.ratio"].ShouldBe(0.5);
        attributes["app.cached"].ShouldBe(true);
        attributes["app.list"].ShouldBe("""["x","y"]""");
        attributes["app.ints"].ShouldBe("[1,2]");
        attributes["app.unicode"].ShouldBe("é🙂");
        attributes["exception.type"].ShouldBe("TypeError");
        rows.Text(child, "events").ShouldStartWith("""[{"time":1700000000002500000,"name":"fetched","attributes":{"rows":3}},{"time":1700000000002600000,"name":"exception",""");
        rows.Text(child, "links").ShouldContain("\"attributes\":{\"why\":\"test\"}");

        var occurrence = server.Sink.Single(Signal.Occurrences);
        occurrence.Rows.ShouldBe(1);
        occurrence[0, "title"].ShouldBe("TypeError: cannot read properties of undefined");
        occurrence.Text(0, "exceptions").ShouldContain("\"file\":\"/app/services/home.js\",\"line\":12,\"column\":7,\"method\":\"HomeActivities.run\"");
        occurrence[0, "span_id"].ShouldBe(rows[child, "span_id"]);
        occurrence[0, "time"].ShouldBe(1_700_000_000_002_600_000L);
        occurrence[0, "host"].ShouldBe("web-1");
    }

    [Theory]
    [MemberData(nameof(DotNetTraces))]
    public async Task DotNet_spans_are_the_same_by_every_way(string name)
    {
        await using var server = await ReplayAsync(name);
        var rows = server.Sink.Single(Signal.Spans);
        rows.Rows.ShouldBe(2);
        rows[0, "name"].ShouldBe("home-activities-mock-data");
        rows[0, "parent_span_id"].ShouldBe(rows[1, "span_id"]);
        rows[0, "status"].ShouldBe("error");
        rows.Json(0)["app.result_length"].ShouldBe(3L);
        rows.Json(0)["app.list"].ShouldBe("""["x","y"]""");
        rows.Json(1)["http.response.status_code"].ShouldBe(500L);
        ((ulong)rows[1, "duration_ns"]!).ShouldBeGreaterThan((ulong)rows[0, "duration_ns"]!);
        var occurrence = server.Sink.Single(Signal.Occurrences);
        occurrence[0, "exception_class"].ShouldBe("System.InvalidOperationException");
        occurrence[0, "message"].ShouldBe("no return value");
        occurrence[0, "language"].ShouldBe("dotnet");
        occurrence[0, "code_version"].ShouldBe("2.0");
        occurrence.Text(0, "exceptions").ShouldContain("/app/Program.cs");
    }

    [Fact]
    public async Task DotNet_logs_of_an_exception_are_an_occurrence()
    {
        await using var server = await ReplayAsync(RecordedRequest.Names().Single(n => n.StartsWith("dotnet-", StringComparison.Ordinal) && n.EndsWith("logs-grpc", StringComparison.Ordinal)));
        var logs = server.Sink.Single(Signal.Logs);
        logs[0, "severity"].ShouldBe("error");
        logs[0, "body"].ShouldBe("request /api failed after 12.5 ms");
        logs[0, "scope_name"].ShouldBe("Cruddur.Home");
        logs.Json(0)["Path"].ShouldBe("/api");
        logs.Json(0)["Ms"].ShouldBe(12.5);
        logs[0, "trace_id_from"].ShouldBe("field");
        var occurrence = server.Sink.Single(Signal.Occurrences);
        occurrence[0, "exception_class"].ShouldBe("System.TimeoutException");
        occurrence[0, "message"].ShouldBe("too late");
        occurrence[0, "trace_id"].ShouldBe(logs[0, "trace_id"]);
    }

    [Theory]
    [InlineData("protobuf")]
    [InlineData("json")]
    public async Task Js_logs_and_metrics_are_read(string encoding)
    {
        await using var logs = await ReplayAsync($"js-0.223.1-logs-{encoding}");
        var log = logs.Sink.Single(Signal.Logs);
        log[0, "time"].ShouldBe(1_700_000_000_000_000_005L);
        log[0, "body"].ShouldBe("""{"message":"failed","code":7,"list":[1,"a",null]}""");
        log[0, "event_name"].ShouldBe("request.failed");
        log.Json(0)["nested.a.b"].ShouldBe(1L);
        log.Json(0)["n"].ShouldBe(1.5);
        log.Json(0)["body.code"].ShouldBe(7L);
        await using var metrics = await ReplayAsync($"js-0.223.1-metrics-{encoding}");
        var points = metrics.Sink.Single(Signal.Metrics);
        var names = Enumerable.Range(0, points.Rows).ToDictionary(row => points.Text(row, "name") + (points.Json(row).TryGetValue("route", out var route) ? route : ""));
        names.Keys.ShouldBe(["requests/home", "inflight", "latency", "latency/x", "temp"], ignoreOrder: true);
        points[names["requests/home"], "value"].ShouldBe(3.0);
        points[names["requests/home"], "monotonic"].ShouldBe(1ul);
        points[names["inflight"], "value"].ShouldBe(-2.0);
        points[names["inflight"], "monotonic"].ShouldBe(0ul);
        points[names["latency/x"], "type"].ShouldBe("histogram");
        points[names["latency/x"], "max"].ShouldBe(70.0);
        points[names["temp"], "type"].ShouldBe("gauge");
        points[names["temp"], "value"].ShouldBe(21.5);
    }

    private static async Task<OtlpServer> ReplayAsync(string name)
    {
        var server = await OtlpServer.StartAsync();
        var recorded = RecordedRequest.Load(name);
        using var content = new ByteArrayContent(recorded.Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(recorded.IsGrpc ? server.Grpc : server.Http, recorded.Path)) { Content = content };
        if (recorded.IsGrpc)
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        foreach (var (header, value) in recorded.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, value))
                content.Headers.TryAddWithoutValidation(header, value);
        }
        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        if (recorded.IsGrpc)
            response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
        else
            body.ShouldBe(recorded.Headers["content-type"] == "application/json" ? "{}"u8.ToArray() : []);
        return server;
    }
}
