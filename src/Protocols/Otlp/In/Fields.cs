namespace Weir.Protocols.Otlp.In;

/// <summary>
/// Tags (field number and wire type) of OTLP's messages, from opentelemetry-proto 1.x. A field that comes with another wire type is an
/// unknown field and is passed over, as protobuf demands.
/// </summary>
internal static class Fields
{
    private const uint Varint = 0;
    private const uint Fixed64 = 1;
    private const uint Length = 2;
    private const uint Fixed32 = 5;

    public static class Request
    {
        public const uint ResourceItems = 1 << 3 | Length;
    }

    public static class ResourceItems
    {
        public const uint Resource = 1 << 3 | Length;
        public const uint ScopeItems = 2 << 3 | Length;
    }

    public static class ScopeItems
    {
        public const uint Scope = 1 << 3 | Length;
        public const uint Items = 2 << 3 | Length;
    }

    public static class Resource
    {
        public const uint Attributes = 1 << 3 | Length;
    }

    public static class Scope
    {
        public const uint Name = 1 << 3 | Length;
        public const uint Version = 2 << 3 | Length;
        public const uint Attributes = 3 << 3 | Length;
    }

    public static class KeyValue
    {
        public const uint Key = 1 << 3 | Length;
        public const uint Value = 2 << 3 | Length;
    }

    public static class AnyValue
    {
        public const uint String = 1 << 3 | Length;
        public const uint Bool = 2 << 3 | Varint;
        public const uint Int = 3 << 3 | Varint;
        public const uint Double = 4 << 3 | Fixed64;
        public const uint Array = 5 << 3 | Length;
        public const uint KeyValueList = 6 << 3 | Length;
        public const uint Bytes = 7 << 3 | Length;
    }

    /// <summary>ArrayValue and KeyValueList.</summary>
    public static class List
    {
        public const uint Values = 1 << 3 | Length;
    }

    public static class Span
    {
        public const uint TraceId = 1 << 3 | Length;
        public const uint SpanId = 2 << 3 | Length;
        public const uint TraceState = 3 << 3 | Length;
        public const uint ParentSpanId = 4 << 3 | Length;
        public const uint Name = 5 << 3 | Length;
        public const uint Kind = 6 << 3 | Varint;
        public const uint StartTime = 7 << 3 | Fixed64;
        public const uint EndTime = 8 << 3 | Fixed64;
        public const uint Attributes = 9 << 3 | Length;
        public const uint Events = 11 << 3 | Length;
        public const uint Links = 13 << 3 | Length;
        public const uint Status = 15 << 3 | Length;
        public const uint Flags = 16 << 3 | Fixed32;
    }

    public static class Event
    {
        public const uint Time = 1 << 3 | Fixed64;
        public const uint Name = 2 << 3 | Length;
        public const uint Attributes = 3 << 3 | Length;
    }

    public static class Link
    {
        public const uint TraceId = 1 << 3 | Length;
        public const uint SpanId = 2 << 3 | Length;
        public const uint Attributes = 4 << 3 | Length;
    }

    public static class Status
    {
        public const uint Message = 2 << 3 | Length;
        public const uint Code = 3 << 3 | Varint;
    }
}
