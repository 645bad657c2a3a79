using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>All that the X-Ray SDKs for Python and Node record by themselves: what is stored of it, part by part.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsXRaySdk(RunningWeir running)
{
    private const string CallersId = "53995c3f42cd8ad8";
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task The_sdk_for_python_with_patched_clients()
    {
        var sent = await RealClient.PythonAsync(_weir, "xray_flask_calls.py");
        string Trace(string path) => sent["traces"]!.Text(path);

        // A call over HTTP: remote, its status, and the header that the other side got.
        var (segment, call) = Pair(await SpansAsync(Trace("/call/prices"), 2));
        segment.Text("parentSpanId").ShouldBe(CallersId);
        call.Text("name").ShouldBe(sent.Text("base") + "/prices");
        Attributes(call, ("aws.xray.namespace", "remote"), ("http.response.status_code", "200"), ("http.request.method", "get"), ("url.full", sent.Text("base") + "/prices"));
        sent.List("seen").Of("path", "/prices").Text("header").ShouldBe($"Root={Trace("/call/prices")};Parent={call.Text("spanId")};Sampled=1");
        (_, call) = Pair(await SpansAsync(Trace("/call/broken"), 2));
        Attributes(call, ("http.response.status_code", "500"), ("aws.xray.fault", "true"));
        call.Text("status").ShouldBe("error");

        var aws = (await SpansAsync(Trace("/aws"), 4)).Skip(1).ToList();
        aws.Select(s => s.Text("name")).ShouldBe(["dynamodb", "logs", "logs"]);
        Attributes(aws[0], ("aws.xray.namespace", "aws"), ("aws.table_name", "shop-carts"), ("rpc.method", "GetItem"), ("aws.request_id", "REQUEST1"), ("http.response.status_code", "200"));
        Attributes(aws[1], ("rpc.method", "DescribeLogGroups"), ("http.response.status_code", "200"));
        Attributes(aws[2], ("rpc.method", "GetLogEvents"), ("http.response.status_code", "400"), ("aws.xray.error", "true"));
        sent.List("seen").Of("path", "DynamoDB_20120810.GetItem").Text("header").ShouldContain(aws[0].Text("spanId"));
        await NodesAsync(Trace("/aws"), "shop-carts|AWS::DynamoDB::Table", "logs|AWS::logs");

        var sql = (await SpansAsync(Trace("/sql"), 3)).Skip(1).ToList();
        sql.Select(s => s.Text("name")).ShouldAllBe(name => name == ":memory:");
        sql[1].Text("status").ShouldBe("error");
        var error = (await _weir.StoryAsync(Trace("/sql"), spans: 3, errors: 1)).List("errors").Single()!;
        (error.Text("exceptionClass"), error.Text("message")).ShouldBe(("OperationalError", "no such table: nowhere"));

        await ManyAsync(Trace("/many"), "shop-flask");
        await LargeAsync(sent, "shop-flask");
        await UserAsync(Trace("/user"));

        // With an emitter of a few lines the large ones go by TCP.
        sent.List("refused").ShouldBeEmpty();
        await SpansAsync(Trace("/large/700000"), 1);
        (await DocumentAsync(Trace("/large/700000")))["metadata"]!["default"]!.Text("filler").Length.ShouldBe(700_000);
        await UserAsync(Trace("small by the same emitter"));
    }

    [Fact]
    public async Task The_sdk_for_node_with_patched_clients_and_the_rules_of_weir()
    {
        await RuleAsync("health-express", 15, "/health", rate: 0);
        await RuleAsync("rest-express", 16, "*", rate: 1);
        try
        {
            var sent = await RealClient.NodeAsync(_weir, "xray-express-calls.js");
            string Trace(string path) => sent["traces"]!.Text(path);

            // A call to another traced service: its segment hangs below the call.
            foreach (var (path, status) in new[] { ("/call/worf", "200"), ("/call/nobody", "404"), ("/call/busy", "429") })
            {
                var spans = await SpansAsync(Trace(path), 3);
                var call = spans.Single(s => s.Text("kind") == "subsegment");
                Attributes(call, ("aws.xray.namespace", "remote"), ("http.response.status_code", status));
                if (status != "200")
                    Attributes(call, ("aws.xray.error", "true"));
                var called = spans.Single(s => s.Text("service") == "shop-users");
                called.Text("parentSpanId").ShouldBe(call.Text("spanId"));
                Attributes(called, ("http.response.status_code", status));
                sent.List("heard").Select(h => (string)h!).ShouldContain($"Root={Trace(path)};Parent={call.Text("spanId")};Sampled=1");
                await NodesAsync(Trace(path), "shop-express|", "shop-users|");
            }
            var (_, refused) = Pair(await SpansAsync(Trace("/refused"), 2));
            refused.Text("status").ShouldBe("error");
            (await _weir.StoryAsync(Trace("/refused"), spans: 2, errors: 1)).List("errors").Single()!.Text("message").ShouldContain("ECONNREFUSED");

            var aws = (await SpansAsync(Trace("/aws"), 3)).Skip(1).ToList();
            Attributes(aws[0], ("aws.xray.namespace", "aws"), ("rpc.method", "DescribeLogGroups"), ("http.response.status_code", "200"), ("cloud.region", "us-east-1"));
            Attributes(aws[1], ("rpc.method", "GetLogEvents"), ("http.response.status_code", "400"), ("aws.xray.error", "true"));

            var sql = (await SpansAsync(Trace("/sql"), 3)).Skip(1).ToList();
            sql.Select(s => s.Text("name")).ShouldAllBe(name => name == "shop@db.example");
            Attributes(sql[0], ("db.user", "app"), ("aws.xray.namespace", "remote"));
            sql[1].Text("status").ShouldBe("error");
            await NodesAsync(Trace("/sql"), "shop@db.example|Database::SQL");

            await ManyAsync(Trace("/many"), "shop-express");
            await LargeAsync(sent, "shop-express");
            await UserAsync(Trace("/user"));
            var thrown = await _weir.StoryAsync(Trace("/throws"), spans: 2, errors: 1);
            thrown.List("errors").Select(e => $"{e!.Text("exceptionClass")}: {e!.Text("message")}").Distinct().ShouldBe(["RangeError: no feed"]);

            // The rules came over the daemon's TCP port: none of the health checks, every one of the others.
            ((bool)sent["refreshed"]!).ShouldBeTrue();
            ((int)sent["health"]!, (int)sent["ruled"]!).ShouldBe((0, 30), sent["lines"]!.ToJsonString());
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            JsonNode ruled = new JsonObject();
            await Waiting.UntilAsync(
                async () =>
                {
                    ruled = await RealClient.AwsJsonAsync(_weir, "xray", "get-trace-summaries", "--start-time", $"{now - 7200}", "--end-time", $"{now + 60}",
                        "--filter-expression", "service(\"shop-express\") AND http.useragent = \"by-the-rules\"");
                    return ruled.List("TraceSummaries").Count >= 30;
                },
                "the thirty traces that the rules sampled");
            ruled.List("TraceSummaries").Count.ShouldBe(30);
            var document = await DocumentAsync(ruled["TraceSummaries"]![0]!.Text("Id"));
            document["aws"]!["xray"]!.Text("rule_name").ShouldBe("rest-express");
        }
        finally
        {
            await RealClient.AwsAsync(_weir, "xray", "delete-sampling-rule", "--rule-name", "health-express");
            await RealClient.AwsAsync(_weir, "xray", "delete-sampling-rule", "--rule-name", "rest-express");
        }
    }

    /// <summary>250 subsegments: streamed in documents of their own, most before their segment; each is where it belongs.</summary>
    private async Task ManyAsync(string trace, string service)
    {
        var spans = await SpansAsync(trace, 251);
        spans.Count.ShouldBe(251);
        var segment = spans.Single(s => s.Text("kind") == "segment");
        var steps = spans.Where(s => s.Text("kind") == "subsegment").ToList();
        steps.ShouldAllBe(s => s.Text("service") == service && s.Text("parentSpanId") == segment.Text("spanId"));
        steps.Select(s => s.Text("name")).ShouldBe(Enumerable.Range(0, 250).Select(i => $"step {i}"), ignoreOrder: true);
        var document = await DocumentAsync(trace);
        document.List("subsegments").Count.ShouldBe(250);
        document.List("subsegments").Of("name", "step 249")["annotations"]!.ToJsonString().ShouldBe("""{"i":249}""");
    }

    /// <summary>60 KB fit into a datagram. 70 KB don't: the SDK itself loses them and says so, and nothing else is hurt.</summary>
    private async Task LargeAsync(JsonNode sent, string service)
    {
        var document = await DocumentAsync(sent["traces"]!.Text("/large/60000"));
        document["metadata"]!["default"]!.Text("filler").Length.ShouldBe(60_000);
        document.Text("name").ShouldBe(service);
        using var lost = await _weir.Client.GetAsync($"/api/story/{sent["traces"]!.Text("/large/70000")}");
        ((int)lost.StatusCode).ShouldBe(404);
        sent.List("complaints").Count.ShouldBeGreaterThan(0);
    }

    private async Task UserAsync(string trace)
    {
        var segment = (await SpansAsync(trace, 1)).Single();
        Attributes(segment, ("enduser.id", "andrewbrown"), ("annotation.plan", "gold"), ("annotation.seats", "4"), ("annotation.trial", "false"),
            ("http.response.status_code", "402"), ("aws.xray.error", "true"));
        JsonNode.Parse(segment["attributes"]!.Text("metadata.shop.cart"))!.Text("note").ShouldBe("grüße");
        var document = await DocumentAsync(trace);
        document["metadata"]!["shop"]!["cart"]!["items"]!.ToJsonString().ShouldBe("""[1,{"sku":"a"}]""");
    }

    private async Task<List<JsonNode>> SpansAsync(string trace, int count) =>
        [.. (await _weir.JsonAsync($"/api/story/{trace}", story => story.List("spans").Count >= count)).List("spans").Select(s => s!)];

    private static (JsonNode Segment, JsonNode Subsegment) Pair(List<JsonNode> spans) =>
        (spans.Single(s => s.Text("kind") == "segment"), spans.Single(s => s.Text("kind") == "subsegment"));

    private static void Attributes(JsonNode span, params (string Key, string Value)[] expected)
    {
        foreach (var (key, value) in expected)
        {
            var found = span["attributes"]![key];
            (found?.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)found! : found?.ToJsonString()).ShouldBe(value, $"{key} of {span.ToJsonString()}");
        }
    }

    private async Task<JsonNode> DocumentAsync(string trace)
    {
        // Datagrams are not acknowledged: the trace may still be on its way.
        await SpansAsync(trace, 1);
        await _weir.LoadedAsync();
        var batch = await RealClient.AwsJsonAsync(_weir, "xray", "batch-get-traces", "--trace-ids", trace);
        return batch["Traces"]![0]!.List("Segments").Select(s => JsonNode.Parse(s!.Text("Document"))!).First(d => d["inferred"] is null && (string?)d["parent_id"] is CallersId or null);
    }

    private async Task NodesAsync(string trace, params string[] expected)
    {
        var graph = await RealClient.AwsJsonAsync(_weir, "xray", "get-trace-graph", "--trace-ids", trace);
        var nodes = graph.List("Services").Select(s => $"{s!.Text("Name")}|{(string?)s!["Type"]}").ToList();
        foreach (var node in expected)
            nodes.ShouldContain(node);
    }

    private Task RuleAsync(string name, int priority, string path, double rate) => RealClient.AwsAsync(
        _weir, "xray", "create-sampling-rule", "--sampling-rule",
        string.Create(CultureInfo.InvariantCulture, $$"""
            {"RuleName":"{{name}}","ResourceARN":"*","Priority":{{priority}},"FixedRate":{{rate}},"ReservoirSize":0,"ServiceName":"shop-express",
             "ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"{{path}}","Version":1}
            """));
}
