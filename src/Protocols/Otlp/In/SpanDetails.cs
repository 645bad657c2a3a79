using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// A span's events and links: as the JSON texts of <see cref="SpanBlock"/>, which are shown with the span, and as rows of their own, which
/// questions ask. Holds scratch memory; not thread-safe.
/// </summary>
internal sealed class SpanDetails(RequestBudget budget)
{
    /// <summary>Occurrences one span makes; further exceptions are events only. Each reads the whole span for its request.</summary>
    private const int MostExceptions = 32;

    private readonly ByteBuffer _events = new();
    private readonly ByteBuffer _links = new();
    private readonly AttributeReader _attributes = new();
    private readonly AnnotationRows _rows = new();
    private readonly ExceptionRows _exceptions = new();

    /// <summary>Events of the last span without a row because they are older than the retention of events.</summary>
    public int ExpiredEvents { get; private set; }

    /// <summary>
    /// Appends both texts to the span's row, a row for each event and link, and an occurrence for each event that is an exception; false
    /// when the bytes are not messages.
    /// </summary>
    public bool Append(IngestBatch batch, scoped in AnnotatedSpan span)
    {
        var block = batch.Spans;
        _events.Clear();
        _links.Clear();
        ExpiredEvents = 0;
        var exceptions = 0;
        // Each row repeats the span's name and its scope's attributes.
        var shared = span.Name.Length + span.Origin.Scope.Length;
        var reader = new ProtobufReader(span.Message);
        while (reader.Next())
        {
            if (budget.IsSpent || batch.Rows > IngestLimits.MostRows)
                return false;
            switch (reader.Tag)
            {
                case Fields.Span.Events:
                    budget.Charge(shared);
                    _events.AppendByte((byte)(_events.Length == 0 ? '[' : ','));
                    if (!AppendEvent(reader.Bytes(), batch, span, ref exceptions))
                        return false;
                    break;
                case Fields.Span.Links:
                    budget.Charge(shared);
                    _links.AppendByte((byte)(_links.Length == 0 ? '[' : ','));
                    if (!AppendLink(reader.Bytes(), batch, span))
                        return false;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (_events.Length > 0)
            _events.AppendByte((byte)']');
        if (_links.Length > 0)
            _links.AppendByte((byte)']');
        budget.Charge(_events.Length + _links.Length);
        block.Events.Append(_events.Written);
        block.Links.Append(_links.Written);
        return true;
    }

    private bool AppendEvent(ReadOnlySpan<byte> message, IngestBatch batch, scoped in AnnotatedSpan span, ref int exceptions)
    {
        ulong time = 0;
        ReadOnlySpan<byte> name = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Event.Time:
                    time = reader.Fixed64();
                    break;
                case Fields.Event.Name:
                    name = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed)
            return false;
        _events.Append("{\"time\":"u8);
        JsonText.AppendNumber(_events, time);
        _events.Append(",\"name\":"u8);
        JsonText.AppendString(_events, name);
        if (!AppendAttributes(message, Fields.Event.Attributes, _events) || !AppendRow(message, batch, span, time, name))
            return false;
        if (!name.SequenceEqual("exception"u8) || ++exceptions > MostExceptions)
            return true;
        var exception = new ExceptionSource
        {
            Exception = message,
            ExceptionTag = Fields.Event.Attributes,
            Request = span.Message,
            RequestTag = Fields.Span.Attributes,
            Resource = span.Origin.Resource,
            ResourceText = span.Origin.ResourceText,
            Service = span.Origin.Service,
            Environment = span.Environment,
            TraceId = span.TraceId,
            SpanId = span.SpanId,
            Time = RecordDecoder.TimeOr(time, span.StartTime, span.ReceivedAt),
            ReceivedAt = span.ReceivedAt,
            Level = "error",
        };
        budget.Charge(span.Message.Length + span.Origin.Resource.Length);
        // The span's first exception is also stored on the span, where queries look for it.
        return _exceptions.Append(batch.Occurrences, exception) && (exceptions > 1 || PromoteException(message, batch.Spans.Attributes));
    }

    private bool AppendRow(ReadOnlySpan<byte> message, IngestBatch batch, scoped in AnnotatedSpan span, ulong time, ReadOnlySpan<byte> name)
    {
        if (RecordDecoder.TimeOr(time, span.StartTime, span.ReceivedAt) >= span.OldestEvent)
            return _rows.AppendEvent(batch.Events, message, time, name, span);
        ExpiredEvents++;
        return true;
    }

    private bool AppendLink(ReadOnlySpan<byte> message, IngestBatch batch, scoped in AnnotatedSpan span)
    {
        ReadOnlySpan<byte> traceId = default, spanId = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Link.TraceId:
                    traceId = reader.Bytes();
                    break;
                case Fields.Link.SpanId:
                    spanId = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed)
            return false;
        _links.Append("{\"traceId\":"u8);
        JsonText.AppendHex(_links, traceId);
        _links.Append(",\"spanId\":"u8);
        JsonText.AppendHex(_links, spanId);
        return AppendAttributes(message, Fields.Link.Attributes, _links) && AppendRow(message, batch, span, traceId, spanId);
    }

    private bool AppendRow(
        ReadOnlySpan<byte> message, IngestBatch batch, scoped in AnnotatedSpan span, ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
        if (span.StartTime >= span.OldestEvent)
            return _rows.AppendLink(batch.Events, message, traceId, spanId, span);
        ExpiredEvents++;
        return true;
    }

    private bool AppendAttributes(ReadOnlySpan<byte> message, uint tag, ByteBuffer output)
    {
        output.Append(",\"attributes\":{"u8);
        var target = new TextTarget(output);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != tag)
                reader.Skip();
            else if (!_attributes.Add(reader.Bytes(), ref target))
                return false;
        }
        output.Append("}}"u8);
        return !reader.Failed;
    }

    private bool PromoteException(ReadOnlySpan<byte> message, JsonColumn attributes)
    {
        var target = new ColumnTarget(attributes);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Event.Attributes)
            {
                reader.Skip();
                continue;
            }
            if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                return false;
            if (IsPromoted(key) && !_attributes.Add(key, value, ref target))
                return false;
        }
        return true;
    }

    private static bool IsPromoted(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("exception.type"u8) || key.SequenceEqual("exception.message"u8)
        || key.SequenceEqual("exception.stacktrace"u8) || key.SequenceEqual("exception.escaped"u8);
}
