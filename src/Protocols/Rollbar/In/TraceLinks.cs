using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// Finds the trace an item belongs to: ids the application put into it, then the trace headers of its request, then the attributes
/// of newer SDKs, then an id in its text.
/// </summary>
internal static class TraceLinks
{
    private static readonly string[] TraceKeys = ["trace_id", "traceId", "trace.id", "traceid", "otel.trace_id", "otelTraceID", "xray_trace_id", "aws.xray.trace_id"];
    private static readonly string[] SpanKeys = ["span_id", "spanId", "span.id", "spanid", "otel.span_id", "otelSpanID"];
    private static readonly string[] HeaderKeys = ["traceparent", "x-amzn-trace-id", "X-Amzn-Trace-Id", "x_amzn_trace_id"];

    public static TraceLink Find(JsonElement data, IReadOnlyList<StackException> exceptions, string text)
    {
        var custom = data.Field("custom");
        var extra = data.Field("body").Field("message", "extra");
        var link = Keys(custom) ?? Keys(extra) ?? Keys(data.Field("body", "message")) ?? Keys(data)
            ?? Headers(data.Field("request", "headers")) ?? Attributes(data.Field("attributes"));
        if (link is { } found)
            return found;
        if (InText(text) is { } inMessage)
            return inMessage;
        foreach (var exception in exceptions)
        {
            if (exception.Message is { } message && InText(message) is { } inCause)
                return inCause;
        }
        return default;
    }

    private static TraceLink? Keys(JsonElement place)
    {
        if (!place.IsObject)
            return null;
        foreach (var key in TraceKeys)
        {
            if (place.Scalar(key) is { } text && TryId(text, out var id))
                return new TraceLink(id, Span(place), TraceIdFrom.Field);
        }
        if (place.Scalar("trace", "id") is { } nested && TryId(nested, out var nestedId))
            return new TraceLink(nestedId, Span(place), TraceIdFrom.Field);
        foreach (var key in HeaderKeys)
        {
            if (place.Scalar(key) is { } text && TryHeader(text, out var id, out var span))
                return new TraceLink(id, span, TraceIdFrom.Field);
        }
        return null;
    }

    private static SpanId Span(JsonElement place)
    {
        foreach (var key in SpanKeys)
        {
            if (place.Scalar(key) is { } text && SpanId.TryParse(text, out var id))
                return id;
        }
        return place.Scalar("span", "id") is { } nested && SpanId.TryParse(nested, out var nestedId) ? nestedId : default;
    }

    // The span of a request's header is the caller's, so it is not the one the error happened in.
    private static TraceLink? Headers(JsonElement headers)
    {
        if (!headers.IsObject)
            return null;
        TraceLink? amazon = null;
        foreach (var header in headers.EnumerateObject())
        {
            var isParent = header.Name.Equals("traceparent", StringComparison.OrdinalIgnoreCase);
            if (!isParent && !header.Name.Equals("x-amzn-trace-id", StringComparison.OrdinalIgnoreCase))
                continue;
            var value = header.Value.ValueKind == JsonValueKind.Array && header.Value.GetArrayLength() > 0 ? header.Value[0] : header.Value;
            if (value.Scalar() is not { } text || !TryHeader(text, out var id, out _))
                continue;
            var link = new TraceLink(id, default, TraceIdFrom.Field);
            if (isParent)
                return link;
            amazon ??= link;
        }
        return amazon;
    }

    // [{"key":"trace_id","value":"…"}]
    private static TraceLink? Attributes(JsonElement attributes)
    {
        if (attributes.ValueKind != JsonValueKind.Array)
            return null;
        TraceId trace = default;
        SpanId span = default;
        foreach (var attribute in attributes.EnumerateArray())
        {
            var value = attribute.Scalar("value");
            if (value is null)
                continue;
            if (attribute.Scalar("key") is "trace_id" && TryId(value, out var id))
                trace = id;
            else if (attribute.Scalar("key") is "span_id" && SpanId.TryParse(value, out var spanId))
                span = spanId;
        }
        return trace.IsEmpty ? null : new TraceLink(trace, span, TraceIdFrom.Field);
    }

    private static bool TryId(string text, out TraceId id) => (TraceId.TryParse(text, out id) && !id.IsEmpty) || TryHeader(text, out id, out _);

    // 00-<32>-<16>-01, or Root=1-<8>-<24>;Parent=<16>;Sampled=1
    private static bool TryHeader(string text, out TraceId id, out SpanId span)
    {
        id = default;
        span = default;
        if (text.Length > 512)
            return false;
        var parts = text.Split('-', 5);
        if (parts.Length >= 4 && parts[0].Length == 2 && TraceId.TryParse(parts[1], out id) && parts[1].Length == 32 && SpanId.TryParse(parts[2], out span))
            return !id.IsEmpty;
        span = default;
        foreach (var part in text.Split([';', '@']))
        {
            var field = part.Trim();
            var root = field.StartsWith("Root=", StringComparison.OrdinalIgnoreCase) ? field.AsSpan("Root=".Length) : field;
            if (id.IsEmpty && root.Length == 35 && TraceId.TryParse(root, out id))
                continue;
            if (field.StartsWith("Parent=", StringComparison.OrdinalIgnoreCase))
                _ = SpanId.TryParse(field.AsSpan("Parent=".Length), out span);
        }
        return !id.IsEmpty;
    }

    private static TraceLink? InText(string text) =>
        TraceIdScanner.TryFind(Encoding.UTF8.GetBytes(text), out var id, out var span) ? new TraceLink(id, span, TraceIdFrom.Text) : null;
}
