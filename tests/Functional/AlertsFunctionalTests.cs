using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Alerts;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Alerts over real data: a trigger and a burn alert notify their webhook, an SLO has the values of its documentation's example.</summary>
public sealed class AlertsFunctionalTests : IAsyncLifetime
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

    [Fact]
    public async Task A_trigger_and_a_burn_alert_notify_their_webhook()
    {
        _receiver.Statuses.Enqueue(500);
        // 999,450 good events and 550 bad ones, by their sample rates; spans of another service besides.
        await SendAsync("/1/batch/shop", """
            [{"data":{"name":"GET /","duration_ms":20,"ok":true},"samplerate":999000},{"data":{"name":"GET /","duration_ms":30,"ok":true},"samplerate":450},
             {"data":{"name":"POST /","duration_ms":900,"ok":false},"samplerate":500},{"data":{"name":"POST /","duration_ms":1100,"ok":false},"samplerate":50},
             {"data":{"name":"neither"}}]
            """, 200);
        // A field that names another one.
        await SendAsync("/1/columns/shop", """{"key_name":"ok","type":"boolean"}""", 201);
        await SendAsync("/1/derived_columns/__all__", """{"alias":"is_ok","expression":"IF(EXISTS($ok), $ok)"}""", 201);
        await SendAsync("/1/derived_columns/shop", """{"alias":"good","expression":"$is_ok"}""", 201);
        var webhook = (await SendAsync(
            "/1/recipients", $$"""{"type":"webhook","details":{"webhook_name":"hook","webhook_url":"{{_receiver.Address}}","webhook_secret":"s3cret","include_results":true} }""", 201)).Text("id");
        var slo = await SendAsync("/1/slos/shop", """{"name":"fine","sli":{"alias":"good"},"time_period_days":30,"target_per_million":999000}""", 201);

        var detailed = await _weir.JsonAsync(
            $"/api/slos/shop/{slo.Text("id")}/status", status => Math.Round((double)status["total"]!) == 1_000_000);
        ((double)detailed["bad"]!, Math.Round((double)detailed["compliance"]!, 6), Math.Round((double)detailed["budgetRemaining"]!, 6)).ShouldBe((550, 99.945, 45));
        detailed.List("series").Count.ShouldBeInRange(100, 130);
        var listed = (await GetAsync("/1/slos/shop?detailed=true")).AsArray().ShouldHaveSingleItem()!;
        (Math.Round((double)listed["budget_remaining"]!, 6), listed.Text("status")).ShouldBe((45, "no_alerts"));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var report = await SendAsync(
            "/1/reporting/slos/historical",
            string.Create(CultureInfo.InvariantCulture, $$"""{"ids":["{{slo.Text("id")}}"],"start_time":{{now - 3600}},"end_time":{{now + 60}} }"""), 200);
        Math.Round((double)report[slo.Text("id")]!.AsArray()[^1]!["budget_remaining"]!, 6).ShouldBe(45);

        var burn = await SendAsync(
            "/1/burn_alerts/shop",
            $$"""{"alert_type":"budget_rate","budget_rate_window_minutes":60,"budget_rate_decrease_threshold_per_million":500000,"slo":{"id":"{{slo.Text("id")}}"},"recipients":[{"id":"{{webhook}}"}]}""", 201);
        var told = await EventuallyAsync(body => body.Text("id") == burn.Text("id"), attempts: 2);
        (told.Text("status"), Math.Round((double)told["value"]!, 6), (double)told["threshold"]!).ShouldBe(("TRIGGERED", 55, 50));
        var history = await _weir.JsonAsync(
            $"/api/burn_alerts/shop/{burn.Text("id")}/history", h => h.List("items").Count == 1 && h["items"]![0]!.List("deliveries").Any(d => (bool)d!["ok"]!));
        ((int)history["items"]![0]!["deliveries"]![0]!["attempts"]!).ShouldBe(2);
        (await GetAsync($"/1/burn_alerts/shop?slo_id={slo.Text("id")}")).AsArray().ShouldHaveSingleItem()!["triggered"]!.GetValue<bool>().ShouldBeTrue();

        // The frequency is a minute, and its newest moment may lie before the data: the first or the second evaluation sees it.
        var trigger = await SendAsync(
            "/1/triggers/shop",
            $$"""{"name":"slow","frequency":60,"query":{"calculations":[{"op":"MAX","column":"duration_ms"}],"filters":[{"column":"duration_ms","op":"exists"}],"breakdowns":["name"],"time_range":240},"threshold":{"op":">","value":500},"recipients":[{"id":"{{webhook}}"}]}""", 201);
        var check = await SendAsync("/api/triggers/shop/check", """{"query":{"calculations":[{"op":"COUNT"}],"filters":[{"column":"good","op":"=","value":false}],"time_range":3600},"frequency":900,"threshold":{"op":">=","value":550}}""", 200);
        ((double)check["value"]!, (bool)check["wouldTrigger"]!).ShouldBe((550, true));
        var fired = await EventuallyAsync(body => body.Text("id") == trigger.Text("id"), attempts: 1);
        fired["result_groups_triggered"]!.ToJsonString().ShouldBe("""[{"Group":{"name":"POST /"},"Result":1100}]""");
        fired.Text("shared_secret").ShouldBe("s3cret");
        (await GetAsync($"/1/triggers/shop/{trigger.Text("id")}"))["triggered"]!.GetValue<bool>().ShouldBeTrue();
        var metrics = await _weir.Client.GetStringAsync("/metrics");
        metrics.ShouldContain("weir_alert_deliveries_total{type=\"webhook\",result=\"retried\"} 1");
        metrics.ShouldContain("weir_alert_deliveries_total{type=\"webhook\",result=\"delivered\"} 2");
    }

    /// <summary>The body of the last webhook that satisfies, once it was attempted so often.</summary>
    private async Task<JsonNode> EventuallyAsync(Func<JsonNode, bool> wanted, int attempts)
    {
        List<JsonNode> Found() => [.. _receiver.Received.Select(r => r.Body).Where(wanted)];
        await Waiting.UntilAsync(() => Found().Count >= attempts, $"webhook {attempts} of this kind\n{_weir.Output}");
        return Found()[^1];
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _weir.Client.GetStringAsync(path))!;

    private async Task<JsonNode> SendAsync(string path, string body, int status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _weir.Client.PostAsync(path, content);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}
