using System.Net;
using System.Text;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>The engine's process is away, or was left behind: what senders and the next server meet.</summary>
public sealed class EngineAwayTests
{
    public EngineAwayTests() => Assert.SkipWhen(WeirProcess.OverTcp, "over TCP the engine is nobody's child");

    [Fact]
    public async Task Events_of_a_new_dataset_are_acknowledged_while_the_engine_hangs_and_found_afterwards()
    {
        await using var weir = await WeirProcess.StartAsync(null, null, "--engine-patience-seconds", "10");
        await WeirProcess.SignalAsync("STOP", weir.EngineProcessId);
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/1/batch/away")
        {
            Content = new StringContent("""[{"data":{"name":"away"}},{"data":{"name":"away"}}]""", Encoding.UTF8, "application/json"),
            Headers = { { "x-honeycomb-team", "engine-away" } },
        })
        using (var response = await weir.Client.SendAsync(request))
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        await weir.JsonAsync("/api/status", status => (string?)status["engine"]!["state"] == "ready" && (long)status["storage"]!["journalBytes"]! == 0);
        (await weir.StopAsync()).ShouldBe(0, weir.Output);
        weir.DeleteFolder = false;
        var (code, output) = await WeirProcess.RunToEndAsync("sql", "--data", weir.DataFolder, "--format", "TSV", "SELECT count() FROM events WHERE dataset = 'away'");
        code.ShouldBe(0, output);
        output.ShouldBe("2\n");
        Directory.Delete(weir.DataFolder, recursive: true);
    }

    /// <summary>
    /// Stopped, it does not see that its server has gone. Where the system wakes it (it does so when the last process of its group that could
    /// has gone), it ends by itself; else the next server ends it.
    /// </summary>
    [Fact]
    public async Task A_stopped_engine_that_a_killed_server_left_behind_does_not_keep_the_folder()
    {
        await using var killed = await WeirProcess.StartAsync();
        killed.DeleteFolder = false;
        var left = killed.EngineProcessId;
        await WeirProcess.SignalAsync("STOP", left);
        await killed.KillAsync();
        await using var weir = await WeirProcess.StartAsync(killed.DataFolder);
        weir.EngineProcessId.ShouldNotBe(left);
        await Waiting.UntilAsync(() => !WeirProcess.IsAlive(left), $"the end of {left}\n{weir.Output}");
    }
}
