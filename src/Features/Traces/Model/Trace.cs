using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Core.Model;

namespace Weir.Features.Traces.Model;

/// <summary>
/// A trace put together: independent subsegments hang below their parents, the finished version of an entity replaces the unfinished
/// one, and what nobody reported is inferred from the calls.
/// </summary>
internal sealed class Trace
{
    // Deeper chains stay readable as entries of their own, so that no document nests without bound.
    private const int MaxNesting = 400;

    private Trace(TraceId id, int revision, long lastReceived) => (Id, Revision, LastReceived) = (id, revision, lastReceived);

    public TraceId Id { get; }

    /// <summary>Batches that touched the trace.</summary>
    public int Revision { get; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long LastReceived { get; }

    /// <summary>When parts of it came, nanoseconds since 1970.</summary>
    public IReadOnlyCollection<long> Arrivals { get; init; } = [];

    /// <summary>By which its parts came.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [WireProtocol.XRay];

    /// <summary>It has more rows than were read: the finished ones that came first are here.</summary>
    public bool IsCut { get; set; }

    /// <summary>Reported segments by start.</summary>
    public List<TraceEntity> Segments { get; } = [];

    /// <summary>Independent subsegments whose parent never came.</summary>
    public List<TraceEntity> Orphans { get; } = [];

    /// <summary>Segments made up for calls to services that report nothing.</summary>
    public List<TraceEntity> Inferred { get; } = [];

    /// <summary>The entry segment: the earliest without a parent.</summary>
    public TraceEntity Root { get; private set; } = null!;

    /// <summary>Segments that nobody known called: without a parent, or with one that never came.</summary>
    public HashSet<TraceEntity> Entries { get; } = [];

    public IEnumerable<TraceEntity> Tops => Segments.Concat(Orphans);

    public IEnumerable<TraceEntity> Entities => Tops.SelectMany(top => top.All());

    /// <summary>Earliest start, nanoseconds since 1970.</summary>
    public long Start { get; private set; }

    /// <summary>Latest end.</summary>
    public long End { get; private set; }

    public bool InProgress { get; private set; }

    /// <summary>Something is unfinished, or names a parent that never came.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Seconds from the earliest start to the latest end; null while something is open.</summary>
    public double? Duration => InProgress ? null : (End - Start) / 1e9;

    /// <summary>
    /// From outermost entities in the order in which they win: finished before unfinished, earlier before later. Null when there is none.
    /// </summary>
    public static Trace? Assemble(TraceId id, IEnumerable<TraceEntity> entities, int revision, long lastReceived, IReadOnlyList<string>? protocols = null, IReadOnlyCollection<long>? arrivals = null)
    {
        var trace = new Trace(id, revision, lastReceived) { Protocols = protocols ?? [WireProtocol.XRay], Arrivals = arrivals ?? [lastReceived] };
        var byId = new Dictionary<SpanId, TraceEntity>();
        var independent = new List<TraceEntity>();
        var seen = new HashSet<SpanId>();
        foreach (var entity in entities)
        {
            if (!seen.Add(entity.Id))
                continue;
            if (entity.IsSegment)
                trace.Segments.Add(entity);
            else
                independent.Add(entity);
        }
        trace.Segments.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        independent.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        foreach (var entity in trace.Segments.SelectMany(s => s.All()))
            byId.TryAdd(entity.Id, entity);
        independent.RemoveAll(entity => !Replace(byId, entity));
        foreach (var entity in independent.SelectMany(s => s.All()))
            byId.TryAdd(entity.Id, entity);
        foreach (var entity in independent)
            trace.Attach(byId, entity);
        if (trace.Segments.Count + trace.Orphans.Count == 0)
            return null;
        trace.Measure(byId);
        trace.Infer();
        return trace;
    }

    /// <summary>A subsegment that came on its own may also stand in its segment's document; the finished one counts.</summary>
    private static bool Replace(Dictionary<SpanId, TraceEntity> byId, TraceEntity entity)
    {
        if (!byId.TryGetValue(entity.Id, out var nested))
            return true;
        if (nested.End is not null || entity.End is null || nested.Parent is not { } parent)
            return false;
        parent.Children[parent.Children.IndexOf(nested)] = entity;
        entity.Parent = parent;
        foreach (var child in entity.All())
            byId[child.Id] = child;
        return false;
    }

    private void Attach(Dictionary<SpanId, TraceEntity> byId, TraceEntity entity)
    {
        if (byId.TryGetValue(entity.ParentId, out var parent) && Reaches(parent, entity))
        {
            entity.Parent = parent;
            parent.Children.Add(entity);
        }
        else
        {
            Orphans.Add(entity);
        }
    }

    /// <summary>False when hanging the entity below the parent would close a circle or nest too deep.</summary>
    private static bool Reaches(TraceEntity parent, TraceEntity entity)
    {
        var depth = 0;
        for (var above = parent; above is not null; above = above.Parent)
        {
            if (above == entity || ++depth > MaxNesting)
                return false;
        }
        return true;
    }

    private void Measure(Dictionary<SpanId, TraceEntity> byId)
    {
        Start = long.MaxValue;
        foreach (var entity in Entities)
        {
            Start = Math.Min(Start, entity.Start);
            End = Math.Max(End, entity.End ?? entity.Start);
            InProgress |= entity.End is null;
        }
        Entries.UnionWith(Segments.Where(s => s.ParentId.IsEmpty || !byId.ContainsKey(s.ParentId)));
        Root = Segments.Find(s => s.ParentId.IsEmpty) ?? Segments.Find(Entries.Contains) ?? Tops.First();
        IsPartial = InProgress || Orphans.Count > 0 || Segments.Exists(s => !s.ParentId.IsEmpty && !byId.ContainsKey(s.ParentId));
    }

    private void Infer()
    {
        var called = Segments.Select(s => s.ParentId).ToHashSet();
        foreach (var call in Tops.SelectMany(top => top.All()))
        {
            if (!call.IsRemoteCall || call.IsSegment || call.End is null || called.Contains(call.Id))
                continue;
            Inferred.Add(new TraceEntity
            {
                Id = InferredId(call.Id),
                ParentId = call.Id,
                Name = call.Name,
                Start = call.Start,
                End = call.End,
                IsSegment = true,
                Origin = call.Target.Type is { } type && type != CallTarget.Remote ? type : null,
                Error = call.Error,
                Fault = call.Fault,
                Throttle = call.Throttle,
                Http = call.Http,
                InferredFrom = call,
            });
        }
    }

    /// <summary>The same at every reading.</summary>
    private SpanId InferredId(SpanId call)
    {
        Span<byte> name = stackalloc byte[TraceId.Size + SpanId.Size];
        Id.CopyTo(name);
        call.CopyTo(name[TraceId.Size..]);
        return new SpanId(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(name)) | 1);
    }
}
