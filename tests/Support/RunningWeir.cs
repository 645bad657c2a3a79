using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Weir.Tests.Support;

/// <summary>One Weir for all tests of a class.</summary>
public sealed class RunningWeir : IAsyncLifetime
{
    public WeirProcess Weir { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Weir = await WeirProcess.StartAsync();

    public ValueTask DisposeAsync() => Weir.DisposeAsync();
}

internal static class WeirAnswers
{
    /// <summary>A JSON answer, asked for until it satisfies.</summary>
    public static async Task<JsonNode> JsonAsync(this WeirProcess weir, string path, Func<JsonNode, bool> enough)
    {
        var text = await weir.EventuallyAsync(path, answer => enough(JsonNode.Parse(answer)!));
        return JsonNode.Parse(text)!;
    }

    /// <summary>
    /// Waits until the journal is empty: all that was acknowledged can then be read, whatever its signal. Signals are loaded apart, so
    /// that one being there says nothing of another.
    /// </summary>
    public static async Task LoadedAsync(this WeirProcess weir)
    {
        // A long journal takes long: as long as it gets shorter, it is worth waiting.
        var least = long.MaxValue;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var bytes = (long)(await weir.JsonAsync("/api/status", static _ => true))["storage"]!["journalBytes"]!;
            if (bytes == 0)
                return;
            if (bytes < least)
                clock.Restart();
            least = Math.Min(least, bytes);
            if (clock.Elapsed > Waiting.Patience)
                throw new TimeoutException($"{bytes} bytes of the journal are not loaded, and for {Waiting.Patience.TotalSeconds} s there were not fewer\n{weir.Output}");
        }
    }

    /// <summary>The story of a trace once it has at least so many spans, log lines and errors.</summary>
    public static Task<JsonNode> StoryAsync(this WeirProcess weir, string traceId, int spans, int logs = 0, int errors = 0) => weir.JsonAsync(
        $"/api/story/{traceId}",
        story => story.List("spans").Count >= spans && story.List("logs").Count >= logs && story.List("errors").Count >= errors);

    public static JsonArray List(this JsonNode node, string name) => node[name]!.AsArray();

    public static string Text(this JsonNode node, string name) => (string)node[name]!;

    /// <summary>The only element that has this text under that name.</summary>
    public static JsonNode Of(this JsonArray list, string name, string value) => list.Single(e => (string?)e![name] == value)!;
}
