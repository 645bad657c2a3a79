using System.Net;
using System.Text;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>What a client sends again because it got no answer is stored once, over a kill too; what may mean twice is stored twice.</summary>
public sealed class RepeatTests
{
    [Fact]
    public async Task A_repeated_export_is_stored_once_across_endpoints_and_kills()
    {
        var folder = Directory.CreateTempSubdirectory("weir-repeat-").FullName;
        var body = OtlpRequests.Traces(1);
        var second = OtlpRequests.Traces(2);
        await using (var weir = await WeirProcess.StartAsync(folder))
        {
            weir.DeleteFolder = false;
            // At once as well: the second waits for what becomes of the first.
            foreach (var answer in await Task.WhenAll(weir.PostTracesAsync(body), weir.PostTracesAsync(body), weir.PostTracesAsync(body)))
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            await weir.StoryAsync(OtlpRequests.TraceId(1), spans: 1);
            await weir.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
            await weir.KillAsync();
        }
        await using (var weir = await WeirProcess.StartAsync(folder, null, "--segment-age-ms", "10000"))
        {
            weir.DeleteFolder = false;
            (await weir.PostTracesAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await weir.PostTracesAsync(second)).StatusCode.ShouldBe(HttpStatusCode.OK);
            // Killed before the second was loaded: its segment knows it.
            await weir.KillAsync();
        }
        await using var last = await WeirProcess.StartAsync(folder);
        (await last.PostTracesAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await last.PostTracesAsync(second)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await last.PostTracesAsync(OtlpRequests.Traces(3))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await last.StoryAsync(OtlpRequests.TraceId(3), spans: 1);
        await last.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
        (await RowsAsync(last, "spans")).ShouldBe(3);
        (await DropsAsync(last, "otlp", "repeated")).ShouldBe(2);
    }

    [Fact]
    public async Task Each_endpoint_recognises_the_repeated_requests_of_its_clients()
    {
        await using var weir = await WeirProcess.StartAsync();
        var now = DateTimeOffset.UtcNow;
        var nanoseconds = now.ToUnixTimeMilliseconds() * 1_000_000;

        // OTLP logs without any time get that of their arrival: two may mean two. With one they are the same line.
        var untimed = """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"no time"}}]}]}]}""";
        var timed = $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{nanoseconds}}}","body":{"stringValue":"a time"}}]}]}]}""";
        foreach (var body in new[] { untimed, untimed, timed, timed })
            await PostAsync(weir, $"http://127.0.0.1:{weir.OtlpHttpPort}/v1/logs", body);
        // The same bytes of another environment are another's.
        await PostAsync(weir, $"http://127.0.0.1:{weir.OtlpHttpPort}/v1/logs", timed, ("x-honeycomb-team", "elsewhere"));

        foreach (var body in new[] { """[{"data":{"n":1}}]""", """[{"data":{"n":1}}]""", $$$"""[{"data":{"n":2},"time":"{{{now:o}}}"}]""", $$$"""[{"data":{"n":2},"time":"{{{now:o}}}"}]""" })
            await PostAsync(weir, "/1/batch/doors", body);
        await PostAsync(weir, "/1/batch/doors-too", $$$"""[{"data":{"n":2},"time":"{{{now:o}}}"}]""");

        var document = $$$"""{"TraceSegmentDocuments":["{\"trace_id\":\"1-{{{now.ToUnixTimeSeconds():x8}}}-0123456789abcdef01234567\",\"id\":\"0123456789abcdef\",\"name\":\"doors\",\"start_time\":{{{now.ToUnixTimeSeconds()}}}.1,\"in_progress\":true}"]}""";
        for (var i = 0; i < 2; i++)
            await PostAsync(weir, "/TraceSegments", document);

