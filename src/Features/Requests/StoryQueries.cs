using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;

namespace Weir.Features.Requests;

/// <summary>The queries of a story. All have a limit on rows; those without an id also have a time range.</summary>
internal static class StoryQueries
{
    /// <summary>Stories with up to this number of spans contain all fields of their spans; larger ones have a table with what the timeline needs.</summary>
    public const int MaxWholeSpans = 1_000;

    /// <summary>Maximum number of shown spans: those nearest to the root.</summary>
    public const int MaxSpans = 100_000;

    /// <summary>Maximum number of spans that are read to find those nearest to the root.</summary>
    public const int MaxRead = 1_000_000;
    public const int MaxLogs = 2_000;
    public const int MaxErrors = 1_000;
    public const int MaxCandidates = 5_000;
    public const int MaxAnnotations = 10_000;

    private static readonly string[] WholeColumns =
    [
        "trace_id", "span_id", "parent_span_id", "start_time", "duration_ns", "received_at", "protocol", "service", "name", "kind", "status",
        "status_message", "in_progress", "scope_name", "scope_version", "resource", "attributes", "events", "links", "document",
    ];

    private static readonly string[] RequestColumns =
    [
        "trace_id", "span_id", "protocol", "service", "start_time", "duration_ns", "received_at", "in_progress",
        "http_method", "http_target", "http_status", "client_ip", "name", "kind",
    ];

    private static readonly string[] LogColumns =
    [
        "time", "sequence", "protocol", "service", "severity", "body", "trace_id", "span_id", "trace_id_from", "log_group", "log_stream",
        "attributes", "http_method", "http_target", "http_status", "client_ip",
    ];

    /// <summary>What recorders say about the client besides its address.</summary>
    private static readonly Selection[] ClientColumns =
    [
        Text("peer_ip", "network.peer.address", "net.sock.peer.addr", "net.peer.ip"),
        Text("forwarded_for", "http.request.header.x-forwarded-for", "http.request.header.x_forwarded_for", "http.request.header.forwarded"),
        Text("is_forwarded", "aws.xray.x_forwarded_for"),
    ];

    private static readonly string[] OccurrenceColumns =
    [
        "time", "received_at", "occurrence_id", "item_id", "protocol", "service", "level", "title", "exception_class", "message", "exceptions",
        "trace_id", "span_id", "trace_id_from", "method", "url", "user_ip", "host",
    ];

    private static Selection Text(string name, params string[] keys) => new(
        name, new CallExpr(Function.Coalesce, [.. keys.Select(key => new AttributeExpr(key, AttributeScope.Record, AttributeType.String)), new ConstExpr("")]));

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

    /// <summary>Light spans, for <see cref="SpanColumns.Add"/>.</summary>
    public static TelemetryQuery Spans(TraceId id) => Select(Signal.Spans, SpanColumns.Names, IsTrace([id]), null, "start_time", MaxRead) with
    {
        Budget = QueryBudget.Long,
    };

    /// <summary>Spans with all their fields.</summary>
    public static TelemetryQuery WholeSpans(IReadOnlyList<TraceId> ids, TimeRange? range, int limit) =>
        Select(Signal.Spans, WholeColumns, IsTrace(ids), range, "start_time", limit);

    /// <summary>One span with all its fields; rarely several that share the id.</summary>
    public static TelemetryQuery WholeSpan(TraceId trace, SpanId span) =>
        Select(Signal.Spans, WholeColumns, IsTrace([trace]) & Equal("span_id", span.ToBytes()), null, "start_time", 100);

    /// <summary>Events and links of the spans that have any, for <see cref="SpanMarks"/>.</summary>
    public static TelemetryQuery Marks(IReadOnlyList<TraceId> ids, TimeRange range) => Select(
        Signal.Spans,
        ["trace_id", "span_id", "start_time", "events", "links"],
        IsTrace(ids) & (IsLongerThanNothing("events") | IsLongerThanNothing("links")),
        range,
        "start_time",
        SpanMarks.MaxMarks);

    /// <summary>
    /// Events and links that arrived as separate wide events, as Honeycomb's clients send them: they name their span as parent.
    /// </summary>
    /// <param name="parent">Restricts to one span.</param>
    public static TelemetryQuery Annotations(IReadOnlyList<TraceId> ids, TimeRange range, SpanId? parent = null) => Select(
        Signal.Events,
        ["trace_id", "parent_span_id", "time", "name", "attributes"],
        IsTrace(ids) & Equal("protocol", WireProtocol.Honeycomb) & (parent is { } one ? Equal("parent_span_id", one.ToBytes()) : new AndExpr([]))
            & (Equal("span_id", SpanId.Empty.ToBytes()) | new InExpr(new AttributeExpr("meta.annotation_type", AttributeScope.Record, AttributeType.OnlyString), ["span_event", "link"])),
        range,
        "time",
        MaxAnnotations);

