using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>Log records of an ExportLogsServiceRequest to rows of <see cref="LogBlock"/>.</summary>
internal sealed class LogDecoder(LogSequence sequence) : RecordDecoder
{
    private readonly ByteBuffer _body = new();
    private readonly ExceptionRows _exceptions = new();

    protected override bool HasSampleRate => true;

    // A service's name goes before the header, with keys of either kind.
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
        var target = new ColumnTarget(block.Attributes);
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
        if (!AppendBody(body, block, ref target))
            return false;
        Budget.Charge(_body.Length);

        if (traceId.Length != TraceId.Size || !traceId.ContainsAnyExcept((byte)0))
            traceId = default;
        var number = Severity.NumberOf(severity, severityText);
        var word = Severity.WordOf(number);
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
        block.TraceId.Append(traceId);
        block.SpanId.Append(spanId);
        block.TraceIdFrom.Append(traceId.IsEmpty ? TraceIdFrom.None : TraceIdFrom.Field);
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
            TraceId = traceId,
            SpanId = spanId,
            Time = at,
            ReceivedAt = ReceivedAt,
            Level = Severity.LevelOf(number),
        });
    }

    /// <summary>A scalar body is text as it is, a structured one JSON text; the keys of a list are attributes <c>body.key</c> too.</summary>
    private bool AppendBody(ReadOnlySpan<byte> anyValue, LogBlock block, ref ColumnTarget target)
    {
        _body.Clear();
        if (!AnyValue.TryRead(anyValue, out var value))
            return false;
        switch (value.Kind)
        {
            case AnyValueKind.None:
                break;
            case AnyValueKind.String:
                block.Body.Append(value.Bytes);
                return true;
            case AnyValueKind.Bytes:
                JsonText.AppendBase64(_body, value.Bytes);
                break;
            default:
                if (!AttributeReader.TryAppendJson(value, _body, 0)
                    || (value.Kind == AnyValueKind.KeyValueList && !Attributes.Add("body"u8, anyValue, ref target)))
                {
                    return false;
                }
                break;
        }
        block.Body.Append(_body.Written);
        return true;
    }
}
