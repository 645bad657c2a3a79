using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Rollbar's SDK for Node: a message, and the same error twice.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsRollbar(RunningWeir running)
{
    [Fact]
    public async Task The_sdk_for_node()
    {
        var weir = running.Weir;
        var sent = await RealClient.NodeAsync(weir, "rollbar.js");
        var uuids = sent.List("uuids").Select(u => (string)u!).ToList();
        uuids.Count.ShouldBe(3);

        var list = await weir.JsonAsync(
            "/api/errors/items?environment=production",
            answer => answer.List("items").Count(i => i!.Text("protocol") == "rollbar") == 2
                && answer.List("items").Any(i => (int)i!["occurrences"]! == 2));
        var message = list.List("items").Of("title", "Hello World!");
        (message.Text("level"), (int)message["occurrences"]!).ShouldBe(("warning", 1));
        var error = list.List("items").Of("exceptionClass", "TypeError");
        (error.Text("level"), error.Text("status"), (int)error["occurrences"]!).ShouldBe(("error", "active", 2));

        var detail = await weir.JsonAsync($"/api/errors/items/{error.Text("itemId")}", _ => true);
        var latest = detail["latest"]!;
        (latest["request"]!.Text("method"), latest["request"]!.Text("url")).ShouldBe(("GET", "http://localhost:4567/api/activities/home"));
        latest.Text("notifier").ShouldBe("node_rollbar 3.1.0");
        var thrown = latest["exceptions"]![0]!;
        thrown.Text("class").ShouldBe("TypeError");
        thrown.List("frames").ShouldContain(frame => frame!["inProject"]!.GetValue<bool>() && frame.Text("file").EndsWith("rollbar.js", StringComparison.Ordinal));
        JsonNode.Parse(latest.Text("payload"))!.ToJsonString().ShouldContain(uuids[2]);
        detail.List("recent").Count.ShouldBe(2);
    }
}
