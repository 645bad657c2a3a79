using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Kills;

/// <summary>Kinds of kill -9 under load; each leaves a server that answers.</summary>
internal sealed class KillRounds(string folder, Random random) : IAsyncDisposable
{
    public const string Server = "server";
    public const string Engine = "engine";
    public const string Both = "both";
    public const string FirstStart = "first start";
    public const string Replay = "replay";
    public const string Days = "between days";
    public const string Halves = "between halves";
    public const string Stop = "shutdown";

    /// <summary>Attempts to meet the moment between two pieces of a load.</summary>
    private const int MostAttempts = 25;

    private readonly int[] _ports = WeirProcess.FreePorts(4);
    private readonly Dictionary<string, (int Kills, TimeSpan Longest)> _kills = [];
    private readonly List<KillLedger.Outcome> _outcomes = [];
    private KillTraffic? _traffic;
    private WeirProcess? _weir;

    /// <summary>What happened, a line a kind.</summary>
    public IEnumerable<string> Table()
    {
        yield return $"{"kind",-15} {"kills",6} {"requests",9} {"rows",9} {"lost",5} {"doubled",8} {"longest to the next answer",27}";
        foreach (var (kind, (kills, longest)) in _kills)
        {
            var of = Of(kind);
            yield return $"{kind,-15} {kills,6} {of.Requests,9} {of.Rows,9} {of.Lost,5} {of.Doubled,8} {longest.TotalSeconds,25:0.00} s";
        }
        var (all, repeats) = (Total, _repeats);
        yield return $"{"together",-15} {Kills,6} {all.Requests,9} {all.Rows,9} {all.Lost,5} {all.Doubled,8}; sent again without an answer: {repeats}";
    }

    private int _repeats;

    public int Kills => _kills.Values.Sum(k => k.Kills);

    public KillLedger.Outcome Total => new("", _outcomes.Sum(o => o.Requests), _outcomes.Sum(o => o.Rows), _outcomes.Sum(o => o.Lost), _outcomes.Sum(o => o.Doubled));

    /// <summary>Answers that no client of a living Weir should get.</summary>
    public List<string> Refusals { get; } = [];

    private KillLedger.Outcome Of(string kind)
    {
        var of = _outcomes.Where(o => o.Kind == kind).ToList();
        return new(kind, of.Sum(o => o.Requests), of.Sum(o => o.Rows), of.Sum(o => o.Lost), of.Sum(o => o.Doubled));
    }

    /// <summary>One round of a kind; it may count kills of another kind that it needed.</summary>
    public async Task RunAsync(string kind)
    {
        if (kind == FirstStart)
        {
            await KillFirstStartsAsync();
            return;
        }
        if (_traffic is null)
        {
            _traffic = new KillTraffic(_ports, new KillLedger()) { Kind = kind };
            _traffic.Start();
        }
        _traffic.Kind = kind;
        await (kind switch
        {
            Server => KillAsync(Server, server: true, engine: false),
            Engine => KillEngineAsync(),
            Both => KillAsync(Both, server: true, engine: true),
            Replay => KillReplayAsync(),
            Days => KillBetweenAsync(Days, () => [KillRequest.ManyDays(_traffic.Ledger.NextNumber())]),
            Halves => KillBetweenAsync(Halves, () => [.. Enumerable.Range(0, 4).Select(_ => KillRequest.Wide(_traffic.Ledger.NextNumber()))]),
            _ => KillStopAsync(),
        });
    }

    /// <summary>Waits until everything is loaded, stops, and counts.</summary>
    public async Task FinishAsync()
    {
        if (_traffic is null)
            return;
        await StartAsync();
        await FinishAsync(_weir!, _traffic, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_weir is not null)
            await _weir.DisposeAsync();
        _traffic?.Dispose();
    }

    private async Task FinishAsync(WeirProcess weir, KillTraffic traffic, string of)
    {
        await traffic.StopAsync();
        await weir.LoadedAsync();
        (await weir.StopAsync()).ShouldBe(0, weir.Output);
        Directory.GetFiles(Path.Combine(of, "journal"), "*.seg", SearchOption.AllDirectories).ShouldBeEmpty("nothing waits and nothing is set aside");
        _outcomes.AddRange(await traffic.Ledger.CountAsync(of));
        Refusals.AddRange(traffic.Ledger.Refusals);
        _repeats += traffic.Ledger.Repeats;
    }

