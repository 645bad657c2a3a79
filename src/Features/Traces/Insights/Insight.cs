using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Insights;

/// <summary>One service's part in an insight.</summary>
internal sealed record AnomalousService(ServiceKey Service, FaultAnomaly Anomaly);

/// <summary>The state of an insight at a time.</summary>
/// <param name="Time">Minutes since 1970.</param>
internal sealed record InsightEvent(long Time, string Summary, MinuteCounts Clients, MinuteCounts RootCause, IReadOnlyList<ServiceKey> Services);

/// <param name="Time">Minutes since 1970.</param>
/// <param name="Highest">Number of faults up to which the minute is not unusual.</param>
internal sealed record InsightMinute(long Time, MinuteCounts Requests, double Highest);

/// <summary>A period with unusually many faults in a group, and their origin.</summary>
/// <param name="Start">Minutes since 1970.</param>
/// <param name="End">The minute after the last unusual one; null while it is active.</param>
/// <param name="RootCause">The service with unusual faults that is farthest from the clients.</param>
/// <param name="Services">All services with unusual faults, the root cause first.</param>
/// <param name="Clients">Requests that entered in that time.</param>
/// <param name="RootCauseRequests">Requests of the root cause in that time.</param>
/// <param name="Timeline">The minutes of the root cause, including some before and after.</param>
internal sealed record Insight(
    string Id, TraceGroup Group, long Start, long? End, ServiceKey RootCause, IReadOnlyList<AnomalousService> Services, MinuteCounts Clients,
    MinuteCounts RootCauseRequests, IReadOnlyList<InsightEvent> Events, IReadOnlyList<InsightMinute> Timeline, ServiceGraph Graph)
{
    public bool IsActive => End is null;

    /// <summary>The root cause and its direct and indirect callers.</summary>
    public IReadOnlySet<ServiceKey> Impacted()
    {
        var touched = new HashSet<ServiceKey> { RootCause };
        while (Graph.Nodes.Where(n => !touched.Contains(n.Key) && n.Value.Edges.Keys.Any(touched.Contains)).Select(n => n.Key).ToList() is { Count: > 0 } callers)
            touched.UnionWith(callers);
        return touched;
    }

    public string Summary => $"{(IsActive ? "Since" : "At")} {DateTimeOffset.FromUnixTimeSeconds(Start * 60):yyyy-MM-dd HH:mm} UTC {RootCause.Name} "
        + $"fails more often than usual: {RootCauseRequests.Faults} of {RootCauseRequests.Total} requests failed; {Clients.Faults} of {Clients.Total} client requests failed.";
}