    /// <summary>A column with its name in queries, of every span that has it; as text.</summary>
    public static TelemetryQuery Values(TraceId id, string column) => new()
    {
        Signal = Signal.Spans,
        Select =
        [
            new Selection("span_id", Field("span_id")),
            new Selection("value", new CallExpr(Function.ToText, [ColumnNames.Resolve(Signal.Spans, column)])),
        ],
        Where = IsTrace([id]) & new ExistsExpr(ColumnNames.Resolve(Signal.Spans, column)),
        Limit = MaxRead,
        Budget = QueryBudget.Long,
    };

    /// <summary>
    /// Ids of the spans that contain the text in a value, an event, a resource or a message; or that have an attribute of that name; or, with
    /// <c>key=part</c>, whose attribute contains the part.
    /// </summary>
    public static TelemetryQuery Find(TraceId id, string text)
    {
        var places = new List<Expr>(
            new[] { "attributes", "events", "links", "resource", "status_message", "scope_name" }.Select(field => Has(Field(field), text)))
        {
            new ExistsExpr(new AttributeExpr(text)),
        };
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
            places.Add(Has(ColumnNames.Resolve(Signal.Spans, text[..equals].Trim()), text[(equals + 1)..].Trim()));
        return new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("span_id", Field("span_id"))],
            Where = IsTrace([id]) & new OrExpr(places),
            Limit = MaxSpans,
            Budget = QueryBudget.Long,
        };
    }

    /// <summary>The trace's own requests, and a call that is its root. The limit leaves room for documents in progress.</summary>
    public static TelemetryQuery OwnRequests(TraceId id, TimeRange range) => Select(
        Signal.Spans,
        RequestColumns,
        IsTrace([id]) & !Equal("http_method", "")
            & (new InExpr(Field("kind"), ["server", "segment"]) | (Equal("kind", "client") & Equal("parent_span_id", SpanId.Empty.ToBytes()))),
        range,
        "start_time",
        200).With(ClientColumns);

    private static Expr Has(Expr where, string text) => new CompareExpr(CompareOp.ContainsIgnoreCase, where, new ConstExpr(text));

    // "" and "[]" both mean none.
    private static Expr IsLongerThanNothing(string field) =>
        new CompareExpr(CompareOp.Greater, new CallExpr(Function.Length, [Field(field)]), new ConstExpr(2L));

    public static TelemetryQuery Logs(IReadOnlyList<TraceId> ids, TimeRange? range) =>
        Select(Signal.Logs, LogColumns, IsTrace(ids), range, "time", MaxLogs);

    public static TelemetryQuery Occurrences(IReadOnlyList<TraceId> ids, TimeRange? range) =>
        Select(Signal.Occurrences, OccurrenceColumns, IsTrace(ids), range, "time", MaxErrors);

    /// <summary>Server spans and segments around a request, whatever their trace.</summary>
    public static TelemetryQuery Requests(TimeRange range, int limit) => Select(
        Signal.Spans,
        RequestColumns,
        new InExpr(Field("kind"), ["server", "segment"]) & !Equal("http_method", ""),
        range,
        "start_time",
        limit).With(ClientColumns);

    /// <summary>When requests around began: as many as the farthest reach may have, and one more.</summary>
    public static TelemetryQuery RequestTimes(TimeRange range) => Select(
        Signal.Spans, ["start_time"], new InExpr(Field("kind"), ["server", "segment"]) & !Equal("http_method", ""), range, "start_time", MaxCandidates);

    /// <summary>Exceptions that spans recorded.</summary>
    public static TelemetryQuery Exceptions(TimeRange range) => Select(
        Signal.Occurrences, ["trace_id", "exception_class", "message"], !Equal("trace_id", TraceId.Empty.ToBytes()), range, "time", MaxCandidates);

    /// <summary>Log lines without a trace id.</summary>
    public static TelemetryQuery LinesWithoutId(TimeRange range) => Select(
        Signal.Logs, LogColumns, Equal("trace_id", TraceId.Empty.ToBytes()), range, "time", MaxCandidates);

    /// <summary>Occurrences without a trace id. Many name no request, but the route or an exception that the request's span has as well.</summary>
    public static TelemetryQuery OccurrencesWithoutId(TimeRange range) => Select(
        Signal.Occurrences, OccurrenceColumns, Equal("trace_id", TraceId.Empty.ToBytes()), range, "time", MaxCandidates).With([Text("context", "rollbar.context")]);

    private static TelemetryQuery With(this TelemetryQuery query, IEnumerable<Selection> more) => query with { Select = [.. query.Select, .. more] };
}
