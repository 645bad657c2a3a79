using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Errors;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// Data of the home page: received data by sender, and failures. Small grouped queries, one for each table and grouping, that run in parallel.
/// </summary>
internal sealed class HomeReader(ITelemetryReader reader, IStorageStatus storage, IngestCounters counters, ErrorItems errors)
{
    private const int MostServices = 200;
    private const int RecentErrors = 8;
    private const int MostGroups = 20_000;
    private const int MostErrors = 8;

    public async Task<Home> ReadAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var buckets = new BucketSeries(range);
        var spans = SpansAsync(range, cancellationToken);
        var series = SpanSeriesAsync(range, buckets, cancellationToken);
        var requests = RequestsAsync(range, byService: true, cancellationToken);
        var total = RequestsAsync(range, byService: false, cancellationToken);
        var logs = GroupsAsync(Signal.Logs, range, buckets, cancellationToken);
        var occurrences = GroupsAsync(Signal.Occurrences, range, buckets, cancellationToken);
        var metrics = CountAsync(Signal.Metrics, range, cancellationToken);
        // Events and links of spans are included in their spans, and wide events that are spans are counted as spans.
        var events = CountAsync(Signal.Events, range, cancellationToken, !Is("protocol", WireProtocol.Otlp) & Is("span_id", SpanId.Empty.ToBytes()));
        var recent = errors.RecentAsync(range, RecentErrors, cancellationToken);
        var empty = IsEmptyAsync(cancellationToken);
        await Task.WhenAll(spans, series, requests, total, logs, occurrences, metrics, events, recent, empty);

