using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Core.Model;

namespace Weir.Features.Traces.Model;

/// <summary>
/// A complete trace: independent subsegments are placed below their parents, the finished version of an entity replaces the unfinished
/// one, and segments of services that do not report are inferred from the calls.
/// </summary>
internal sealed class Trace
{
    // Deeper chains become separate root entries, so that the nesting of documents is limited.
    private const int MaxNesting = 400;

    private Trace(TraceId id, int revision, long lastReceived) => (Id, Revision, LastReceived) = (id, revision, lastReceived);

    public TraceId Id { get; }

    /// <summary>Batches that touched the trace.</summary>
    public int Revision { get; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long LastReceived { get; }

    /// <summary>Times of arrival of its parts, nanoseconds since 1970.</summary>
    public IReadOnlyCollection<long> Arrivals { get; init; } = [];

    /// <summary>Protocols of its parts.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [WireProtocol.XRay];

    /// <summary>It has more rows than the limit: it contains the finished ones that arrived first.</summary>
    public bool IsCut { get; set; }

    /// <summary>Reported segments by start.</summary>
    public List<TraceEntity> Segments { get; } = [];

    /// <summary>Independent subsegments whose parent never arrived.</summary>
    public List<TraceEntity> Orphans { get; } = [];

    /// <summary>Inferred segments for calls to services that do not report.</summary>
    public List<TraceEntity> Inferred { get; } = [];

    /// <summary>The entry segment: the earliest without a parent.</summary>
    public TraceEntity Root { get; private set; } = null!;

    /// <summary>Segments without a known caller: without a parent, or with one that never arrived.</summary>
    public HashSet<TraceEntity> Entries { get; } = [];

    public IEnumerable<TraceEntity> Tops => Segments.Concat(Orphans);

    public IEnumerable<TraceEntity> Entities => Tops.SelectMany(top => top.All());

    /// <summary>Earliest start, nanoseconds since 1970.</summary>
    public long Start { get; private set; }

    /// <summary>Latest end.</summary>
    public long End { get; private set; }

    public bool InProgress { get; private set; }

    /// <summary>True when some part is unfinished, or has a parent that never arrived.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Seconds from the earliest start to the latest end; null while some part is unfinished.</summary>
    public double? Duration => InProgress ? null : (End - Start) / 1e9;

    /// <summary>
    /// From outermost entities in their order of precedence: finished before unfinished, earlier before later. Null when there is none.
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

    /// <summary>A subsegment that was sent separately may also be in its segment's document; the finished one is used.</summary>
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

    /// <summary>False when placing the entity below the parent would create a circle or nest too deeply.</summary>
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

    /// <summary>Stable across reads.</summary>
    private SpanId InferredId(SpanId call)
    {
        Span<byte> name = stackalloc byte[TraceId.Size + SpanId.Size];
        Id.CopyTo(name);
        call.CopyTo(name[TraceId.Size..]);
        return new SpanId(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(name)) | 1);
    }
}
