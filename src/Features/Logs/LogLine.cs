using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Features.Logs;

/// <summary>Known properties of a log record in addition to its text.</summary>
internal struct LineFacts
{
    /// <summary>OpenTelemetry's 1 to 24; 0 when unknown.</summary>
    public byte Severity;

    public TraceId TraceId;
    public SpanId SpanId;
    public TraceIdFrom From;
}

/// <summary>
/// Reads severity, trace, service and attributes from the text of log lines, in the same way for every protocol. Not thread-safe.
/// </summary>
internal sealed class LogLine
{
    private readonly JsonLine _json = new();
    private readonly LogFields _fields = new();

    /// <summary>
    /// Fills a row for a line that is only text: body, severity, service, trace and span id, attributes. The caller fills the rest and
    /// ends the row.
    /// </summary>
    /// <param name="service">The service when the line contains none.</param>
    public void AppendTo(LogBlock logs, ReadOnlySpan<byte> text, ReadOnlySpan<byte> service)
    {
        logs.Body.Append(text);
        var facts = default(LineFacts);
        Read(text, logs.Attributes, logs.Service, ref facts);
        if (!_json.HasService)
            logs.Service.Append(service);
        logs.SeverityNumber.Append(facts.Severity);
        logs.Severity.Append(LineSeverity.Name(facts.Severity));
        if (facts.From == TraceIdFrom.None)
            return;
        logs.TraceId.Append(facts.TraceId);
        logs.SpanId.Append(facts.SpanId);
        logs.TraceIdFrom.Append(facts.From);
    }

    /// <summary>
    /// Adds the data of the text to the attributes and to the facts that are still unknown. With a service column, the service of the text
    /// is appended to it, if there is one.
    /// </summary>
    public void Read(ReadOnlySpan<byte> text, JsonColumn attributes, LowCardinalityColumn? service, ref LineFacts facts)
    {
        _fields.Clear();
        if (_json.TryRead(text, attributes, service, _fields))
        {
            Complete(_fields, ref facts);
        }
        else if (AccessLine.TryParse(text, out var access))
        {
            access.AddTo(attributes);
            if (facts.Severity == LineSeverity.Unknown)
                facts.Severity = LineSeverity.OfHttpStatus(access.Status);
        }
        else if (facts.Severity == LineSeverity.Unknown)
        {
            facts.Severity = LineSeverity.Detect(text);
        }
        FindTrace(text, ref facts);
    }

    /// <summary>Uses the values of fields for facts that are still unknown.</summary>
    public static void Complete(LogFields fields, ref LineFacts facts)
    {
        if (facts.Severity == LineSeverity.Unknown)
            facts.Severity = fields.Severity;
        if (facts.From != TraceIdFrom.None || fields.TraceId.IsEmpty)
            return;
        (facts.TraceId, facts.From) = (fields.TraceId, TraceIdFrom.Field);
        if (facts.SpanId.IsEmpty)
            facts.SpanId = fields.SpanId;
    }

    /// <summary>Searches the text of a record without a trace id for one.</summary>
    public static void FindTrace(ReadOnlySpan<byte> text, ref LineFacts facts)
    {
        if (facts.From != TraceIdFrom.None || !TraceIdScanner.TryFind(text, out var traceId, out var spanId))
            return;
        (facts.TraceId, facts.From) = (traceId, TraceIdFrom.Text);
        if (facts.SpanId.IsEmpty)
            facts.SpanId = spanId;
    }
}
