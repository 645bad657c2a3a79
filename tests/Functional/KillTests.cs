using System.Globalization;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>kill -9 at any moment: what was acknowledged is stored, once; what was not is stored whole or not at all.</summary>
public sealed class KillTests
{
    private const int Kills = 20;

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_acknowledged_and_store_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("weir-kill-").FullName;
        var random = new Random(20);
        var load = new KillLoad();
        var soak = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("WEIR_SOAK_MINUTES") ?? "0", CultureInfo.InvariantCulture));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var kills = 0;
        while (kills < Kills || clock.Elapsed < soak)
        {
            await using var weir = await WeirProcess.StartAsync(folder);
            weir.DeleteFolder = false;
            using var stop = new CancellationTokenSource();
            var senders = load.StartAsync(weir.OtlpHttpPort, senders: 4, stop.Token);
            // Anywhere between the first request and some dozens of answers.
            var after = load.Acknowledged.Count + random.Next(40);
            await Waiting.UntilAsync(() => load.Acknowledged.Count >= after, $"{after} acknowledged requests\n{weir.Output}");
            await weir.KillAsync();
            kills++;
            await stop.CancelAsync();
            await senders;
        }
        await using (var last = await WeirProcess.StartAsync(folder))
        {
            last.DeleteFolder = false;
            // A stop waits for some seconds only, and leaves what is not loaded by then for the next start.
            await last.LoadedAsync();
            (await last.StopAsync()).ShouldBe(0, last.Output);
        }
        Directory.GetFiles(Path.Combine(folder, "journal"), "*.seg").ShouldBeEmpty("a clean stop leaves nothing to replay");

        load.Acknowledged.Count.ShouldBeGreaterThan(Kills * 2, "the load must really have run");
        await load.ShouldBeStoredOnceAsync(folder);
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills: {load.Acknowledged.Count} requests acknowledged, of {KillLoad.SpansPerRequest} spans each");
        Directory.Delete(folder, recursive: true);
    }
}
