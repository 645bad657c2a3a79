
namespace Weir.Features.Traces.Model;

internal enum CauseKind
{
    Fault,
    Error,
    ResponseTime,
}

/// <summary>An entity on the way to a cause.</summary>
/// <param name="Coverage">Share of the root's duration.</param>
internal sealed record CauseEntity(string Name, IReadOnlyList<ExceptionFields> Exceptions, bool Remote, double Coverage);

internal sealed record CauseService(ServiceKey Service, bool Inferred, IReadOnlyList<CauseEntity> Entities);

internal sealed record RootCause(bool ClientImpacting, IReadOnlyList<CauseService> Services);

/// <summary>
/// Why a trace failed or was slow: the path from a failing segment through its failing parts to the origin, or through the parts
/// that took most of the time.
/// </summary>
internal static class RootCauses
{
    private const int MaxCauses = 10;
    private const int MaxPath = 100;
    private const double Dominant = 0.5;

    public static IReadOnlyList<RootCause> Of(Trace trace, CauseKind kind)
    {
        var callees = trace.Segments.Where(s => !s.ParentId.IsEmpty).ToLookup(s => s.ParentId);
        if (kind == CauseKind.ResponseTime)
            return ResponseTime(trace, callees);
        Func<TraceEntity, bool> failed = kind == CauseKind.Fault ? entity => entity.Fault : entity => entity.Error && !entity.Fault;
        var causes = new List<RootCause>();
        var reached = new HashSet<TraceEntity>();
        foreach (var segment in trace.Segments.OrderBy(s => s != trace.Root))
        {
            if (failed(segment) && !reached.Contains(segment))
                Walk(trace, callees, failed, [segment], causes, reached);
        }
        return causes;
    }

    private static void Walk(
        Trace trace, ILookup<Core.Model.SpanId, TraceEntity> callees, Func<TraceEntity, bool> failed, List<TraceEntity> path,
        List<RootCause> causes, HashSet<TraceEntity> reached)
    {
        var last = path[^1];
        reached.Add(last);
        var next = path.Count >= MaxPath ? [] : last.Children.Concat(callees[last.Id]).Where(e => failed(e) && !path.Contains(e)).ToList();
        foreach (var entity in next)
        {
            path.Add(entity);
            Walk(trace, callees, failed, path, causes, reached);
            path.RemoveAt(path.Count - 1);
        }
        var unreported = last.IsRemoteCall && !last.IsSegment && !callees[last.Id].Any();
        if (next.Count > 0 || causes.Count >= MaxCauses || (!unreported && path.TrueForAll(e => e.Exceptions.Count == 0)))
            return;
        var services = Services(trace, path);
        if (unreported)
        {
            var target = last.Target;
            services.Add(new CauseService(
                new ServiceKey(target.Name, target.Type, null), Inferred: true, [new CauseEntity(target.Name, [], Remote: false, Coverage: 0)]));
        }
        causes.Add(new RootCause(path[0] == trace.Root, services));
    }

    private static List<RootCause> ResponseTime(Trace trace, ILookup<Core.Model.SpanId, TraceEntity> callees)
    {
        var path = new List<TraceEntity> { trace.Root };
        while (path.Count < MaxPath)
        {
            var longest = path[^1].Children.Concat(callees[path[^1].Id]).Where(e => !path.Contains(e)).MaxBy(e => e.Seconds);
            if (longest is null || longest.Seconds <= trace.Root.Seconds * Dominant)
                break;
            path.Add(longest);
        }
        return path.Count > 1 ? [new RootCause(ClientImpacting: true, Services(trace, path))] : [];
    }

    /// <summary>The path, split where another segment begins.</summary>
    private static List<CauseService> Services(Trace trace, List<TraceEntity> path)
    {
        var services = new List<CauseService>();
        var entities = new List<CauseEntity>();
        for (var i = 0; i < path.Count; i++)
        {
            var entity = path[i];
            var coverage = trace.Root.Seconds > 0 ? Math.Min(1, entity.Seconds / trace.Root.Seconds) : 0;
            entities.Add(new CauseEntity(entity.Name, entity.Exceptions, entity.IsRemoteCall, coverage));
            if (i + 1 < path.Count && !path[i + 1].IsSegment)
                continue;
            var top = entity.Top;
            services.Add(new CauseService(new ServiceKey(top.Name, top.Origin, top.AccountId), Inferred: false, entities));
            entities = [];
        }
        return services;
    }
}
