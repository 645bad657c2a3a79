using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of <c>occurrences</c>: Rollbar items, OpenTelemetry exception events, X-Ray causes.
/// </summary>
public sealed class OccurrenceBlock : Block
{
    public OccurrenceBlock()
        : base(Signal.Occurrences)
    {
        Time = Add(new FixedColumn<long>("time", StoredTypes.Time));
        ReceivedAt = Add(new FixedColumn<long>("received_at", StoredTypes.Time));
        OccurrenceId = Add(new StringColumn("occurrence_id"));
        ItemId = Add(new FixedColumn<ulong>("item_id", "UInt64"));
        Fingerprint = Add(new StringColumn("fingerprint"));
        Environment = Add(new LowCardinalityColumn("environment", IngestLimits.MostNameBytes));
        Protocol = Add(new LowCardinalityColumn("protocol"));
        Service = Add(new LowCardinalityColumn("service", IngestLimits.MostNameBytes));
        Level = Add(new LowCardinalityColumn("level"));
        Title = Add(new StringColumn("title"));
        ExceptionClass = Add(new LowCardinalityColumn("exception_class"));
        Message = Add(new StringColumn("message"));
        Exceptions = Add(new StringColumn("exceptions"));
        TraceId = Add(new IdColumn("trace_id", 16));
        SpanId = Add(new IdColumn("span_id", 8));
        TraceIdFrom = Add(new FixedColumn<TraceIdFrom>("trace_id_from", StoredTypes.TraceIdFrom));
        Method = Add(new LowCardinalityColumn("method"));
        Url = Add(new StringColumn("url"));
        UserIp = Add(new StringColumn("user_ip"));
        Host = Add(new LowCardinalityColumn("host"));
        Framework = Add(new LowCardinalityColumn("framework"));
        Language = Add(new LowCardinalityColumn("language"));
        CodeVersion = Add(new LowCardinalityColumn("code_version"));
        Notifier = Add(new LowCardinalityColumn("notifier"));
        PersonId = Add(new StringColumn("person_id"));
        Resource = Add(new LowCardinalityColumn("resource"));
        Attributes = Add(new JsonColumn("attributes", StoredTypes.Attributes));
        Payload = Add(new StringColumn("payload"));
    }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> Time { get; }

    /// <summary>Time at which Weir received it: nanoseconds since 1970, UTC.</summary>
    public FixedColumn<long> ReceivedAt { get; }

    /// <summary>UUID, 32 hex digits without dashes.</summary>
    public StringColumn OccurrenceId { get; }

    /// <summary>First 8 bytes of the SHA-256 of environment, service and <see cref="Fingerprint"/>: the item that the occurrence belongs to.</summary>
    public FixedColumn<ulong> ItemId { get; }

    public StringColumn Fingerprint { get; }

    /// <summary>The environment of the key; "default" in open mode.</summary>
    public LowCardinalityColumn Environment { get; }

    /// <summary>A constant of <see cref="WireProtocol"/>.</summary>
    public LowCardinalityColumn Protocol { get; }

    public LowCardinalityColumn Service { get; }

    /// <summary>critical, error, warning, info or debug.</summary>
    public LowCardinalityColumn Level { get; }

    public StringColumn Title { get; }

    public LowCardinalityColumn ExceptionClass { get; }

    public StringColumn Message { get; }

    /// <summary>
    /// Exceptions, outermost first, with their frames from the throwing call outwards, as JSON text:
    /// <c>[{"class":"…","message":"…","frames":[{"file","line","column","method","code","inProject"}]}]</c>; unknown members are null.
    /// </summary>
    public StringColumn Exceptions { get; }

    /// <summary>Zeros when there is none.</summary>
    public IdColumn TraceId { get; }

    public IdColumn SpanId { get; }

    public FixedColumn<TraceIdFrom> TraceIdFrom { get; }

    /// <summary>Of the request, upper case; empty when there is none.</summary>
    public LowCardinalityColumn Method { get; }

    public StringColumn Url { get; }

    public StringColumn UserIp { get; }

    public LowCardinalityColumn Host { get; }

    public LowCardinalityColumn Framework { get; }

    public LowCardinalityColumn Language { get; }

    public LowCardinalityColumn CodeVersion { get; }

    /// <summary>Name and version of the library.</summary>
    public LowCardinalityColumn Notifier { get; }

    public StringColumn PersonId { get; }

    /// <summary>Resource attributes as JSON text, one object. Rows repeat it, so it compresses to almost nothing.</summary>
    public LowCardinalityColumn Resource { get; }

    /// <summary>All other attributes with their types.</summary>
    public JsonColumn Attributes { get; }

    /// <summary>As received, JSON text.</summary>
    public StringColumn Payload { get; }
}
