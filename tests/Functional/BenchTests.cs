using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>The measuring programs run to their end over few rows and say what they measured; how fast is no matter here.</summary>
public sealed class BenchTests
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Bench", "debug", "Weir.Bench.dll"));

    [Theory]
    [InlineData("query", "20000 1", 6, "ours_ms", "plain_sql_ms", "ratio")]
    [InlineData("bubbleup", "20000", 4, "median_ms", "selected", "baseline_sampled")]
    public async Task A_line_of_JSON_a_question(string name, string arguments, int lines, params string[] members)
    {
        var folder = Directory.CreateTempSubdirectory("weir-test-bench-");
        try
        {
            var start = new ProcessStartInfo("dotnet", [Program, name, .. arguments.Split(' ')])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = folder.FullName,
            };
            start.Environment["WEIR_BENCH_FOLDER"] = Path.Combine(folder.FullName, "data");
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            using var patience = new CancellationTokenSource(4 * Waiting.Patience);
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(0, output + await error);
            var printed = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
            printed.Count.ShouldBe(lines, output);
            foreach (var line in printed)
            {
                line.Text("bench").ShouldBe(name);
                foreach (var member in members)
                    ((double)line[member]!).ShouldBeGreaterThanOrEqualTo(0, line.ToJsonString());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
