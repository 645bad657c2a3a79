using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.In;

/// <summary>What <c>/api/logs/events</c> was asked.</summary>
internal sealed record LogFilter
{
    /// <summary>OpenTelemetry's lines have no group; they appear as a group of their service's.</summary>
    public const string OtlpGroupPrefix = "otlp:";

    public const string OtlpStream = "otlp";

    /// <summary>Cursor of a list that looked for whole words, and of one that also took parts of words.</summary>
    public const char WordsCursor = 'l';
    public const char PartsCursor = 'p';
    private const int DefaultLimit = 100;
    private const int MostEvents = 1000;

    public required TimeRange Range { get; init; }

    public required int Limit { get; init; }

    public PageCursor? Cursor { get; init; }

    /// <summary>Everything but the text.</summary>
    public IReadOnlyList<Expr> Conditions { get; init; } = [];

    /// <summary>The text as whole words; null when none was asked for.</summary>
    public Expr? Words { get; init; }

    /// <summary>The text, words as parts of longer ones too.</summary>
    public Expr? Parts { get; init; }

    public static LogFilter Read(QueryParameters query)
    {
        var conditions = new List<Expr>();
        if (query.Text("group") is { } group)
            conditions.Add(Group(group));
        if (query.Text("stream") is { } stream && !(stream == OtlpStream && IsOtlpGroup(query.Text("group"))))
            conditions.Add(Is("log_stream", stream));
        if (query.Text("service") is { } service)
            conditions.Add(Is("service", service));
        if (query.OneOf("severity", "trace", "debug", "info", "warn", "error", "fatal") is { } severity)
            conditions.Add(Compare(CompareOp.GreaterOrEqual, "severity_number", LeastNumber(severity)));
        if (query.Text("traceId") is { } traceId)
        {
            conditions.Add(TraceId.TryParse(traceId.Trim(), out var id)
                ? Is("trace_id", id.ToBytes())
                : throw new FaultException(ApiFaults.Invalid("traceId: it is no trace id; expected 32 hex digits or the X-Ray form 1-8hex-24hex")));
        }
        var text = query.Text("text") ?? "";
        return new LogFilter
        {
            Range = query.Range(),
            Limit = query.Limit(DefaultLimit, MostEvents),
            Cursor = PageCursor.Read(query, WordsCursor, PartsCursor),
            Conditions = conditions,
            Words = TextSearch.Words("body", text),
            Parts = TextSearch.Parts("body", text),
        };
    }

    /// <summary>The condition for one group of the list of groups.</summary>
    public static Expr Group(string group) => IsOtlpGroup(group)
        ? Is("log_group", "") & Is("service", group[OtlpGroupPrefix.Length..])
        : Is("log_group", group);

    /// <summary>The inverse: the group's name of a stored line.</summary>
    public static string GroupName(string logGroup, string service) => logGroup.Length > 0 ? logGroup : OtlpGroupPrefix + service;

    private static bool IsOtlpGroup(string? group) => group?.StartsWith(OtlpGroupPrefix, StringComparison.Ordinal) == true;

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
        : throw new FaultException(ApiFaults.Invalid("id: it is no id of a log line; expected the whole number that the list gives"));
}
