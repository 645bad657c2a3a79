using System.Text;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Boards;
using Weir.Features.Errors;
using Weir.Features.Questions;
using Weir.Features.Questions.BubbleUp;
using Weir.Features.Requests;
using Weir.Protocols.Api;
using Weir.Protocols.Explore.Columns;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.XRay.Ui;

namespace Weir.Tests.WebUi;

/// <summary>
/// What the C# types of /api leave open: which texts a text may be, and what a JSON value holds. The browser tests hold answers of a running
/// server against the declarations, so a word that is missing here fails there.
/// </summary>
internal static class ApiWords
{
    public const string Head = "// Made of the server's records by ./dev types; a test of the server compares. Change the records, not this file.\n";

    /// <summary>Kinds of text that have a name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Unions = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["CalculationOp"] = [.. CalculationOps.Names],
        ["ColumnType"] = ["string", "integer", "float", "boolean"],
        ["Code"] = ["ok", "error", "fault", "throttle"],
        ["FilterOp"] = [.. FilterOps.Names],
        ["ItemStatus"] = ["active", "resolved", "muted"],
        ["Protocol"] = [WireProtocol.Otlp, WireProtocol.Honeycomb, WireProtocol.XRay, WireProtocol.CloudWatchLogs, WireProtocol.Rollbar],
        ["QuerySignal"] = [.. SignalTable.All.Select(SignalWords.Of)],
        ["RecipientType"] = [.. Recipients.Types],
        ["Signal"] = [.. SignalTable.All.Select(SignalTable.Name)],
        ["SpanKindName"] = [.. Enum.GetValues<SpanKind>().Select(SpanColumns.NameOf)],
        ["SpanStatusName"] = [.. Enum.GetValues<SpanStatus>().Select(SpanColumns.NameOf)],
    };

    /// <summary>Members of this name, whatever record has them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Everywhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["protocol"] = "Protocol",
        ["protocols"] = "Protocol",
    };

    public static readonly IReadOnlyDictionary<(Type Type, string Member), string> Members = new Dictionary<(Type Type, string Member), string>
    {
        [(typeof(StatusEngine), "kind")] = Texts("embedded", "remote"),
        [(typeof(StatusEngine), "state")] = Texts("ready", "restarting", "silent", "closed"),
        [(typeof(StatusTable), "table")] = "Signal",
        [(typeof(CounterShape), "signal")] = "Signal",
        [(typeof(JournalRows), "signal")] = "Signal",
        [(typeof(SetupProblem), "client")] = "Protocol | \"\"",
        [(typeof(SetupClient), "id")] = "Protocol",
        [(typeof(SetupClient), "state")] = Texts("waiting", "received", "rejected"),
        [(typeof(Snippet), "language")] = Texts("bash", "csharp", "python", "javascript", "ini"),
        [(typeof(SearchMatch), "kind")] = Texts("trace", "span", "log", "occurrence", "item", "logGroup", "service"),
        [(typeof(ItemSummary), "status")] = "ItemStatus",
        [(typeof(ItemDetail), "status")] = "ItemStatus",
        [(typeof(StoryPart), "kind")] = Texts("trace", "xray", "logs", "error"),
        [(typeof(StoryCandidate), "kind")] = Texts("trace", "xray", "logs", "error"),
        [(typeof(StoryLink), "by")] = Texts("origin", "sameId", "idInText", "match"),
        [(typeof(StorySpan), "kind")] = "SpanKindName",
        [(typeof(StorySpan), "status")] = "SpanStatusName",
        [(typeof(ColumnAnswer), "type")] = "ColumnType",
        [(typeof(ColumnAnswer), "signals")] = "QuerySignal",
        [(typeof(DatasetAnswer), "signals")] = "QuerySignal",
        [(typeof(ValueAnswer), "value")] = "Scalar",
        [(typeof(CheckedAnswer), "ok")] = "true",
        [(typeof(RefusedAnswer), "ok")] = "false",
        [(typeof(ValueShare), "value")] = "Scalar",
        [(typeof(UiTrace), "code")] = "Code",
        [(typeof(UiAnnotation), "value")] = "Scalar",
        [(typeof(UiAnalyticsRow), "value")] = "Scalar",
        [(typeof(UiAnalyticsTable), "by")] = Texts("service", "url", "method", "status", "user", "client", "exception", "annotation"),
        [(typeof(UiInsight), "state")] = Texts("ACTIVE", "CLOSED"),
        [(typeof(UiInsightNotification), "state")] = Texts("ACTIVE", "CLOSED"),
        [(typeof(Board), "type")] = Texts("flexible"),
        [(typeof(Board), "layout_generation")] = Texts("auto", "manual"),
        [(typeof(Panel), "type")] = Texts("query", "slo", "text"),
        [(typeof(QueryPanel), "query_style")] = Texts("graph", "table", "combo"),
        [(typeof(QueryPanel), "visualization_settings")] = "VisualizationSettings",
        [(typeof(QueryAnnotation), "source")] = Texts("query", "board"),
        [(typeof(Trigger), "alert_type")] = Texts("on_change", "on_true"),
        [(typeof(Trigger), "evaluation_schedule_type")] = Texts("frequency", "window"),
        [(typeof(Trigger), "query")] = "QuerySpec",
        [(typeof(Threshold), "op")] = Texts(">", ">=", "<", "<="),
        [(typeof(Baseline), "type")] = Texts("value", "percentage"),
        [(typeof(BurnAlert), "alert_type")] = Texts(BurnAlert.ExhaustionTime, BurnAlert.BudgetRate),
        [(typeof(SloDetails), "status")] = Texts("normal", "triggered", "no_alerts", "no_events"),
        [(typeof(Recipient), "type")] = "RecipientType",
        [(typeof(AlertHistoryItem), "state")] = Texts("triggered", "ok", "error"),
        [(typeof(AlertHistoryItem), "group")] = "Values",
        [(typeof(TriggerCheckGroup), "group")] = "Values",
        [(typeof(KeptQuery), "query")] = "QuerySpec",
    };

    /// <summary>Objects that are answered with more than they are stored with.</summary>
    public static readonly IReadOnlyDictionary<Type, string> Extended = new Dictionary<Type, string>
    {
        [typeof(Trigger)] = nameof(AlertStanding),
        [typeof(BurnAlert)] = nameof(AlertStanding),
        [typeof(Slo)] = $"Partial<{nameof(SloDetails)}>",
        [typeof(Marker)] = nameof(MarkerColor),
        [typeof(Board)] = nameof(BoardAddress),
    };

    /// <summary>Members that an object has been asked for since there are such objects, though its record has a default for them.</summary>
    public static readonly IReadOnlySet<(Type Type, string Member)> Always = new HashSet<(Type Type, string Member)>
    {
        (typeof(Trigger), "threshold"),
        (typeof(Slo), "sli"),
        (typeof(Recipient), "details"),
        (typeof(BurnAlert), "slo"),
    };

    /// <summary>Names that src/api/written.ts declares: shapes whose JSON is written by hand.</summary>
    public static readonly string[] Written = ["Scalar", "Values", "QuerySpec", "SpanTable", "VisualizationSettings"];

    /// <summary>A shape that the UI sends: what may be null may be left out.</summary>
    public static bool IsSent(Type type) => type == typeof(UiGroupForm) || type == typeof(UiRuleForm) || type == typeof(CheckBody) || type == typeof(JournalNames);

    public static string WriteUnions()
    {
        var text = new StringBuilder(Head);
        foreach (var (name, words) in Unions)
            text.Append($"\nexport type {name} =\n").AppendJoin('\n', words.Select(w => $"  | \"{w}\"")).Append(";\n");
        return text.ToString();
    }

    private static string Texts(params string[] words) => string.Join(" | ", words.Select(w => $"\"{w}\""));
}
