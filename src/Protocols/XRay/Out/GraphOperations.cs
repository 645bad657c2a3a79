using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Out;

/// <summary>GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics.</summary>
internal sealed class GraphOperations(XRayOptions options, ServiceMaps maps, TraceLoader loader, TraceGroupOperations groupNames, TraceGroupStore groups)
{
    private const int MaxEmptyBuckets = 3000;

    public async ValueTask<AwsReply> ServiceGraphAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        if (GroupFilter(request, out var group, out var filter) is { } badGroup)
            return badGroup;
        var map = await maps.ReadAsync(Question(request, range, filter), cancellationToken);
        if (GraphPage.Of(map.Graph, request.Text("NextToken")) is not { } page)
            return InvalidToken(request);
        return AwsReply.Json(json =>
        {
            json.WriteSeconds("StartTime", range.From.UnixSeconds());
            json.WriteSeconds("EndTime", range.To.UnixSeconds());
            map.Graph.Write(json, page);
            json.WriteBoolean("ContainsOldGroupVersions", group?.HasOlderThan(range.From.UnixNanoseconds()) ?? false);
        }, map.Selection.Notice);
    }

    public async ValueTask<AwsReply> TraceGraphAsync(AwsRequest request, CancellationToken cancellationToken)
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
        graph.Add(EventLinks.Between(found));
        return GraphPage.Of(graph, request.Text("NextToken")) is { } page ? AwsReply.Json(json => graph.Write(json, page)) : InvalidToken(request);
    }

    /// <summary>It was never one, or other services are in the graph by now: the client begins anew, and never gets pages that don't fit together.</summary>
    private static AwsReply InvalidToken(AwsRequest request) => XRayFaults.Invalid($"Invalid token {request.Text("NextToken")}");

    public async ValueTask<AwsReply> TimeSeriesAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        if (GroupFilter(request, out var group, out var filter) is { } badGroup)
            return badGroup;
        var period = request.Number("Period") ?? 60;
        if (period is not (60 or 300))
            return XRayFaults.Invalid("Time period must be one of [60, 300]");
        var selector = FilterParser.Parse(request.Text("EntitySelectorExpression"), out var syntax);
        if (syntax is not null)
            return XRayFaults.From(syntax);
        if (selector is not (null or ServiceFilter { Body: null } or EdgeFilter { Body: null }))
            return XRayFaults.Invalid("EntitySelectorExpression takes service(…) or edge(…) alone");
        var length = (int)period;
        var buckets = new SortedDictionary<long, CallStatistics>(Comparer<long>.Create(static (a, b) => b.CompareTo(a)));
        var series = await maps.SeriesAsync(Question(request, range, filter), selector, length, cancellationToken);
        foreach (var (time, statistics) in series.Points)
            BucketOf(buckets, time, length).Add(statistics);
        FillGaps(buckets, range, length);
        return AwsReply.Json(json =>
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
            json.WriteBoolean("ContainsOldGroupVersions", group?.HasOlderThan(range.From.UnixNanoseconds()) ?? false);
        }, series.Selection.Notice);
    }

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

    /// <summary>What the group took as it came; everything without a group, and for Default.</summary>
    private AwsFault? GroupFilter(AwsRequest request, out TraceGroup? group, out FilterExpr? filter)
    {
        (group, filter) = (null, null);
        if (!request.Has("GroupName") && !request.Has("GroupARN"))
            return null;
        if (groupNames.Find(request, out group) is { } fault)
            return fault;
        filter = group!.IsDefault ? null : groups.MembersOf(group);
        return null;
    }

    private static TraceQuestion Question(AwsRequest request, TimeRange range, FilterExpr? filter) =>
        new(range, TimeRangeType.TraceId, filter, request.Caller.AccountId, request.Caller.Environment);
}
