using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Weir.Core.Model;
using Weir.Features.Traces.Analytics;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Ui;

/// <summary>The reading side of X-Ray for the web UI, over traces of every protocol and environment.</summary>
internal sealed class ReadingApi(
    MatchingTraces traces, TraceTotals totals, ServiceMaps maps, TraceLoader loader, FilterCompletion completion, TraceAnalytics analytics,
    TraceGroupStore groups, IOptions<AwsOptions> aws, TimeProvider time)
{
    private const int MostTraces = 500;
    private const int MostPoints = 120;
    private const int DefaultNodes = 500;
    private const int MostNodes = 2_000;
    private static readonly int[] Steps = [1, 5, 10, 30, 60, 300, 900, 3600, 3 * 3600, 24 * 3600];

    public async Task<IResult> TracesAsync(HttpContext http)
    {
        var query = Query(http);
        var question = query.Question(groups, aws.Value.AccountId) with
        {
            Order = query.Text("order") switch
            {
                null or "newest" => TraceOrder.Newest,
                "slowest" => TraceOrder.Slowest,
                var other => throw ReadingQuery.Invalid($"order is newest or slowest, not '{other}'"),
            },
        };
        TraceCursor? cursor = null;
        if (query.Text("cursor") is { } text)
            cursor = TraceCursor.TryParse(text, out var start) ? start : throw ReadingQuery.Invalid("cursor: it is not one of this API");
        var limit = (int)Math.Clamp(query.Number("limit") ?? 100, 1, MostTraces);
        var page = await traces.PageAsync(question, cursor, limit, http.RequestAborted);
        UiSummary? summary = null;
        string? notice = null;
        if (cursor is null)
        {
            var selection = await traces.SelectAsync(question, http.RequestAborted);
            var statistics = await totals.ReadAsync(question, selection, http.RequestAborted);
            summary = new UiSummary(UiStatistic.Counts(statistics), UiStatistic.Histogram(statistics), statistics.Percentile(0.5));
            notice = selection.Notice;
        }
        return TypedResults.Json(
            new UiTraces([.. page.Traces.Select(t => Of(t.Trace))], page.Next?.ToString(), notice, summary), UiJson.Default.UiTraces);
    }

    public IResult CheckAsync(HttpContext http)
    {
        _ = FilterParser.Parse(Query(http).Text("filter"), out var fault);
        return TypedResults.Json(new UiCheck(fault is null, fault?.Message, fault?.Position), UiJson.Default.UiCheck);
    }

    public async Task<IResult> CompleteAsync(HttpContext http)
    {
        var query = Query(http);
        var text = query.Text("filter") ?? "";
        var position = (int)Math.Min(query.Number("position") ?? text.Length, text.Length);
        return TypedResults.Json(await completion.OfAsync(text, position, query.Range(), http.RequestAborted), UiJson.Default.UiCompletion);
    }

    public async Task<IResult> MapAsync(HttpContext http)
    {
        var query = Query(http);
        var question = query.Question(groups, aws.Value.AccountId);
        var limit = (int)Math.Clamp(query.Number("limit") ?? DefaultNodes, 1, MostNodes);
        var offset = (int)Math.Min(query.Number("offset") ?? 0, int.MaxValue);
        var map = await maps.ReadAsync(question, http.RequestAborted);
        var entered = map.Graph.Nodes.Where(n => n.Key.Type == ServiceKey.Client).Sum(n => Calls(n.Key, n.Value));
        // Those with most calls first: a map of all of them can't be drawn, and hardly read.
        var found = map.Graph.Nodes.Where(n => query.Text("q") is not { } text || n.Key.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        var nodes = found.Count <= limit && offset == 0
            ? found
            : [.. found.OrderByDescending(n => Calls(n.Key, n.Value)).ThenBy(n => Id(n.Key), StringComparer.Ordinal).Skip(offset).Take(limit)];
        var shown = nodes.Select(n => n.Key).ToHashSet();
        return TypedResults.Json(
            new UiMap(
                question.Range.From, question.Range.To, entered, map.Selection.Notice, found.Count, offset,
                [.. nodes.Select(n => new UiMapNode(
                    Id(n.Key), n.Key.Name, n.Key.Type, n.Value.Root, !n.Value.Reported && n.Key.Type != ServiceKey.Client, [.. n.Value.Protocols.Order(StringComparer.Ordinal)],
                    n.Key.Type == ServiceKey.Client ? null : UiStatistic.Of(n.Value.Statistics)))],
                [.. nodes.SelectMany(n => n.Value.Edges.Where(e => shown.Contains(e.Key)).Select(e => new UiMapEdge(Id(n.Key), Id(e.Key), Link: e.Value.IsLink, UiStatistic.Of(e.Value.Statistics))))]),
            UiJson.Default.UiMap);
    }

    private static long Calls(ServiceKey service, GraphNode node) =>
        service.Type == ServiceKey.Client ? node.Edges.Values.Sum(e => e.Statistics.Count) : node.Statistics.Count;

    public async Task<IResult> TimeSeriesAsync(HttpContext http)
    {
        var query = Query(http);
        var question = query.Question(groups, aws.Value.AccountId);
        var (name, type) = (query.Text("name"), query.Text("type"));
        FilterExpr? selector = name is null && type is null ? null : new ServiceFilter(new ServiceRef(name, type, null), null);
        var seconds = question.Range.Length.TotalSeconds / MostPoints;
        var step = Array.Find(Steps, s => s >= seconds) is var found and > 0 ? found : (int)Math.Ceiling(seconds / Steps[^1]) * Steps[^1];
        var read = await maps.SeriesAsync(question, selector, step, http.RequestAborted);
        var series = read.Points.ToLookup(p => p.Time, p => p.Statistics);
        var points = new List<UiPoint>();
        for (var at = question.Range.From.ToUnixTimeSeconds() / step * step; at < question.Range.To.ToUnixTimeSeconds(); at += step)
        {
            var sum = new CallStatistics();
            foreach (var part in series[at])
                sum.Add(part);
            points.Add(new UiPoint(
                DateTimeOffset.FromUnixTimeSeconds(at), UiStatistic.Counts(sum), sum.Count > 0 ? sum.Seconds / sum.Count : null, sum.Percentile(0.9)));
        }
        return TypedResults.Json(new UiTimeSeries(step, points, read.Selection.Notice), UiJson.Default.UiTimeSeries);
    }

    public async Task<IResult> AnalyticsAsync(HttpContext http)
    {
        var query = Query(http);
        var question = query.Question(groups, aws.Value.AccountId);
        var found = await analytics.ReadAsync(
            question, query.Number("from") ?? query.Number("minDuration"), query.Number("to") ?? query.Number("maxDuration"), http.RequestAborted);
        return TypedResults.Json(
            new UiAnalytics(
                found.Notice, found.Selected, found.All.Count - found.Selected, UiStatistic.Histogram(found.All),
                [.. found.Tables.Select(t => new UiAnalyticsTable(
                    t.By, t.Key, t.Distinct, t.More, [.. t.Rows.Select(row => new UiAnalyticsRow(UiStatistic.Value(row.Value), row.Selected, row.Rest))]))]),
            UiJson.Default.UiAnalytics);
    }

    public async Task<IResult> DocumentsAsync(HttpContext http)
    {
        if (!TraceId.TryParse((string)http.GetRouteValue("id")!, out var id))
            throw ReadingQuery.Invalid("A trace id is 32 hex digits, or 1-<8 hex>-<24 hex>");
        var found = await loader.LoadAsync([id], environment: null, http.RequestAborted);
        if (found.Count == 0)
            throw new FaultException(new Fault(FaultKind.NotFound, $"Nothing is stored under trace id {id.ToXRay()}"));
        var trace = found[0];
        return TypedResults.Json(
            new UiDocuments(id.ToHex(), [.. trace.Tops.Concat(trace.Inferred).Select(segment => new UiDocument(segment.Id.ToHex(), DocumentWriter.Write(trace, segment)))]),
            UiJson.Default.UiDocuments);
    }

    private static UiTrace Of(Trace trace)
    {
        var root = trace.Root;
        return new UiTrace(
            trace.Id.ToHex(), trace.Id.ToXRay(), At(trace.Start), trace.Duration, root.End is null ? null : root.Seconds, new UiRoot(root.Name, root.Origin),
            root.Http.Method, root.Http.Url, root.Http.Status, root.Http.ClientIp, root.Http.UserAgent,
            root.Throttle ? "throttle" : root.Fault ? "fault" : root.Error ? "error" : "ok", trace.IsPartial,
            [.. trace.Entities.Select(e => e.User).Where(user => user is { Length: > 0 }).Distinct(StringComparer.Ordinal)!],
            [.. trace.Entities.SelectMany(e => e.Annotations).Distinct().Take(100).Select(a => new UiAnnotation(a.Key, UiStatistic.Value(a.Value)))],
            [.. trace.Protocols]);
    }

    private static DateTimeOffset At(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    public static string Id(ServiceKey service) =>
        service.AccountId is null ? $"{service.Name}|{service.Type}" : $"{service.Name}|{service.Type}|{service.AccountId}";

    private ReadingQuery Query(HttpContext http) => new(http.Request.Query, time.GetUtcNow());
}

/// <summary>Statistics in the UI's shapes.</summary>
internal static class UiStatistic
{
    public static UiCounts Counts(CallStatistics s) => new(s.Ok, s.Errors, s.Faults, s.Throttles, s.Count);

    public static IReadOnlyList<UiTimeCount> Histogram(CallStatistics s) => [.. s.Histogram.Select(bucket => new UiTimeCount(bucket.Key / 1e9, bucket.Value))];

    public static UiStatistics Of(CallStatistics s) => new(
        Counts(s), s.Count > 0 ? s.Seconds / s.Count : 0, s.Percentile(0.5) ?? 0, s.Percentile(0.9) ?? 0, s.Percentile(0.99) ?? 0, Histogram(s));

    public static JsonElement Value(object value) => value switch
    {
        string text => JsonSerializer.SerializeToElement(text, UiJson.Default.String),
        double number => JsonSerializer.SerializeToElement(number, UiJson.Default.Double),
        bool flag => JsonSerializer.SerializeToElement(flag, UiJson.Default.Boolean),
        long number => JsonSerializer.SerializeToElement(number, UiJson.Default.Int64),
        _ => JsonSerializer.SerializeToElement("", UiJson.Default.String),
    };
}
