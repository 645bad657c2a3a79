using System.Text.Json;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Model;

namespace Weir.Protocols.XRay.Out;

/// <summary>A service graph as the member <c>Services</c>.</summary>
internal static class ServiceGraphWriter
{
    /// <summary>Writes a page's services and, where there are more, the token of the next page.</summary>
    public static void Write(this ServiceGraph graph, Utf8JsonWriter json, GraphPage page)
    {
        json.WriteStartArray("Services");
        foreach (var service in page.Services)
            Write(json, graph, service, graph.Nodes[service]);
        json.WriteEndArray();
        if (page.NextToken is { } token)
            json.WriteString("NextToken", token);
    }

    private static void Write(Utf8JsonWriter json, ServiceGraph graph, ServiceKey service, GraphNode node)
    {
        var client = service.Type == ServiceKey.Client;
        json.WriteStartObject();
        json.WriteNumber("ReferenceId", node.Number);
        json.WriteString("Name", service.Name);
        json.WriteStartArray("Names");
        json.WriteStringValue(service.Name);
        json.WriteEndArray();
        if (node.Root)
            json.WriteBoolean("Root", true);
        if (service.AccountId is { } account)
            json.WriteString("AccountId", account);
        if (service.Type is { } type)
            json.WriteString("Type", type);
        json.WriteString("State", node.Reported ? "active" : service.Type == CallTarget.Remote ? "passive" : "unknown");
        json.WriteSeconds("StartTime", node.Start / 1e9);
        json.WriteSeconds("EndTime", node.End / 1e9);
        json.WriteStartArray("Edges");
        foreach (var (target, edge) in node.Edges)
        {
            json.WriteStartObject();
            json.WriteNumber("ReferenceId", graph.Nodes[target].Number);
            json.WriteSeconds("StartTime", edge.Start / 1e9);
            json.WriteSeconds("EndTime", edge.End / 1e9);
            edge.Statistics.WriteSummary(json, "SummaryStatistics");
            edge.Statistics.WriteHistogram(json, "ResponseTimeHistogram");
            json.WriteStartArray("Aliases");
            json.WriteEndArray();
            if (edge.IsLink)
            {
                json.WriteString("EdgeType", "link");
                edge.Ages.WriteHistogram(json, "ReceivedEventAgeHistogram");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (!client)
        {
            node.Statistics.WriteSummary(json, "SummaryStatistics");
            node.Statistics.WriteHistogram(json, "DurationHistogram");
            node.Statistics.WriteHistogram(json, "ResponseTimeHistogram");
        }
        json.WriteEndObject();
    }
}

