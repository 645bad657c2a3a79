using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Features;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>A recipient that doesn't answer: alerts go on, other recipients are told, and what is too much is dropped and said.</summary>
public sealed class OutboxTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 3, TimeSpan.Zero);

    [Fact]
    public async Task A_hundred_notifications_to_a_dead_webhook_delay_neither_alerts_nor_others()
    {
        // Takes connections and never answers.
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var rig = new AlertRig(new HandClock(Noon));
        await AddWebhookAsync(rig, "dead", $"http://127.0.0.1:{((IPEndPoint)dead.LocalEndpoint).Port}/");
        await AddWebhookAsync(rig, "fine", receiver.Address);
        for (var i = 0; i < 100; i++)
            await AddTriggerAsync(rig, "dead");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.Runner.TickAsync(CancellationToken.None);
        rig.Outbox.Count.ShouldBe(100);
        using var stop = new CancellationTokenSource();
        var loop = new Loop("notifications", TimeSpan.FromMilliseconds(100), turn: null, rig.Outbox.Loop.TakeTurnAsync, TimeProvider.System, NullLogger.Instance);
        var running = loop.RunAsync(stop.Token, rig.Outbox.EndAsync);
        var accepted = await dead.AcceptTcpClientAsync();

        // While the first of the hundred hangs, another alert is evaluated and its recipient told.
        var other = await AddTriggerAsync(rig, "fine");
        var clock = Stopwatch.StartNew();
        await rig.Runner.TickAsync(CancellationToken.None);
        await UntilAsync(() => rig.History(other).Count > 0 && rig.History(other)[0].Deliveries!.Any(d => d.Ok));
        receiver.Received.Count.ShouldBe(1);
        // One attempt at a time goes to the dead one: nothing else of it was tried meanwhile.
        dead.Pending().ShouldBeFalse();
        rig.Outbox.Count.ShouldBe(100);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        accepted.Dispose();
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task After_a_failure_the_recipient_is_left_alone_for_a_while_and_later_all_arrive()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Statuses.Enqueue(503);
        var clock = new HandClock(Noon);
        using var rig = new AlertRig(clock);
        await AddWebhookAsync(rig, "hook", receiver.Address);
        for (var i = 0; i < 5; i++)
            await AddTriggerAsync(rig, "hook");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        // The first failed: the other four were not tried.
        receiver.Received.Count.ShouldBe(1);
        clock.Advance(6);
        await rig.TickAsync();
        (receiver.Received.Count, rig.Outbox.Count).ShouldBe((6, 0));
        rig.Counters.Deliveries.ShouldBe([("webhook", "delivered", 5), ("webhook", "retried", 1)]);
    }

    [Fact]
    public async Task A_notification_that_waits_too_long_is_given_up_and_recorded()
    {
        var clock = new HandClock(Noon);
        using var rig = new AlertRig(clock);
        await AddWebhookAsync(rig, "gone", $"http://127.0.0.1:{FreePort()}/");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await AddTriggerAsync(rig, "gone"));
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        rig.Outbox.Count.ShouldBe(3);
        clock.Advance(3700);
        await rig.Outbox.DeliverAsync(CancellationToken.None);
        rig.Outbox.Count.ShouldBe(0);
        ids.Select(id => rig.History(id)[^1].Deliveries![0].Detail).ShouldAllBe(d => d.Contains("given up after an hour", StringComparison.Ordinal));
        rig.Counters.Deliveries.ShouldContain(("webhook", "failed", 3));
    }

    [Fact]
    public async Task Notifications_above_the_limit_are_dropped_counted_and_recorded()
    {
        using var rig = new AlertRig(new HandClock(Noon));
        await AddWebhookAsync(rig, "dead", "http://127.0.0.1:1/");
        string last = "";
        for (var i = 0; i <= Outbox.MostOfOne; i++)
            last = await AddTriggerAsync(rig, "dead");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.Runner.TickAsync(CancellationToken.None);
        rig.Outbox.Count.ShouldBe(Outbox.MostOfOne);
        rig.Counters.Deliveries.ShouldBe([("webhook", "dropped", 1)]);
        var dropped = rig.Triggers.List("").SelectMany(t => rig.History(t.Id)).SelectMany(h => h.Deliveries!).ShouldHaveSingleItem();
        (dropped.Ok, dropped.Attempts, dropped.Detail).ShouldBe((false, 0, $"dropped: {Outbox.MostOfOne} notifications are already waiting for this recipient"));
        last.ShouldNotBeEmpty();

        // Many recipients: the whole has a bound as well. Those that wait are read again after a restart.
        for (var i = 0; i < 10; i++)
        {
            await AddWebhookAsync(rig, $"dead{i}", $"http://127.0.0.1:1/{i}");
            for (var j = 0; j < 95; j++)
                await AddTriggerAsync(rig, $"dead{i}");
        }
        await rig.Runner.TickAsync(CancellationToken.None);
        rig.Outbox.Count.ShouldBe(Outbox.MostWaiting);
        rig.Counters.Deliveries.ShouldBe([("webhook", "dropped", 1 + Outbox.MostOfOne + (10 * 95) - Outbox.MostWaiting)]);
        using var after = new AlertRig(new HandClock(Noon), rig.Settings);
        after.Outbox.Count.ShouldBe(Outbox.MostWaiting);
    }

    private static Task<string> AddTriggerAsync(AlertRig rig, string recipient) =>
        rig.AddTriggerAsync("""{"op":">","value":100}""", recipients: $$"""[{"id":"{{recipient}}","type":"webhook","target":"{{recipient}}"}]""");

    private static Task AddWebhookAsync(AlertRig rig, string id, string address) =>
        rig.StoreAsync("recipients", "//" + id, $$$"""{"id":"{{{id}}}","type":"webhook","details":{"webhook_name":"{{{id}}}","webhook_url":"{{{address}}}"}}""");

    private static int FreePort() => WeirProcess.FreePorts(1)[0];

    private static Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "") =>
        Waiting.UntilAsync(condition, what);
}
