using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Weir.Core.Model;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Insights;

namespace Weir.Protocols.XRay.Ui;

/// <summary><c>/api/xray/insights</c>: insights of all environments together, and one of them with its events, timeline and impact.</summary>
internal sealed class InsightsApi(InsightFinder finder, IInsightNotices notices, TraceGroupStore groups, IOptions<AwsOptions> aws, TimeProvider time)
{
    private static readonly string[] Categories = ["FAULT"];

    /// <summary>Of one group, or of all that have insights switched on.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var query = new ReadingQuery(http.Request.Query, time.GetUtcNow());
        var group = query.Text("group");
        if (group is not null && group != TraceGroup.DefaultName && groups.Find(group) is null)
            throw ReadingQuery.Invalid($"There is no group {group}");
        var found = await finder.FindAsync(
            query.Range(), groups.List().Where(g => group is null || g.GroupName == group), aws.Value.AccountId, environment: null, http.RequestAborted);
        return TypedResults.Json(new UiInsights([.. found.Select(Of)]), UiJson.Default.UiInsights);
    }

    public async Task<IResult> GetAsync(HttpContext http)
    {
        var id = (string)http.GetRouteValue("id")!;
        if (await finder.FindAsync(id, aws.Value.AccountId, environment: null, http.RequestAborted) is not { } insight)
            throw new FaultException(new Fault(FaultKind.NotFound, "There is no such insight"));
        return TypedResults.Json(
            new UiInsightDetail(
                Of(insight),
                [.. insight.Events.Reverse().Select(e => new UiInsightEvent(At(e.Time), e.Summary, Impact(e.Clients), Impact(e.RootCause), [.. e.Services.Select(Service)]))],
                [.. insight.Timeline.Select(m => new UiInsightMinute(At(m.Time), m.Requests.Total, m.Requests.Faults, Math.Round(m.Highest, 3)))],
                Graph(insight), [.. notices.Told(insight.Group, insight.Id).Select(Notification)]),
            UiJson.Default.UiInsightDetail);
    }

    private static UiInsight Of(Insight i) => new(
        i.Id, i.Group.GroupName, InsightOperations.State(i.IsActive), Categories, i.Summary, At(i.Start), i.End is { } end ? At(end) : null, At(i.Events[^1].Time),
        Service(i.RootCause), [.. i.Services.Select(s => Service(s.Service))], Impact(i.Clients), Impact(i.RootCauseRequests), i.RootCauseRequests.Faults,
        i.RootCauseRequests.Total);

    private static UiInsightGraph Graph(Insight insight)
    {
        var impacted = insight.Impacted();
        var anomalous = insight.Services.Select(s => s.Service).ToHashSet();
        var nodes = insight.Graph.Nodes.Where(n => impacted.Contains(n.Key)).ToList();
        return new UiInsightGraph(
            [.. nodes.Select(n => new UiInsightNode(ReadingApi.Id(n.Key), n.Key.Name, n.Key.Type, n.Key == insight.RootCause, anomalous.Contains(n.Key)))],
            [.. nodes.SelectMany(n => n.Value.Edges.Keys.Where(impacted.Contains).Select(to => new UiInsightEdge(ReadingApi.Id(n.Key), ReadingApi.Id(to))))]);
    }

    private static UiInsightNotification Notification(InsightNotice notice) => new(
        notice.Time, InsightOperations.State(notice.WasActive), [.. notice.Deliveries.Select(d => new UiInsightDelivery(d.Recipient, d.Ok, d.Attempts, d.Detail))]);

    private static UiInsightService Service(ServiceKey service) => new(service.Name, service.Type);

    private static UiImpact Impact(MinuteCounts counts) => new(counts.Faults, counts.Total - counts.Faults, counts.Total);

    private static DateTimeOffset At(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);
}
