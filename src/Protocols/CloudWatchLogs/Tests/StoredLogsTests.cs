using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

/// <summary>The room over the real store: its questions are answered by the engine as they are by the double of the other tests.</summary>
public sealed class StoredLogsTests(SharedEngine engine)
{
    [Fact]
    public async Task What_is_put_is_read_back_filtered_and_described()
    {
        var store = await SharedStore.OpenAsync(engine);
        // Rows of other tests are in the same tables: a group of this test's own keeps apart from them.
        var group = "stored-" + Guid.NewGuid().ToString("N");
        await using var room = await RoomHost.StartAsync(clock: TimeProvider.System, sink: new LoadingSink(store), reader: store.Reader);
        await room.CreateAsync(group, "a", "b");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await room.PutAsync(group, "a", (now - 3000, "ERROR one [x]"), (now - 2000, """{"level":"error","order":150,"path":"/api"}"""), (now - 1000, "end d"));
        await room.PutAsync(group, "b", (now - 2500, "b line é😀"), (now - 2000, "ERROR two"));

        (await Read("GetLogEvents", """{"logStreamName":"a","limit":2}""")).ShouldBe(["""{"level":"error","order":150,"path":"/api"}""", "end d"]);
        (await Read("GetLogEvents", """{"logStreamName":"a","startFromHead":true,"limit":1}""")).ShouldBe(["ERROR one [x]"]);
        var page = await Call("GetLogEvents", """{"logStreamName":"a","startFromHead":true,"limit":1}""");
        (await Read("GetLogEvents", $$"""{"logStreamName":"a","nextToken":"{{page["nextForwardToken"]}}"}""")).Count.ShouldBe(2);
        (await Read("GetLogEvents", $$"""{"logStreamName":"a","nextToken":"{{page["nextBackwardToken"]}}"}""")).ShouldBeEmpty();
        (await Read("FilterLogEvents", "{}")).Count.ShouldBe(5);
        (await Read("FilterLogEvents", """{"filterPattern":"ERROR -two"}""")).ShouldBe(["ERROR one [x]"]);
        (await Read("FilterLogEvents", """{"filterPattern":"?two ?\"é😀x\" ?b"}""")).ShouldBe(["b line é😀", "ERROR two"]);
        (await Read("FilterLogEvents", """{"filterPattern":"{ $.order = 150 && $.path = \"/*\" }"}""")).Count.ShouldBe(1);
        (await Read("FilterLogEvents", """{"filterPattern":"%[dx]\\]?$%"}""")).ShouldBe(["ERROR one [x]", "end d"]);
        (await Read("FilterLogEvents", """{"filterPattern":"[w1=ERROR, w2=t*]","logStreamNames":["a","b"]}""")).ShouldBe(["ERROR two"]);
        (await Read("FilterLogEvents", """{"logStreamNamePrefix":"b"}""")).Count.ShouldBe(2);
        var first = await Call("FilterLogEvents", """{"limit":3}""");
        (await Read("FilterLogEvents", $$"""{"nextToken":"{{first["nextToken"]}}"}""")).Count.ShouldBe(2);

        var streams = (await Call("DescribeLogStreams", "{}"))["logStreams"]!;
        ((long)streams[0]!["firstEventTimestamp"]!, (long)streams[0]!["lastEventTimestamp"]!).ShouldBe((now - 3000, now - 1000));
        var described = (await room.CallAsync("DescribeLogGroups", new JsonObject { ["logGroupNamePrefix"] = group }))["logGroups"]![0]!;
        ((long)described["storedBytes"]!).ShouldBeGreaterThan(5 * 26);

        await Call("DeleteLogStream", """{"logStreamName":"a"}""");
        (await Read("FilterLogEvents", "{}")).Count.ShouldBe(2);

        async Task<JsonObject> Call(string operation, string input)
        {
            var members = JsonNode.Parse(input)!.AsObject();
            members["logGroupName"] = group;
            var reply = await room.CallAsync(operation, members);
            ((int)reply["$status"]!).ShouldBe(200, reply.ToJsonString());
            return reply;
        }

        async Task<List<string>> Read(string operation, string input) =>
            [.. (await Call(operation, input))["events"]!.AsArray().Select(e => (string)e!["message"]!)];
    }
}
