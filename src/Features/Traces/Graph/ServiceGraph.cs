using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Graph;

/// <summary>The services of many traces and the calls between them.</summary>
internal sealed class ServiceGraph
{
    private readonly Dictionary<ServiceKey, GraphNode> _nodes = [];

    public IReadOnlyDictionary<ServiceKey, GraphNode> Nodes => _nodes;

    public void Add(TraceMap map)
    {
        foreach (var visit in map.Visits)
        {
            var node = NodeOf(visit.Service);
            node.Root |= visit.IsRoot;
            node.Reported |= !visit.Inferred && !visit.IsClient;
            node.Cover(visit.Entity.Start, visit.Entity.End ?? visit.Entity.Start);
            if (!visit.IsClient)
                node.Statistics.Add(visit.Entity);
        }
        foreach (var call in map.Calls)
        {
            var edge = EdgeOf(call.From, call.To);
            edge.Cover(call.Call.Start, call.Call.End ?? call.Call.Start);
            edge.Statistics.Add(call.Call);
        }
    }

    /// <summary>Adds the engine's counts. All segments come before the calls: a call contains its caller's name, the segments its type.</summary>
    public void Add(IEnumerable<SegmentGroup> segments, IEnumerable<CallGroup> calls)
    {
        foreach (var group in segments)
        {
            var node = NodeOf(group.Service);
            node.Root |= group.Entry;
            node.Reported = true;
            node.Cover(group.Start, group.End);
            node.Statistics.Add(group.Statistics);
            node.Protocols.UnionWith(group.Protocols);
            if (!group.Entry)
                continue;
            var client = new ServiceKey(group.Service.Name, ServiceKey.Client, null);
            NodeOf(client).Cover(group.Start, group.End);
            var edge = EdgeOf(client, group.Service);
            edge.Cover(group.Start, group.End);
            edge.Statistics.Add(group.Statistics);
        }
        var callers = _nodes.Where(n => n.Value.Reported).Select(n => n.Key).ToLookup(service => service.Name);
        foreach (var group in calls)
        {
            var edge = EdgeOf(Caller(callers, group), group.To);
            edge.Cover(group.Start, group.End);
            edge.Statistics.Add(group.Statistics);
            if (!group.Inferred)
                continue;
            var node = NodeOf(group.To);
            node.Cover(group.Start, group.End);
            node.Statistics.Add(group.Statistics);
            node.Protocols.UnionWith(group.Protocols);
        }
    }

    /// <summary>Messages between services of the graph. If there is also a call, the call is shown.</summary>
    public void Add(IEnumerable<EventLink> links)
    {
        foreach (var link in links)
        {
            // The row of a receiving subsegment contains only the name of its segment.
            var to = _nodes.ContainsKey(link.To) ? link.To : _nodes.Keys.FirstOrDefault(k => k.Name == link.To.Name && k.Type != ServiceKey.Client) ?? link.To;
            var isNew = !_nodes.TryGetValue(link.From, out var from) || !from.Edges.ContainsKey(to);
            if (!_nodes.ContainsKey(link.From))
                NodeOf(link.From).Cover(link.Start, link.End);
            if (!_nodes.ContainsKey(to))
                NodeOf(to).Cover(link.Start, link.End);
            var edge = EdgeOf(link.From, to);
            if (isNew)
                edge.IsLink = true;
            if (edge.IsLink)
                edge.Receive(link);
        }
    }

    public static ServiceKey Caller(ILookup<string, ServiceKey> callers, CallGroup group) => group.FromSegment
        ? group.From
        : callers[group.From.Name].FirstOrDefault(service => service.Type == group.From.Type) ?? callers[group.From.Name].FirstOrDefault() ?? group.From;

    private GraphNode NodeOf(ServiceKey service)
    {
        if (!_nodes.TryGetValue(service, out var node))
            _nodes[service] = node = new GraphNode(_nodes.Count);
        return node;
    }

    private GraphEdge EdgeOf(ServiceKey from, ServiceKey to)
    {
        NodeOf(to);
        var edges = NodeOf(from).Edges;
        if (!edges.TryGetValue(to, out var edge))
            edges[to] = edge = new GraphEdge();
        return edge;
    }
}

/// <summary>Calls, and their times.</summary>
internal abstract class Traffic
{
    /// <summary>Nanoseconds since 1970.</summary>
    public long Start { get; private set; } = long.MaxValue;

    public long End { get; private set; }

    public CallStatistics Statistics { get; } = new();

    public void Cover(long start, long end)
    {
        Start = Math.Min(Start, start);
        End = Math.Max(End, end);
    }
}

/// <summary>A service on the map, or the client of an entry service.</summary>
/// <param name="number">Unique in its graph.</param>
internal sealed class GraphNode(int number) : Traffic
{
    public int Number { get; set; } = number;

    public bool Root { get; set; }

    /// <summary>It sends its own segments.</summary>
    public bool Reported { get; set; }

    /// <summary>By which its segments came, or the calls it is known by.</summary>
    public HashSet<string> Protocols { get; } = [];

    public Dictionary<ServiceKey, GraphEdge> Edges { get; } = [];
}

/// <summary>The calls from one service to another.</summary>
internal sealed class GraphEdge : Traffic
{
    /// <summary>Known by links only: messages, whose statistics are those of receiving them.</summary>
    public bool IsLink { get; set; }

    /// <summary>How long messages waited before they were received.</summary>
    public CallStatistics Ages { get; } = new();

    public void Receive(EventLink link)
    {
        Cover(link.Start, link.End);
        Statistics.Add(link.Received);
        Ages.Add(throttle: false, fault: false, error: false, (long)(link.Age * 1e9));
    }
}
