using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Logs;
using Weir.Protocols.Wire;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.In;

/// <summary>The parameters of <c>/api/logs/events</c>.</summary>
internal static class LogFilter
{
    private const int DefaultLimit = 100;
    private const int MostEvents = 1000;

    public static LogQuestion Read(QueryParameters query)
    {
        var conditions = new List<Expr>();
        if (query.Text("group") is { } group)
            conditions.Add(LogGroupNames.Condition(group));
        if (query.Text("stream") is { } stream && !(stream == LogGroupNames.OtlpStream && LogGroupNames.IsOtlpGroup(query.Text("group"))))
            conditions.Add(Is("log_stream", stream));
        if (query.Text("service") is { } service)
            conditions.Add(Is("service", service));
        if (query.OneOf("severity", "trace", "debug", "info", "warn", "error", "fatal") is { } severity)
            conditions.Add(Compare(CompareOp.GreaterOrEqual, "severity_number", LeastNumber(severity)));
        if (query.Text("traceId") is { } traceId)
        {
            conditions.Add(TraceId.TryParse(traceId.Trim(), out var id)
                ? Is("trace_id", id.ToBytes())
                : throw new FaultException(ApiFaults.Invalid("traceId: not a trace id; expected 32 hex digits or the X-Ray form 1-8hex-24hex")));
        }
        var text = query.Text("text") ?? "";
        return new LogQuestion
        {
            Range = query.Range(),
            Limit = query.Limit(DefaultLimit, MostEvents),
            Cursor = query.Cursor(LogQuestion.WordsCursor, LogQuestion.PartsCursor),
            Conditions = conditions,
            Words = TextSearch.Words("body", text),
            Parts = TextSearch.Parts("body", text),
        };
    }

    /// <summary>OpenTelemetry's number of the lowest level of that name.</summary>
    private static long LeastNumber(string severity) => severity switch
    {
        "trace" => 1,
        "debug" => 5,
        "info" => 9,
        "warn" => 13,
        "error" => 17,
        _ => 21,
    };

    /// <summary>A line's id in a path: its sequence number.</summary>
    public static ulong ReadId(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new FaultException(ApiFaults.Invalid("id: not the id of a log line; expected the integer from the list"));
}
