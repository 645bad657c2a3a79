// AWS X-Ray for the backend: segments, subsegments, captures and metadata, sent to the daemon port.
// The official packages a reader would use instead: AWSXRayRecorder.Core, AWSXRayRecorder.Handlers.AspNetCore and
// AWSXRayRecorder.Handlers.System.Net.
using Cruddur.XRay.Sampling;

namespace Cruddur.XRay;

/// <summary>
/// Keeps the current segment or subsegment of each request in an <see cref="AsyncLocal{T}"/>. Trace ids are X-Ray's
/// own, never the W3C id of the OpenTelemetry trace: in the walkthrough the two SDKs know nothing of each other.
/// </summary>
internal sealed class XRayRecorder(RuleSampler sampler, SegmentNaming naming, DaemonEmitter emitter, TimeProvider time)
{
    private readonly AsyncLocal<Entity?> _current = new();

    public Entity? Current => _current.Value;

    public XRayScope BeginSegment(TraceHeader upstream, SamplingRequest request)
    {
        var name = naming.For(request.Host ?? "");
        var (sampled, rule) = upstream.Sampled switch
        {
            Sampled.Yes => new SamplingDecision(true, null),
            Sampled.No => new SamplingDecision(false, null),
            _ => sampler.Decide(request with { ServiceName = name }),
        };
        var now = time.GetUtcNow();
        return Enter(new Entity(name, upstream.Root ?? TraceIds.NewTrace(now), now, parent: null)
        {
            UpstreamId = upstream.Parent,
            IsSampled = sampled,
            SamplingRule = rule,
        });
    }

    /// <summary>A subsegment of what is open now; without a segment (work outside a request) it goes nowhere.</summary>
    public XRayScope BeginSubsegment(string name, string? @namespace = null)
    {
        var parent = _current.Value;
        if (parent is null)
            return new XRayScope(this, null, null);
        var child = new Entity(name, parent.TraceId, time.GetUtcNow(), parent) { Namespace = @namespace, IsSampled = parent.IsSampled };
        lock (parent.Segment.Gate)
            parent.Subsegments.Add(child);
        return Enter(child);
    }

    internal void End(Entity entity, Entity? previous)
    {
        entity.End = time.GetUtcNow();
        _current.Value = previous;
        if (entity.Parent is null && entity.IsSampled)
            emitter.Send(SegmentDocument.Datagram(entity));
    }

    private XRayScope Enter(Entity entity)
    {
        var previous = _current.Value;
        _current.Value = entity;
        return new XRayScope(this, entity, previous);
    }
}
