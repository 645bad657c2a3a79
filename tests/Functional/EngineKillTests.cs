using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>kill -9 to the engine's process: the server goes on acknowledging, and what it acknowledged is stored once.</summary>
public sealed class EngineKillTests
{
    public EngineKillTests() => Assert.SkipWhen(
        WeirProcess.OverTcp, "over TCP the engine is nobody's child; RemoteStoreTests kill and stop the server that is the store");

    /// <summary>More of them with WEIR_ENGINE_KILLS.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("WEIR_ENGINE_KILLS") ?? "6", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kills_of_the_engine_under_load_fail_no_acknowledgement_lose_nothing_and_store_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("weir-engine-kill-").FullName;
        var random = new Random(9);
        var load = new KillLoad();
        var longest = TimeSpan.Zero;
        await using (var weir = await WeirProcess.StartAsync(folder))
        {
            weir.DeleteFolder = false;
            using var stop = new CancellationTokenSource();
            var senders = load.StartAsync(weir.OtlpHttpPort, senders: 4, stop.Token);
            for (var kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(random.Next(20, 1500));
                var killed = weir.EngineProcessId;
                await WeirProcess.SignalAsync("KILL", killed);
                var clock = Stopwatch.StartNew();
                await AnswerAsync(weir, killed);
                longest = clock.Elapsed > longest ? clock.Elapsed : longest;
            }
            await stop.CancelAsync();
            await senders;
            await LoadedAsync(weir);
            (await weir.StopAsync()).ShouldBe(0, weir.Output);
        }
        load.Failures.ShouldBeEmpty();
        load.Acknowledged.Count.ShouldBeGreaterThan(Kills);
        await load.ShouldBeStoredOnceAsync(folder);
        TestContext.Current.SendDiagnosticMessage(
            $"{Kills} kills of the engine: {load.Acknowledged.Count} requests acknowledged, 0 failed, longest time to the next answer {longest.TotalSeconds:0.00} s");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Server and engine, separately and together, at any moment of a first start, of a replay and of a stop.</summary>
    [Fact]
    public async Task Kills_while_weir_starts_replays_and_stops_leave_a_folder_that_opens_with_everything_in_it()
    {
        var folder = Directory.CreateTempSubdirectory("weir-start-kill-").FullName;
        var random = new Random(10);
        var load = new KillLoad();
        for (var round = 0; round < 12; round++)
        {
            var ports = WeirProcess.FreePorts(4);
            using var server = WeirProcess.Begin(["serve", "--data", folder, .. WeirProcess.PortOptions(ports)]);
            var sender = round % 3 == 0 ? Task.CompletedTask : load.SendAsync(ports[1], 3, TimeSpan.FromSeconds(60));
            await Task.Delay(random.Next(100, 1200));
            var engine = WeirProcess.EngineOf(server.Id);
            if (round % 3 != 1 && engine != 0)
                await WeirProcess.SignalAsync("KILL", engine);
            if (round % 3 == 0)
            {
                await WeirProcess.SignalAsync("KILL", server.Id);
            }
            else
            {
                await sender;
                await WeirProcess.SignalAsync(round % 2 == 0 ? "TERM" : "KILL", server.Id);
                if (round % 4 == 2 && WeirProcess.EngineOf(server.Id) is not 0 and var last)
                    await WeirProcess.SignalAsync("KILL", last);
            }
            await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            await NobodyIsLeftAsync(engine);
        }
        await using (var last = await WeirProcess.StartAsync(folder))
        {
            last.DeleteFolder = false;
            await LoadedAsync(last);
            (await last.StopAsync()).ShouldBe(0, last.Output);
        }
        load.Acknowledged.ShouldNotBeEmpty();
        await load.ShouldBeStoredOnceAsync(folder);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_hanging_engine_is_reported_and_restarted_while_clients_are_acknowledged()
    {
        var load = new KillLoad();
        await using var weir = await WeirProcess.StartAsync(null, null, "--engine-patience-seconds", "3");
        var hung = weir.EngineProcessId;
        await WeirProcess.SignalAsync("STOP", hung);
        await load.SendAsync(weir.OtlpHttpPort, 5, TimeSpan.FromSeconds(60));
        load.Failures.ShouldBeEmpty();
        await AnswerAsync(weir, hung);
        await weir.EventuallyAsync("/healthz", _ => true);
        weir.Output.ShouldContain("engine: no answer for");
    }

    private static Task LoadedAsync(WeirProcess weir) => weir.JsonAsync(
        "/api/status", status => (string?)status["engine"]!["state"] == "ready" && (long)status["storage"]!["journalBytes"]! == 0);

    private static async Task AnswerAsync(WeirProcess weir, int killed)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2), weir.Output);
            weir.IsRunning.ShouldBeTrue(weir.Output);
            var engine = weir.EngineProcessId;
            if (engine == 0 || engine == killed)
                continue;
            using var response = await weir.Client.GetAsync("/api/status");
            if (response.IsSuccessStatusCode && (await response.Content.ReadAsStringAsync()).Contains("\"state\":\"ready\"", StringComparison.Ordinal))
                return;
        }
    }

    /// <summary>A second is what the engine has; the deadline is one for slow machines.</summary>
    private static async Task NobodyIsLeftAsync(int engine)
    {
        for (var clock = Stopwatch.StartNew(); engine != 0 && WeirProcess.IsAlive(engine); await Task.Delay(20))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "the engine outlived its server");
    }
}
