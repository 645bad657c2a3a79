using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Alerts;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>A trigger over spans, log lines, data points and events, each sent with a suitable protocol, notifies its webhook.</summary>
public sealed class TriggerSignalTests : IAsyncLifetime
{
    private WeirProcess _weir = null!;
    private WebhookReceiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _weir = await WeirProcess.StartAsync(options: ["--alert-tick-seconds", "1", "--webhook-hosts", "127.0.0.1"]);
        _receiver = await WebhookReceiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    // The rows are made when tests are discovered, which may be long before they run.
    private const string Now = "{now}";
    private const string Later = "{now + 1.5 s}";

    private const string Service = """"
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"alarmed"} }]}
        """";

    /// <summary>Signal, path, body, the trigger's calculation with its breakdown, its threshold, and the expected group.</summary>
    public static TheoryData<string, string, string, string, string, string> Signals => new()
    {
        {
            "spans", "/v1/traces",
            $$"""{"resourceSpans":[{{{Service}},"scopeSpans":[{"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":"slow","startTimeUnixNano":"{{Now}}","endTimeUnixNano":"{{Later}}"}]}]}]}""",
            """{"calculations":[{"op":"MAX","column":"duration_ms"}],"breakdowns":["name"]""", """{"op":">","value":1000}""", """{"Group":{"name":"slow"},"Result":1500}"""
        },
        {
            "logs", "/v1/logs",
            $$"""{"resourceLogs":[{{{Service}},"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{Now}}","severityNumber":17,"body":{"stringValue":"disk full"} },{"timeUnixNano":"{{Now}}","severityNumber":9,"body":{"stringValue":"fine"} }]}]}]}""",
            """{"calculations":[{"op":"COUNT"}],"breakdowns":["body"],"filters":[{"column":"error","op":"=","value":true}]""", """{"op":">=","value":1}""",
            """{"Group":{"body":"disk full"},"Result":1}"""
        },
        {
            "metrics", "/v1/metrics",
            $$"""{"resourceMetrics":[{{{Service}},"scopeMetrics":[{"metrics":[{"name":"queue.length","gauge":{"dataPoints":[{"timeUnixNano":"{{Now}}","asInt":"3"}]} },{"name":"disk.free","gauge":{"dataPoints":[{"timeUnixNano":"{{Now}}","asInt":"90"}]} }]}]}]}""",
            """{"calculations":[{"op":"MIN","column":"value"}],"breakdowns":["metric.name"]""", """{"op":"<=","value":5}""", """{"Group":{"metric.name":"queue.length"},"Result":3}"""
        },
        {
            "events", "/1/batch/alarmed", """[{"data":{"user":"ada","amount":40},"samplerate":2},{"data":{"user":"bob","amount":1}}]""",
            """{"calculations":[{"op":"SUM","column":"amount"}],"breakdowns":["user"]""", """{"op":">","value":50}""", """{"Group":{"user":"ada"},"Result":80}"""
        },
    };

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task A_trigger_over_a_signal_notifies_its_webhook(string signal, string path, string body, string question, string threshold, string told)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        var timed = body.Replace(Now, Text(now), StringComparison.Ordinal).Replace(Later, Text(now + 1_500_000_000), StringComparison.Ordinal);
        await SendAsync(path, timed, 200);
        var webhook = (await SendAsync("/1/recipients", $$"""{"type":"webhook","details":{"webhook_name":"hook","webhook_url":"{{_receiver.Address}}","include_results":true} }""", 201)).Text("id");
        var trigger = await SendAsync(
            "/1/triggers/__all__",
            $$"""{"name":"of {{signal}}","frequency":60,"query":{{question}},"signals":["{{signal}}"],"time_range":240},"threshold":{{threshold}},"recipients":[{"id":"{{webhook}}"}]}""", 201);

        var notification = await EventuallyAsync();
        (notification.Text("id"), notification.Text("status")).ShouldBe((trigger.Text("id"), "TRIGGERED"));
        notification["result_groups_triggered"]!.ToJsonString().ShouldBe($"[{told}]");
        JsonNode.Parse(await _weir.Client.GetStringAsync($"/1/triggers/__all__/{trigger.Text("id")}"))!["triggered"]!.GetValue<bool>().ShouldBeTrue();
    }

    /// <summary>The first webhook: the trigger's newest moment may lie before the data, and then the next one is a minute off.</summary>
    private async Task<JsonNode> EventuallyAsync()
    {
        await Waiting.UntilAsync(() => !_receiver.Received.IsEmpty, $"a webhook\n{_weir.Output}");
        return _receiver.Received.First().Body;
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonNode> SendAsync(string path, string body, int status)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, path.StartsWith("/v1/", StringComparison.Ordinal) ? new Uri($"http://127.0.0.1:{_weir.OtlpHttpPort}{path}") : new Uri(path, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await _weir.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}
