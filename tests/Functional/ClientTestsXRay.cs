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
}
