using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>Log records of an ExportLogsServiceRequest to rows of <see cref="LogBlock"/>.</summary>
internal sealed class LogDecoder(LogSequence sequence) : RecordDecoder
{
    private readonly ByteBuffer _body = new();
    private readonly LogLine _line = new();
    private readonly LogFields _fields = new();
    private readonly ExceptionRows _exceptions = new();

    protected override bool HasSampleRate => true;

    // The service name has precedence over the header, with keys of either kind.
    protected override bool TakesDataset(bool isClassic) => false;

    protected override ReadOnlySpan<byte> ServiceWithoutName(ReadOnlySpan<byte> dataset) =>
        dataset.IsEmpty ? "unknown_log_source"u8 : dataset;

    protected override bool DecodeRecord(ReadOnlySpan<byte> message, scoped in Origin origin)
    {
        Count();
        ReadOnlySpan<byte> severityText = default, body = default, traceId = default, spanId = default, eventName = default;
        ulong time = 0, observed = 0, severity = 0;
        uint flags = 0, sampleRate = 0;
        var isException = false;
        var block = Batch.Logs;
        _fields.Clear();
        var target = new LogTarget(block.Attributes, _fields);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.LogRecord.Attributes:
                    if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                        return false;
                    if (SampleRate.IsKey(key) && SampleRate.TryRead(key, value, ref sampleRate))
                        break;
                    if (!Attributes.Add(key, value, ref target))
                        return false;
                    if (eventName.IsEmpty && key.SequenceEqual("event.name"u8) && AnyValue.TryRead(value, out var named) && named.Kind == AnyValueKind.String)
                        eventName = named.Bytes;
                    isException |= key.SequenceEqual("exception.type"u8) || key.SequenceEqual("exception.message"u8);
                    break;
                case Fields.LogRecord.Time:
                    time = reader.Fixed64();
                    break;
                case Fields.LogRecord.ObservedTime:
                    observed = reader.Fixed64();
                    break;
                case Fields.LogRecord.SeverityNumber:
                    severity = reader.Varint();
                    break;
                case Fields.LogRecord.SeverityText:
                    severityText = reader.Bytes();
                    break;
                case Fields.LogRecord.Body:
                    body = reader.Bytes();
                    break;
                case Fields.LogRecord.Flags:
                    flags = reader.Fixed32();
                    break;
                case Fields.LogRecord.TraceId:
                    traceId = reader.Bytes();
                    break;
                case Fields.LogRecord.SpanId:
                    spanId = reader.Bytes();
                    break;
                case Fields.LogRecord.EventName:
                    eventName = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed)
            return false;
        var at = TimeOr(time == 0 ? observed : time, time == 0 ? ReceivedAt : TimeOr(observed, ReceivedAt, ReceivedAt));
        if (at < Oldest(Signal.Logs))
        {
            block.CancelRow();
            RejectExpired();
            return true;
        }
        var facts = new LineFacts
        {
            Severity = severity is > 0 and <= LineSeverity.Most ? (byte)severity : severity == 0 ? LineSeverity.OfText(severityText) : LineSeverity.Unknown,
            TraceId = TraceId.FromBytes(traceId),
            SpanId = SpanId.FromBytes(spanId),
        };
        facts.From = facts.TraceId.IsEmpty ? TraceIdFrom.None : TraceIdFrom.Field;
        if (!AppendBody(body, block, ref target, ref facts))
            return false;
        Budget.Charge(_body.Length);

        // An undefined severity number is kept, and no severity is read from attributes or body.
        var number = severity is > LineSeverity.Most ? LineSeverity.Unknown : facts.Severity;
        if (severity is > LineSeverity.Most)
            block.Attributes.Add("severity_code"u8, unchecked((int)severity));
        var word = LineSeverity.Name(number);
        Span<byte> ids = stackalloc byte[TraceId.Size + SpanId.Size];
        facts.TraceId.CopyTo(ids);
        facts.SpanId.CopyTo(ids[TraceId.Size..]);
        scoped ReadOnlySpan<byte> ofTrace = facts.TraceId.IsEmpty ? default : ids[..TraceId.Size];
        scoped ReadOnlySpan<byte> ofSpan = facts.SpanId.IsEmpty ? default : ids[TraceId.Size..];
        if (!origin.ScopeVersion.IsEmpty)
            block.Attributes.Add("library.version"u8, origin.ScopeVersion);
        if (!severityText.IsEmpty && !System.Text.Ascii.EqualsIgnoreCase(severityText, word))
            block.Attributes.Add("severity_text"u8, severityText);
        block.Time.Append(at);
        block.ReceivedAt.Append(ReceivedAt);
        block.Sequence.Append(sequence.Next());
        block.Environment.Append(Environment);
        block.Protocol.Append(Otlp);
        block.Service.Append(origin.Service);
        block.SeverityNumber.Append(number);
        block.Severity.Append(word);
        block.TraceId.Append(ofTrace);
        block.SpanId.Append(ofSpan);
        block.TraceIdFrom.Append(facts.From);
        block.EventName.Append(eventName);
        block.ScopeName.Append(origin.ScopeName);
        block.Flags.Append(flags);
        block.SampleRate.Append(sampleRate == 0 ? origin.SampleRate : sampleRate);
        block.Resource.Append(origin.ResourceText);
        if (origin.ScopeHasAttributes && !AddScopeAttributes(origin, block.Attributes))
            return false;
        block.EndRow();
        if (isException)
            Budget.Charge(origin.Resource.Length);
        return !isException || _exceptions.Append(Batch.Occurrences, new ExceptionSource
        {
            Exception = message,
            ExceptionTag = Fields.LogRecord.Attributes,
            Request = message,
            RequestTag = Fields.LogRecord.Attributes,
            Resource = origin.Resource,
            ResourceText = origin.ResourceText,
            Service = origin.Service,
            Environment = Environment,
            TraceId = ofTrace,
            SpanId = ofSpan,
            Time = at,
            ReceivedAt = ReceivedAt,
            Level = LineSeverity.OccurrenceLevel(number),
        });
    }

    /// <summary>
    /// A scalar body is text as it is, and a number or a boolean the attribute <c>body</c> too, with its type; a structured one is JSON text,
    /// and the keys of a list are attributes <c>body.key</c> too. What the attributes do not say of severity and trace, the body may.
    /// </summary>
    private bool AppendBody(ReadOnlySpan<byte> anyValue, LogBlock block, ref LogTarget target, ref LineFacts facts)
    {
        _body.Clear();
        LogLine.Complete(_fields, ref facts);
        if (!AnyValue.TryRead(anyValue, out var value))
            return false;
        switch (value.Kind)
        {
            case AnyValueKind.None:
                break;
            case AnyValueKind.String:
                block.Body.Append(value.Bytes);
                _line.Read(value.Bytes, block.Attributes, service: null, ref facts);
                return true;
            case AnyValueKind.Bytes:
                JsonText.AppendBase64(_body, value.Bytes);
                break;
            default:
                if (!AttributeReader.TryAppendJson(value, _body, 0) || !AddBody(value, anyValue, ref target))
                    return false;
                LogLine.Complete(_fields, ref facts);
                LogLine.FindTrace(_body.Written, ref facts);
                break;
        }
        block.Body.Append(_body.Written);
        return true;
    }

    private bool AddBody(AnyValue value, ReadOnlySpan<byte> anyValue, ref LogTarget target) =>
        value.Kind is not (AnyValueKind.KeyValueList or AnyValueKind.Int or AnyValueKind.Double or AnyValueKind.Bool)
        || Attributes.Add("body"u8, anyValue, ref target);
}
