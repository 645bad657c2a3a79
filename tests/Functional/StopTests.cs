using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>SIGTERM in every state of the server: the process ends by itself, in time, with code 0, and nothing acknowledged is lost.</summary>
public sealed class StopTests
{
    private const int Segments = 200;
    private const int SpansPerSegment = 5_000;
    private const int Stops = 3;

    /// <summary>Service managers wait 10 s or more; the rest is for a slow machine to start and end the process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stop_with_a_backlog_ends_in_time_with_code_0_and_the_next_start_loads_the_rest()
    {
        var folder = Directory.CreateTempSubdirectory("weir-stop-").FullName;
        await FillJournalAsync(folder);
        var waiting = Segments;
        for (var start = 0; start < Stops && waiting > 0; start++)
        {
            await using var weir = await WeirProcess.StartAsync(folder);
            weir.DeleteFolder = false;
            var clock = Stopwatch.StartNew();
            (await weir.StopAsync()).ShouldBe(0, weir.Output);
            clock.Elapsed.ShouldBeLessThan(Patience);
            weir.Output.ShouldNotContain("Segmentation fault");
            waiting = SegmentFiles(folder).Length;
            if (waiting > 0)
                weir.Output.ShouldContain("of the journal will be loaded at the next start");
        }
        await using (var weir = await WeirProcess.StartAsync(folder))
        {
            weir.DeleteFolder = false;
            await WaitUntilAsync(() => SegmentFiles(folder).Length == 0, weir);
            (await weir.StopAsync()).ShouldBe(0, weir.Output);
        }
        var (code, output) = await WeirProcess.RunToEndAsync("sql", "--data", folder, "--format", "TSV", "SELECT count() FROM spans");
        code.ShouldBe(0, output);
        output.Trim().ShouldBe((Segments * SpansPerSegment).ToString(CultureInfo.InvariantCulture), "each segment once");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_kill_during_the_first_start_leaves_a_folder_that_opens()
    {
        foreach (var table in (string[])["spans", "trace_times", "metrics", "settings", "column_keys"])
        {
            var folder = Directory.CreateTempSubdirectory("weir-first-").FullName;
            using (var first = WeirProcess.Begin(["serve", "--data", folder, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4))]))
            {
                // The engine writes a table's definition when it is created, before the version of its file is noted.
                while (!first.HasExited && !HasTable(folder, table))
                    await Task.Delay(1);
                first.Kill(entireProcessTree: true);
                await first.WaitForExitAsync();
            }
            await using var weir = await WeirProcess.StartAsync(folder);
            (await weir.StopAsync()).ShouldBe(0, weir.Output);
        }
    }

    private static bool HasTable(string folder, string table)
    {
        var engine = Path.Combine(folder, "engine");
        try
        {
            return Directory.Exists(engine) && Directory.EnumerateFiles(engine, table + ".sql", SearchOption.AllDirectories).Any();
        }
        catch (IOException)
        {
            return false; // a folder that came and went while it was listed
        }
    }

    /// <summary>
    /// One real segment, acknowledged and not loaded, put into the journal many times under names of their own, as a day with a slow
    /// engine would leave it.
    /// </summary>
    private static async Task FillJournalAsync(string folder)
    {
        // Again, should the segment come of age before the kill.
        while (SegmentFiles(folder).Length == 0)
        {
            await using var weir = await WeirProcess.StartAsync(folder, options: ["--segment-age-ms", "10000"]);
            weir.DeleteFolder = false;
            var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
            var spans = Enumerable.Range(1, SpansPerSegment).Select(i => string.Create(CultureInfo.InvariantCulture,
                $$"""{"traceId":"{{i:x32}}","spanId":"{{i:x16}}","name":"s","kind":2,"startTimeUnixNano":"{{now}}","endTimeUnixNano":"{{now + 1}}"}"""));
            using var content = new StringContent(
                $$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{{string.Join(',', spans)}}]}]}]}""", System.Text.Encoding.UTF8, "application/json");
            (await weir.Client.PostAsync($"http://127.0.0.1:{weir.OtlpHttpPort}/v1/traces", content)).IsSuccessStatusCode.ShouldBeTrue();
            await weir.KillAsync();
        }
        var one = SegmentFiles(folder).ShouldHaveSingleItem();
        var session = Path.GetFileNameWithoutExtension(one).Split('-')[1];
        for (var i = 2; i <= Segments; i++)
            File.Copy(one, Path.Combine(folder, "journal", string.Create(CultureInfo.InvariantCulture, $"{i:d20}-{session}.seg")));
    }

    private static string[] SegmentFiles(string folder) =>
        Directory.Exists(Path.Combine(folder, "journal")) ? Directory.GetFiles(Path.Combine(folder, "journal"), "*.seg") : [];

    private static async Task WaitUntilAsync(Func<bool> condition, WeirProcess weir)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); await Task.Delay(50))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(5), weir.Output);
    }
}
