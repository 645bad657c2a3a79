using System.Text;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>What of an event goes to columns of its own, whatever encoding it came in.</summary>
internal struct EventRow
{
    /// <summary>Fields an event may have; https://docs.honeycomb.io/api/events/ .</summary>
    public const int MostColumns = 2000;

    private const int LongestName = 1 << 20;

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public long Time;

    /// <summary>0 means 1.</summary>
    public uint SampleRate;

    private TraceId _traceId;
    private SpanId _spanId;
    private SpanId _parentSpanId;
    private ulong _durationNs;
    private string? _name;
    private string? _service;

    public void TakeText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case var _ when key.SequenceEqual("trace.trace_id"u8):
                _traceId = TraceId.TryParse(value, out var traceId) ? traceId : default;
                break;
            case var _ when key.SequenceEqual("trace.span_id"u8):
                _spanId = SpanId.TryParse(value, out var spanId) ? spanId : default;
                break;
            case var _ when key.SequenceEqual("trace.parent_id"u8):
                _parentSpanId = SpanId.TryParse(value, out var parentId) ? parentId : default;
                break;
            case var _ when key.SequenceEqual("name"u8):
                _name = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestName)]);
                break;
            case var _ when key.SequenceEqual("service.name"u8) || (_service is null && key.SequenceEqual("service_name"u8)):
                _service = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestName)]).Trim();
                break;
        }
    }

    /// <summary>A negative or absurd duration stays an attribute; the row's own duration is then 0.</summary>
    public void TakeNumber(ReadOnlySpan<byte> key, double value)
    {
        if (key.SequenceEqual("duration_ms"u8) && value is > 0 and < 1e12)
            _durationNs = (ulong)(value * 1e6);
    }

    /// <summary>Ends the block's row, whose attributes are already there.</summary>
    public readonly void End(EventBlock block, in EventContext context)
    {
        block.Time.Append(Time);
        block.ReceivedAt.Append(context.ReceivedAt);
        block.Environment.Append(context.Environment);
        block.Protocol.Append(WireProtocol.Honeycomb);
        block.Service.Append(string.IsNullOrEmpty(_service) ? context.Dataset : _service);
        block.Dataset.Append(context.Dataset);
        block.Name.Append(_name ?? "");
        block.TraceId.Append(_traceId);
        block.SpanId.Append(_spanId);
        block.ParentSpanId.Append(_parentSpanId);
        block.DurationNs.Append(_durationNs);
        block.SampleRate.Append(SampleRate);
        block.EndRow();
    }
}

/// <summary>What a decoder is told besides the bytes.</summary>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="ExpandDepth">Levels of nested objects that become columns with dotted names; deeper ones, and lists, are JSON text.</param>
internal readonly record struct EventContext(string Environment, string Dataset, long ReceivedAt, int ExpandDepth = 0);
