using System.Buffers.Binary;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>Spans of an ExportTraceServiceRequest to rows of <see cref="SpanBlock"/>. The product's hottest loop.</summary>
internal sealed class SpanDecoder : RecordDecoder
{
    private readonly SpanDetails _details;

    public SpanDecoder() => _details = new SpanDetails(Budget);

    protected override bool HasSampleRate => true;

    protected override bool DecodeRecord(ReadOnlySpan<byte> message, scoped in Origin origin)
    {
        Count();
        ReadOnlySpan<byte> traceId = default, spanId = default, parentId = default, name = default, traceState = default, status = default;
        ulong start = 0, end = 0, kind = 0;
        uint flags = 0, sampleRate = 0;
        var attributesLeft = false;
        var hasDetails = false;
        var block = Batch.Spans;
        var target = new ColumnTarget(block.Attributes);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Span.Attributes:
                    var attribute = reader.Bytes();
                    // A row is begun only when the ids are valid, so that no row has to be removed.
                    if (traceId.Length == TraceId.Size && spanId.Length == SpanId.Size)
                    {
                        if (!AddAttribute(attribute, ref target, ref sampleRate))
                            return false;
                    }
                    else
                    {
                        attributesLeft = true;
                    }
                    break;
                case Fields.Span.TraceId:
                    SetId(ref traceId, reader.Bytes(), TraceId.Size);
                    break;
                case Fields.Span.SpanId:
                    SetId(ref spanId, reader.Bytes(), SpanId.Size);
                    break;
                case Fields.Span.TraceState:
                    traceState = reader.Bytes();
                    break;
                case Fields.Span.ParentSpanId:
                    parentId = reader.Bytes();
                    break;
                case Fields.Span.Name:
                    name = reader.Bytes();
                    break;
                case Fields.Span.Kind:
                    kind = reader.Varint();
                    break;
                case Fields.Span.StartTime:
                    start = reader.Fixed64();
                    break;
                case Fields.Span.EndTime:
                    end = reader.Fixed64();
                    break;
                case Fields.Span.Status:
                    status = reader.Bytes();
                    break;
                case Fields.Span.Flags:
                    flags = reader.Fixed32();
                    break;
                case Fields.Span.Events:
                case Fields.Span.Links:
                    reader.Bytes();
                    hasDetails = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (reader.Failed || !TryReadStatus(status, out var statusCode, out var statusMessage))
            return false;
        if (traceId.Length != TraceId.Size || spanId.Length != SpanId.Size)
        {
            Reject(traceId.Length != TraceId.Size
                ? "a span's trace_id is not 16 bytes, or all zeros"
                : "a span's span_id is not 8 bytes, or all zeros");
            return true;
        }
        var startTime = TimeOr(start, ReceivedAt);
        if (startTime < Oldest(Signal.Spans))
        {
            block.CancelRow();
            RejectExpired();
            return true;
        }
        if (attributesLeft && !AddAttributes(message, ref target, ref sampleRate))
            return false;

        start = UnixTime.Nanoseconds(start, ReceivedAt, out _);
        end = UnixTime.Nanoseconds(end, ReceivedAt, out _);
        block.TraceId.Append(traceId);
        block.SpanId.Append(spanId);
        block.ParentSpanId.Append(parentId);
        block.StartTime.Append(startTime);
        if (end >= start && start != 0)
        {
            block.DurationNs.Append(end - start);
        }
        else
        {
            block.DurationNs.Append(0);
            block.Attributes.Add("meta.invalid_duration"u8, true);
        }
        block.ReceivedAt.Append(ReceivedAt);
        block.Environment.Append(Environment);
        block.Protocol.Append(Otlp);
        block.Service.Append(origin.Service);
        block.Name.Append(name);
        block.Kind.Append(kind <= (ulong)SpanKind.Consumer ? (SpanKind)kind : SpanKind.Unspecified);
        block.Status.Append(statusCode);
        block.StatusMessage.Append(statusMessage);
        block.TraceState.Append(traceState);
        block.Flags.Append(flags);
        block.ScopeName.Append(origin.ScopeName);
        block.ScopeVersion.Append(origin.ScopeVersion);
        if (sampleRate == 0)
            sampleRate = origin.SampleRate;
        if (sampleRate == 0 && !traceState.IsEmpty)
            sampleRate = SampleRate.OfTraceState(traceState, BinaryPrimitives.ReadUInt64BigEndian(spanId));
        block.SampleRate.Append(sampleRate);
        block.Resource.Append(origin.ResourceText);
        if (hasDetails && !AppendDetails(message, origin, traceId, spanId, name, startTime, sampleRate, statusCode))
            return false;
        if (origin.ScopeHasAttributes && !AddScopeAttributes(origin, block.Attributes))
            return false;
        block.EndRow();
        return true;
    }

    // A separate method, so that spans without events and links do not pay for clearing these arguments.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private bool AppendDetails(
        ReadOnlySpan<byte> message, scoped in Origin origin, ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, ReadOnlySpan<byte> name, long startTime,
        uint sampleRate, SpanStatus status)
    {
        var ok = _details.Append(Batch, new AnnotatedSpan
        {
            Message = message,
            TraceId = traceId,
            SpanId = spanId,
            Name = name,
            Environment = Environment,
            StartTime = startTime,
            ReceivedAt = ReceivedAt,
            SampleRate = sampleRate,
            IsError = status == SpanStatus.Error,
            OldestEvent = Oldest(Signal.Events),
            Origin = origin,
        });
        CountExpiredEvents(_details.ExpiredEvents);
        return ok;
    }

    /// <summary>Keeps the first id that can be one: of the right length and not all zeros.</summary>
    private static void SetId(ref ReadOnlySpan<byte> id, ReadOnlySpan<byte> bytes, int size)
    {
        if (id.Length != size && bytes.Length == size && bytes.ContainsAnyExcept((byte)0))
            id = bytes;
    }

    private bool AddAttribute(ReadOnlySpan<byte> keyValue, ref ColumnTarget target, ref uint sampleRate)
    {
        if (!AttributeReader.TryOpen(keyValue, out var key, out var value))
            return false;
        if (SampleRate.IsKey(key) && SampleRate.TryRead(key, value, ref sampleRate))
            return true;
        return Attributes.Add(key, value, ref target);
    }

    /// <summary>Adds all attributes of a span whose ids came after some of them; those already added are not changed.</summary>
    private bool AddAttributes(ReadOnlySpan<byte> message, ref ColumnTarget target, ref uint sampleRate)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Span.Attributes)
                reader.Skip();
            else if (!AddAttribute(reader.Bytes(), ref target, ref sampleRate))
                return false;
        }
        return true;
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> status, out SpanStatus code, out ReadOnlySpan<byte> message)
    {
        code = SpanStatus.Unset;
        message = default;
        var isOldError = false;
        var reader = new ProtobufReader(status);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Status.Message:
                    message = reader.Bytes();
                    break;
                case Fields.Status.Code:
                    var value = reader.Varint();
                    code = value <= (ulong)SpanStatus.Error ? (SpanStatus)value : SpanStatus.Unset;
                    break;
                case Fields.Status.DeprecatedCode:
                    isOldError = reader.Varint() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (isOldError && code == SpanStatus.Unset)
            code = SpanStatus.Error;
        return !reader.Failed;
    }
}
