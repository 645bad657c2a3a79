using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Lists;
using Weir.Protocols.Wire;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.In;

/// <summary>The parameters of <c>/api/traces</c>.</summary>
internal static class TraceFilter
{
    private const int DefaultLimit = 50;
    private const int MostTraces = 200;
    private const int MostAttributes = 10;

    public static TraceListQuestion Read(QueryParameters query)
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
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"attribute: given {attributes.Count} times; at most {MostAttributes} are allowed"));
        span.AddRange(attributes.Select(Attribute));
        var slowest = query.OneOf("order", "newest", "slowest") == "slowest";
        var filter = new TraceListQuestion
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
            throw Invalid("minDurationMs: greater than maxDurationMs; expected a value that is not greater");
        return filter with { Cursor = query.Cursor(filter.CursorKind) };
    }

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
