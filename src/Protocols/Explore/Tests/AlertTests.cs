using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Explore.Alerts;
using Weir.Protocols.Explore.Manage;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Triggers over time: when they are evaluated, when they tell, and that what they tell arrives.</summary>
public sealed class AlertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 3, TimeSpan.Zero);
    private readonly HandClock _clock = new(Noon);

    [Fact]
    public async Task A_trigger_tells_its_webhook_again_after_a_500_and_when_it_resolves()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Statuses.Enqueue(500);
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: receiver.Address, details: ",\"include_results\":true");
        rig.Answer = _ => [new GroupValue([], 150)];
        await rig.TickAsync();
        rig.Asked.ShouldBe([(Noon.ToUnixTimeSeconds() - 123, Noon.ToUnixTimeSeconds() - 3)]);
        var entry = rig.History(id).ShouldHaveSingleItem();
        ((string?)entry["state"], (double)entry["value"]!, (double)entry["threshold"]!).ShouldBe(("triggered", 150, 100));
        entry["deliveries"]!.ToJsonString().ShouldBe("""[{"recipient":"webhook hook","recipient_id":"hook","ok":false,"attempts":1,"detail":"answered 500"}]""");

        // Not before its time.
        _clock.Advance(2);
        await rig.TickAsync();
        receiver.Received.Count.ShouldBe(1);
        _clock.Advance(4);
        await rig.TickAsync();
        receiver.Received.Count.ShouldBe(2);
        rig.History(id)[0]["deliveries"]!.ToJsonString().ShouldBe("""[{"recipient":"webhook hook","recipient_id":"hook","ok":true,"attempts":2,"detail":"answered 200"}]""");
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
        rig.Answer = _ => [new GroupValue([], 7)];
        _clock.Advance(60);
        await rig.TickAsync();
        ((string?)receiver.Received.Last().Body["status"]).ShouldBe("OK");
        rig.History(id).Select(h => (string?)h["state"]).ShouldBe(["ok", "triggered"]);
        rig.Counters.Deliveries.ShouldBe([("webhook", "delivered", 2), ("webhook", "retried", 1)]);
    }

    [Fact]
    public async Task A_restart_loses_neither_the_notification_nor_the_state()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Statuses.Enqueue(503);
        using var before = new AlertRig(_clock);
        var id = await before.AddTriggerAsync("""{"op":">=","value":1}""", webhook: receiver.Address);
        before.Answer = _ => [new GroupValue([], 1)];
        await before.TickAsync();
        receiver.Received.Count.ShouldBe(1);

        // Down for five minutes: the moments that were missed are evaluated, each over its own time, and nothing is told twice.
        _clock.Advance(300);
        using var after = new AlertRig(_clock, before.Settings);
        after.Answer = _ => [new GroupValue([], 1)];
        await after.TickAsync();
        var noon = Noon.ToUnixTimeSeconds() - 3;
        after.Asked.Select(a => a.To).ShouldBe([noon + 60, noon + 120, noon + 180, noon + 240, noon + 300]);
        receiver.Received.Count.ShouldBe(2);
        after.History(id).ShouldHaveSingleItem()["deliveries"]![0]!["ok"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Something_that_happened_while_weir_was_down_is_told_late()
    {
        using var before = new AlertRig(_clock);
        var id = await before.AddTriggerAsync("""{"op":">","value":100}""");
        before.Answer = _ => [new GroupValue([], 150)];
        await before.TickAsync();
        _clock.Advance(600);
        using var after = new AlertRig(_clock, before.Settings);
        var quiet = Noon.ToUnixTimeSeconds() - 3 + 240;
        after.Answer = at => [new GroupValue([], at == quiet ? 5 : 150)];
        await after.TickAsync();
        after.History(id).Select(h => $"{h["at"]} {h["state"]}").ShouldBe(["2026-11-20T12:05:00Z triggered", "2026-11-20T12:04:00Z ok", "2026-11-20T12:00:00Z triggered"]);
    }

    [Fact]
    public async Task A_question_that_fails_is_asked_again_then_told_as_an_error()
    {
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""");
        var failures = 0;
        rig.Answer = _ => ++failures <= 2 ? throw new FaultException(new Fault(FaultKind.Unavailable, "the engine rests")) : [new GroupValue([], 150)];
        for (var i = 0; i < 3; i++)
            await rig.TickAsync();
        rig.Asked.Select(a => a.To).Distinct().Count().ShouldBe(1);
        rig.History(id).Select(h => $"{h["state"]} {h["detail"]}").ShouldBe(["triggered ", "error the engine rests"]);
    }

    [Fact]
    public async Task A_burn_alert_whose_question_fails_is_given_up_after_some_tries()
    {
        using var rig = new AlertRig(_clock);
        await rig.Store.PutAsync(
            "derived_columns", new Managed("", "shop", "good", (JsonObject)JsonNode.Parse("""{"id":"good","alias":"good","expression":"EQUALS($ok, true)"}""")!, 0), CancellationToken.None);
        await rig.Store.PutAsync(
            Slos.Kind, new Managed("", "shop", "slo", (JsonObject)JsonNode.Parse("""{"id":"slo","name":"fine","sli":{"alias":"good"},"time_period_days":30,"target_per_million":999000}""")!, 0), CancellationToken.None);
        await rig.Store.PutAsync(
            BurnAlerts.Kind, new Managed("", "shop", "burn", (JsonObject)JsonNode.Parse("""{"id":"burn","alert_type":"exhaustion_time","exhaustion_minutes":60,"slo":{"id":"slo"},"recipients":[]}""")!, 0), CancellationToken.None);
        rig.Fails = true;
        for (var i = 0; i < EvaluationFailure.Most; i++)
        {
            rig.States.Of("burn").EvaluatedAt.ShouldBe(0);
            await rig.TickAsync();
        }
        // The moment is done with: it is not asked for again before the next one is due.
        rig.States.Of("burn").EvaluatedAt.ShouldBe(Noon.ToUnixTimeSeconds() - 3);
        var asked = rig.AskedOfStore;
        asked.ShouldBe(EvaluationFailure.Most);
        await rig.TickAsync();
        rig.AskedOfStore.ShouldBe(asked);
        ((string?)rig.History("burn").ShouldHaveSingleItem()["state"]).ShouldBe("error");
    }

    [Fact]
    public async Task Recipients_weir_does_not_deliver_to_are_told_in_the_history()
    {
        using var rig = new AlertRig(_clock);
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""");
        var trigger = rig.Store.Find(Triggers.Kind, "", null, id)!;
        trigger.Body["recipients"] = new JsonArray(new JsonObject { ["id"] = "pd", ["type"] = "slack", ["target"] = "#a" }, new JsonObject { ["id"] = "m", ["type"] = "marker", ["target"] = "" });
        await rig.Store.PutAsync(Triggers.Kind, trigger, CancellationToken.None);
        await rig.Store.PutAsync(Recipients.Kind, new Managed("", "", "pd", (JsonObject)JsonNode.Parse("""{"id":"pd","type":"slack","details":{"slack_channel":"#a"}}""")!, 0), CancellationToken.None);
        rig.Answer = _ => [new GroupValue([], 150)];
        await rig.TickAsync();
        var deliveries = rig.History(id)[0]["deliveries"]!.AsArray();
        var slack = deliveries.Single(d => (string?)d!["recipient"] == "slack #a")!;
        ((bool)slack["ok"]!, (string?)slack["detail"]).ShouldBe((false, "Weir does not deliver to slack; use a webhook or email"));
        ((string?)rig.Store.List("markers", "").ShouldHaveSingleItem().Body["message"]).ShouldBe("too slow");
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
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""");
        var trigger = rig.Store.Find(Triggers.Kind, "", null, id)!;
        trigger.Body["recipients"] = new JsonArray(new JsonObject { ["id"] = "ops", ["type"] = "email", ["target"] = "ops@example.com" });
        await rig.Store.PutAsync(Triggers.Kind, trigger, CancellationToken.None);
        await rig.Store.PutAsync(Recipients.Kind, new Managed("", "", "ops", (JsonObject)JsonNode.Parse("""{"id":"ops","type":"email","details":{"email_address":"ops@example.com","include_results":true}}""")!, 0), CancellationToken.None);
        rig.Answer = _ => [new GroupValue((JsonObject)JsonNode.Parse("""{"name":"GET /"}""")!, 150)];
        await rig.TickAsync();
        rig.History(id)[0]["deliveries"]!.ToJsonString().ShouldContain("\"ok\":true");
        // Long lines are folded as quoted-printable has it.
        var text = (await mail).Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        text.ShouldContain("RCPT TO:<ops@example.com>");
        text.ShouldContain("Subject: Triggered: too slow: 150 > 100 for name=\"GET /\"");
        text.ShouldContain($"https://weir.example.com/alerts/triggers/shop/{id}");
    }

    public static TheoryData<string, string, string> Runs => new()
    {
        // values over time, limit and type, and what is told
        { "1 9 9 1", """{"op":">","value":5}""", ". + . -" },
        { "9 9 9 1", """{"op":">","value":5,"exceeded_limit":3}""", ". . + -" },
        { "9 1 9 9", """{"op":">","value":5,"exceeded_limit":2}""", ". . . +" },
        { "5 4", """{"op":">=","value":5}""", "+ -" },
        { "5 4", """{"op":"<=","value":4}""", ". +" },
        { "4 x 3", """{"op":"<","value":5}""", "+ - +" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_threshold_is_passed_so_many_times_in_a_row(string values, string threshold, string told)
    {
        var rule = TriggerRule.Of((JsonObject)JsonNode.Parse($$"""{"threshold":{{threshold}},"alert_type":"on_change"}""")!);
        var state = new AlertState([]);
        var changes = values.Split(' ').Select(value => rule.Advance(state, [new GroupValue([], value == "x" ? null : double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))]));
        string.Join(' ', changes.Select(c => c.Count == 0 ? "." : c[0].IsTriggered ? "+" : "-")).ShouldBe(told);
    }

    [Fact]
    public void Groups_are_judged_one_by_one_and_on_true_tells_always()
    {
        static GroupValue Group(string name, double value) => new(new JsonObject { ["name"] = name }, value);
        static string Told(IReadOnlyList<GroupChange> changes) => string.Join(' ', changes.Select(c => (c.IsTriggered ? "+" : "-") + (string?)c.Key["name"]));
        var state = new AlertState([]);
        var onChange = new TriggerRule(">", 5, 1, TellsAlways: false);
        Told(onChange.Advance(state, [Group("a", 9), Group("b", 1)])).ShouldBe("+a");
        state.IsTriggered.ShouldBeTrue();
        Told(onChange.Advance(state, [Group("a", 9), Group("b", 9)])).ShouldBe("+b");
        // A group that is not there any more has resolved.
        Told(onChange.Advance(state, [Group("b", 9)])).ShouldBe("-a");
        var onTrue = onChange with { TellsAlways = true };
        Told(onTrue.Advance(state, [Group("b", 9)])).ShouldBe("+b");
        Told(onTrue.Advance(state, [Group("b", 1)])).ShouldBe("-b");
        state.IsTriggered.ShouldBeFalse();
    }

    [Theory]
    [InlineData(150.0, 100.0, false, 50.0)]
    [InlineData(150.0, 100.0, true, 50.0)]
    [InlineData(50.0, 200.0, true, -75.0)]
    [InlineData(50.0, null, false, 50.0)]
    [InlineData(50.0, null, true, null)]
    [InlineData(50.0, 0.0, true, null)]
    [InlineData(null, 5.0, false, null)]
    public void A_baseline_makes_the_value_a_difference_or_a_share(double? now, double? then, bool inPercent, double? expected) =>
        TriggerRule.Against([new GroupValue([], now)], [new GroupValue([], then)], inPercent).ShouldHaveSingleItem().Value.ShouldBe(expected);

    [Theory]
    [InlineData("monday", "09:00", "17:00", "2026-11-23T09:00:00Z", true)]
    [InlineData("monday", "09:00", "17:00", "2026-11-23T17:00:00Z", false)]
    [InlineData("monday", "09:00", "17:00", "2026-11-24T10:00:00Z", false)]
    [InlineData("monday", "22:00", "06:00", "2026-11-23T23:00:00Z", true)]
    [InlineData("monday", "22:00", "06:00", "2026-11-24T05:59:00Z", true)]
    [InlineData("monday", "22:00", "06:00", "2026-11-24T23:00:00Z", false)]
    [InlineData("monday", "22:00", "06:00", "2026-11-23T05:00:00Z", false)]
    public void A_schedule_has_days_and_hours(string day, string start, string end, string at, bool expected) =>
        TriggerRule.IsScheduled(
            (JsonObject)JsonNode.Parse($$$"""{"evaluation_schedule_type":"window","evaluation_schedule":{"window":{"days_of_week":["{{{day}}}"],"start_time":"{{{start}}}","end_time":"{{{end}}}"} } }""")!,
            DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Theory]
    [InlineData(0, 60, 605, "600")]
    [InlineData(0, 60, 601, "540")]
    [InlineData(600, 60, 605, "")]
    [InlineData(600, 60, 662, "660")]
    [InlineData(600, 60, 792, "660 720 780")]
    [InlineData(60, 60, 7202, "3660 3720")]
    public void Moments_are_multiples_of_the_frequency(long last, long frequency, long now, string expected)
    {
        var due = AlertMoment.Due(last, frequency, now);
        due.Count.ShouldBeLessThanOrEqualTo(AlertMoment.MostMissed);
        string.Join(' ', due.Take(2 + (due.Count == 3 ? 1 : 0))).ShouldBe(expected);
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
