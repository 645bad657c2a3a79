
namespace Weir.Features.Traces.Model;

/// <summary>A service as X-Ray identifies it: name, type and account.</summary>
internal sealed record ServiceKey(string Name, string? Type, string? AccountId)
{
    public const string Client = "client";
}

/// <summary>One appearance of a service in a trace.</summary>
/// <param name="Entity">Its segment; for an inferred service the subsegment that called it; for a client the segment it called.</param>
internal sealed record ServiceVisit(ServiceKey Service, TraceEntity Entity, bool Inferred, bool IsRoot)
{
    public bool IsClient => Service.Type == ServiceKey.Client;
}

/// <summary>A call from one service to another.</summary>
/// <param name="Call">The caller's subsegment; for a client the segment it called.</param>
internal sealed record ServiceCall(ServiceKey From, ServiceKey To, TraceEntity Call);

/// <summary>The services of a trace and their calls.</summary>
internal sealed class TraceMap
{
    public List<ServiceVisit> Visits { get; } = [];

    public List<ServiceCall> Calls { get; } = [];

    public IEnumerable<ServiceKey> Services => Visits.Select(visit => visit.Service).Distinct();

    public static TraceMap Of(Trace trace)
    {
        var map = new TraceMap();
        var callees = trace.Segments.Where(s => !s.ParentId.IsEmpty).ToLookup(s => s.ParentId);
        var inferred = trace.Inferred.Select(s => s.ParentId).ToHashSet();
        foreach (var top in trace.Tops)
        {
            var service = KeyOf(top);
            var root = top == trace.Root || trace.Entries.Contains(top);
            map.Visits.Add(new ServiceVisit(service, top, Inferred: false, root));
            if (root)
            {
                var client = new ServiceKey(top.Name, ServiceKey.Client, null);
                map.Visits.Add(new ServiceVisit(client, top, Inferred: false, IsRoot: false));
                map.Calls.Add(new ServiceCall(client, service, top));
            }
            foreach (var entity in top.All())
            {
                // One call may reach a service that answers with several segments; it is still one call.
                foreach (var callee in callees[entity.Id].Select(KeyOf).Distinct())
                    map.Calls.Add(new ServiceCall(service, callee, entity));
                if (!inferred.Contains(entity.Id))
                    continue;
                var target = entity.Target;
                var key = new ServiceKey(target.Name, target.Type, null);
                map.Visits.Add(new ServiceVisit(key, entity, Inferred: true, IsRoot: false));
                map.Calls.Add(new ServiceCall(service, key, entity));
            }
        }
        return map;
    }

    public static ServiceKey KeyOf(TraceEntity top) => new(top.Name, top.Origin, top.AccountId);
}
