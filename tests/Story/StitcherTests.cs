using System.Globalization;
using Shouldly;
using Weir.Features.Requests.Facts;
using Weir.Features.Requests.Stitching;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>Links against the truth: traffic recorded from real applications, and simulated recorders.</summary>
public sealed class StitcherTests
{
    private static readonly Stitcher Stitcher = new(StitchOptions.Default);

    /// <summary>Shares in percent of what was recorded; -1 where there is none. Lines count as found when they are one of at most three.</summary>
    [Theory]
    [InlineData("percent-encoded", 100, 100, -1, -1)]
    [InlineData("query-strings", 100, 100, -1, -1)]
    [InlineData("forwarded-for", 100, 98, 98, -1)]
    [InlineData("failing-2-per-second", 100, 100, 100, 90)]
    [InlineData("rollbar-with-request", 100, 100, 100, 96)]
    [InlineData("mixed-10-percent-sampled", 97, 99, 98, 73)]
    [InlineData("home-10-per-second", 99.5, 99, 99, -1)]
    [InlineData("mixed-8-concurrent", 99.5, 96.5, 99, 60)]
    public void Recorded_requests_are_linked_and_none_wrongly(string recording, double xray, double access, double lines, double reports)
    {
        var recorded = RecordedEntries.Read(recording);
        var result = Stitcher.Solve(recorded.Select(r => r.Entry));
        var truth = recorded.ToDictionary(r => (r.Entry.Kind, r.Entry.Id), r => r.Requests);
        var linked = Check(result, truth);
        Share(e => e.Kind == EntryKind.Span, linked).ShouldBeGreaterThanOrEqualTo(xray);
        Share(e => e.Kind == EntryKind.Line && e.Template == Entry.AccessTemplate, linked).ShouldBeGreaterThanOrEqualTo(access);
        Share(e => e.Kind == EntryKind.Report, linked).ShouldBeGreaterThanOrEqualTo(reports);
        linked.UnionWith(result.Open.Where(o => o.Candidates.Count <= 3 && o.Candidates.Any(c => IsOne(truth, c, o.Other))).Select(o => (o.Other.Kind, o.Other.Id)));
        Share(e => e.Kind == EntryKind.Line && e.Template != Entry.AccessTemplate, linked).ShouldBeGreaterThanOrEqualTo(lines);

        double Share(Func<Entry, bool> which, HashSet<(EntryKind, string)> found)
        {
            var all = recorded.Where(r => which(r.Entry) && r.Entry.Protocol != "otlp" && r.Requests.Count > 0).Select(r => (r.Entry.Kind, r.Entry.Id)).ToList();
            return all.Count == 0 ? -1 : 100.0 * all.Count(found.Contains) / all.Count;
        }
    }

    /// <summary>Identical requests from 10 to 500 a second; and what disturbs: processes, sampling, steps of a clock.</summary>
    [Theory]
    [InlineData(10, 1, 1, 1, 1, 0, 0, 99)]
    [InlineData(50, 1, 1, 1, 1, 0, 0, 99)]
    [InlineData(200, 1, 1, 1, 1, 0, 0, 95)]
    [InlineData(500, 1, 1, 1, 1, 0, 0, 85)]
    [InlineData(50, 1, 4, 1, 1, 0, 0, 99)]
    [InlineData(50, 4, 2, 1, 1, 0.1, 0, 99)]
    [InlineData(50, 1, 1, 0.1, 1, 0, 0, 90)]
    [InlineData(50, 1, 1, 0.3, 0.3, 0, 0, 60)]
    [InlineData(20, 1, 1, 1, 1, 0, 3, 90)]
    [InlineData(50, 1, 1, 1, 1, 0, 50, 30)]
    [InlineData(50, 1, 1, 1, 1, 0, 120_000, 30)]
    public void Simulated_requests_are_linked_and_none_wrongly(
        double perSecond, int routes, int processes, double xraySampled, double otlpSampled, double failed, int stepMs, double xray)
    {
        for (var seed = 1; seed <= 2; seed++)
        {
            var traffic = SimulatedTraffic.Of(
                new Simulation(perSecond, 1_500, routes, processes, xraySampled, otlpSampled, FailedShare: failed, StepNs: stepMs * 1_000_000L), seed);
            var truth = traffic.Entries.ToDictionary(e => (e.Kind, e.Id), e => (IReadOnlyList<string>)[traffic.Truth[e.Id].ToString(CultureInfo.InvariantCulture)]);
            var linked = Check(Stitcher.Solve(traffic.Entries), truth);
            var both = traffic.Entries.Where(e => e.Kind == EntryKind.Span).GroupBy(e => traffic.Truth[e.Id]).Where(g => g.Count() == 2).Select(g => g.Single(e => e.Protocol == "xray")).ToList();
            (100.0 * both.Count(e => linked.Contains((e.Kind, e.Id))) / both.Count).ShouldBeGreaterThanOrEqualTo(xray, $"seed {seed}");
        }
    }

