using System.Diagnostics;
using System.Globalization;
using Weir.Protocols.Api.Out;

namespace Weir.Bench.Soak;

/// <summary>
/// <c>./dev soak [minutes]</c>: gentle traffic of every protocol with readers and cancellations beside it, and once a minute what the
/// server and its child processes hold. After the first ten minutes (of a short run its first half) every curve must be flat.
/// </summary>
internal static class SoakBench
{
    private const double WarmUpMinutes = 10;

    // A busy machine makes the engine miss a time limit now and then.
    private const double TroublesAllowed = 0.001;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Returns 0 when everything is flat, (nearly) all calls were answered as expected and the server stopped as it should; else 1.</summary>
    public static async Task<int> RunAsync(double minutes)
    {
        var folder = Directory.CreateTempSubdirectory("weir-soak-").FullName;
        try
        {
            await using var server = await ServerProcess.StartAsync(Path.Combine(folder, "weir"));
            Console.WriteLine($"weir {server.Id} listens on {server.Port}; limit of memory mappings: {ProcessResources.MappingLimit:N0}");
            var tally = new SoakTally();
            var curves = new SoakCurves();
            var clock = Stopwatch.StartNew();
            using (var calls = new SoakCalls(server, tally))
            {
                var traces = new RecentTraces();
                var senders = new SoakSenders(calls, traces);
                await senders.PrepareAsync(CancellationToken.None);
                using var stop = new CancellationTokenSource();
                Task[] loops = [.. senders.Start(stop.Token), .. new SoakReaders(calls, traces).Start(stop.Token)];
                await WatchAsync(server, calls, curves, tally, clock, TimeSpan.FromMinutes(minutes));
                await stop.CancelAsync();
                await Task.WhenAll(loops);
            }
            foreach (var line in tally.Lines())
                Console.WriteLine(line);
            var running = server.IsRunning;
            var stopping = Stopwatch.StartNew();
            var code = await server.StopAsync();
            Console.WriteLine(running
                ? string.Create(CultureInfo.InvariantCulture, $"SIGTERM: the server ended with {code} after {stopping.Elapsed.TotalSeconds:0.0} s")
                : $"the server ended by itself with {code} after {clock.Elapsed.TotalMinutes:0.0} minutes");
            var isFlat = curves.Verdict(Math.Min(WarmUpMinutes, minutes / 2));
            List<string> wrong =
            [
                .. isFlat ? [] : new[] { "something grows" },
                .. running ? [] : new[] { "the server ended by itself" },
                .. code == 0 ? [] : new[] { $"the server's exit code is {code}" },
                .. tally.Troubles <= (tally.Answered + tally.Cancelled) * TroublesAllowed ? [] : new[] { "too many calls were not answered as expected" },
            ];
            Console.WriteLine(wrong.Count == 0 ? "verdict: steady" : "verdict: NOT steady: " + string.Join("; ", wrong));
            return wrong.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WatchAsync(ServerProcess server, SoakCalls calls, SoakCurves curves, SoakTally tally, Stopwatch clock, TimeSpan duration)
    {
        // Short runs have ten rows as well.
        var period = duration / 10 < Period ? duration / 10 : Period;
        for (var row = 0; ; row++)
        {
            var due = period * row;
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            var processes = ProcessResources.ReadTree(server.Id);
            if (!server.IsRunning || processes.Count == 0)
                return;
            var managed = 0L;
            await calls.CallAsync("read metrics and health", async ct => managed = Managed(await calls.GetAsync("/metrics", ct)), CancellationToken.None);
            curves.Add(clock.Elapsed, processes, managed, tally);
            if (due >= duration)
                return;
        }
    }

    /// <summary>Bytes of the managed heap as the server tells them.</summary>
    private static long Managed(string metrics)
    {
        const string name = "dotnet_gc_heap_bytes ";
        var line = metrics.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : (long)double.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
