using System.Diagnostics;
using System.Globalization;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Features.Questions.BubbleUp;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>
/// <c>bench bubbleup [rows]</c>: what is different about slow spans, over a folder that is filled once and kept
/// (WEIR_BENCH_FOLDER, else the temporary folder). A JSON line a case.
/// </summary>
internal static class BubbleUpBench
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(long rows)
    {
        var folder = Environment.GetEnvironmentVariable("WEIR_BENCH_FOLDER")
            ?? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"weir-bench-bubbleup-{rows}"));
        var engine = await EmbeddedEngine.OpenAsync(
            new EmbeddedEngineOptions(folder) { MaxMemoryBytes = 6L << 30 }, TimeProvider.System, CancellationToken.None);
        await using var store = await ClickHouseStore.OpenAsync(
            engine, SignalTable.All.ToDictionary(signal => signal, _ => 0), TimeProvider.System, CancellationToken.None);
        var tables = await new Weir.Store.Read.StoredTables(engine).ReadAsync(CancellationToken.None);
        if (tables.Tables[0].Rows < rows)
            await BubbleUpData.LoadAsync(store, rows);

        var runner = new BubbleUpRunner(store.Reader, store.Columns, TimeProvider.System);
        double start = BubbleUpData.Start.ToUnixTimeSeconds();
        var end = start + (BubbleUpData.Hours * 3600);
        var query = new QuerySpec { StartTime = start, EndTime = end, Signals = [Signal.Spans] };
        foreach (var (name, selection) in new (string, BubbleUpSelection)[]
        {
            ("slow", new BoxSelection(start, end, "duration_ms", 5000, null)),
            ("slow-for-half-an-hour", new BoxSelection(start + 3600, start + 5400, "duration_ms", 5000, null)),
            ("half-an-hour", new BoxSelection(start + 3600, start + 5400, null, null, null)),
            ("group", new GroupSelection(new Dictionary<string, object?>(StringComparer.Ordinal) { ["region"] = "region-2" })),
        })
        {
            var times = new List<double>();
            var cpu = Environment.CpuUsage.TotalTime;
            BubbleUpResult? result = null;
            for (var round = 0; round < Rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                result = await runner.RunAsync(new BubbleUpQuestion(query, new ExploreScope(), selection), CancellationToken.None);
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"bench":"bubbleup","case":"{{name}}","rows":{{rows}},"attributes":{{BubbleUpData.Attributes}},"first_ms":{{times[0]:0}},"median_ms":{{times.Order().ElementAt(Rounds / 2):0}},"cpu_ms":{{(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / Rounds:0}},"selected":{{result!.Selected.Rows}},"selected_sampled":{{result.Selected.Sampled}},"baseline_sampled":{{result.Baseline.Sampled}},"first_dimension":"{{result.Dimensions[0].Column}}","score":{{result.Dimensions[0].Score:0.###}}}"""));
        }
        return 0;
    }
}
