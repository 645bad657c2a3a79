using System.Globalization;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Insights;

/// <summary>GetInsightSummaries, GetInsight, GetInsightEvents and GetInsightImpactGraph.</summary>
internal sealed class InsightOperations(InsightFinder finder, TraceGroupStore groups, TraceGroupOperations groupNames)
{
    public async ValueTask<AwsReply> SummariesAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        IEnumerable<TraceGroup> asked = groups.List();
        if (request.Has("GroupName") || request.Has("GroupARN"))
        {
            if (groupNames.Find(request, out var group) is { } fault)
                return fault;
            asked = [group!];
        }
        if (Page(request, 100, out var skip, out var take) is { } badToken)
            return badToken;
        var states = request.Texts("States");
        var found = (await finder.FindAsync(range, asked, request.Caller.AccountId, request.Caller.Environment, cancellationToken))
            .Where(insight => states.Count == 0 || states.Contains(State(insight.IsActive))).ToList();
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("InsightSummaries");
            foreach (var insight in found.Skip(skip).Take(take))
            {
                json.WriteStartObject();
                Write(json, insight);
                json.WriteSeconds("LastUpdateTime", insight.Events[^1].Time * 60);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteNext(json, found.Count, skip + take);
        });
    }

    public async ValueTask<AwsReply> GetAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } insight)
            return NotFound;
        return AwsReply.Json(json =>
        {
            json.WriteStartObject("Insight");
            Write(json, insight);
            json.WriteEndObject();
        });
    }

    public async ValueTask<AwsReply> EventsAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Page(request, 50, out var skip, out var take) is { } badToken)
            return badToken;
        if (await FindAsync(request, cancellationToken) is not { } insight)
            return NotFound;
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("InsightEvents");
            foreach (var happened in insight.Events.Reverse().Skip(skip).Take(take))
            {
                json.WriteStartObject();
                WriteEvent(json, happened);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteNext(json, insight.Events.Count, skip + take);
        });
    }

    public async ValueTask<AwsReply> ImpactGraphAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (GetTraceSummaries.Range(request, out var range) is { } badRange)
            return badRange;
        if (await FindAsync(request, cancellationToken) is not { } insight)
            return NotFound;
        var touched = insight.Impacted();
        return AwsReply.Json(json =>
        {
            json.WriteString("InsightId", insight.Id);
            json.WriteSeconds("StartTime", range.From.UnixSeconds());
            json.WriteSeconds("EndTime", range.To.UnixSeconds());
            json.WriteSeconds("ServiceGraphStartTime", insight.Start * 60);
            json.WriteSeconds("ServiceGraphEndTime", insight.End is { } end ? end * 60 : range.To.UnixSeconds());
            json.WriteStartArray("Services");
            foreach (var (service, node) in insight.Graph.Nodes.Where(n => touched.Contains(n.Key)))
            {
                json.WriteStartObject();
                json.WriteNumber("ReferenceId", node.Number);
                TraceSummaryWriter.WriteServiceMembers(json, service);
                json.WriteStartArray("Edges");
                foreach (var target in node.Edges.Keys.Where(touched.Contains))
                {
                    json.WriteStartObject();
                    json.WriteNumber("ReferenceId", insight.Graph.Nodes[target].Number);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public static string State(bool isActive) => isActive ? "ACTIVE" : "CLOSED";

    private static AwsFault NotFound => XRayFaults.Invalid("Insight not found");

    private Task<Insight?> FindAsync(AwsRequest request, CancellationToken cancellationToken) =>
        finder.FindAsync(request.Text("InsightId") ?? "", request.Caller.AccountId, request.Caller.Environment, cancellationToken);

    private static AwsFault? Page(AwsRequest request, int most, out int skip, out int take)
    {
        take = (int)Math.Clamp(request.Number("MaxResults") ?? most, 1, most);
        skip = 0;
        return request.Text("NextToken") is not { } token || int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out skip)
            ? null
            : XRayFaults.Invalid($"Invalid token {token}");
    }

    private static void WriteNext(Utf8JsonWriter json, int count, int next)
    {
        if (next < count)
            json.WriteString("NextToken", next.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The members of an event.</summary>
    public static void WriteEvent(Utf8JsonWriter json, InsightEvent happened)
    {
        json.WriteString("Summary", happened.Summary);
        json.WriteSeconds("EventTime", happened.Time * 60);
        WriteImpact(json, "ClientRequestImpactStatistics", happened.Clients);
        WriteImpact(json, "RootCauseServiceRequestImpactStatistics", happened.RootCause);
        WriteServices(json, happened.Services);
    }

    /// <summary>The members of an insight.</summary>
    public static void Write(Utf8JsonWriter json, Insight insight)
    {
        json.WriteString("InsightId", insight.Id);
        json.WriteString("GroupARN", insight.Group.GroupARN);
        json.WriteString("GroupName", insight.Group.GroupName);
        json.WritePropertyName("RootCauseServiceId");
        TraceSummaryWriter.WriteServiceId(json, insight.RootCause);
        json.WriteStartArray("Categories");
        json.WriteStringValue("FAULT");
        json.WriteEndArray();
        json.WriteString("State", State(insight.IsActive));
        json.WriteSeconds("StartTime", insight.Start * 60);
        if (insight.End is { } end)
            json.WriteSeconds("EndTime", end * 60);
        json.WriteString("Summary", insight.Summary);
        WriteImpact(json, "ClientRequestImpactStatistics", insight.Clients);
        WriteImpact(json, "RootCauseServiceRequestImpactStatistics", insight.RootCauseRequests);
        WriteServices(json, insight.Services.Select(s => s.Service));
    }

    private static void WriteServices(Utf8JsonWriter json, IEnumerable<ServiceKey> services)
    {
        json.WriteStartArray("TopAnomalousServices");
        foreach (var service in services)
        {
            json.WriteStartObject();
            json.WritePropertyName("ServiceId");
            TraceSummaryWriter.WriteServiceId(json, service);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteImpact(Utf8JsonWriter json, string name, MinuteCounts counts)
    {
        json.WriteStartObject(name);
        json.WriteNumber("FaultCount", counts.Faults);
        json.WriteNumber("OkCount", counts.Total - counts.Faults);
        json.WriteNumber("TotalCount", counts.Total);
        json.WriteEndObject();
    }
}
