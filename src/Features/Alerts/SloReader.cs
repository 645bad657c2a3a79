using System.Collections.Concurrent;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;

namespace Weir.Features.Alerts;

/// <summary>The measured data of an SLO.</summary>
/// <param name="Datasets">Slugs; empty means all.</param>
/// <param name="Sli">Null when its calculated field was deleted.</param>
internal sealed record SloSubject(
    string Id, string Environment, IReadOnlyList<string> Datasets, KeptField? Sli, int PeriodDays, long TargetPerMillion);

/// <summary>
/// Reads good and bad events of SLOs. Counts of past intervals are kept, so that each refresh reads only the last hour; events that arrive
/// later are counted after the next start. Thread-safe.
/// </summary>
internal sealed class SloReader(ITelemetryReader reader, Datasets datasets, TimeProvider time)
{
    public const int IntervalSeconds = 300;
    private const long LateSeconds = 3600;
    private const int ChunkSeconds = 7 * 86_400;

    private static readonly Signal[] Signals = [Signal.Spans, Signal.Logs, Signal.Events];
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    public async Task<SloStanding> StandingAsync(SloSubject slo, CancellationToken cancellationToken) =>
        (await ReadAsync(slo, Now(), cancellationToken))?.At(Now()) ?? default;

    /// <summary>The calculation over twice the period up to now; null when the SLO's field was deleted.</summary>
    public async Task<SloMath?> ReadAsync(SloSubject slo, long now, CancellationToken cancellationToken)
    {
        if (slo.Sli is null)
            return null;
        var kept = _kept.GetOrAdd(slo.Id, _ => new Kept());
        await kept.Reading.WaitAsync(cancellationToken);
        try
        {
            var subject = $"{slo.Environment}\n{string.Join(',', slo.Datasets)}\n{slo.PeriodDays}\n{slo.Sli.Text}";
            if (kept.Subject != subject)
                kept.Reset(subject);
            // Twice the period, because the earlier budget depends on the events of the previous period.
            var oldest = Floor(now) - (2L * slo.PeriodDays * 86_400);
            var from = Math.Max(oldest, kept.ReadTo == 0 ? oldest : Floor(kept.ReadTo - LateSeconds));
            kept.Drop(before: oldest, from);
            for (var chunk = from; chunk <= now; chunk += ChunkSeconds)
                await ReadAsync(slo, kept.Counts, chunk, Math.Min(chunk + ChunkSeconds, Floor(now) + IntervalSeconds), cancellationToken);
            kept.ReadTo = now;
            return new SloMath([.. kept.Counts.Values], IntervalSeconds, slo.PeriodDays, slo.TargetPerMillion);
        }
        finally
        {
            kept.Reading.Release();
        }
    }

    private async Task ReadAsync(SloSubject slo, SortedDictionary<long, SloCount> counts, long from, long to, CancellationToken cancellationToken)
    {
        foreach (var signal in Signals)
        {
            var table = await reader.QueryAsync(Query(slo, signal, from, to), cancellationToken);
            foreach (var row in table.All("intervals"))
            {
                var start = row.Long("start");
                var before = counts.GetValueOrDefault(start);
                counts[start] = new SloCount(start, before.Good + (row.Double("good") ?? 0), before.Bad + (row.Double("bad") ?? 0));
            }
        }
    }

    private TelemetryQuery Query(SloSubject slo, Signal signal, long from, long to)
    {
        var sli = slo.Sli!.Bind(signal);
        var start = new CallExpr(Function.TimeBucket, [new FieldExpr(signal == Signal.Spans ? "start_time" : "time"), new ConstExpr((long)IntervalSeconds)]);
        var weight = new CallExpr(Function.SampleWeight, [new FieldExpr("sample_rate")]);
        CallExpr Weighted(bool isGood) => new(Function.SumIf, [weight, new CompareExpr(CompareOp.Equal, sli, new ConstExpr(isGood))]);
        return new TelemetryQuery
        {
            Signal = signal,
            Select = [new Selection("start", start), new Selection("good", Weighted(isGood: true)), new Selection("bad", Weighted(isGood: false))],
            Range = new TimeRange(DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(to)),
            Where = new AndExpr([.. new[] { AskedRows.Condition(signal), Of(slo, signal) }.OfType<Expr>()]),
            GroupBy = [start],
            Limit = 10_000,
            Environment = slo.Environment.Length == 0 ? null : slo.Environment,
            Budget = QueryBudget.Long,
        };
    }

    /// <summary>Rows of the SLO's datasets; the case of names is ignored.</summary>
    private InExpr? Of(SloSubject slo, Signal signal) => slo.Datasets.Count == 0 ? null : new InExpr(
        new CallExpr(Function.Lower, [new FieldExpr(signal == Signal.Events ? "dataset" : "service")]),
        [.. slo.Datasets.Select(slug => (object)(datasets.Find(slo.Environment, slug)?.Value.Name ?? slug).ToLowerInvariant())]);

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private static long Floor(long seconds) => seconds - (seconds % IntervalSeconds);

    private sealed class Kept
    {
        public SemaphoreSlim Reading { get; } = new(1, 1);

        public SortedDictionary<long, SloCount> Counts { get; } = [];

        public string Subject { get; private set; } = "";

        /// <summary>Seconds since 1970; 0: nothing has been read.</summary>
        public long ReadTo { get; set; }

        public void Reset(string subject)
        {
            Subject = subject;
            Counts.Clear();
            ReadTo = 0;
        }

        public void Drop(long before, long from)
        {
            foreach (var start in Counts.Keys.Where(s => s < before || s >= from).ToList())
                Counts.Remove(start);
        }
    }
}
