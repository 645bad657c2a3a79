using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Insights;

/// <summary>
/// Finds the insights of groups with insights enabled. Nothing is stored: they are computed from the stored requests at every
/// query, with the same result each time.
/// </summary>
internal sealed class InsightFinder(TraceOptions options, TraceGroupStore groups, MatchingTraces traces, CallGroups calls, TimeProvider time)
{
    // Two hours in which an insight may have begun, plus the hour of its baseline.
    private const int LookbackMinutes = 180;

    // What a timeline shows around the insight.
    private const int MinutesBefore = 30;
    private const int MinutesAfter = 10;

    /// <summary>Insights that are active in the range, newest first. For a long range only the last <see cref="TraceOptions.InsightHours"/>.</summary>
    public async Task<IReadOnlyList<Insight>> FindAsync(
        TimeRange range, IEnumerable<TraceGroup> inGroups, string account, string? environment, CancellationToken cancellationToken)
    {
        var to = range.To < time.GetUtcNow() ? range.To : time.GetUtcNow();
        var from = range.From > to.AddHours(-options.InsightHours) ? range.From : to.AddHours(-options.InsightHours);
        var found = new List<Insight>();
        if (from >= to)
            return found;
        foreach (var group in inGroups.Where(g => g.InsightsEnabled))
            found.AddRange(await OfGroupAsync(group, from, to, account, environment, cancellationToken));
        return [.. found.OrderByDescending(insight => insight.Start)];
    }

