using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// The server and its engine on a small disk (a tmpfs in a mount namespace of its own, which goes away with the process) that is full: questions are
/// answered, senders are told to come again in the words of their protocol, and nothing that was acknowledged is missing when there is room again.
/// </summary>
public sealed class FullDiskTests
{
    /// <summary>More than any slack a full disk has left in its last blocks.</summary>
    private const int Padding = 1 << 19;

    private readonly List<int> _acknowledged = [];

    [Fact]
    public async Task Queries_are_answered_senders_retry_and_all_acknowledged_rows_are_found_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory("weir-full-").FullName;
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        string[] small = ["unshare", .. user, "--mount", "sh", "-c", $"mount -t tmpfs -o size=192m tmpfs {folder} && exec \"$@\"", "sh"];
        await using var weir = await WeirProcess.StartThroughAsync(small, folder);
        (await SendTracesAsync(weir, 1, 0)).ShouldBe(200);
        await weir.StoryAsync(OtlpRequests.TraceId(1), spans: 1);

        var filler = $"/proc/{weir.ProcessId}/root{folder}/filler";
        Fill(filler);
        var refused = 0;
        for (var i = 2; i < 60 && refused < 3; i++)
            refused += await SendTracesAsync(weir, i, 1 << 20) == 503 ? 1 : 0;
        refused.ShouldBe(3, "the disk is full");
        weir.IsRunning.ShouldBeTrue();

        await EachDoorRefusesAsync(weir);
        await EachReadAnswersAsync(weir);

        File.Delete(filler);
        await Waiting.UntilAsync(async () => await SendTracesAsync(weir, 1000, 0) == 200, "the server to take spans again");
        foreach (var number in _acknowledged)
            await weir.StoryAsync(OtlpRequests.TraceId(number), spans: 1);
        weir.Output.ShouldContain("can't be written");
        var health = await weir.JsonAsync("/healthz", h => (string?)h["status"] == "ok");
        health["reasons"]!.AsArray().ShouldBeEmpty();
    }

    private async Task<int> SendTracesAsync(WeirProcess weir, int number, int padding)
    {
        using var answer = await weir.PostTracesAsync(OtlpRequests.Traces(number, padding));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBeOneOf([200, 503], text);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            _acknowledged.Add(number);
            return 200;
        }
        ((int)JsonNode.Parse(text)!["code"]!).ShouldBe(14, "UNAVAILABLE");
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        return 503;
    }

    private static async Task EachDoorRefusesAsync(WeirProcess weir)
    {
        var noise = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Padding / 2));
        var now = DateTimeOffset.UtcNow;
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var segment = new JsonObject
        {
            ["trace_id"] = $"1-{now.ToUnixTimeSeconds():x8}-0af7651916cd43dd8448eb21",
            ["id"] = "0102030405060708",
            ["name"] = "shop",
            ["start_time"] = now.ToUnixTimeSeconds() - 1,
            ["end_time"] = now.ToUnixTimeSeconds(),
            ["metadata"] = new JsonObject { ["noise"] = noise },
        };
        (string Path, string Body, string Header, string Value, string Words)[] calls =
        [
            ("/1/batch/full", $$$"""[{"data":{"noise":"{{{noise}}}"}}]""", "X-Honeycomb-Team", "k", "error"),
            ("/1/events/full", $$"""{"noise":"{{noise}}"}""", "X-Honeycomb-Team", "k", "error"),
            ("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(segment.ToJsonString()) }.ToJsonString(), "X-Weir", "", ""),
            ("/api/1/item/", $$$$$"""{"data":{"environment":"p","timestamp":{{{{{seconds}}}}},"body":{"message":{"body":"m","noise":"{{{{{noise}}}}}"}}}}""", "X-Rollbar-Access-Token", "k", "\"err\":1"),
            ("/", $$"""{"logGroupName":"full","logStreamName":"s","logEvents":[{"timestamp":{{now.ToUnixTimeMilliseconds()}},"message":"{{noise}}"}]}""",
                "X-Amz-Target", "Logs_20140328.PutLogEvents", "Exception"),
        ];
        foreach (var (path, body, header, value, words) in calls)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, weir.Url + path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(header == "X-Amz-Target" ? "application/x-amz-json-1.1" : "application/json");
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await weir.Client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            // The group of log lines can't be made either: its settings are on the same disk.
            ((int)answer.StatusCode).ShouldBeOneOf([200, 400, 429, 503], $"{path}: {text}");
            if (path is not ("/1/batch/full" or "/"))
                ((int)answer.StatusCode).ShouldBeOneOf([429, 503], $"{path}: {text}");
            text.ShouldContain(words);
        }
    }

    private static async Task EachReadAnswersAsync(WeirProcess weir)
    {
        using var question = new StringContent("""{"query":{"calculations":[{"op":"COUNT"}],"time_range":3600},"dataset":"__all__","waitMs":30000}""", Encoding.UTF8, "application/json");
        using (var asked = await weir.Client.PostAsync("/api/query", question))
        {
            var text = await asked.Content.ReadAsStringAsync();
            asked.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            var run = JsonNode.Parse(text)!;
            ((string?)run["state"]).ShouldBe("done", text);
            ((long)run["result"]!["total"]!["COUNT"]!).ShouldBeGreaterThanOrEqualTo(1);
        }
        using (var rows = new StringContent("""{"query":{"time_range":3600},"dataset":"__all__","limit":10}""", Encoding.UTF8, "application/json"))
        using (var listed = await weir.Client.PostAsync("/api/query/rows", rows))
            listed.StatusCode.ShouldBe(HttpStatusCode.OK, await listed.Content.ReadAsStringAsync());
        string[] pages =
        [
            "/api/home", "/api/status", "/api/setup", "/api/traces", "/api/logs/groups", "/api/errors/items", "/api/xray/map", "/api/xray/traces", "/api/columns", "/api/datasets", "/api/journal",
            $"/api/story/{OtlpRequests.TraceId(1)}", "/1/boards", "/metrics",
        ];
        foreach (var page in pages)
        {
            using var answer = await weir.Client.GetAsync(page);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{page}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);
        var block = new byte[1 << 20];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full. What is left of the last mebibyte:
            var bytes = new byte[4096];
            try
            {
                while (true)
                    file.Write(bytes);
            }
            catch (IOException)
            {
                // now it is
            }
        }
    }
}
