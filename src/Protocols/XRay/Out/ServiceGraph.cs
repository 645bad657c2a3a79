using System.Text.Json;

namespace Weir.Protocols.XRay.Out;

/// <summary>The services of many traces and the calls between them.</summary>
internal sealed class ServiceGraph
{
    private readonly Dictionary<ServiceKey, Node> _nodes = [];

    private sealed class Node(int number)
    {
        public int Number { get; } = number;

        public bool Root { get; set; }

        public bool Reported { get; set; }

        public long Start { get; set; } = long.MaxValue;

        public long End { get; set; }

        public CallStatistics Statistics { get; } = new();

        public Dictionary<ServiceKey, Edge> Edges { get; } = [];
    }

    private sealed class Edge
    {
        public long Start { get; set; } = long.MaxValue;

        public long End { get; set; }

        public CallStatistics Statistics { get; } = new();
    }

    public void Add(TraceMap map)
    {
        foreach (var visit in map.Visits)
        {
            var node = NodeOf(visit.Service);
            node.Root |= visit.IsRoot;
            node.Reported |= !visit.Inferred && !visit.IsClient;
            node.Start = Math.Min(node.Start, visit.Entity.Start);
            node.End = Math.Max(node.End, visit.Entity.End ?? visit.Entity.Start);
            if (!visit.IsClient)
                node.Statistics.Add(visit.Entity);
        }
        foreach (var call in map.Calls)
        {
            NodeOf(call.To);
            var edges = NodeOf(call.From).Edges;
            if (!edges.TryGetValue(call.To, out var edge))
                edges[call.To] = edge = new Edge();
            edge.Start = Math.Min(edge.Start, call.Call.Start);
            edge.End = Math.Max(edge.End, call.Call.End ?? call.Call.Start);
            edge.Statistics.Add(call.Call);
        }
    }

    private Node NodeOf(ServiceKey service)
    {
        if (!_nodes.TryGetValue(service, out var node))
            _nodes[service] = node = new Node(_nodes.Count);
        return node;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("Services");
        foreach (var (service, node) in _nodes)
            Write(json, service, node);
        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, ServiceKey service, Node node)
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
            json.WriteNumber("ReferenceId", _nodes[target].Number);
            json.WriteSeconds("StartTime", edge.Start / 1e9);
            json.WriteSeconds("EndTime", edge.End / 1e9);
            edge.Statistics.WriteSummary(json, "SummaryStatistics");
            edge.Statistics.WriteHistogram(json, "ResponseTimeHistogram");
            json.WriteStartArray("Aliases");
            json.WriteEndArray();
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
