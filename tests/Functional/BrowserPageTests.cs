using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>A page of another origin in a real browser: every way that telemetry libraries send is taken, and nothing can be read.</summary>
public sealed class BrowserPageTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Every_way_of_sending_from_a_page_is_accepted()
    {
        var answers = await RealClient.NodeAsync(
            _weir,
            "browser_pages.mjs",
            ("OTLP", $"http://127.0.0.1:{_weir.OtlpHttpPort}"),
            ("MAIN", _weir.Url),
            ("PLAYWRIGHT", Path.Combine(Repository.Root, "ui", "node_modules", "playwright-core", "index.mjs")),
            ("CHROMIUM", "/usr/bin/chromium"));
        answers["reading"]!.Text("said").ShouldBe("closed");
        foreach (var (name, answer) in answers.AsObject().Where(a => a.Key != "reading"))
        {
            answer!["said"]!.ToJsonString().ShouldBe(name.StartsWith("beacon", StringComparison.Ordinal) ? "true" : "200", name);
            if (name == "item of rollbar")
                await _weir.JsonAsync($"/api/story/{answer.Text("trace")}", s => s.List("errors").Count == 1);
            else
                await _weir.StoryAsync(answer.Text("trace"), spans: 1);
        }
    }
}
