using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>The data of a span that the rows of its events and links contain. Slices of the request.</summary>
internal ref struct AnnotatedSpan
{
    /// <summary>The Span message.</summary>
    public ReadOnlySpan<byte> Message;

    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Environment;

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public long StartTime;

    public long ReceivedAt;

    /// <summary>Events before this get no row: nanoseconds since 1970.</summary>
    public long OldestEvent;

    public uint SampleRate;
    public bool IsError;
    public Origin Origin;
}

/// <summary>
/// Events and links of spans as rows of <see cref="EventBlock"/>, named as Honeycomb names them, so that questions find and count them
/// (docs/adr/0010). They belong to the dataset of their span, to which <c>trace.parent_id</c> leads, and have no id of their own. Holds
/// scratch memory; not thread-safe.
/// </summary>
internal sealed class AnnotationRows
{
    private const double NanosecondsPerMillisecond = 1e6;
    private readonly AttributeReader _attributes = new();

    /// <summary>Appends one row; false when the bytes are not a message.</summary>
    /// <param name="time">As on the wire; zero is the span's start.</param>
    public bool AppendEvent(EventBlock block, ReadOnlySpan<byte> message, ulong time, ReadOnlySpan<byte> name, scoped in AnnotatedSpan span)
    {
        if (!AddAttributes(block.Attributes, message, Fields.Event.Attributes))
            return false;
        var at = RecordDecoder.TimeOr(time, span.StartTime, span.ReceivedAt);
        var sinceStart = at - span.StartTime;
        block.Attributes.Add("meta.annotation_type"u8, "span_event"u8);
        block.Attributes.Add("meta.time_since_span_start_ms"u8, Math.Max(0, sinceStart) / NanosecondsPerMillisecond);
        if (sinceStart < 0)
            block.Attributes.Add("meta.invalid_time_since_span_start"u8, true);
        block.Name.Append(name);
        return End(block, at, span);
    }

    /// <summary>Appends one row, at the start of the span; false when the bytes are not a message.</summary>
    public bool AppendLink(EventBlock block, ReadOnlySpan<byte> message, ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, scoped in AnnotatedSpan span)
    {
        if (!AddAttributes(block.Attributes, message, Fields.Link.Attributes))
            return false;
        block.Attributes.Add("meta.annotation_type"u8, "link"u8);
        if (traceId.Length == TraceId.Size)
            AddHex(block.Attributes, "trace.link.trace_id"u8, traceId);
        if (spanId.Length == SpanId.Size)
            AddHex(block.Attributes, "trace.link.span_id"u8, spanId);
        return End(block, span.StartTime, span);
    }

    private bool End(EventBlock block, long time, scoped in AnnotatedSpan span)
    {
        var origin = span.Origin;
        var attributes = block.Attributes;
        attributes.Add("parent_name"u8, span.Name);
        if (span.IsError)
            attributes.Add("error"u8, true);
        if (!origin.ScopeName.IsEmpty)
            attributes.Add("library.name"u8, origin.ScopeName);
        if (!origin.ScopeVersion.IsEmpty)
            attributes.Add("library.version"u8, origin.ScopeVersion);
        if (InstrumentationLibrary.Is(origin.ScopeName))
            attributes.Add("telemetry.instrumentation_library"u8, true);
        if (origin.ScopeHasAttributes && !ScopeAttributes.Add(_attributes, attributes, origin, hasSampleRate: true))
            return false;
        block.Time.Append(time);
        block.ReceivedAt.Append(span.ReceivedAt);
        block.Environment.Append(span.Environment);
        block.Protocol.Append("otlp"u8);
        block.Service.Append(origin.Service);
        block.Dataset.Append(origin.Service);
        block.TraceId.Append(span.TraceId);
        block.ParentSpanId.Append(span.SpanId);
        block.SampleRate.Append(span.SampleRate);
        block.Resource.Append(origin.ResourceText);
        block.EndRow();
        return true;
    }

    private bool AddAttributes(JsonColumn column, ReadOnlySpan<byte> message, uint tag)
    {
        var target = new ColumnTarget(column);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != tag)
                reader.Skip();
            else if (!_attributes.Add(reader.Bytes(), ref target))
                return false;
        }
        return !reader.Failed;
    }

    private static void AddHex(JsonColumn column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> id)
    {
        Span<byte> digits = stackalloc byte[2 * TraceId.Size];
        Convert.TryToHexStringLower(id, digits, out var length);
        column.Add(key, digits[..length]);
    }
}
