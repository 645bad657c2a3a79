using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>The X-Ray SDKs for Node and Python over the daemon's port.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsXRay(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task The_sdk_for_node_in_an_express_app()
    {
        var sent = await RealClient.NodeAsync(_weir, "xray-express.js");
        ((bool)sent["refreshed"]!).ShouldBeTrue();
        sent.Text("rule").ShouldBe("Default");
        var traces = sent.List("traces");
        traces.Select(t => (int)t!["status"]!).ShouldBe([200, 500]);

        var home = await _weir.StoryAsync(traces[0]!.Text("trace"), spans: 2);
        home.Text("xrayTraceId").ShouldBe(traces[0]!.Text("trace"));
        var segment = home.List("spans").Of("kind", "segment");
        segment.Text("service").ShouldBe("backend-express");
        segment.Text("document").ShouldContain("X-Ray for Node.js");
        var subsegment = home.List("spans").Of("kind", "subsegment");
        (subsegment.Text("name"), subsegment.Text("parentSpanId")).ShouldBe(("mock-data", segment.Text("spanId")));
        subsegment["attributes"]!.Text("annotation.handle").ShouldBe("andrewbrown");
        ((int)subsegment["attributes"]!["annotation.length"]!).ShouldBe(3);
        subsegment["attributes"]!.AsObject().Select(a => a.Key).ShouldContain(key => key.StartsWith("metadata.home.now", StringComparison.Ordinal));

        var broken = await _weir.StoryAsync(traces[1]!.Text("trace"), spans: 1, errors: 1);
        ((int)broken["request"]!["httpStatus"]!).ShouldBe(500);
        var error = broken.List("errors").Single()!;
        (error.Text("exceptionClass"), error.Text("message")).ShouldBe(("RangeError", "no feed"));
        error.List("frames").Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task The_sdk_for_python_in_a_flask_app()
    {
        var sent = await RealClient.PythonAsync(_weir, "xray_flask.py");
        var traces = sent.List("traces");
        traces.Select(t => (int)t!["status"]!).ShouldBe([200, 500, 200]);

        var home = await _weir.StoryAsync(traces[0]!.Text("trace"), spans: 3);
        var spans = home.List("spans");
        spans.Select(s => (s!.Text("name"), (int)s!["depth"]!)).ShouldBe([("backend-flask", 0), ("activities_home", 1), ("mock-data", 2)]);
        spans[2]!["attributes"]!.Text("annotation.handle").ShouldBe("andrewbrown");
        home["request"]!.ToJsonString().ShouldBe("""{"method":"GET","target":"/api/activities/home","httpStatus":200,"clientIp":"172.18.0.1"}""");

        var broken = await _weir.StoryAsync(traces[1]!.Text("trace"), spans: 2, errors: 1);
        var error = broken.List("errors").Single()!;
        (error.Text("exceptionClass"), error.Text("message")).ShouldBe(("KeyError", "'feed'"));

        // The caller had decided against the third: nothing was sent, nothing is made up.
        using var third = await _weir.Client.GetAsync($"/api/story/{traces[2]!.Text("trace")}");
        ((int)third.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task The_sdk_for_node_reads_the_documents_that_it_sent()
    {
        var said = await RealClient.NodeAsync(_weir, "aws-xray.js");
        Check(said, said["unprocessed"]!, said["traces"]!, said["summaries"]!, "backend-js");
        said.List("unknown").Select(id => (string)id!).ShouldBe(["1-00000000-000000000000000000000000"]);
        var summary = said.List("summaries").Of("Id", said.Text("trace"));
        summary["Annotations"]!["handle"]![0]!["AnnotationValue"]!.Text("StringValue").ShouldBe("andrewbrown");
        summary["Http"]!.Text("ClientIp").ShouldBe("172.18.0.1");
        var document = JsonNode.Parse(said["traces"]![0]!["Segments"]![0]!.Text("Document"))!;
        document["subsegments"]![0]!["metadata"]!.ToJsonString().ShouldBe("""{"home":{"length":3}}""");
    }

    [Fact]
    public async Task Boto3_reads_what_it_put()
    {
        var said = await RealClient.PythonAsync(_weir, "xray_boto3.py");
        Check(said, said["unprocessed"]!, said["traces"]!, said["summaries"]!, "backend-boto");
        ((bool)said.List("summaries").Of("Id", said.Text("trace"))["HasFault"]!).ShouldBeTrue();
        said.Text("six").ShouldBe("InvalidRequestException");
        said.List("groups").Select(g => (string)g!).ShouldContain("Default");
        said.List("rules").Select(r => (string)r!).ShouldContain("Default");
    }

    [Fact]
    public async Task The_command_line_reads_the_documents_of_a_client()
    {
        var sent = await RealClient.PythonAsync(_weir, "xray_boto3.py");
        var batch = await RealClient.AwsJsonAsync(_weir, "xray", "batch-get-traces", "--trace-ids", sent.Text("trace"));
        batch["Traces"]![0]!.Text("Id").ShouldBe(sent.Text("trace"));
        var refused = await RealClient.AwsRefusedAsync(
            _weir, "xray", "get-trace-summaries", "--start-time", "2026-01-01T00:00:00Z", "--end-time", "2026-01-01T01:00:00Z", "--filter-expression", "service(");
        refused.ShouldContain("InvalidRequestException");
    }

    private static void Check(JsonNode said, JsonNode unprocessed, JsonNode traces, JsonNode summaries, string service)
    {
        unprocessed.AsArray().Single()!.Text("ErrorCode").ShouldBe("MissingId");
        var trace = traces.AsArray().Single()!;
        trace.Text("Id").ShouldBe(said.Text("trace"));
        var segment = trace["Segments"]![0]!;
        segment.Text("Id").ShouldBe(said.Text("id"));
        JsonNode.Parse(segment.Text("Document"))!.Text("name").ShouldBe(service);
        summaries.AsArray().Select(s => s!.Text("Id")).ShouldContain(said.Text("trace"));
    }
}