    /// <summary>Few requests, both recorders sampled: nothing much to learn from.</summary>
    [Fact]
    public void Few_sampled_requests_are_never_linked_wrongly()
    {
        var links = 0;
        for (var seed = 1; seed <= 100; seed++)
        {
            var traffic = SimulatedTraffic.Of(new Simulation(20, 20, XRaySampled: 0.5, OtlpSampled: 0.5), seed);
            var truth = traffic.Entries.ToDictionary(e => (e.Kind, e.Id), e => (IReadOnlyList<string>)[traffic.Truth[e.Id].ToString(CultureInfo.InvariantCulture)]);
            links += Check(Stitcher.Solve(traffic.Entries), truth).Count;
        }
        links.ShouldBeGreaterThan(300);
    }

    /// <summary>
    /// No access lines, and both recorders sampled by their known rates: the counterpart of a recording may be missing without a trace. Many
    /// links are refused then; none may be wrong.
    /// </summary>
    [Theory]
    [InlineData(2, 0.1, 0.1)]
    [InlineData(10, 0.1, 0.1)]
    [InlineData(10, 0.5, 0.25)]
    [InlineData(10, 0.1, 0.9)]
    [InlineData(50, 0.1, 0.1)]
    [InlineData(50, 0.5, 0.5)]
    [InlineData(50, 0.9, 0.9)]
    [InlineData(200, 0.1, 0.1)]
    [InlineData(200, 0.5, 0.25)]
    [InlineData(500, 0.1, 0.5)]
    public void Sampling_on_both_sides_without_access_lines_makes_no_wrong_link(double perSecond, double xray, double otlp)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var traffic = SimulatedTraffic.Of(
                new Simulation(perSecond, 1_500, XRaySampled: xray, OtlpSampled: otlp, AreLinesSent: false), seed);
            Check(Stitcher.Solve(traffic.Entries), Truth(traffic));
        }
    }

    /// <summary>As X-Ray's rules do: a reservoir of some requests each second, of the rest a share.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(100)]
    public void One_recorder_that_keeps_all_makes_up_for_missing_access_lines(double perSecond)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var traffic = SimulatedTraffic.Of(new Simulation(perSecond, 1_500, XRaySampled: 0.1, AreLinesSent: false), seed);
            var xray = traffic.Entries.Where(e => e.Protocol == "xray").ToList();
            var linked = Check(Stitcher.Solve(traffic.Entries), Truth(traffic));
            (100.0 * xray.Count(e => linked.Contains((e.Kind, e.Id))) / xray.Count).ShouldBeGreaterThanOrEqualTo(90, $"seed {seed}");
        }
    }

    /// <summary>Requests recorded one after the other and ten at once, thinned out in many ways. <see cref="RequestMatcherTests"/> has the same for fixed distances.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public void Recorded_series_that_are_sampled_make_no_wrong_link_without_access_lines(int series)
    {
        var recorded = Recorded.Read().Concat(Recorded.ReadBusy())
            .Where(r => r.Kind == "span" && int.Parse(r.Id.AsSpan(8, 2), NumberStyles.AllowHexSpecifier) == series)
            .ToList();
        var truth = recorded.DistinctBy(r => r.Protocol + r.Id).ToDictionary(
            r => (EntryKind.Span, r.Protocol + r.Id), r => (IReadOnlyList<string>)[r.Id[24..]]);
        truth.Count.ShouldBeGreaterThan(10);
        foreach (var (otlp, xray) in new[] { (0.5, 0.25), (0.25, 0.25), (0.1, 0.1), (0.5, 0.5), (0.9, 0.5), (0.1, 0.9) })
        {
            for (var seed = 0; seed < 300; seed++)
            {
                var random = new Random(seed);
                var kept = recorded.Where(r => random.NextDouble() < (r.Protocol == "otlp" ? otlp : xray)).Select(r =>
                    new Entry(EntryKind.Span, r.Protocol + r.Id, r.Protocol + "/app", r.Record.Facts, r.StartNs, r.EndNs) { TraceId = r.Protocol + r.Id, Protocol = r.Protocol });
                Check(Stitcher.Solve(kept), truth);
            }
        }
    }

    /// <summary>On a busy machine reports come in late, all of them by much the same time, and some a little early as the replay of a recording sends them.</summary>
    [Theory]
    [InlineData("failing-2-per-second", 0, 97)]
    [InlineData("failing-2-per-second", 150, 97)]
    [InlineData("rollbar-with-request", 150, 97)]
    [InlineData("mixed-10-percent-sampled", 60, 40)]
    [InlineData("mixed-8-concurrent", 60, 40)]
    public void Reports_that_come_in_late_are_linked_and_none_wrongly(string recording, int latestMs, double atLeast)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var random = new Random(seed);
            var (late, until) = (0L, 0L);
            var recorded = RecordedEntries.Read(recording).OrderBy(r => r.Entry.StartNs).Select(r =>
            {
                if (r.Entry.Kind != EntryKind.Report)
                    return r;
                if (r.Entry.StartNs > until)
                    (late, until) = (random.NextInt64((latestMs * 1_000_000L) + 1), r.Entry.StartNs + random.NextInt64(2_000_000_000));
                var time = r.Entry.StartNs + late - random.NextInt64(20_000_000);
                return (Entry: r.Entry with { StartNs = time, EndNs = time }, r.Requests);
            }).ToList();
            var linked = Check(Stitcher.Solve(recorded.Select(r => r.Entry)), recorded.ToDictionary(r => (r.Entry.Kind, r.Entry.Id), r => r.Requests));
            var reports = recorded.Where(r => r.Entry.Kind == EntryKind.Report && r.Requests.Count > 0).ToList();
            (100.0 * reports.Count(r => linked.Contains((r.Entry.Kind, r.Entry.Id))) / reports.Count).ShouldBeGreaterThanOrEqualTo(atLeast, $"seed {seed}");
        }
    }

    [Fact]
    public void Order_of_arrival_and_duplicates_change_nothing()
    {
        var traffic = SimulatedTraffic.Of(new Simulation(50, 300, Routes: 2, Processes: 2, XRaySampled: 0.7, FailedShare: 0.2), 7).Entries;
        var first = Told(Stitcher.Solve(traffic));
        first.Count.ShouldBeGreaterThan(500);
        for (var seed = 1; seed <= 5; seed++)
        {
            var shuffled = traffic.Concat(traffic.Take(100)).ToArray();
            new Random(seed).Shuffle(shuffled);
            Told(Stitcher.Solve(shuffled)).ShouldBe(first);
        }
    }

    [Theory]
    [InlineData("POST", "/a", 200, false)]
    [InlineData("GET", "/b", 200, false)]
    [InlineData("GET", "/a", 500, false)]
    [InlineData("GET", "/a", 200, true)]
    [InlineData("get", "/a/?x", 499, true)]
    public void What_contradicts_is_never_linked_however_well_the_times_fit(string method, string target, int status, bool linked)
    {
        var entries = new List<Entry>();
        for (var i = 0; i < 20; i++)
        {
            var start = i * 1_000_000_000L;
            entries.Add(Span("otlp", i, RequestFacts.Of("GET", "/a", 200, null as string)!, start, start + 5_000_000));
            entries.Add(Span("xray", i, RequestFacts.Of(method, target, status, null as string)!, start + 300_000, start + 4_900_000));
        }
        Stitcher.Solve(entries).Links.Count.ShouldBe(linked ? 20 : 0);
    }

    [Fact]
    public void Spans_with_one_trace_id_need_no_match_and_get_none()
    {
        var facts = RequestFacts.Of("GET", "/a", 200, null as string)!;
        var entries = Enumerable.Range(0, 20).SelectMany(i => new[]
        {
            Span("otlp", i, facts, i * 1_000_000_000L, (i * 1_000_000_000L) + 5_000_000),
            Span("xray", i, facts, (i * 1_000_000_000L) + 300_000, (i * 1_000_000_000L) + 4_900_000) with { TraceId = "otlp" + i },
        });
        Stitcher.Solve(entries).Links.ShouldBeEmpty();
    }

    [Fact]
    public void Twenty_thousand_entries_at_once_are_solved_in_bounded_memory()
    {
        var facts = RequestFacts.Of("GET", "/a", 200, null as string)!;
        var entries = Enumerable.Range(0, 10_000).SelectMany(i => new[] { Span("otlp", i, facts, i, i + 1_000_000), Span("xray", i, facts, i, i + 1_000_000) });
        var before = GC.GetAllocatedBytesForCurrentThread();
        Stitcher.Solve(entries).Links.ShouldBeEmpty();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4_000_000_000);
    }

    private static Dictionary<(EntryKind, string), IReadOnlyList<string>> Truth(SimulatedTraffic traffic) => traffic.Entries.ToDictionary(
        e => (e.Kind, e.Id), e => (IReadOnlyList<string>)[traffic.Truth[e.Id].ToString(CultureInfo.InvariantCulture)]);

    private static Entry Span(string protocol, int number, RequestFacts facts, long start, long end) =>
        new(EntryKind.Span, protocol + number, protocol + "/app", facts, start, end) { TraceId = protocol + number, Protocol = protocol };

    private static List<string> Told(StitchResult result) =>
    [
        .. result.Links.Select(l => $"{l.Span.Id} {l.Other.Id} {l.Error:E3}").Order(StringComparer.Ordinal),
        .. result.Open.Select(o => $"{o.Other.Id}: {string.Join(' ', o.Candidates.Select(c => c.Id))}").Order(StringComparer.Ordinal),
    ];

    /// <summary>No link between entries of two requests. What is in no request's truth was recorded beside the measurement.</summary>
    private static HashSet<(EntryKind, string)> Check(StitchResult result, Dictionary<(EntryKind, string), IReadOnlyList<string>> truth)
    {
        var linked = new HashSet<(EntryKind, string)>();
        foreach (var link in result.Links)
        {
            if (truth[(link.Span.Kind, link.Span.Id)].Count == 0 && truth[(link.Other.Kind, link.Other.Id)].Count == 0)
                continue;
            IsOne(truth, link.Span, link.Other).ShouldBeTrue($"{link} is wrong");
            linked.Add((link.Other.Kind, link.Other.Id));
        }
        return linked;
    }

    private static bool IsOne(Dictionary<(EntryKind, string), IReadOnlyList<string>> truth, Entry one, Entry other) =>
        truth[(one.Kind, one.Id)].Intersect(truth[(other.Kind, other.Id)], StringComparer.Ordinal).Any();
}
