using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>
/// <c>./dev bench engine [runs]</c>: the engine alone, by what it is asked: start, tiny queries, a trace by its id, a result of 100 MB, inserts
/// of ready blocks, and what processes it costs. Knows nothing of how the engine is reached, so older versions can be measured with it.
/// </summary>
internal static class EngineBench
{
    private static readonly QueryLimits Limits = new(TimeSpan.FromMinutes(2), 4L << 30, 20_000_000);

    public static async Task<int> RunAsync(int runs)
    {
        var root = Directory.CreateTempSubdirectory("weir-bench-engine-").FullName;
        for (var run = 0; run < runs; run++)
        {
            var folder = Path.Combine(root, $"engine-{run}");
            var inserted = await RawInsert.RunAsync(folder, 2_000_000);
            Print("raw_insert_rows_per_s", inserted);
            var clock = Stopwatch.StartNew();
            await using var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(folder), TimeProvider.System, CancellationToken.None);
            (await AskAsync(engine, "SELECT 1", "TSV")).Dispose();
            Print("start_to_first_answer_ms", clock.Elapsed.TotalMilliseconds);
            Print("tiny_query_us", await MedianAsync(1500, () => AskAsync(engine, "SELECT 1 + 1", "TSV")) * 1000);
            Print("trace_by_id_ms", await TraceAsync(engine));
            Print("result_100_mb_ms", await MedianAsync(7, () => AskAsync(engine, "SELECT number FROM numbers(12500000)", "RowBinary")));
            Print("resident_mb_all_processes", Resident());
        }
        Directory.Delete(root, recursive: true);
        return 0;
    }

    private static async Task<double> TraceAsync(IEngine engine)
    {
        using var id = await AskAsync(engine, "SELECT hex(trace_id) FROM spans LIMIT 1", "TSVRaw");
        var trace = Encoding.UTF8.GetString(id.Bytes.Span).Trim();
        return await MedianAsync(30, () => engine.QueryAsync(
            "SELECT * FROM spans WHERE trace_id = unhex({id:String})", [EngineParameter.Text("id", trace)], "RowBinaryWithNamesAndTypes", Limits, CancellationToken.None));
    }

    private static Task<EngineResult> AskAsync(IEngine engine, string sql, string format) => engine.QueryAsync(sql, [], format, Limits, CancellationToken.None);

    /// <summary>Milliseconds; the first tenth is not counted.</summary>
    private static async Task<double> MedianAsync(int times, Func<Task<EngineResult>> ask)
    {
        var taken = new List<double>();
        for (var i = -(times / 10) - 1; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            (await ask()).Dispose();
            if (i >= 0)
                taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        taken.Sort();
        return taken[taken.Count / 2];
    }

    /// <summary>MB of this process and of what it started.</summary>
    private static double Resident()
    {
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var sum = 0L;
        foreach (var folder in Directory.GetDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
                if (Path.GetFileName(folder) != own && parent != own)
                    continue;
                var line = File.ReadLines(Path.Combine(folder, "status")).FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
                sum += line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
        return sum / 1024.0;
    }

    private static void Print(string name, double value) => Console.WriteLine(
        JsonSerializer.Serialize(new Dictionary<string, object> { ["bench"] = "engine", ["name"] = name, ["value"] = Math.Round(value, 2) }));
}
