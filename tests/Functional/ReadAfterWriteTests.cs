using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// Who writes and then reads finds what was acknowledged. A read waits two seconds for it; on a machine where loading takes longer a test asks again.
/// </summary>
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
            var (lines, line) = (i + 1, i);
            await FoundAsync(async () => (await LogsAsync("GetLogEvents", """{"logGroupName":"raw","logStreamName":"s","startFromHead":true}""")).List("events").Count == lines);
            await FoundAsync(async () => (await LogsAsync("FilterLogEvents", $$"""{"logGroupName":"raw","filterPattern":"\"line {{line}}\""}""")).List("events").Count == 1);
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
            var traces = i;
            var range = FormattableString.Invariant($$"""{"StartTime":{{now - 60}},"EndTime":{{now + 60}},"FilterExpression":"service(\"raw\")"}""");
            await FoundAsync(async () => (await PostAsync("/Traces", $$"""{"TraceIds":["{{id}}"]}""")).List("Traces").Count == 1);
            await FoundAsync(async () => (await PostAsync("/TraceSummaries", range)).List("TraceSummaries").Count == traces);
        }
    }

    private static async Task FoundAsync(Func<Task<bool>> read)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        while (!await read())
            started.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
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
