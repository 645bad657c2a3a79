using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Who writes and then reads finds what was acknowledged, without trying again.</summary>
[Collection(nameof(RealClients))]
public sealed class ReadAfterWriteTests(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Log_events_are_read_as_soon_as_they_are_acknowledged()
    {
        await LogsAsync("CreateLogGroup", """{"logGroupName":"raw"}""");
        await LogsAsync("CreateLogStream", """{"logGroupName":"raw","logStreamName":"s"}""");
        for (var i = 0; i < 5; i++)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await LogsAsync("PutLogEvents", $$"""{"logGroupName":"raw","logStreamName":"s","logEvents":[{"timestamp":{{now}},"message":"line {{i}}"}]}""");
            var read = await LogsAsync("GetLogEvents", """{"logGroupName":"raw","logStreamName":"s","startFromHead":true}""");
            read.List("events").Count.ShouldBe(i + 1);
            var filtered = await LogsAsync("FilterLogEvents", $$"""{"logGroupName":"raw","filterPattern":"\"line {{i}}\""}""");
            filtered.List("events").ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task Traces_are_read_as_soon_as_their_segments_are_acknowledged()
    {
        for (var i = 1; i <= 3; i++)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
            var id = FormattableString.Invariant($"1-{(long)now:x8}-00000000000000000000000{i}");
            var document = FormattableString.Invariant($$"""{"trace_id":"{{id}}","id":"000000000000000{{i}}","name":"raw","start_time":{{now - 1}},"end_time":{{now}}}""");
            await PostAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(document) }.ToJsonString());
            var traces = await PostAsync("/Traces", $$"""{"TraceIds":["{{id}}"]}""");
            traces.List("Traces").ShouldHaveSingleItem();
            var summaries = await PostAsync("/TraceSummaries", FormattableString.Invariant($$"""{"StartTime":{{now - 60}},"EndTime":{{now + 60}},"FilterExpression":"service(\"raw\")"}"""));
            summaries.List("TraceSummaries").Count.ShouldBe(i);
        }
    }

    private Task<JsonNode> LogsAsync(string operation, string body) => PostAsync("/", body, "Logs_20140328." + operation);

    private async Task<JsonNode> PostAsync(string path, string body, string? target = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, target is null ? "application/json" : "application/x-amz-json-1.1");
        if (target is not null)
            content.Headers.Add("X-Amz-Target", target);
        using var response = await _weir.Client.PostAsync(path, content);
        var answer = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, answer);
        return answer.Length == 0 ? new JsonObject() : JsonNode.Parse(answer)!;
    }
}
