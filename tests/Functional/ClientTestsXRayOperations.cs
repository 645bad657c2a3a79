using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Every operation, called by the command line and by the newest SDK.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsXRayOperations(RunningWeir running)
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Every_subcommand_of_the_command_line()
    {
        var said = await RealClient.PythonAsync(_weir, "xray_cli.py");
        var answers = said["answers"]!.AsObject();
        // What Debian's version has was all called.
        said.List("commands").Select(c => (string)c!).Except(answers.Select(a => a.Key)).Where(c => !c.StartsWith("get-insight", StringComparison.Ordinal)).ShouldBeEmpty();
        string[] refused = ["create-group Default", "delete-sampling-rule again", "get-insight", "get-insight-events", "get-insight-impact-graph"];
        foreach (var (command, answer) in answers.Where(a => !refused.Contains(a.Key) && !a.Key.StartsWith("get-insight", StringComparison.Ordinal)))
            ((int)answer!["code"]!, (string?)answer["error"]).ShouldBe((0, null), command);
        foreach (var command in refused.Where(c => !c.StartsWith("get-insight", StringComparison.Ordinal)))
        {
            ((int)answers[command]!["code"]!).ShouldBe(254, command);
            answers[command]!.Text("error").ShouldContain("InvalidRequestException", Case.Sensitive, command);
        }
        JsonNode Said(string command) => answers[command]!["said"]!;
        Said("put-trace-segments")["UnprocessedTraceSegments"]!.ToJsonString().ShouldBe("""[{"ErrorCode":"MissingId","Message":"Invalid segment. ErrorCode: MissingId"}]""");
        Said("get-trace-summaries").List("TraceSummaries").Select(s => s!.Text("Id")).ShouldContain(said.Text("trace"));
        Said("get-trace-graph").List("Services").Select(s => s!.Text("Name")).ShouldContain("backend-cli");
        Said("get-service-graph").List("Services").Select(s => s!.Text("Name")).ShouldContain("backend-cli");
        Said("update-group")["Group"]!.Text("FilterExpression").ShouldBe("fault");
        ((bool)Said("get-group")["Group"]!["InsightsConfiguration"]!["InsightsEnabled"]!).ShouldBeTrue();
        Said("get-groups").List("Groups").Select(g => g!.Text("GroupName")).ShouldBe(["Default", "Cli"], ignoreOrder: true);
        Said("list-tags-for-resource")["Tags"]!.ToJsonString().ShouldBe("""[{"Key":"stage","Value":"prod"}]""");
        ((double)Said("update-sampling-rule")["SamplingRuleRecord"]!["SamplingRule"]!["FixedRate"]!).ShouldBe(0.5);
        Said("get-sampling-rules").List("SamplingRuleRecords").Select(r => r!["SamplingRule"]!.Text("RuleName")).Where(r => r is "Cli" or "Default").ShouldBe(["Cli", "Default"]);
        Said("get-sampling-targets").List("SamplingTargetDocuments").Single()!.Text("RuleName").ShouldBe("Cli");
        Said("get-sampling-targets").List("UnprocessedStatistics").Single()!.Text("ErrorCode").ShouldBe("400");
        Said("put-encryption-config")["EncryptionConfig"]!.Text("Status").ShouldBe("UPDATING");
        Said("get-encryption-config")["EncryptionConfig"]!.Text("Status").ShouldBe("ACTIVE");
        Said("list-resource-policies").List("ResourcePolicies").Single()!.Text("PolicyRevisionId").ShouldBe("1");
    }

    [Fact]
    public async Task Every_command_of_the_newest_sdk()
    {
        var said = await RealClient.NodeAsync(_weir, "xray-operations.js");
        var answers = said["answers"]!.AsObject();
        var commands = said.List("commands").Select(c => (string)c!).ToList();
        commands.Count.ShouldBe(38);
        commands.Except(answers.Select(a => a.Key)).ShouldBeEmpty();
        foreach (var (command, answer) in answers.Where(a => !a.Key.StartsWith("GetInsight", StringComparison.Ordinal)))
            answer!.AsObject().ContainsKey("exception").ShouldBeFalse($"{command}: {answer.ToJsonString()}");
        var rule = answers["CreateSamplingRule"]!["SamplingRuleRecord"]!["SamplingRule"]!;
        rule["Attributes"]!.ToJsonString().ShouldBe("""{"tier":"gold"}""");
        ((double)rule["SamplingRateBoost"]!["MaxRate"]!).ShouldBe(0.75);
        answers["ListRetrievedTraces"]!.Text("RetrievalStatus").ShouldBe("COMPLETE");
        var span = JsonNode.Parse(answers["ListRetrievedTraces"]!["Traces"]![0]!["Spans"]![0]!.Text("Document"))!;
        (span.Text("name"), span.Text("kind"), (int)span["attributes"]!["size"]!).ShouldBe(("backend-ops", "SERVER", 3));
        answers["GetRetrievedTracesGraph"]!.List("Services").Select(s => s!["Service"]!.Text("Name")).ShouldContain("backend-ops");
        answers["GetTraceSegmentDestination"]!.Text("Destination").ShouldBe("CloudWatchLogs");
        ((double)answers["GetIndexingRules"]!["IndexingRules"]![0]!["Rule"]!["Probabilistic"]!["DesiredSamplingPercentage"]!).ShouldBe(5);
    }

    [Fact]
    public async Task Rules_steer_an_OpenTelemetry_sdk_with_a_jaeger_remote_sampler()
    {
        await RuleAsync("checkout", 10, "GET", "/checkout", rate: 1);
        await RuleAsync("health", 20, "*", "/health", rate: 0);
        await RuleAsync("shop", 30, "*", "*", rate: 0.25);
        // An operation has to be known before a rule with wildcards applies to it.
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        using var spans = new StringContent(
            $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop-jaeger"}}]},"scopeSpans":[{"spans":[
              {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"GET /health","kind":2,"startTimeUnixNano":"{{{now}}}","endTimeUnixNano":"{{{now + 1}}}"}]}]}]}
            """, System.Text.Encoding.UTF8, "application/json");
        (await _weir.Client.PostAsync("/v1/traces", spans)).EnsureSuccessStatusCode();
        await _weir.JsonAsync("/api/traces?service=shop-jaeger", traces => traces.List("traces").Count > 0);
        var taken = await RealClient.NodeAsync(_weir, "jaeger-sampler.js");
        ((int)taken["checkout"]!).ShouldBe(4000);
        ((int)taken["health"]!).ShouldBe(0);
        // 4,000 trials of 0.25: five standard deviations are 137.
        ((int)taken["other"]!).ShouldBeInRange(863, 1137);
        var sampling = JsonNode.Parse(await _weir.Client.GetStringAsync("/api/xray/sampling"))!;
        sampling.List("openTelemetry").Of("service", "shop-jaeger").Text("rule").ShouldBe("shop");
    }

    [Fact]
    public async Task Rules_steer_the_sdk_for_node()
    {
        await RuleAsync("express", 40, "*", "/api/*", rate: 1, service: "express-ruled");
        var sent = await RealClient.NodeAsync(_weir, "xray-express.js", ("AWS_XRAY_TRACING_NAME", "express-ruled"));
        sent.Text("rule").ShouldBe("express");
    }

    private async Task RuleAsync(string name, int priority, string method, string path, double rate, string service = "shop-jaeger")
    {
        var rule = new JsonObject
        {
            ["name"] = name,
            ["priority"] = priority,
            ["fixedRate"] = rate,
            ["reservoirSize"] = 0,
            ["serviceName"] = service,
            ["httpMethod"] = method,
            ["urlPath"] = path,
        };
        using var content = new StringContent(rule.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        (await _weir.Client.PostAsync("/api/xray/rules", content)).EnsureSuccessStatusCode();
    }
}