    private void Count(string kind, TimeSpan toAnswer = default)
    {
        var (kills, longest) = _kills.GetValueOrDefault(kind);
        _kills[kind] = (kills + 1, toAnswer > longest ? toAnswer : longest);
    }

    private void Longest(string kind, TimeSpan toAnswer)
    {
        var (kills, longest) = _kills.GetValueOrDefault(kind);
        _kills[kind] = (kills, toAnswer > longest ? toAnswer : longest);
    }

    /// <summary>A server that is ready, with these options if it must be started.</summary>
    private async Task StartAsync(params string[] options)
    {
        if (_weir is { IsRunning: true })
            return;
        if (_weir is not null)
            await _weir.DisposeAsync();
        _weir = await WeirProcess.StartAsync(folder, _ports, options);
        _weir.DeleteFolder = false;
    }

    /// <summary>Until so many more requests are acknowledged.</summary>
    private Task AcknowledgedAsync(int more)
    {
        var ledger = _traffic!.Ledger;
        var wanted = ledger.Acknowledged + more;
        return Waiting.UntilAsync(() => ledger.Acknowledged >= wanted, $"{more} acknowledged requests\n{_weir?.Output}");
    }

    private async Task KillAsync(string kind, bool server, bool engine)
    {
        await StartAsync();
        await AcknowledgedAsync(random.Next(1, 60));
        await KillNowAsync(server, engine);
        await AnswerAgainAsync(kind);
    }

    private async Task KillNowAsync(bool server, bool engine)
    {
        var child = _weir!.EngineProcessId;
        if (engine && child != 0)
            await WeirProcess.SignalAsync("KILL", child);
        if (server)
            await _weir.KillAsync();
    }

    /// <summary>Counts a kill of the server, starts another, and waits for its first acknowledgement.</summary>
    private async Task AnswerAgainAsync(string kind)
    {
        var clock = Stopwatch.StartNew();
        await StartAsync();
        await AcknowledgedAsync(1);
        Count(kind, clock.Elapsed);
    }

