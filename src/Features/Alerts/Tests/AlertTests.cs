using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>Triggers over time: when they are evaluated, when they tell, and that what they tell arrives.</summary>
public sealed class AlertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 3, TimeSpan.Zero);
    private readonly HandClock _clock = new(Noon);

    [Fact]
    public async Task A_trigger_notifies_its_webhook_again_after_a_500_and_when_it_resolves()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Statuses.Enqueue(500);
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: receiver.Address, details: ",\"include_results\":true");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        rig.Asked.ShouldBe([(Noon.ToUnixTimeSeconds() - 123, Noon.ToUnixTimeSeconds() - 3)]);
        var entry = rig.History(id).ShouldHaveSingleItem();
        (entry.State, entry.Value, entry.Threshold).ShouldBe(("triggered", 150, 100));
        entry.Deliveries.ShouldBe([new Delivery("webhook hook", "hook", Ok: false, 1, "answered 500")]);

        // Not before its time.
        _clock.Advance(2);
        await rig.TickAsync();
        receiver.Received.Count.ShouldBe(1);
        _clock.Advance(4);
        await rig.TickAsync();
        receiver.Received.Count.ShouldBe(2);
        rig.History(id)[0].Deliveries.ShouldBe([new Delivery("webhook hook", "hook", Ok: true, 2, "answered 200")]);
        var (headers, body) = receiver.Received.Last();
        headers["X-Honeycomb-Webhook-Token"].ToString().ShouldBe("s3cret");
        headers["X-Team"].ToString().ShouldBe("shop");
        headers["Content-Type"].ToString().ShouldStartWith("application/json");
        ((string?)body["status"], (string?)body["summary"], (string?)body["id"], (string?)body["shared_secret"]).ShouldBe(("TRIGGERED", "Triggered: too slow: 150 > 100", id, "s3cret"));
        body["result_groups_triggered"]!.ToJsonString().ShouldBe("""[{"Group":{},"Result":150}]""");

        // Still over: on_change has nothing new to tell. Then it resolves.
        _clock.Advance(60);
        await rig.TickAsync();
        receiver.Received.Count.ShouldBe(2);
        rig.Answer = _ => [new GroupValue(GroupKey.None, 7)];
        _clock.Advance(60);
        await rig.TickAsync();
        ((string?)receiver.Received.Last().Body["status"]).ShouldBe("OK");
        rig.History(id).Select(h => h.State).ShouldBe(["ok", "triggered"]);
        rig.Counters.Deliveries.ShouldBe([("webhook", "delivered", 2), ("webhook", "retried", 1)]);
    }

    [Fact]
    public async Task A_restart_loses_neither_the_notification_nor_the_state()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Statuses.Enqueue(503);
        using var before = new AlertRig(_clock);
        var id = await before.AddTriggerAsync("""{"op":">=","value":1}""", webhook: receiver.Address);
        before.Answer = _ => [new GroupValue(GroupKey.None, 1)];
        await before.TickAsync();
        receiver.Received.Count.ShouldBe(1);

        // Down for five minutes: the moments that were missed are evaluated, each over its own time, and nothing is told twice.
        _clock.Advance(300);
        using var after = new AlertRig(_clock, before.Settings);
        after.Answer = _ => [new GroupValue(GroupKey.None, 1)];
        await after.TickAsync();
        var noon = Noon.ToUnixTimeSeconds() - 3;
        after.Asked.Select(a => a.To).ShouldBe([noon + 60, noon + 120, noon + 180, noon + 240, noon + 300]);
        receiver.Received.Count.ShouldBe(2);
        after.History(id).ShouldHaveSingleItem().Deliveries!.ShouldHaveSingleItem().Ok.ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_while_weir_was_down_is_notified_late()
    {
        using var before = new AlertRig(_clock);
        var id = await before.AddTriggerAsync("""{"op":">","value":100}""");
        before.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await before.TickAsync();
        _clock.Advance(600);
        using var after = new AlertRig(_clock, before.Settings);
        var quiet = Noon.ToUnixTimeSeconds() - 3 + 240;
        after.Answer = at => [new GroupValue(GroupKey.None, at == quiet ? 5 : 150)];
        await after.TickAsync();
        after.History(id).Select(h => $"{WholeSecondsConverter.Text(h.At)} {h.State}").ShouldBe(["2026-11-20T12:05:00Z triggered", "2026-11-20T12:04:00Z ok", "2026-11-20T12:00:00Z triggered"]);
    }

    [Fact]
    public async Task A_failing_query_is_repeated_and_then_recorded_as_an_error()
    {
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""");
        var failures = 0;
        rig.Answer = _ => ++failures <= 2 ? throw new FaultException(new Fault(FaultKind.Unavailable, "the engine rests")) : [new GroupValue(GroupKey.None, 150)];
        for (var i = 0; i < 3; i++)
            await rig.TickAsync();
        rig.Asked.Select(a => a.To).Distinct().Count().ShouldBe(1);
        rig.History(id).Select(h => $"{h.State} {h.Detail}").ShouldBe(["triggered ", "error the engine rests"]);
    }

    [Fact]
    public async Task A_burn_alert_with_a_failing_query_is_given_up_after_some_attempts()
    {
        using var rig = new AlertRig(_clock);
        await rig.StoreAsync("derived_columns", "/shop/good", """{"id":"good","alias":"good","expression":"EQUALS($ok, true)"}""");
        await rig.StoreAsync("slos", "/shop/slo", """{"id":"slo","name":"fine","sli":{"alias":"good"},"time_period_days":30,"target_per_million":999000}""");
        await rig.StoreAsync("burn_alerts", "/shop/burn", """{"id":"burn","alert_type":"exhaustion_time","exhaustion_minutes":60,"slo":{"id":"slo"},"recipients":[]}""");
        rig.Fails = true;
        for (var i = 0; i < AlertRule.MostFailures; i++)
        {
            rig.States.Of("burn").EvaluatedAt.ShouldBe(0);
            await rig.TickAsync();
        }
        // The moment is done with: it is not asked for again before the next one is due.
        rig.States.Of("burn").EvaluatedAt.ShouldBe(Noon.ToUnixTimeSeconds() - 3);
        var asked = rig.AskedOfStore;
        asked.ShouldBe(AlertRule.MostFailures);
        await rig.TickAsync();
        rig.AskedOfStore.ShouldBe(asked);
        rig.History("burn").ShouldHaveSingleItem().State.ShouldBe("error");
    }

    [Fact]
    public async Task Unsupported_recipients_are_recorded_in_the_history()
    {
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", recipients: """[{"id":"pd","type":"slack","target":"#a"},{"id":"m","type":"marker","target":""}]""");
        await rig.StoreAsync("recipients", "//pd", """{"id":"pd","type":"slack","details":{"slack_channel":"#a"}}""");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        rig.History(id)[0].Deliveries!.ShouldContain(new Delivery("slack #a", "pd", Ok: false, 1, "Weir does not deliver to slack; use a webhook or email"));
        rig.Markers.List("").ShouldHaveSingleItem().Value.Message.ShouldBe("too slow");
        rig.Counters.Deliveries.ShouldContain(("slack", "unsupported", 1));
    }

    [Fact]
    public async Task Email_is_handed_to_the_mail_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var mail = ReceiveMailAsync(listener);
        using var rig = new AlertRig(_clock, options: new NotifyOptions
        {
            SmtpHost = "127.0.0.1",
            SmtpPort = ((IPEndPoint)listener.LocalEndpoint).Port,
            SmtpFrom = "weir@example.com",
            PublicUrl = "https://weir.example.com/",
        });
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", recipients: """[{"id":"ops","type":"email","target":"ops@example.com"}]""");
        await rig.StoreAsync("recipients", "//ops", """{"id":"ops","type":"email","details":{"email_address":"ops@example.com","include_results":true}}""");
        rig.Answer = _ => [new GroupValue(GroupKey.Parse("""{"name":"GET /"}"""), 150)];
        await rig.TickAsync();
        rig.History(id)[0].Deliveries!.ShouldHaveSingleItem().Ok.ShouldBeTrue();
        // Long lines are folded as quoted-printable has it.
        var text = (await mail).Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        text.ShouldContain("RCPT TO:<ops@example.com>");
        text.ShouldContain("Subject: Triggered: too slow: 150 > 100 for name=\"GET /\"");
        text.ShouldContain($"https://weir.example.com/alerts/triggers/shop/{id}");
    }

    /// <summary>Speaks just enough SMTP; all the client said.</summary>
    private static async Task<string> ReceiveMailAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var said = new StringBuilder();
        var isData = false;
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync() is { } line)
        {
            said.Append(line).Append('\n');
            if (isData && line != ".")
                continue;
            isData = line == "DATA";
            await writer.WriteLineAsync(isData ? "354 go on" : "250 ok");
            if (line == ".")
                break;
        }
        return said.ToString();
    }
}
