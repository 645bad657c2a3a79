using System.Diagnostics;
using System.Text.Json;
using Shouldly;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Rollbar;

/// <summary>Rollbar's own SDK for Node, unmodified, as npm installs it.</summary>
public sealed class RealClientTests
{
    [Theory]
    [InlineData("rollbar", "node_rollbar 3.1.0")]
    [InlineData("rollbar-2", "node_rollbar 2.26.5")]
    public async Task The_sdk_for_node_reports_and_is_content(string sdk, string notifier)
    {
        await using var host = await RollbarHost.StartAsync();
        var output = await RunAsync("node", "rollbar-report.cjs", sdk, new Uri(host.Client.BaseAddress!, "/api/1/item/").ToString());
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

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = RealClient.Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Waiting.Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await output + await errors);
        return await output;
    }
}
