using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Story;

/// <summary>The questions a story asks. All are bounded by rows; those without an id are bounded by time as well.</summary>
internal static class StoryQueries
{
    public const int MaxSpans = 20_000;
    public const int MaxLogs = 2_000;
    public const int MaxErrors = 200;
    public const int MaxCandidates = 5_000;

    private static readonly string[] SpanColumns =
    [
        "trace_id", "span_id", "parent_span_id", "start_time", "duration_ns", "received_at", "protocol", "service", "name", "kind", "status",
        "status_message", "in_progress", "scope_name", "scope_version", "resource", "attributes", "events", "links", "document",
        "http_method", "http_target", "http_status", "client_ip",
    ];

    private static readonly string[] RequestColumns =
        ["trace_id", "span_id", "protocol", "service", "start_time", "duration_ns", "http_method", "http_target", "http_status", "client_ip"];

    private static readonly string[] LogColumns =
    [
        "time", "sequence", "protocol", "service", "severity", "body", "trace_id", "span_id", "trace_id_from", "log_group", "log_stream",
        "attributes", "http_method", "http_target", "http_status", "client_ip",
    ];

    private static readonly string[] AccessLineColumns = ["time", "sequence", "http_method", "http_target", "http_status", "client_ip"];

    private static readonly string[] OccurrenceColumns =
    [
        "time", "occurrence_id", "item_id", "protocol", "service", "level", "title", "exception_class", "message", "exceptions",
        "trace_id", "span_id", "trace_id_from", "method", "url", "user_ip", "host",
    ];

    private static Expr Field(string name) => new FieldExpr(name);

    private static Expr Equal(string field, object value) => new CompareExpr(CompareOp.Equal, Field(field), new ConstExpr(value));

    private static Expr IsTrace(IReadOnlyList<TraceId> ids) => new InExpr(Field("trace_id"), [.. ids.Select(id => (object)id.ToBytes())]);

    private static TelemetryQuery Select(Signal signal, string[] columns, Expr where, TimeRange? range, string order, int limit) => new()
    {
        Signal = signal,
        Select = [.. columns.Select(name => new Selection(name, Field(name)))],
        Where = where,
        Range = range,
        OrderBy = [new Ordering(Field(order))],
        Limit = limit,
    };

    public static TelemetryQuery Spans(IReadOnlyList<TraceId> ids) =>
        Select(Signal.Spans, SpanColumns, IsTrace(ids), null, "start_time", MaxSpans);

    public static TelemetryQuery Logs(IReadOnlyList<TraceId> ids, TimeRange? range) =>
        Select(Signal.Logs, LogColumns, IsTrace(ids), range, "time", MaxLogs);

    public static TelemetryQuery Occurrences(IReadOnlyList<TraceId> ids, TimeRange? range) =>
        Select(Signal.Occurrences, OccurrenceColumns, IsTrace(ids), range, "time", MaxErrors);

    /// <summary>Server spans and segments of one method around the request, whatever their trace.</summary>
    public static TelemetryQuery Requests(string method, TimeRange range) => Select(
        Signal.Spans,
        RequestColumns,
        new InExpr(Field("kind"), ["server", "segment"]) & Equal("http_method", method),
        range,
        "start_time",
        MaxCandidates);

    /// <summary>Log lines without a trace id.</summary>
    public static TelemetryQuery LinesWithoutId(TimeRange range) => Select(
        Signal.Logs, LogColumns, Equal("trace_id", TraceId.Empty.ToBytes()), range, "time", MaxCandidates);

    /// <summary>Lines that tell of a request of one method.</summary>
    public static TelemetryQuery AccessLines(string method, TimeRange range) => Select(
        Signal.Logs, AccessLineColumns, Equal("http_method", method), range, "time", MaxCandidates);

    /// <summary>Occurrences without a trace id that name a request.</summary>
    public static TelemetryQuery OccurrencesWithoutId(string method, TimeRange range) => Select(
        Signal.Occurrences, OccurrenceColumns, Equal("trace_id", TraceId.Empty.ToBytes()) & Equal("method", method), range, "time", MaxCandidates);
}
