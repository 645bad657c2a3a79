using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Protocols.Api.Out;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>A Weir with some spans, log lines and one trace of them. Its young objects are collected often, so that what stays can be seen.</summary>
public sealed class WeirWithRows : IAsyncLifetime
{
    private const int Traces = 200;

    public WeirProcess Weir { get; private set; } = null!;

    public string TraceId { get; } = OtlpRequests.TraceId(1);

    public async ValueTask InitializeAsync()
    {
        Weir = await WeirProcess.StartThroughAsync(["env", "DOTNET_GCgen0MaxBudget=400000"], options: ["--segment-age-ms", "10"]);
        for (var i = 1; i <= Traces; i++)
            (await Weir.PostTracesAsync(OtlpRequests.Traces(i))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Weir.StoryAsync(OtlpRequests.TraceId(Traces), spans: 1);
    }

    public ValueTask DisposeAsync() => Weir.DisposeAsync();
}

/// <summary>
/// A thousand statements of each kind leave nothing behind: no memory mapping, thread, file descriptor or managed object for each of
/// them, in the server and in its child processes.
/// </summary>
public sealed class GrowthTests(WeirWithRows rows) : IClassFixture<WeirWithRows>
{
    private const int Side = 4;
    private const long Mb = 1 << 20;

    // A leak is one of them a statement, more than a thousand in all. The engine's threads and what comes with them grow to the most that
    // were ever busy at once, which stays below that.
    private const long MappingsAllowed = 800;
    private const long ThreadsAllowed = 120;
    private const long DescriptorsAllowed = 300;
    private const long ManagedAllowed = 40 * Mb;

    private const int MostRounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly WeirProcess _weir = rows.Weir;
    private int _number = 1000;

    private const int Statements = 1000;

    private sealed record Held(long Mappings, long Threads, long Descriptors, long ManagedBytes);

    /// <summary>The kind, and how many requests of it are made before the statements are counted; there are more until there were a thousand statements.</summary>
    [Theory]
    [InlineData("reads", 250)]
    [InlineData("cancelled reads", 250)]
    [InlineData("inserts", 250)]
    [InlineData("story", 20)]
    [InlineData("query", 40)]
    [InlineData("BubbleUp", 10)]
    public async Task A_thousand_statements_leave_nothing_behind(string kind, int requests)
    {
        // What is made once, the connections of this client among them, is made here.
        await RunThousandAsync(kind, requests);
        var before = await HeldAsync();
        Held after = before;
        var rounds = new List<Held> { before };
        // On a busy machine more of the engine's threads are wanted at once, so their number may still grow in a round; what leaks grows in every one.
        for (var round = 0; round < MostRounds; round++)
        {
            before = after;
            await RunThousandAsync(kind, requests);
            after = await SettledAsync(before);
            rounds.Add(after);
            if (IsFlat(before, after))
                break;
        }
        IsFlat(before, after).ShouldBeTrue($"{requests} requests of {kind} a round: {string.Join(", then ", rounds)}");
        TestContext.Current.SendDiagnosticMessage($"{kind}: {string.Join(", then ", rounds)}");
    }

    /// <summary>What is held once idle threads and connections are given back, which takes a while.</summary>
    private async Task<Held> SettledAsync(Held before)
    {
        Held after;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            await RunAsync("reads", Side);
            after = await HeldAsync();
        }
        while (!IsFlat(before, after) && clock.Elapsed < Patience);
        return after;
    }

    private static bool IsFlat(Held before, Held after) =>
        after.Mappings - before.Mappings <= MappingsAllowed
        && after.Threads - before.Threads <= ThreadsAllowed
        && after.Descriptors - before.Descriptors <= DescriptorsAllowed
        && after.ManagedBytes - before.ManagedBytes <= ManagedAllowed;

    private async Task<Held> HeldAsync()
    {
        var processes = ProcessResources.ReadTree(_weir.ProcessId);
        processes.ShouldNotBeEmpty(_weir.Output);
        var managed = (await _weir.Client.GetStringAsync("/metrics")).Split('\n').Single(l => l.StartsWith("dotnet_gc_heap_bytes ", StringComparison.Ordinal));
        return new Held(
            processes.Sum(p => p.Mappings), processes.Sum(p => p.Threads), processes.Sum(p => p.Descriptors),
            (long)double.Parse(managed.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>A statement each: rows of one signal are inserted together, those of different signals are not.</summary>
    private Task<HttpResponseMessage> InsertAsync(int number) => (number % 4) switch
    {
        0 => _weir.PostTracesAsync(OtlpRequests.Traces(number)),
        1 => _weir.Client.PostAsJsonAsync("/v1/logs", JsonNode.Parse("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"line"}}]}]}]}""")),
        2 => _weir.Client.PostAsJsonAsync("/1/batch/growth", JsonNode.Parse("""[{"data":{"a":1}}]""")),
        _ => _weir.Client.PostAsJsonAsync("/api/1/item/", JsonNode.Parse("""{"access_token":"t","data":{"environment":"e","body":{"message":{"body":"hello"}}}}""")),
    };

    private async Task RunThousandAsync(string kind, int requests)
    {
        var counted = kind == "inserts" ? "insert" : "query";
        var most = await StatementsAsync(counted) + Statements;
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); await StatementsAsync(counted) < most;)
        {
            clock.Elapsed.ShouldBeLessThan(Patience * 6, $"{kind}: too few statements");
            await RunAsync(kind, requests);
        }
    }

    private async Task<long> StatementsAsync(string kind)
    {
        var name = $"weir_engine_statements_total{{kind=\"{kind}\"}} ";
        var line = (await _weir.Client.GetStringAsync("/metrics")).Split('\n').Single(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }

    private Task RunAsync(string kind, int requests)
    {
        var left = requests;
        return Task.WhenAll(Enumerable.Range(0, Side).Select(async _ =>
        {
            var patience = 20.0;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if (kind != "cancelled reads")
                {
                    using var answer = await AskAsync(kind, CancellationToken.None);
                    answer.IsSuccessStatusCode.ShouldBeTrue($"{kind}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    continue;
                }
                // As long as most of the time the statement has begun and has not ended.
                patience *= await IsCancelledAsync(TimeSpan.FromMilliseconds(patience)) ? 1.1 : 0.7;
                patience = Math.Clamp(patience, 1, 1000);
            }
        }));
    }

    private async Task<bool> IsCancelledAsync(TimeSpan patience)
    {
        using var cancel = new CancellationTokenSource(patience);
        try
        {
            using var answer = await AskAsync("query", cancel.Token);
            return false;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return true;
        }
    }

    private Task<HttpResponseMessage> AskAsync(string kind, CancellationToken cancel) => kind switch
    {
        "reads" => _weir.Client.GetAsync("/api/logs/events?limit=1", cancel),
        "inserts" => InsertAsync(Interlocked.Increment(ref _number)),
        "story" => _weir.Client.GetAsync($"/api/story/{rows.TraceId}", cancel),
        "query" => _weir.Client.PostAsJsonAsync("/api/query", JsonNode.Parse(
            """{"query":{"time_range":3600,"calculations":[{"op":"COUNT"},{"op":"P99","column":"duration_ms"}],"breakdowns":["name"],"limit":20},"waitMs":30000}"""), cancel),
        _ => _weir.Client.PostAsJsonAsync("/api/bubbleup", JsonNode.Parse(
            """{"query":{"time_range":3600,"signals":["spans"]},"selection":{"group":{"name":"span 7"}},"waitMs":30000}"""), cancel),
    };
}
