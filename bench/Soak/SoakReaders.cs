using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Bench.Soak;

/// <summary>People and programs that look: each kind of read in a loop of its own, every third given up before it can have ended.</summary>
internal sealed class SoakReaders(SoakCalls calls, RecentTraces traces)
{
    private const int CancelEvery = 3;
    private const int LongestPatienceMs = 40;
    private static readonly string[] Breakdowns = ["service.name", "http.route", "plan", "name"];

    public IEnumerable<Task> Start(CancellationToken stop)
    {
        yield return ReadAsync("read story", 500, ct => calls.GetAsync($"/api/story/{traces.Otlp()}", ct, HttpStatusCode.NotFound), stop);
        yield return ReadAsync("read query", 700, ct => calls.PostJsonAsync("/api/query", Query(waitMs: 30_000), ct), stop);
        yield return ReadAsync("read query, cancelled by DELETE", 2_000, CancelledQueryAsync, stop, givenUp: false);
        yield return ReadAsync("read BubbleUp", 2_000, ct => calls.PostJsonAsync("/api/bubbleup", BubbleUp(), ct), stop);
        yield return ReadAsync("read traces", 700, ct => calls.GetAsync("/api/traces?start=-15m&limit=50", ct), stop);
        yield return ReadAsync("read logs", 700, ct => calls.GetAsync("/api/logs/events?start=-15m&limit=100", ct), stop);
        yield return ReadAsync("search logs", 1_500, ct => calls.GetAsync("/api/logs/events?start=-15m&text=took", ct), stop);
        yield return ReadAsync("read errors", 1_000, ct => calls.GetAsync("/api/errors/items?start=-15m", ct), stop);
        yield return ReadAsync("read home", 2_000, ct => calls.GetAsync("/api/home?start=-15m", ct), stop);
        yield return ReadAsync("read X-Ray summaries", 2_000, ct => calls.PostJsonAsync("/TraceSummaries", Range("StartTime", "EndTime", 300), ct), stop);
        yield return ReadAsync("read X-Ray traces", 1_000, ct => calls.PostJsonAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray(traces.XRay()) }.ToJsonString(), ct), stop);
        yield return ReadAsync("read X-Ray service graph", 3_000, ct => calls.PostJsonAsync("/ServiceGraph", Range("StartTime", "EndTime", 300), ct), stop);
        yield return ReadAsync("read CloudWatch log events", 1_000, ct => calls.LogsAsync("FilterLogEvents", $$"""{"logGroupName":"{{SoakSenders.LogGroup}}","filterPattern":"{ $.level = \"ERROR\" }","startTime":{{Now().AddMinutes(-5).ToUnixTimeMilliseconds()}}}""", ct), stop);
        yield return ReadAsync("read metrics and health", 5_000, HealthAsync, stop, givenUp: false);
    }

    private async Task ReadAsync(string name, int periodMs, Func<CancellationToken, Task> read, CancellationToken stop, bool givenUp = true)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(periodMs));
        try
        {
            for (var number = 1; await timer.WaitForNextTickAsync(stop); number++)
            {
                TimeSpan? patience = givenUp && number % CancelEvery == 0 ? TimeSpan.FromMilliseconds(Random.Shared.Next(1, LongestPatienceMs)) : null;
                await calls.CallAsync(name, read, stop, patience);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The soak's end.
        }
    }

    private async Task CancelledQueryAsync(CancellationToken stop)
    {
        using var run = JsonDocument.Parse(await calls.PostJsonAsync("/api/query", Query(waitMs: 0), stop));
        await calls.DeleteAsync($"/api/query/{run.RootElement.GetProperty("id").GetString()}", stop);
    }

    private async Task HealthAsync(CancellationToken stop)
    {
        await calls.GetAsync("/metrics", stop);
        // On a machine that others load as well the engine may miss its two seconds; that is no growth.
        if (!(await calls.GetAsync("/healthz", stop, HttpStatusCode.ServiceUnavailable)).Contains("\"ok\"", StringComparison.Ordinal))
            calls.Tally.Answer("healthz said \"failing\"");
        await calls.GetAsync("/api/status", stop);
    }

    private static string Query(int waitMs) => $$$"""
        {"query":{"time_range":900,"granularity":30,"calculations":[{"op":"COUNT"},{"op":"HEATMAP","column":"duration_ms"},{"op":"P99","column":"duration_ms"}],"breakdowns":["{{{Breakdowns[Random.Shared.Next(Breakdowns.Length)]}}}"],"filters":[{"column":"duration_ms","op":">","value":{{{Random.Shared.Next(50)}}} }],"limit":50},"waitMs":{{{waitMs}}} }
        """;

    private static string BubbleUp()
    {
        var end = Now().ToUnixTimeSeconds();
        return $$$"""{"query":{"start_time":{{{end - 900}}},"end_time":{{{end}}},"signals":["spans"]},"selection":{"start":{{{end - 900}}},"end":{{{end}}},"column":"duration_ms","min":{{{Random.Shared.Next(20, 50)}}} },"waitMs":30000}""";
    }

    private static string Range(string from, string to, int seconds)
    {
        var end = Now().ToUnixTimeSeconds();
        return new JsonObject { [from] = end - seconds, [to] = end }.ToJsonString();
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
}
