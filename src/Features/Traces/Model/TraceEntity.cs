using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Features.Traces.Model;

/// <summary>A segment or subsegment of a stored trace, with its children.</summary>
internal sealed class TraceEntity
{
    public required SpanId Id { get; init; }

    public SpanId ParentId { get; init; }

    public required string Name { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long Start { get; init; }

    /// <summary>Nanoseconds since 1970; null while in progress.</summary>
    public long? End { get; init; }

    /// <summary>False for subsegments, nested or independent.</summary>
    public bool IsSegment { get; init; }

    public string? Namespace { get; init; }

    public string? Origin { get; init; }

    public bool Error { get; init; }

    public bool Fault { get; init; }

    public bool Throttle { get; init; }

    public bool Ok => !Error && !Fault && !Throttle;

    public HttpFields Http { get; init; } = HttpFields.None;

    public string? User { get; init; }

    public string? ResourceArn { get; init; }

    public string? InstanceId { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? AccountId { get; init; }

    /// <summary>Values are string, double or bool.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Annotations { get; init; } = [];

    /// <summary>The values that <c>annotation.key</c> finds: annotations, and every scalar attribute of an OpenTelemetry span.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Searchable { get; init; } = [];

    public IReadOnlyList<ExceptionFields> Exceptions { get; init; } = [];

    /// <summary>For a call: the target that is shown when no segment answers it.</summary>
    public CallTarget Target { get; init; }

    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    /// <summary>The JSON object of the document that it was read from, for writing it again; undefined for inferred entities.</summary>
    public JsonElement Document { get; init; }

    public TraceEntity? Parent { get; set; }

    public List<TraceEntity> Children { get; } = [];

    /// <summary>For a segment that X-Ray inferred: the subsegment that called.</summary>
    public TraceEntity? InferredFrom { get; init; }

    public double Seconds => End is { } end && end > Start ? (end - Start) / 1e9 : 0;

    public bool IsRemoteCall => Namespace is "aws" or "remote";

    /// <summary>The segment (or orphaned subsegment) that it belongs to.</summary>
    public TraceEntity Top
    {
        get
        {
            var top = this;
            while (top.Parent is { } parent)
                top = parent;
            return top;
        }
    }

    /// <summary>This entity and everything below it.</summary>
    public IEnumerable<TraceEntity> All()
    {
        var open = new Stack<TraceEntity>();
        open.Push(this);
        while (open.TryPop(out var entity))
        {
            yield return entity;
            for (var i = entity.Children.Count - 1; i >= 0; i--)
                open.Push(entity.Children[i]);
        }
    }
}

/// <summary>A link to a span of this or another trace.</summary>
/// <param name="SpanId">Null when it names none.</param>
internal readonly record struct SpanLink(TraceId TraceId, SpanId? SpanId);

/// <summary>The <c>http</c> block.</summary>
internal sealed record HttpFields(string? Method, string? Url, long? Status, string? UserAgent, string? ClientIp)
{
    public static HttpFields None { get; } = new(null, null, null, null, null);
}

/// <summary>An exception of a <c>cause</c>.</summary>
internal sealed record ExceptionFields(string? Type, string? Message, bool Remote);
