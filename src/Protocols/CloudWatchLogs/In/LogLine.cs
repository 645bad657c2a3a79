using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>
/// Fills a row from a line's text: body, severity, service, trace and span id, attributes. The caller fills the rest and ends the row.
/// Not thread-safe.
/// </summary>
internal sealed class LogLine
{
    private readonly JsonLine _json = new();

    /// <param name="service">The service when the line names none.</param>
    public void AppendTo(LogBlock logs, ReadOnlySpan<byte> text, ReadOnlySpan<byte> service)
    {
        logs.Body.Append(text);
        var severity = LineSeverity.Unknown;
        TraceId traceId = default;
        SpanId spanId = default;
        var from = TraceIdFrom.None;
        if (_json.TryRead(text, logs.Attributes, logs.Service))
        {
            severity = _json.Severity;
            if (!_json.HasService)
                logs.Service.Append(service);
            if (!_json.TraceId.IsEmpty)
                (traceId, spanId, from) = (_json.TraceId, _json.SpanId, TraceIdFrom.Field);
        }
        else
        {
            logs.Service.Append(service);
            if (AccessLine.TryParse(text, out var access))
            {
                access.AddTo(logs.Attributes);
                severity = LineSeverity.OfHttpStatus(access.Status);
            }
            else
            {
                severity = LineSeverity.Detect(text);
            }
        }
        if (from == TraceIdFrom.None && TraceIdScanner.TryFind(text, out traceId, out spanId))
            from = TraceIdFrom.Text;
        logs.SeverityNumber.Append(severity);
        logs.Severity.Append(LineSeverity.Name(severity));
        if (from == TraceIdFrom.None)
            return;
        logs.TraceId.Append(traceId);
        logs.SpanId.Append(spanId);
        logs.TraceIdFrom.Append(from);
    }
}
