namespace Cruddur.XRay;

/// <summary>
/// A segment (no <see cref="Parent"/>) or a subsegment of one. Handlers of one request may run side by side, so the
/// members that grow are guarded by the segment's lock.
/// </summary>
internal sealed class Entity(string name, string traceId, DateTimeOffset start, Entity? parent)
{
    public string Name { get; } = SegmentNaming.Clean(name);

    public string Id { get; } = TraceIds.NewEntity();

    public string TraceId { get; } = traceId;

    public DateTimeOffset Start { get; } = start;

    public DateTimeOffset? End { get; set; }

    public Entity? Parent { get; } = parent;

    public Entity Segment => Parent is null ? this : Parent.Segment;

    /// <summary>The upstream entity of another service, from the trace header. Segments only.</summary>
    public string? UpstreamId { get; init; }

    public bool IsSampled { get; init; }

    public string? SamplingRule { get; init; }

    /// <summary>`remote` for calls to other services, `aws` for those to AWS, else none.</summary>
    public string? Namespace { get; init; }

    public HttpBlock? Http { get; set; }

    /// <summary>Of calls to a database.</summary>
    public SqlBlock? Sql { get; set; }

    /// <summary>Of calls to an AWS service.</summary>
    public AwsBlock? Aws { get; set; }

    public bool Error { get; private set; }

    public bool Throttle { get; private set; }

    public bool Fault { get; private set; }

    public List<Entity> Subsegments { get; } = [];

    public Dictionary<string, Dictionary<string, object?>> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object> Annotations { get; } = new(StringComparer.Ordinal);

    public Exception? Cause { get; private set; }

    public Lock Gate { get; } = new();

    public void PutStatus(int status)
    {
        Error |= status is >= 400 and < 500;
        Throttle |= status == 429;
        Fault |= status >= 500;
    }

    public void PutException(Exception error)
    {
        Fault = true;
        Cause = error;
    }
}

/// <summary>The `sql` block of a document.</summary>
internal sealed record SqlBlock(string Query, string Type, string Version, string User, string ConnectionString);

/// <summary>The `aws` block of a subsegment.</summary>
internal sealed record AwsBlock(string Operation, string Region, string Table, string RequestId);

/// <summary>The `http` block of a document; calls to AWS have a response alone.</summary>
internal sealed record HttpBlock(string? Method, string? Url)
{
    public string? UserAgent { get; init; }

    public string? ClientIp { get; init; }

    public bool XForwardedFor { get; init; }

    public bool Traced { get; init; }

    public int? Status { get; set; }

    public long? ContentLength { get; set; }
}
