using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.In;

/// <summary>
/// What <c>/api/traces</c> was asked. Service, name, http status and attributes are about one span of the trace that has them all;
/// status and durations are about the whole trace.
/// </summary>
internal sealed record TraceFilter
{
    private const int DefaultLimit = 50;
    private const int MostTraces = 200;
    private const int MostAttributes = 10;

    public required TimeRange Range { get; init; }

    public required int Limit { get; init; }

    public bool Slowest { get; init; }

    public PageCursor? Cursor { get; init; }

    /// <summary>Conditions on one span.</summary>
    public IReadOnlyList<Expr> Span { get; init; } = [];

    public string? Status { get; init; }

    public long? LeastNanoseconds { get; init; }

    public long? MostNanoseconds { get; init; }

    public char CursorKind => Slowest ? 's' : 'n';

    public static TraceFilter Read(QueryParameters query)
    {
        var span = new List<Expr>();
        if (query.Text("service") is { } service)
            span.Add(Is("service", service));
        if (query.Text("name") is { } name)
            span.Add(Is("name", name));
        if (query.Text("httpStatus") is { } httpStatus)
            span.Add(HttpStatus(httpStatus));
        var attributes = query.Texts("attribute");
        if (attributes.Count > MostAttributes)
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"attribute: there are {attributes.Count}; at most {MostAttributes} are possible"));
        span.AddRange(attributes.Select(Attribute));
        var slowest = query.OneOf("order", "newest", "slowest") == "slowest";
        var filter = new TraceFilter
        {
            Range = query.Range(),
            Limit = query.Limit(DefaultLimit, MostTraces),
            Slowest = slowest,
            Span = span,
            Status = query.OneOf("status", "ok", "error"),
            LeastNanoseconds = Nanoseconds(query.Number("minDurationMs")),
            MostNanoseconds = Nanoseconds(query.Number("maxDurationMs")),
        };
        if (filter is { LeastNanoseconds: { } least, MostNanoseconds: { } most } && least > most)
            throw Invalid("minDurationMs: it is more than maxDurationMs; expected a value that is not");
        return filter with { Cursor = PageCursor.Read(query, filter.CursorKind) };
    }

    /// <summary>What a span has to meet so that its trace is in the answer.</summary>
    public List<Expr> Conditions()
    {
        var conditions = new List<Expr>(Span);
        if (Status == "error")
            AddTrace(conditions, IsError);
        else if (Status == "ok")
            conditions.Add(!Traces(IsError));
        if (LeastNanoseconds is { } least)
            AddTrace(conditions, Compare(CompareOp.GreaterOrEqual, "duration_ns", least));
        if (MostNanoseconds is { } most)
            conditions.Add(!Traces(Compare(CompareOp.Greater, "duration_ns", most)));
        return conditions;
    }

    // Without conditions on a span the span itself can show that its trace fits, which spares the inner query.
    private void AddTrace(List<Expr> conditions, Expr condition) =>
        conditions.Add(Span.Count == 0 ? condition : Traces(condition));

    /// <summary>The span's trace has a span like that.</summary>
    public Expr Traces(Expr condition, TimeRange? range = null) => new InQueryExpr(Field("trace_id"), new TelemetryQuery
    {
        Signal = Signal.Spans,
        Select = [Field("trace_id").As("trace_id")],
        Range = range ?? Range,
        Where = condition,
        Limit = int.MaxValue - 1,
    });

    private static long? Nanoseconds(double? milliseconds) =>
        milliseconds is { } value ? (long)Math.Min(value * 1e6, long.MaxValue / 2) : null;

    private static Expr HttpStatus(string text)
    {
        if (text.Length == 3 && text[0] is >= '1' and <= '5')
        {
            if (text.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
            {
                var least = (text[0] - '0') * 100L;
                return Compare(CompareOp.GreaterOrEqual, "http_status", least) & Compare(CompareOp.Less, "http_status", least + 100);
            }
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                return Is("http_status", status);
        }
        throw Invalid($"httpStatus: '{Shorten(text)}' is not valid; expected a status such as 404 or a class such as 4xx");
    }

    private static CompareExpr Attribute(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new CompareExpr(
                CompareOp.Equal, new AttributeExpr(text[..equals].Trim(), Type: AttributeType.String), Value(text[(equals + 1)..].Trim()))
            : throw Invalid($"attribute: '{Shorten(text)}' is not valid; expected key=value, for example attribute=http.route=/users");
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private static FaultException Invalid(string message) => new(ApiFaults.Invalid(message));
}
