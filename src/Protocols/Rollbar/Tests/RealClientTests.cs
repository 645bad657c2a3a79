using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Shouldly;
using Weir.Core.Model;
using Xunit;

namespace Weir.Tests.Rollbar;

/// <summary>Rollbar's own SDK for Node, unmodified, as npm installs it.</summary>
public sealed class RealClientTests
{
    private static readonly SemaphoreSlim Installing = new(1, 1);

    [Theory]
    [InlineData("rollbar", "node_rollbar 3.1.0")]
    [InlineData("rollbar-2", "node_rollbar 2.26.5")]
    public async Task The_sdk_for_node_reports_and_is_content(string sdk, string notifier)
    {
        await InstallAsync();
        await using var host = await RollbarHost.StartAsync();
        var output = await RunAsync("node", "report.js", sdk, new Uri(host.Client.BaseAddress!, "/api/1/item/").ToString());
        var said = output.Split('\n').Where(l => l.StartsWith("{\"what\"", StringComparison.Ordinal)).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        said.Count.ShouldBe(2, output);
        foreach (var line in said)
        {
            line.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
            line.GetProperty("result").GetProperty("uuid").GetString()!.Length.ShouldBe(36);
        }
        var rows = host.Sink.Blocks.Select(b => b.Block).ToList();
        rows.ShouldAllBe(r => r.Text(0, "notifier") == notifier);
        rows.Select(r => r.Text(0, "title")).Order(StringComparer.Ordinal).ShouldBe(
        [
            "Hello World!",
            "TypeError: Cannot read properties of undefined (reading 'first')",
            "TypeError: Cannot read properties of undefined (reading 'first')",
        ]);
        var error = rows.First(r => r.Json(0).ContainsKey("cart.items"));
        error.Text(0, "exceptions").ShouldContain("\"code\":\"  return activities.first;\",\"inProject\":true");
        host.Counters.Snapshot().Single().Drops.ShouldBeEmpty();
    }

    private static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            var marker = Path.Combine(Folder(), "node_modules", ".package-lock.json");
            if (!File.Exists(marker) || File.GetLastWriteTimeUtc(marker) < File.GetLastWriteTimeUtc(Path.Combine(Folder(), "package-lock.json")))
                await RunAsync("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder(), UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await output + await errors);
        return await output;
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "tests", "Clients", "rollbar"));
}
