using System.Diagnostics;
using System.Text.Json;
using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Debian's AWS CLI and X-Ray SDK for Python with Flask, as they are, against the real server.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task AFlaskBackendIsReadBackByTheCli()
    {
        await using var weir = await WeirProcess.StartAsync();
        var app = Path.Combine(Decoding.FixturePath(".."), "Tests", "Clients", "flask_app.py");
        var (appCode, appOutput) = await RunAsync(weir, "/usr/bin/python3", [app]);
        appCode.ShouldBe(0, appOutput);
        appOutput.ShouldContain("[200, 404, 'SegmentNotFoundException', 200]");

        (await XRayAsync(weir, "create-group", "--group-name", "Cruddur", "--filter-expression", "service(\"backend-flask\")"))
            .GetProperty("Group").GetProperty("FilterExpression").GetString().ShouldBe("service(\"backend-flask\")");
        var rule = (await XRayAsync(weir, "create-sampling-rule", "--cli-input-json", "file://" + Decoding.FixturePath("xray.json"))).GetProperty("SamplingRuleRecord");
        rule.GetProperty("SamplingRule").GetProperty("RuleARN").GetString().ShouldBe("arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur");

        var all = await SummariesAsync(weir, "group.name = \"Cruddur\"", 4);
        all.Select(s => s.GetProperty("Http").GetProperty("HttpStatus").GetInt32()).Order().ShouldBe([200, 200, 404, 500]);
        (await SummariesAsync(weir, "fault", 1))[0].GetProperty("FaultRootCauses")[0].GetProperty("Services")[0].GetProperty("EntityPath")[1]
            .GetProperty("Exceptions")[0].GetProperty("Name").GetString().ShouldBe("ValueError");
        var home = (await SummariesAsync(weir, "annotation.size = 3 AND user = \"andrewbrown\"", 1))[0].GetProperty("Id").GetString()!;
        var many = (await SummariesAsync(weir, "http.url ENDSWITH \"/many\"", 1))[0].GetProperty("Id").GetString()!;

        var traces = (await XRayAsync(weir, "batch-get-traces", "--trace-ids", home, many)).GetProperty("Traces");
        Document(traces[0]).GetProperty("subsegments")[0].GetProperty("subsegments")[0].GetProperty("metadata").GetProperty("namespace").GetProperty("key")
            .GetProperty("results-size").GetInt32().ShouldBe(3);
        // The SDK streamed most of the forty before their segment.
        Document(traces[1]).GetProperty("subsegments").GetArrayLength().ShouldBe(40);
    }

    private static JsonElement Document(JsonElement trace) =>
        JsonDocument.Parse(trace.GetProperty("Segments").EnumerateArray().ShouldHaveSingleItem().GetProperty("Document").GetString()!).RootElement;

    private static async Task<List<JsonElement>> SummariesAsync(WeirProcess weir, string filter, int expected)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var found = new List<JsonElement>();
        for (var clock = Stopwatch.StartNew(); found.Count != expected && clock.Elapsed < Waiting.Patience;)
        {
            var reply = await XRayAsync(weir, "get-trace-summaries", "--start-time", $"{now - 7200}", "--end-time", $"{now + 60}", "--filter-expression", filter);
            found = [.. reply.GetProperty("TraceSummaries").EnumerateArray()];
        }
        found.Count.ShouldBe(expected, filter);
        return found;
    }

    private static async Task<JsonElement> XRayAsync(WeirProcess weir, params string[] arguments)
    {
        var (code, output) = await RunAsync(weir, "/usr/bin/aws", ["--endpoint-url", weir.Url, "--output", "json", "xray", .. arguments]);
        code.ShouldBe(0, output);
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<(int Code, string Output)> RunAsync(WeirProcess weir, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "secret";
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_XRAY_DAEMON_ADDRESS"] = $"127.0.0.1:{weir.XRayPort}";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Waiting.Patience);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }
}