        var warnings = new List<string>();
        var services = new SortedDictionary<string, ServiceLine>(StringComparer.Ordinal);
        var spanSeries = (await series).All("time intervals");
        var (logGroups, errorGroups) = ((await logs).Told(warnings, "services and times with log lines"), (await occurrences).Told(warnings, "services and times with errors"));
        foreach (var row in (await spans).Told(warnings, "services with spans"))
            Line(services, row).AddSpans(row);
        foreach (var row in (await requests).Told(warnings, "services with requests"))
            Line(services, row).AddRequests(row);
        foreach (var row in logGroups)
            Line(services, row).AddLogs(row);
        foreach (var row in errorGroups)
            Line(services, row).AddOccurrences(row);
        var all = (await total).First;
        if (services.Count > MostServices)
            warnings.Add($"{services.Count} services sent data; the {MostServices} with the most data are listed.");
        var requestCount = all?.Long("requests") ?? 0;
        return new Home(
            await empty,
            new HomeRange(IsoTime.Text(range.From), IsoTime.Text(range.To), buckets.BucketSeconds),
            new HomeTotals(
                requestCount,
                // Of all services, listed or not.
                spanSeries.Sum(row => row.Long("count")),
                services.Values.Sum(line => line.Logs),
                services.Values.Sum(line => line.Occurrences),
                await metrics,
                await events,
                requestCount == 0 ? 0 : (double)all!.Long("errors") / requestCount,
                requestCount == 0 ? null : IsoTime.Milliseconds(all!.Double("p50")),
                requestCount == 0 ? null : IsoTime.Milliseconds(all!.Double("p95"))),
            Series(buckets, spanSeries, logGroups, errorGroups),
            [.. services.OrderByDescending(entry => entry.Value.Spans + entry.Value.Logs + entry.Value.Occurrences)
                .Take(MostServices).Select(entry => entry.Value.Shape(entry.Key))],
            await recent)
        {
            Warnings = warnings,
        };
    }

    /// <summary>True when nothing was ever stored.</summary>
    private async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        counters.Snapshot().All(counter => counter.Stored == 0)
        && (await storage.ReadAsync(cancellationToken)).Tables.All(table => table.Rows == 0);

    private Task<ResultTable> SpansAsync(TimeRange range, CancellationToken cancellationToken) => reader.QueryAsync(
        new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select =
            [
                Field("service").As("service"),
                Count.As("count"),
                Call(Function.Max, Field("start_time")).As("last"),
                Distinct("protocol", 5).As("protocols"),
            ],
            Range = range,
            GroupBy = [Field("service")],
            OrderBy = [new Ordering(Field("count"), Descending: true)],
            Limit = MostServices,
        },
        cancellationToken);

    private Task<ResultTable> SpanSeriesAsync(TimeRange range, BucketSeries buckets, CancellationToken cancellationToken) => reader.QueryAsync(
        new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select =
            [
                Bucket("start_time", buckets.BucketSeconds).As("bucket"),
                Count.As("count"),
                CountIf(IsRequest & IsError).As("errors"),
            ],
            Range = range,
            GroupBy = [Bucket("start_time", buckets.BucketSeconds)],
            Limit = buckets.Count + 1,
        },
        cancellationToken);

    private Task<ResultTable> RequestsAsync(TimeRange range, bool byService, CancellationToken cancellationToken)
    {
        var select = new List<Selection>
        {
            Count.As("requests"),
            CountIf(IsError).As("errors"),
            Quantile("duration_ns", 0.5).As("p50"),
            Quantile("duration_ns", 0.95).As("p95"),
        };
        if (byService)
            select.Insert(0, Field("service").As("service"));
        return reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = select,
                Range = range,
                Where = IsRequest & Is("in_progress", 0L),
                GroupBy = byService ? [Field("service")] : [],
                OrderBy = byService ? [new Ordering(Field("requests"), Descending: true)] : [],
                Limit = byService ? MostServices : 1,
            },
            cancellationToken);
    }

    private Task<ResultTable> GroupsAsync(Signal signal, TimeRange range, BucketSeries buckets, CancellationToken cancellationToken) =>
        reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Select =
                [
                    Field("service").As("service"),
                    Bucket("time", buckets.BucketSeconds).As("bucket"),
                    Count.As("count"),
                    Call(Function.Max, Field("time")).As("last"),
                    Distinct("protocol", 5).As("protocols"),
                ],
                Range = range,
                GroupBy = [Field("service"), Bucket("time", buckets.BucketSeconds)],
                OrderBy = [new Ordering(Field("count"), Descending: true)],
                Limit = MostGroups,
            },
            cancellationToken);

    private async Task<long> CountAsync(Signal signal, TimeRange range, CancellationToken cancellationToken, Expr? where = null)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery { Signal = signal, Select = [Count.As("count")], Range = range, Where = where, Limit = 1 }, cancellationToken);
        return table.First?.Long("count") ?? 0;
    }

    private static ServiceLine Line(SortedDictionary<string, ServiceLine> services, ResultRow row)
    {
        var name = row.Text("service");
        if (!services.TryGetValue(name, out var line))
            services[name] = line = new ServiceLine();
        return line;
    }

    internal static IReadOnlyList<HomeBucket> Series(
        BucketSeries buckets, IReadOnlyList<ResultRow> spans, IReadOnlyList<ResultRow> logs, IReadOnlyList<ResultRow> occurrences)
    {
        var series = new HomeBucket[buckets.Count];
        for (var i = 0; i < series.Length; i++)
            series[i] = new HomeBucket(IsoTime.Text(buckets.Start(i)), 0, 0, 0, 0);
        foreach (var row in spans)
        {
            if (buckets.TryIndex(row.Long("bucket"), out var at))
                series[at] = series[at] with { Spans = series[at].Spans + row.Long("count"), Errors = series[at].Errors + row.Long("errors") };
        }
        foreach (var row in logs)
        {
            if (buckets.TryIndex(row.Long("bucket"), out var at))
                series[at] = series[at] with { Logs = series[at].Logs + row.Long("count") };
        }
        foreach (var row in occurrences)
        {
            if (buckets.TryIndex(row.Long("bucket"), out var at))
                series[at] = series[at] with { Occurrences = series[at].Occurrences + row.Long("count") };
        }
        return series;
    }

    /// <summary>One service's figures as they are gathered.</summary>
    private sealed class ServiceLine
    {
        private readonly SortedSet<string> _protocols = new(StringComparer.Ordinal);
        private long _lastAt;
        private long _errors;
        private double? _p50;
        private double? _p95;

        public long Spans { get; private set; }

        public long Logs { get; private set; }

        public long Occurrences { get; private set; }

        public void AddSpans(ResultRow row)
        {
            Spans += row.Long("count");
            Seen(row);
        }

        public void AddRequests(ResultRow row)
        {
            _errors = row.Long("errors");
            _p50 = IsoTime.Milliseconds(row.Double("p50"));
            _p95 = IsoTime.Milliseconds(row.Double("p95"));
        }

        public void AddLogs(ResultRow row)
        {
            Logs += row.Long("count");
            Seen(row);
        }

        public void AddOccurrences(ResultRow row)
        {
            Occurrences += row.Long("count");
            Seen(row);
        }

        public HomeService Shape(string service) =>
            new(service, [.. _protocols], Spans, Logs, Occurrences, _errors, _p50, _p95, IsoTime.Text(_lastAt));

        private void Seen(ResultRow row)
        {
            _lastAt = Math.Max(_lastAt, row.UnixNanoseconds("last"));
            _protocols.UnionWith(row.Array("protocols").OfType<string>());
        }
    }
}
