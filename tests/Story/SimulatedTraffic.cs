using System.Globalization;
using Weir.Features.Requests.Facts;
using Weir.Features.Requests.Stitching;

namespace Weir.Tests.Story;

/// <summary>What a simulated application does.</summary>
/// <param name="PerSecond">Requests; all of one kind when there is one route.</param>
/// <param name="XRaySampled">Share of requests that X-Ray keeps.</param>
/// <param name="OtlpSampled">Share of requests that OpenTelemetry keeps.</param>
/// <param name="StallsPerSecond">Moments in which a whole process stands still for up to 200 ms.</param>
/// <param name="StepNs">How far the X-Ray recorder's clock is set forward in the middle.</param>
internal sealed record Simulation(
    double PerSecond, int Requests, int Routes = 1, int Processes = 1, double XRaySampled = 1, double OtlpSampled = 1, double StallsPerSecond = 0.3,
    double FailedShare = 0, long StepNs = 0, bool Evenly = false, bool AreLinesSent = true);

/// <summary>
/// Requests with known truth as five recorders see them: OpenTelemetry and X-Ray spans, access lines, application lines, error reports. The
/// distances and their tails are like those of real recordings: X-Ray begins 0.27 ms later, one in a hundred begins up to 15 ms later; lines
/// have whole milliseconds and lie anywhere before the end; reports come in from a thread of their own.
/// </summary>
internal sealed class SimulatedTraffic
{
    private const long Millisecond = 1_000_000;
    private readonly Random _random;
    private readonly Simulation _simulation;
    private readonly List<(long From, long To)>[] _stalls;

    private SimulatedTraffic(Simulation simulation, int seed)
    {
        (_simulation, _random) = (simulation, new Random(seed));
        _stalls = [.. Enumerable.Range(0, simulation.Processes).Select(_ => new List<(long, long)>())];
    }

    public List<Entry> Entries { get; } = [];

    /// <summary>The number of the request that an entry, by its id, belongs to.</summary>
    public Dictionary<string, int> Truth { get; } = [];

    public static SimulatedTraffic Of(Simulation simulation, int seed)
    {
        var traffic = new SimulatedTraffic(simulation, seed);
        traffic.Run();
        return traffic;
    }

    private void Run()
    {
        var start = 1_796_000_000_000_000_000;
        var length = (long)(_simulation.Requests / _simulation.PerSecond * 1e9);
        foreach (var stalls in _stalls)
        {
            for (var at = start + Exponential(1e9 / _simulation.StallsPerSecond); at < start + length; at += Exponential(1e9 / _simulation.StallsPerSecond))
                stalls.Add((at, at + (long)(_random.NextDouble() * 200 * Millisecond)));
        }
        var time = start;
        for (var number = 0; number < _simulation.Requests; number++)
        {
            time += _simulation.Evenly ? (long)(1e9 / _simulation.PerSecond) : Exponential(1e9 / _simulation.PerSecond);
            Request(number, time, time > start + (length / 2) ? _simulation.StepNs : 0);
        }
    }

    private void Request(int number, long start, long step)
    {
        var process = _random.Next(_simulation.Processes);
        var route = _random.Next(_simulation.Routes);
        var failed = _random.NextDouble() < _simulation.FailedShare;
        var (method, path, status) = ("GET", $"/api/route-{(char)('a' + route)}", failed ? 500 : 200);
        IReadOnlyList<ExceptionIdentity> exceptions = failed ? [ExceptionIdentity.Of("TypeError", "no response from route " + (char)('a' + route))!] : [];
        var facts = RequestFacts.Of(method, path, status, "127.0.0.1")!;
        long now = start;
        var begin = now;
        now = Later(process, now, 270_000 + Gauss(20_000) + (_random.NextDouble() < 0.01 ? Exponential(5 * Millisecond) : 0));
        var xrayBegin = now;
        now = Later(process, now, 200_000 + Exponential(400_000));
        var app = now;
        now = Later(process, now, Exponential(800_000));
        if (_simulation.AreLinesSent && !failed)
            Line(number, process, $"Hello from {path}", app, null, []);
        if (failed)
            Line(number, process, "Exception", now, RequestFacts.Of(method, path, null, null as string), exceptions);
        now = Later(process, now, 100_000 + Exponential(200_000));
        if (_simulation.AreLinesSent)
            Line(number, process, "access", now, facts, []);
        if (failed)
            Report(number, path, Later(process, now, 2 * Millisecond + Exponential(10 * Millisecond)), exceptions);
        now = Later(process, now, 200_000 + Exponential(300_000));
        var xrayEnd = now;
        now = Later(process, now, 20_000 + Gauss(5_000));
        if (_random.NextDouble() < _simulation.OtlpSampled)
            Span(number, "otlp", facts, begin, now, exceptions);
        if (_random.NextDouble() < _simulation.XRaySampled)
            Span(number, "xray", facts, (xrayBegin + step) / 1000 * 1000, (xrayEnd + step) / 1000 * 1000, exceptions);
    }

    private void Span(int number, string protocol, RequestFacts facts, long start, long end, IReadOnlyList<ExceptionIdentity> exceptions)
    {
        var id = Id(protocol, number);
        Add(new Entry(EntryKind.Span, id, protocol + "/app", facts, start, end) { TraceId = id, Protocol = protocol, Exceptions = exceptions }, number);
    }

    private void Line(int number, int process, string template, long time, RequestFacts? facts, IReadOnlyList<ExceptionIdentity> exceptions)
    {
        var written = time / Millisecond * Millisecond;
        var entry = new Entry(
            EntryKind.Line, Id(template, number), "app", facts ?? RequestFacts.Partly(null, null, null, AddressSet.None), written, written, Millisecond)
        {
            Template = template,
            Exceptions = exceptions,
            Stream = process.ToString(CultureInfo.InvariantCulture),
        };
        Add(entry, number);
    }

    private void Report(int number, string path, long time, IReadOnlyList<ExceptionIdentity> exceptions) => Add(
        new Entry(EntryKind.Report, Id("report", number), "rollbar", RequestFacts.Partly(null, null, path, AddressSet.None), time, time)
        {
            Template = exceptions[0].Message,
            Exceptions = exceptions,
        },
        number);

    private void Add(Entry entry, int number)
    {
        Entries.Add(entry);
        Truth[entry.Id] = number;
    }

    private static string Id(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{(uint)number * 2_654_435_761u:x8}");

    private long Later(int process, long from, long by)
    {
        var to = from + Math.Max(1, by);
        foreach (var stall in _stalls[process])
        {
            if (stall.From < to && stall.To > to)
                return stall.To + _random.Next(50_000);
        }
        return to;
    }

    private long Exponential(double mean) => (long)(-Math.Log(1 - _random.NextDouble()) * mean);

    private long Gauss(double spread) => (long)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()) * spread);
}
