using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// Weir over a ClickHouse server: what may happen to one. All functional tests run over one with WEIR_TEST_STORE=tcp.
/// </summary>
public sealed class RemoteStoreTests
{
    [Fact]
    public async Task Kills_of_server_and_store_lose_nothing_acknowledged_and_store_nothing_twice()
    {
        await using var store = await StoreServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("weir-remote-kill-").FullName;
        var load = new KillLoad();
        for (var round = 0; round < 6; round++)
        {
            await using var weir = await WeirProcess.StartAsync(folder, null, "--store", store.Address);
            weir.DeleteFolder = false;
            using var stop = new CancellationTokenSource();
            var senders = load.StartAsync(weir.OtlpHttpPort, senders: 3, stop.Token);
            var after = load.Acknowledged.Count + 20;
            await Waiting.UntilAsync(() => load.Acknowledged.Count >= after, $"{after} acknowledged requests\n{weir.Output}");
            var failures = load.Failures.Count;
            if (round % 3 != 1)
            {
                await store.KillAsync();
                await store.BeginAsync();
                after = load.Acknowledged.Count + 20;
                await Waiting.UntilAsync(() => load.Acknowledged.Count >= after, "requests acknowledged while the store was away");
            }
            load.Failures.Count.ShouldBe(failures, "a store that is away fails no acknowledgement");
            if (round % 3 != 0)
                await weir.KillAsync();
            await stop.CancelAsync();
            await senders;
        }
        await using (var last = await WeirProcess.StartAsync(folder, null, "--store", store.Address))
        {
            await last.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
            (await last.StopAsync()).ShouldBe(0, last.Output);
        }
        await load.ShouldBeStoredOnceAsync(["--store", store.Address]);
    }

    [Fact]
    public async Task A_store_that_falls_silent_stops_neither_acknowledging_nor_weir_and_is_loaded_when_it_answers_again()
    {
        await using var store = await StoreServer.StartAsync();
        await using var weir = await WeirProcess.StartAsync(null, null, "--store", store.Address, "--engine-patience-seconds", "3");
        var load = new KillLoad();
        await WeirProcess.SignalAsync("STOP", store.ProcessId);
        await load.SendAsync(weir.OtlpHttpPort, 20, Waiting.Patience);
        await Waiting.UntilAsync(() => weir.Output.Contains("engine: no answer for", StringComparison.Ordinal), "the silence to be told");
        await load.SendAsync(weir.OtlpHttpPort, 20, Waiting.Patience);
        load.Failures.ShouldBeEmpty();
        using (var health = await weir.Client.GetAsync("/healthz"))
            ((int)health.StatusCode).ShouldBeOneOf(200, 503);
        weir.IsRunning.ShouldBeTrue();
        await WeirProcess.SignalAsync("CONT", store.ProcessId);
        await weir.JsonAsync("/api/status", status => (string?)status["engine"]!["state"] == "ready" && (long)status["storage"]!["journalBytes"]! == 0);
        (await weir.StopAsync()).ShouldBe(0, weir.Output);
        await load.ShouldBeStoredOnceAsync(["--store", store.Address]);
    }

    [Fact]
    public async Task A_start_with_a_silent_store_ends_with_an_error_message()
    {
        await using var silent = new ScriptedPeer { Script = static (_, _) => Task.Delay(Timeout.Infinite) };
        var folder = Directory.CreateTempSubdirectory("weir-silent-").FullName;
        var (code, output) = await WeirProcess.RunToEndAsync(
            ["serve", "--data", folder, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4)), "--store", $"clickhouse://127.0.0.1:{silent.Port}", "--engine-patience-seconds", "2"]);
        code.ShouldBe(1);
        output.ShouldContain($"ClickHouse at 127.0.0.1:{silent.Port} does not answer");
        Directory.Delete(folder, recursive: true);
    }
}