        await AwsAsync(weir, "CreateLogGroup", """{"logGroupName":"g"}""");
        await AwsAsync(weir, "CreateLogStream", """{"logGroupName":"g","logStreamName":"s"}""");
        var events = $$$"""{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":{{{now.ToUnixTimeMilliseconds()}}},"message":"started"}]}""";
        foreach (var invocation in new[] { "", "", "one", "one", "two" })
            await AwsAsync(weir, "PutLogEvents", events, invocation);

        await weir.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
        (await RowsAsync(weir, "logs")).ShouldBe(2 + 1 + 1 + 4, "lines without a time twice, with one once in each environment; calls of PutLogEvents but for the one sent again");
        (await RowsAsync(weir, "events")).ShouldBe(2 + 1 + 1);
        (await RowsAsync(weir, "spans")).ShouldBe(1);
        (await DropsAsync(weir, "otlp", "repeated")).ShouldBe(1);
        (await DropsAsync(weir, "honeycomb", "repeated")).ShouldBe(1);
        (await DropsAsync(weir, "xray", "repeated")).ShouldBe(1);
        (await DropsAsync(weir, "cloudwatch-logs", "repeated")).ShouldBe(1);
    }

    [Fact]
    public async Task Repeated_items_and_documents_are_recognised_after_a_kill()
    {
        var folder = Directory.CreateTempSubdirectory("weir-repeat-").FullName;
        var start = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var document = $$$"""{"TraceSegmentDocuments":["{\"trace_id\":\"1-{{{start:x8}}}-0123456789abcdef01234567\",\"id\":\"0123456789abcdef\",\"name\":\"again\",\"start_time\":{{{start}}}.1,\"end_time\":{{{start}}}.2}"]}""";
        const string Item = """{"data":{"uuid":"4ad0dabf62274807bb1ddf9792b641a1","body":{"message":{"body":"again"}}}}""";
        for (var run = 0; run < 2; run++)
        {
            await using var weir = await WeirProcess.StartAsync(folder);
            weir.DeleteFolder = run == 1;
            await PostAsync(weir, "/TraceSegments", document);
            // Another request with the same document, as a daemon sends that collects anew.
            await PostAsync(weir, "/TraceSegments", document.Replace("\"]}", "\"] }", StringComparison.Ordinal));
            await PostAsync(weir, "/api/1/item/", Item, ("X-Rollbar-Access-Token", "token"));
            await weir.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
            (await RowsAsync(weir, "spans")).ShouldBe(1);
            (await RowsAsync(weir, "occurrences")).ShouldBe(1);
            (await DropsAsync(weir, "rollbar", "repeated")).ShouldBe(run);
            (await DropsAsync(weir, "xray", "repeated")).ShouldBe(1 + run);
            await weir.KillAsync();
        }
    }

    private static Task AwsAsync(WeirProcess weir, string operation, string body, string invocation = "") =>
        PostAsync(weir, "/", body, ("X-Amz-Target", "Logs_20140328." + operation), ("amz-sdk-invocation-id", invocation));

    private static async Task PostAsync(WeirProcess weir, string address, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new StringContent(body, Encoding.UTF8, headers.Any(h => h.Name == "X-Amz-Target") ? "application/x-amz-json-1.1" : "application/json");
        foreach (var (name, value) in headers.Where(h => h.Value.Length > 0))
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await weir.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<long> RowsAsync(WeirProcess weir, string table) =>
        (long)(await weir.JsonAsync("/api/status", static _ => true))["storage"]!["tables"]!.AsArray().Single(t => (string)t!["table"]! == table)!["rows"]!;

    private static async Task<double> DropsAsync(WeirProcess weir, string protocol, string reason)
    {
        var metrics = await weir.Client.GetStringAsync("/metrics");
        return metrics.Split('\n').Where(l => l.StartsWith("weir_ingest_dropped_total", StringComparison.Ordinal) && l.Contains($"\"{protocol}\"", StringComparison.Ordinal) && l.Contains($"\"{reason}\"", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..]));
    }
}
