using System.Diagnostics;
using System.Text.Json.Nodes;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>All tests with real clients share one server.</summary>
[CollectionDefinition(nameof(RealClients))]
public sealed class RealClients : ICollectionFixture<RunningWeir>;

/// <summary>OpenTelemetry's SDKs for JavaScript and .NET, set up as their documentation says.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsOtlp(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task A_trace_of_ten_thousand_spans_by_the_sdk_for_node()
    {
        var sent = await RealClient.NodeAsync(
            _weir, "otel-trace.js", ("TRACE_SPANS", "10000"), ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{_weir.OtlpHttpPort}"));
        sent.List("failures").ShouldBeEmpty();
        var trace = sent.Text("traceId");
        var failed = (int)sent["failed"]!;
        // Each signal is loaded by itself: the exceptions may be there a moment after their spans.
        var story = await _weir.JsonAsync($"/api/story/{trace}", answer => (int)answer["spanCount"]! >= 10_000 && answer.List("errors").Count >= failed);
        story.Text("title").ShouldBe("POST /checkout");
        story.List("spans").ShouldBeEmpty();
        var table = story["table"]!;
        ((int)table["count"]!).ShouldBe(10_000);
        table.List("parent").Count(parent => (int)parent! < 0).ShouldBe(1);
        table.Text("ids")[..16].ShouldBe(sent.Text("spanId"));
        table.List("services").Select(service => (string)service!).ShouldBe(
            ["gateway", "orders", "payments", "inventory", "pricing", "emails"], ignoreOrder: true);
        table.List("status").Count(status => (int)status! == 2).ShouldBe(failed);
        story.List("errors").Count.ShouldBe(failed);
        table["events"]!.List("span").Count.ShouldBe((int)sent["events"]! + failed, "cache misses and exceptions");
        table["links"]!.List("traceIds").Select(id => (string)id!).ShouldBe(
            Enumerable.Repeat(sent.Text("linkedTraceId"), (int)sent["links"]!));
        var tenants = await _weir.JsonAsync($"/api/story/{trace}/values?column=app.tenant", _ => true);
        tenants.List("values").Count.ShouldBe(12);
        var found = await _weir.JsonAsync($"/api/story/{trace}/find?text=app.tenant%3Dtenant-7", _ => true);
        var seven = tenants.List("values").Select((value, i) => (Value: (string)value!, i)).Single(one => one.Value == "tenant-7").i;
        ((int)found["count"]!).ShouldBe(tenants.List("of").Count(of => (int)of! == seven));
    }

    [Theory]
    [InlineData("http/protobuf", "none", false)]
    [InlineData("http/protobuf", "gzip", true)]
    [InlineData("http/json", "gzip", false)]
    [InlineData("grpc", "none", false)]
    [InlineData("grpc", "gzip", false)]
    public async Task The_sdk_for_node(string protocol, string compression, bool mainPort)
    {
        var service = $"js-{protocol}-{compression}";
        var port = mainPort ? _weir.Port : protocol == "grpc" ? _weir.OtlpGrpcPort : _weir.OtlpHttpPort;
        var sent = await RealClient.NodeAsync(
            _weir,
            "otel.js",
            ("OTEL_SERVICE_NAME", service),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{port}"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team=key-of-the-test"),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_NODE_RESOURCE_DETECTORS", "env"),
            ("OTEL_LOGS_EXPORTER", "otlp"));
        sent.List("failures").ShouldBeEmpty();

        var story = await _weir.StoryAsync(sent.Text("traceId"), spans: 2, logs: 1, errors: 1);
        story.Text("title").ShouldBe("GET /api/activities/home");
        story["request"]!.ToJsonString().ShouldBe("""{"method":"GET","target":"/api/activities/home","httpStatus":500,"clientIp":"172.18.0.1"}""");
        var root = story.List("spans").Of("spanId", sent.Text("spanId"));
        (root.Text("service"), root.Text("kind"), root.Text("status"), root.Text("statusMessage")).ShouldBe((service, "server", "error", "no feed"));
        root["scope"]!.ToJsonString().ShouldBe("""{"name":"home.activities","version":"1.0"}""");
        root["attributes"]!["http.response.status_code"]!.GetValue<int>().ShouldBe(500);
        var child = story.List("spans").Of("spanId", sent.Text("childId"));
        (child.Text("name"), child.Text("parentSpanId"), (int)child["depth"]!).ShouldBe(("home-activities-mock-data", sent.Text("spanId"), 1));
        var attributes = child["attributes"]!;
        ((int)attributes["app.result_length"]!, (double)attributes["app.ratio"]!, (bool)attributes["app.cached"]!).ShouldBe((3, 0.5, false));
        attributes.Text("app.tags").ShouldBe("""["a","b"]""");
        child["events"]![0]!.Text("name").ShouldBe("cache miss");

        var line = story.List("logs").Single()!;
        (line.Text("body"), line.Text("severity"), line.Text("spanId"), line["attributes"]!.Text("user.handle"))
            .ShouldBe(("HomeActivities", "warn", sent.Text("spanId"), "andrewbrown"));
        var error = story.List("errors").Single()!;
        (error.Text("exceptionClass"), error.Text("message")).ShouldBe(("TypeError", "no feed"));
        error.List("frames").ShouldContain(frame => frame!.Text("file").EndsWith("otel.js", StringComparison.Ordinal));
        story.List("parts").Select(part => part!["link"]!.Text("by")).ShouldBe(["origin", "sameId", "sameId"]);
        await ListedAsync(service, sent.Text("traceId"));
    }

    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    [InlineData(OtlpExportProtocol.Grpc)]
    public async Task The_sdk_for_dotnet(OtlpExportProtocol protocol)
    {
        var service = $"dotnet-{protocol}";
        using var source = new ActivitySource(service);
        var endpoint = protocol == OtlpExportProtocol.Grpc ? $"http://127.0.0.1:{_weir.OtlpGrpcPort}" : $"http://127.0.0.1:{_weir.OtlpHttpPort}/v1/traces";
        ActivityTraceId trace;
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(service)
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: "1.2.3"))
            .AddOtlpExporter(otlp => (otlp.Protocol, otlp.Endpoint, otlp.Headers) = (protocol, new Uri(endpoint), "x-honeycomb-team=key"))
            .Build())
        {
            using (var root = source.StartActivity("GET /api/activities/{uuid}", ActivityKind.Server)!)
            {
                trace = root.TraceId;
                root.SetTag("http.request.method", "GET").SetTag("url.path", "/api/activities/1").SetTag("http.response.status_code", 200);
                using var child = source.StartActivity("load")!;
                child.SetTag("app.result_length", 41).AddEvent(new ActivityEvent("read"));
                child.AddException(new InvalidOperationException("once"));
            }
            provider.ForceFlush(10_000).ShouldBeTrue();
        }

        var story = await _weir.StoryAsync(trace.ToHexString(), spans: 2, errors: 1);
        var root2 = story.List("spans").Of("name", "GET /api/activities/{uuid}");
        root2["resource"]!.Text("service.version").ShouldBe("1.2.3");
        var inner = story.List("spans").Of("name", "load");
        inner.Text("parentSpanId").ShouldBe(root2.Text("spanId"));
        ((int)inner["attributes"]!["app.result_length"]!).ShouldBe(41);
        inner.List("events").Count.ShouldBe(2);
        story.List("errors").Single()!.Text("exceptionClass").ShouldBe("System.InvalidOperationException");
        await ListedAsync(service, trace.ToHexString());
    }

    [Fact]
    public async Task The_key_check()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/1/auth");
        request.Headers.Add("x-honeycomb-team", "key-of-the-test");
        using var answer = await _weir.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        var auth = JsonNode.Parse(text)!;
        auth["team"]!.Text("slug").ShouldNotBeEmpty();
        auth["environment"]!.Text("slug").ShouldNotBeEmpty();
        auth["api_key_access"]!["events"]!.GetValue<bool>().ShouldBeTrue();
    }

    private async Task ListedAsync(string service, string traceId)
    {
        var list = await _weir.JsonAsync($"/api/traces?service={Uri.EscapeDataString(service)}", answer => answer.List("traces").Count > 0);
        list.List("traces").Single()!.Text("traceId").ShouldBe(traceId);
    }
}