    /// <summary>The id contains the start of the insight, so only that period has to be read.</summary>
    public async Task<Insight?> FindAsync(string id, string account, string? environment, CancellationToken cancellationToken)
    {
        if (!uint.TryParse(id.AsSpan(0, Math.Min(8, id.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var minute))
            return null;
        var start = DateTimeOffset.FromUnixTimeSeconds(minute * 60L);
        var found = await FindAsync(new TimeRange(start, start.AddHours(options.InsightHours)), groups.List(), account, environment, cancellationToken);
        return found.FirstOrDefault(insight => insight.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<IEnumerable<Insight>> OfGroupAsync(
        TraceGroup group, DateTimeOffset from, DateTimeOffset to, string account, string? environment, CancellationToken cancellationToken)
    {
        var filter = groups.FilterOf(group.FilterExpression);
        if (filter is NeverFilter)
            return [];
        var first = (from.ToUnixTimeSeconds() / 60) - LookbackMinutes;
        var end = to.ToUnixTimeSeconds() / 60;
        var range = new TimeRange(DateTimeOffset.FromUnixTimeSeconds(first * 60), DateTimeOffset.FromUnixTimeSeconds(end * 60));
        var selection = await traces.SelectAsync(new TraceQuestion(range, TimeRangeType.TraceId, filter, account, environment), cancellationToken);
        var scope = new CallScope(range, environment, selection.Condition, Bucket: 60);
        var segments = await calls.SegmentsAsync(scope, cancellationToken);
        var made = await calls.CallsAsync(scope, cancellationToken);
        var minutes = new Minutes(first, (int)(end - first), segments, made);
        var graph = new ServiceGraph();
        graph.Add(segments, made);
        var anomalies = minutes.Services
            .SelectMany(s => FaultAnomalies.Find(s.Value, first).Select(anomaly => new AnomalousService(s.Key, anomaly)))
            // An insight without an hour of data before it has no useful baseline.
            .Where(a => a.Anomaly.Start >= first + FaultAnomalies.BaselineMinutes)
            .OrderBy(a => a.Anomaly.Start).ToList();
        return Related(anomalies, graph).Select(related => Insight(group, related, minutes, graph)).Where(i => (i.End ?? end) * 60 > from.ToUnixTimeSeconds());
    }

    /// <summary>Anomalies that overlap in time and call one another belong together.</summary>
    private static IEnumerable<List<AnomalousService>> Related(List<AnomalousService> anomalies, ServiceGraph graph)
    {
        var sets = new List<List<AnomalousService>>();
        foreach (var anomaly in anomalies)
        {
            var touching = sets.Where(set => set.Exists(other => Overlap(other.Anomaly, anomaly.Anomaly)
                && (Calls(graph, other.Service, anomaly.Service) || Calls(graph, anomaly.Service, other.Service) || other.Service == anomaly.Service))).ToList();
            var merged = touching.SelectMany(set => set).Append(anomaly).ToList();
            sets.RemoveAll(touching.Contains);
            sets.Add(merged);
        }
        return sets;

        static bool Overlap(FaultAnomaly a, FaultAnomaly b) => a.Start < (b.End ?? long.MaxValue) && b.Start < (a.End ?? long.MaxValue);
    }

    private static bool Calls(ServiceGraph graph, ServiceKey from, ServiceKey to) =>
        graph.Nodes.TryGetValue(from, out var node) && node.Edges.ContainsKey(to);

    private static Insight Insight(TraceGroup group, List<AnomalousService> related, Minutes minutes, ServiceGraph graph)
    {
        var start = related.Min(a => a.Anomaly.Start);
        long? end = related.Exists(a => a.Anomaly.End is null) ? null : related.Max(a => a.Anomaly.End);
        var until = end ?? minutes.End;
        var farthest = related.Where(a => !related.Exists(other => other.Service != a.Service && Calls(graph, a.Service, other.Service))).ToList();
        var cause = (farthest.Count > 0 ? farthest : related).MaxBy(a => minutes.Sum(a.Service, start, until).Faults)!.Service;
        var services = related.OrderByDescending(a => a.Service == cause).ThenBy(a => a.Service.Name, StringComparer.Ordinal).DistinctBy(a => a.Service).ToList();
        var events = related.Select(a => a.Anomaly.Start).Concat(end is { } ended ? [ended] : [])
            .Distinct().Order().Select(at => Event(at, at == end)).ToList();
        return new Insight(
            Id(group, cause, start), group, start, end, cause, services, minutes.Entries(start, until), minutes.Sum(cause, start, until), events,
            minutes.Timeline(cause, start - MinutesBefore, until + MinutesAfter, services[0].Anomaly.Usual), graph);

        InsightEvent Event(long at, bool closed)
        {
            var failing = services.Where(s => related.Exists(a => a.Service == s.Service && a.Anomaly.Start <= at)).Select(s => s.Service).ToList();
            var summary = closed
                ? $"{cause.Name} is back to its usual share of faults."
                : $"Unusually many faults at {string.Join(", ", failing.Select(s => s.Name).Distinct(StringComparer.Ordinal))}.";
            // An anomaly is identified by its first minute.
            return new InsightEvent(at, summary, minutes.Entries(start, Math.Max(at, start + 1)), minutes.Sum(cause, start, Math.Max(at, start + 1)), failing);
        }
    }

    /// <summary>A name-based UUID that begins with the minute.</summary>
    private static string Id(TraceGroup group, ServiceKey cause, long start)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{group.GroupARN}\n{cause.Name}\n{cause.Type}\n{start}")).AsSpan(0, 16).ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)start);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x50);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    /// <summary>Requests by service and minute.</summary>
    private sealed class Minutes
    {
        private readonly long _first;
        private readonly MinuteCounts[] _entries;

        public Minutes(long first, int count, IReadOnlyList<SegmentGroup> segments, IReadOnlyList<CallGroup> calls)
        {
            _first = first;
            _entries = new MinuteCounts[count];
            foreach (var group in segments)
            {
                Add(group.Service, group.Time, group.Statistics);
                if (group.Entry && At(group.Time) is { } minute)
                    _entries[minute] += Counts(group.Statistics);
            }
            foreach (var group in calls.Where(c => c.Inferred))
                Add(group.To, group.Time, group.Statistics);
        }

        public Dictionary<ServiceKey, MinuteCounts[]> Services { get; } = [];

        public long End => _first + _entries.Length;

        public MinuteCounts Sum(ServiceKey service, long from, long to) => Services.TryGetValue(service, out var minutes) ? Sum(minutes, from, to) : default;

        public IReadOnlyList<InsightMinute> Timeline(ServiceKey service, long from, long to, double usual) => Services.TryGetValue(service, out var minutes)
            ? [.. LongRange(Math.Max(from, _first), Math.Min(to, End)).Select(at => (at, minutes[at - _first]))
                .Select(m => new InsightMinute(m.at, m.Item2, FaultAnomalies.Highest(m.Item2.Total, usual)))]
            : [];

        private static IEnumerable<long> LongRange(long from, long to)
        {
            for (var at = from; at < to; at++)
                yield return at;
        }

        public MinuteCounts Entries(long from, long to) => Sum(_entries, from, to);

        private MinuteCounts Sum(MinuteCounts[] minutes, long from, long to)
        {
            var sum = default(MinuteCounts);
            for (var at = Math.Max(0, from - _first); at < Math.Min(minutes.Length, to - _first); at++)
                sum += minutes[at];
            return sum;
        }

        private void Add(ServiceKey service, long seconds, CallStatistics statistics)
        {
            if (At(seconds) is not { } minute)
                return;
            if (!Services.TryGetValue(service, out var minutes))
                Services[service] = minutes = new MinuteCounts[_entries.Length];
            minutes[minute] += Counts(statistics);
        }

        private long? At(long seconds) => (seconds / 60) - _first is var at && at >= 0 && at < _entries.Length ? at : null;

        private static MinuteCounts Counts(CallStatistics statistics) => new(statistics.Count, statistics.Faults);
    }
}