    private async Task KillEngineAsync()
    {
        await StartAsync();
        await AcknowledgedAsync(random.Next(1, 40));
        var killed = _weir!.EngineProcessId;
        await Waiting.UntilAsync(() => (killed = _weir.EngineProcessId) != 0, "an engine");
        await WeirProcess.SignalAsync("KILL", killed);
        var clock = Stopwatch.StartNew();
        await Waiting.UntilAsync(
            async () =>
            {
                if (_weir.EngineProcessId == killed)
                    return false;
                using var answer = await _weir.Client.GetAsync("/api/status");
                return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync()).Contains("\"state\":\"ready\"", StringComparison.Ordinal);
            },
            $"an answer of the engine\n{_weir.Output}");
        Count(Engine, clock.Elapsed);
    }

    /// <summary>A backlog while the engine hangs; then kills while it is loaded.</summary>
    private async Task KillReplayAsync()
    {
        await StartAsync();
        await WeirProcess.SignalAsync("TERM", _weir!.ProcessId);
        await Waiting.UntilAsync(() => !_weir.IsRunning, "the end of a server");
        await StartAsync("--segment-age-ms", "10");
        await WeirProcess.SignalAsync("STOP", _weir.EngineProcessId);
        await AcknowledgedAsync(200);
        // A stopped process does not notice the end of its server.
        await KillNowAsync(server: true, engine: true);
        Count(Both);
        var clock = Stopwatch.StartNew();
        var backlog = Segments();
        using (var next = WeirProcess.Begin(["serve", "--data", folder, "--segment-age-ms", "10", .. WeirProcess.PortOptions(_ports)]))
        {
            // The oldest of the backlog leaves first.
            var oldest = backlog[0];
            await Waiting.UntilAsync(() => next.HasExited || !File.Exists(oldest), "the first segment of a backlog");
            next.HasExited.ShouldBeFalse();
            await Task.Delay(random.Next(0, 150));
            backlog.Count(File.Exists).ShouldBeGreaterThan(0, "the replay is not over");
            await KillOneOrBothAsync(next);
        }
        await StartAsync();
        await AcknowledgedAsync(1);
        Count(Replay, clock.Elapsed);
    }

    private List<string> Segments() => [.. Directory.GetFiles(Path.Combine(folder, "journal"), "*.seg").Order(StringComparer.Ordinal)];

    /// <summary>The server, its engine and then it, or both.</summary>
    private async Task KillOneOrBothAsync(Process server)
    {
        var engine = WeirProcess.EngineOf(server.Id);
        var which = random.Next(3);
        if (which != 0 && engine != 0)
            await WeirProcess.SignalAsync("KILL", engine);
        if (which == 1)
            await Task.Delay(random.Next(0, 300));
        if (!server.HasExited)
            await WeirProcess.SignalAsync("KILL", server.Id);
        await server.WaitForExitAsync().WaitAsync(Waiting.Patience);
        await Waiting.UntilAsync(() => engine == 0 || !WeirProcess.IsAlive(engine), "the end of an engine");
    }

    /// <summary>Sends what is loaded in pieces, and kills when some of them are loaded and others wait.</summary>
    private async Task KillBetweenAsync(string kind, Func<KillRequest[]> next)
    {
        await StartAsync();
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var sent = Task.WhenAll(next().Select(_traffic!.SendAsync));
            if (await IsMetAsync(sent))
            {
                await KillNowAsync(server: true, engine: attempt % 2 == 1);
                await AnswerAgainAsync(kind);
                await sent;
                return;
            }
            await sent;
        }
        throw new InvalidOperationException($"in {MostAttempts} attempts no load was met between two of its pieces");
    }

    /// <summary>Until a plan says that a piece is loaded and another is not; false when all that was sent is loaded meanwhile.</summary>
    private async Task<bool> IsMetAsync(Task sent)
    {
        var journal = Path.Combine(folder, "journal");
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Waiting.Patience;)
        {
            var plans = Directory.GetFiles(journal, "*.plan");
            if (plans.Any(IsInPieces))
                return true;
            if (sent.IsCompleted && plans.Length == 0 && clock.Elapsed > TimeSpan.FromSeconds(20))
                return false;
            await Task.Yield();
        }
        return false;
    }

    private static bool IsInPieces(string plan)
    {
        try
        {
            var pieces = JsonNode.Parse(File.ReadAllText(plan))!["Pieces"]!.AsArray();
            return pieces.Any(p => p!["State"] is not null) && pieces.Any(p => p!["State"] is null);
        }
        catch (IOException)
        {
            // Loaded meanwhile.
            return false;
        }
    }

    private async Task KillStopAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            await StartAsync();
            await AcknowledgedAsync(random.Next(1, 60));
            var engine = _weir!.EngineProcessId;
            await WeirProcess.SignalAsync("TERM", _weir.ProcessId);
            await Task.Delay(random.Next(0, 200));
            var isMet = _weir.IsRunning;
            if (isMet && random.Next(3) is var which && which != 0 && engine != 0)
                await WeirProcess.SignalAsync("KILL", engine);
            if (_weir.IsRunning)
                await _weir.KillAsync();
            if (isMet)
                break;
            attempt.ShouldBeLessThan(MostAttempts, "each stop was over before the kill");
        }
        await AnswerAgainAsync(Stop);
    }

    /// <summary>Two kills during starts on an empty folder, with clients waiting to connect; then a start without a kill, and a count.</summary>
    private async Task KillFirstStartsAsync()
    {
        var fresh = Directory.CreateTempSubdirectory("weir-first-start-").FullName;
        var ports = WeirProcess.FreePorts(4);
        using var traffic = new KillTraffic(ports, new KillLedger()) { Kind = FirstStart };
        traffic.Start();
        for (var kill = 0; kill < 2; kill++)
        {
            using var server = WeirProcess.Begin(["serve", "--data", fresh, .. WeirProcess.PortOptions(ports)]);
            await Task.Delay(random.Next(50, 2_500));
            server.HasExited.ShouldBeFalse();
            await KillOneOrBothAsync(server);
            Count(FirstStart);
        }
        var clock = Stopwatch.StartNew();
        await using var last = await WeirProcess.StartAsync(fresh, ports);
        await Waiting.UntilAsync(() => traffic.Ledger.Acknowledged > 0, $"an acknowledgement\n{last.Output}");
        Longest(FirstStart, clock.Elapsed);
        await FinishAsync(last, traffic, fresh);
    }
}
