using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional.Doors;

/// <summary>A server with invalid inputs: no 5xx, no crash, and its memory afterwards.</summary>
public sealed class DoorFuzzTests
{
    /// <summary><c>./dev fuzz doors</c> sends more of them.</summary>
    private static readonly long Inputs = long.Parse(Environment.GetEnvironmentVariable("WEIR_FUZZ_INPUTS") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly string Folder = Environment.GetEnvironmentVariable("WEIR_FUZZ_FOLDER") ?? Path.Combine(Path.GetTempPath(), "weir-fuzz-doors");

    /// <summary>What was sent by then is told.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("WEIR_FUZZ_MINUTES") ?? "1000", CultureInfo.InvariantCulture));

    private static readonly bool IsCampaign = Environment.GetEnvironmentVariable("WEIR_FUZZ_INPUTS") is not null;

    [Fact]
    public async Task Mutated_inputs_at_every_endpoint_cause_no_5xx_and_end_no_process()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("WEIR_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);
        var doors = Door.All();
        doors.Sum(d => d.Share).ShouldBe(1_000);
        // Mutated times are in many days, and each day of a segment creates a part in the engine, so this test makes few segments.
        await using var weir = await WeirProcess.StartAsync(null, null, "--segment-age-ms", IsCampaign ? "200" : "5000");
        using var fuzz = new DoorFuzz(weir, seed, Folder);
        var engine = weir.EngineProcessId;
        var memory = new StringBuilder();
        void Note(string when) => memory.AppendLine(CultureInfo.InvariantCulture, $"memory {when,-28} server {Resident(weir.ProcessId) >> 20,5} MB, engine {Resident(weir.EngineProcessId) >> 20,5} MB");
        Note("after the start");
        using var over = new CancellationTokenSource(Most);
        await fuzz.PrepareAsync();
        var clock = Stopwatch.StartNew();
        var sending = fuzz.RunAsync(doors, Inputs, over.Token);
        while (IsCampaign && await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(30))) != sending)
        {
            Note(string.Create(CultureInfo.InvariantCulture, $"after {fuzz.Results.Sum(r => r.Inputs)} inputs"));
            await File.WriteAllTextAsync(Path.Combine(Folder, "progress.txt"), $"{string.Join('\n', fuzz.Results.Select(r => r.ToString()).Prepend(DoorResult.Head))}\n{memory}");
        }
        await sending;
        var results = fuzz.Results;
        var seconds = clock.Elapsed.TotalSeconds;
        Note("after the last input");
        var isRunning = weir.IsRunning;
        var engineAfter = isRunning ? weir.EngineProcessId : 0;
        if (IsCampaign)
            await File.WriteAllTextAsync(Path.Combine(Folder, "progress.txt"), $"{string.Join('\n', results.Select(r => r.ToString()).Prepend(DoorResult.Head))}\n{memory}");
        if (isRunning)
            await weir.LoadedAsync();
        Note("once everything is loaded");
        if (IsCampaign && isRunning)
        {
            await Task.Delay(TimeSpan.FromSeconds(60));
            Note("60 s later");
        }
        var refused = isRunning ? await RefusedRowsAsync(weir) : "";
        var defects = weir.Output.Split('\n').Where(l => l.Contains("Exception", StringComparison.Ordinal) || l.Contains("defect", StringComparison.OrdinalIgnoreCase) || l.Contains("internal error", StringComparison.OrdinalIgnoreCase)).Take(40).ToList();
        var report = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{results.Sum(r => r.Inputs)} inputs, seed {seed}, {seconds:0} s, {results.Sum(r => r.Inputs) / seconds:0} a second").AppendLine(DoorResult.Head);
        foreach (var result in results)
            report.AppendLine(result.ToString());
        foreach (var (door, reason, count) in results.SelectMany(r => r.Busy.Select(b => (r.Door, b.Key, b.Value))).OrderByDescending(b => b.Value).Take(30))
            report.AppendLine(CultureInfo.InvariantCulture, $"later: {count,6} {door}: {reason.ReplaceLineEndings(" ")}");
        report.Append(memory).AppendLine(CultureInfo.InvariantCulture, $"engine {engine} -> {engineAfter}; rows refused by the engine after the acknowledgement: {(refused.Length == 0 ? "none" : refused)}");
        foreach (var defect in defects)
            report.Append("log: ").AppendLine(defect[..Math.Min(defect.Length, 300)]);
        if (IsCampaign)
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, "report.txt"), report.ToString());
            await File.WriteAllTextAsync(Path.Combine(Folder, "server.log"), weir.Output);
            Console.WriteLine(report);
        }
        isRunning.ShouldBeTrue(weir.Output[^Math.Min(5_000, weir.Output.Length)..]);
        engineAfter.ShouldBe(engine, "the engine was started again\n" + report);
        results.Sum(r => r.Failures).ShouldBe(0, $"inputs are kept in {Folder}\n{report}");
        refused.ShouldBeEmpty(report.ToString());
        defects.ShouldBeEmpty(report.ToString());
    }

    /// <summary>Resident bytes of a process; 0 when there is none.</summary>
    private static long Resident(int process)
    {
        if (process == 0 || !File.Exists($"/proc/{process}/status"))
            return 0;
        var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) ?? "VmRSS: 0 kB";
        return long.Parse(line["VmRSS:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>Rows that were acknowledged and then refused by the engine.</summary>
    private static async Task<string> RefusedRowsAsync(WeirProcess weir)
    {
        var metrics = await weir.Client.GetStringAsync("/metrics");
        return string.Join("; ", metrics.Split('\n').Where(l => l.StartsWith("weir_ingest_dropped_total{protocol=\"journal\"", StringComparison.Ordinal) && !l.EndsWith(" 0", StringComparison.Ordinal)));
    }
}
