using Weir.Core.Query;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Out;

/// <summary>GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics, computed from the traces of the range.</summary>
internal sealed class GraphOperations(XRayOptions options, MatchingTraces traces, TraceLoader loader, GroupOperations groupNames)
{
    private const int Batch = 500;
    private const int MaxEmptyBuckets = 3000;

    public async ValueTask<XRayReply> ServiceGraphAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        if (GroupFilter(request, out var filter) is { } badGroup)
            return badGroup;
        var graph = new ServiceGraph();
        await foreach (var (_, map) in TracesAsync(request, range, filter, cancellationToken))
            graph.Add(map);
        return XRayReply.Ok(json =>
        {
            json.WriteSeconds("StartTime", range.From.UnixSeconds());
            json.WriteSeconds("EndTime", range.To.UnixSeconds());
            graph.Write(json);
            json.WriteBoolean("ContainsOldGroupVersions", false);
        });
    }

    public async ValueTask<XRayReply> TraceGraphAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (!request.Has("TraceIds"))
            return XRayFaults.Missing("traceIds");
        var texts = request.Texts("TraceIds");
        if (texts.Count == 0)
            return XRayFaults.Invalid("Zero trace ids provided");
        if (texts.Count > options.MaxTraceIdsPerRequest)
            return XRayFaults.Invalid($"Exceeding maximum query size: {options.MaxTraceIdsPerRequest}");
        if (BatchGetTraces.Parse(texts, out var ids) is { } fault)
            return fault;
        var found = await loader.LoadAsync(ids, request.Caller.Environment, cancellationToken);
        if (found.Count == 0)
            return XRayFaults.Invalid("Trace id not found");
        var graph = new ServiceGraph();
        foreach (var trace in found)
            graph.Add(TraceMap.Of(trace));
        return XRayReply.Ok(graph.Write);
    }

    public async ValueTask<XRayReply> TimeSeriesAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        if (GroupFilter(request, out var filter) is { } badGroup)
            return badGroup;
        var period = request.Number("Period") ?? 60;
        if (period is not (60 or 300))
            return XRayFaults.Invalid("Time period must be one of [60, 300]");
        var selector = FilterParser.Parse(request.Text("EntitySelectorExpression"), out var syntax);
        if (syntax is not null)
            return XRayFaults.From(syntax);
        if (selector is not (null or ServiceFilter { Body: null } or EdgeFilter { Body: null }))
            return XRayFaults.Invalid("EntitySelectorExpression takes service(…) or edge(…) alone");
        var buckets = new SortedDictionary<long, CallStatistics>(Comparer<long>.Create(static (a, b) => b.CompareTo(a)));
        var length = (long)period;
        await foreach (var (_, map) in TracesAsync(request, range, filter, cancellationToken))
        {
            foreach (var entity in Selected(selector, map, request.Caller.AccountId))
                BucketOf(buckets, entity.Start / 1_000_000_000, length).Add(entity);
        }
        FillGaps(buckets, range, length);
        return XRayReply.Ok(json =>
        {
            json.WriteStartArray("TimeSeriesServiceStatistics");
            foreach (var (end, statistics) in buckets)
            {
                json.WriteStartObject();
                json.WriteSeconds("Timestamp", end);
                statistics.WriteSummary(json, selector is ServiceFilter ? "ServiceSummaryStatistics" : "EdgeSummaryStatistics");
                statistics.WriteHistogram(json, "ResponseTimeHistogram");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteBoolean("ContainsOldGroupVersions", false);
        });
    }

    /// <summary>Without a selector: what clients saw of the entry services.</summary>
    private static IEnumerable<TraceEntity> Selected(FilterExpr? selector, TraceMap map, string account) => selector switch
    {
        ServiceFilter service => map.Visits.Where(v => service.Service.Matches(v.Service, account)).Select(v => v.Entity),
        EdgeFilter edge => map.Calls.Where(c => edge.From.Matches(c.From, account) && edge.To.Matches(c.To, account)).Select(c => c.Call),
        _ => map.Calls.Where(c => c.From.Type == ServiceKey.Client).Select(c => c.Call),
    };

    private static CallStatistics BucketOf(SortedDictionary<long, CallStatistics> buckets, long seconds, long length)
    {
        var end = ((seconds / length) + 1) * length;
        if (!buckets.TryGetValue(end, out var statistics))
            buckets[end] = statistics = new CallStatistics();
        return statistics;
    }

    private static void FillGaps(SortedDictionary<long, CallStatistics> buckets, TimeRange range, long length)
    {
        if (range.Length.TotalSeconds / length > MaxEmptyBuckets)
            return;
        for (var at = range.From.ToUnixTimeSeconds(); at < range.To.ToUnixTimeSeconds(); at += length)
            BucketOf(buckets, at, length);
    }

    private XRayFault? GroupFilter(XRayRequest request, out FilterExpr? filter)
    {
        filter = null;
        if (!request.Has("GroupName") && !request.Has("GroupARN"))
            return null;
        if (groupNames.Find(request, out var group) is { } fault)
            return fault;
        filter = FilterParser.Parse(group!.FilterExpression, out var syntax);
        return syntax is null ? null : XRayFaults.From(syntax);
    }

    private async IAsyncEnumerable<(Trace Trace, TraceMap Map)> TracesAsync(
        XRayRequest request, TimeRange range, FilterExpr? filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var question = new TraceQuestion(range, TimeRangeType.TraceId, filter, request.Caller.AccountId, request.Caller.Environment);
        TraceCursor? cursor = null;
        for (var read = 0; read < options.TracesPerGraph;)
        {
            var page = await traces.PageAsync(question, cursor, Batch, cancellationToken);
            foreach (var found in page.Traces)
                yield return found;
            read += page.Looked;
            if (page.Next is null)
                break;
            cursor = page.Next;
        }
    }
}
