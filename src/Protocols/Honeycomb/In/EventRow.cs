using System.Globalization;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>The fields of an event that have their own columns, for any encoding.</summary>
internal struct EventRow
{
    /// <summary>Fields an event may have; https://docs.honeycomb.io/api/events/ .</summary>
    public const int MostColumns = 2000;

    private const int LongestName = 1 << 20;

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public long Time;

    /// <summary>0 means 1.</summary>
    public uint SampleRate;

    /// <summary>How the event's time was used.</summary>
    public TimeRepair TimeRepair;

    private TraceId _traceId;
    private SpanId _spanId;
    private SpanId _parentSpanId;
    private ulong _durationNs;
    private string? _name;
    private string? _service;
    private SpanFields _span;

    public void TakeText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case var _ when key.SequenceEqual("trace.trace_id"u8) || (_traceId.IsEmpty && key.SequenceEqual("traceId"u8)):
                _traceId = ClientIds.Trace(value);
                break;
            case var _ when key.SequenceEqual("trace.span_id"u8) || (_spanId.IsEmpty && key.SequenceEqual("spanId"u8)):
                _spanId = ClientIds.Span(value);
                break;
            case var _ when key.SequenceEqual("trace.parent_id"u8) || (_parentSpanId.IsEmpty && key.SequenceEqual("parentId"u8)):
                _parentSpanId = ClientIds.Span(value);
                break;
            case var _ when key.SequenceEqual("name"u8):
                _name = Text(value);
                break;
            case var _ when key.SequenceEqual("service.name"u8)
                || (_service is null && (key.SequenceEqual("service_name"u8) || key.SequenceEqual("serviceName"u8))):
                _service = Text(value).Trim();
                break;
            default:
                _span.TakeText(key, value);
                break;
        }
    }

    /// <summary>A negative or absurd duration stays an attribute; the row's own duration is then 0. A number that is an id is its digits.</summary>
    public void TakeNumber(ReadOnlySpan<byte> key, double value)
    {
        if (key.SequenceEqual("duration_ms"u8) || (_durationNs == 0 && key.SequenceEqual("durationMs"u8)))
            _durationNs = value is > 0 and < 1e12 ? (ulong)(value * 1e6) : 0;
        else if (key.StartsWith("trace."u8) && double.IsInteger(value) && Math.Abs(value) < 1L << 53)
            TakeText(key, Encoding.ASCII.GetBytes(((long)value).ToString(CultureInfo.InvariantCulture)));
        else
            _span.TakeNumber(key, value);
    }

    public void TakeFlag(ReadOnlySpan<byte> key, bool value) => _span.TakeFlag(key, value);

    /// <summary>
    /// Ends the block's row, whose attributes are already present; or removes them and returns why the event is not stored. An event with a
    /// trace id and a span id is a span, and is also written as one (docs/adr/0013).
    /// </summary>
    public readonly Fault? End(EventBlock block, in EventContext context)
    {
        if (Time < context.OldestKept)
        {
            block.CancelRow();
            return context.Expired;
        }
        context.Repairs?.Count(TimeRepair);
        var service = string.IsNullOrEmpty(_service) ? context.Dataset : _service;
        block.Time.Append(Time);
        block.ReceivedAt.Append(context.ReceivedAt);
        block.Environment.Append(context.Environment);
        block.Protocol.Append(WireProtocol.Honeycomb);
        block.Service.Append(service);
        block.Dataset.Append(context.Dataset);
        block.Name.Append(_name ?? "");
        block.TraceId.Append(_traceId);
        block.SpanId.Append(_spanId);
        block.ParentSpanId.Append(_parentSpanId);
        block.DurationNs.Append(_durationNs);
        block.SampleRate.Append(SampleRate);
        block.EndRow();
        if (context.Spans is not { } spans || _traceId.IsEmpty || _spanId.IsEmpty || _span.IsAnnotation)
            return null;
        spans.TraceId.Append(_traceId);
        spans.SpanId.Append(_spanId);
        spans.ParentSpanId.Append(_parentSpanId);
        spans.StartTime.Append(Time);
        spans.DurationNs.Append(_durationNs);
        spans.ReceivedAt.Append(context.ReceivedAt);
        spans.Environment.Append(context.Environment);
        spans.Protocol.Append(WireProtocol.Honeycomb);
        spans.Service.Append(service);
        spans.Name.Append(_name ?? "");
        spans.SampleRate.Append(SampleRate);
        _span.Append(spans, isRoot: _parentSpanId.IsEmpty);
        spans.Attributes.AddLastRowOf(block.Attributes, SpanFields.AliasOf);
        spans.EndRow();
        return null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestName)]);
}

/// <summary>Input of a decoder in addition to the bytes.</summary>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="ExpandDepth">Levels of nested objects that become columns with dotted names; deeper ones, and lists, are JSON text.</param>
/// <param name="Spans">Where the events that are spans are written as spans; null: nowhere.</param>
/// <param name="OldestKept">Nanoseconds since 1970: events before it are refused.</param>
/// <param name="Expired">The fault for expired events.</param>
internal readonly record struct EventContext(
    string Environment, string Dataset, long ReceivedAt, int ExpandDepth = 0, long OldestKept = long.MinValue, Fault? Expired = null,
    EventRepairs? Repairs = null, SpanBlock? Spans = null);

/// <summary>The repairs of the events of a request.</summary>
internal sealed class EventRepairs
{
    /// <summary>Halves of characters and bytes that are no UTF-8, replaced by U+FFFD.</summary>
    public int Texts { get; set; }

    /// <summary>Times too far ahead, which became that of receipt.</summary>
    public int TimesAhead { get; private set; }

    public void Reset() => TimesAhead = 0;

    public void Count(TimeRepair repair) => TimesAhead += repair == TimeRepair.Ahead ? 1 : 0;
}
