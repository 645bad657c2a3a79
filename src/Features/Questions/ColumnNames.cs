using System.Collections.Frozen;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>As what a column's values are compared and calculated with.</summary>
public enum ColumnType
{
    /// <summary>An attribute: each row has its own type.</summary>
    Any,
    Text,
    Number,
    Bool,
}

/// <summary>
/// The names that questions use for columns, one vocabulary for all signals, and what each stands for. Every other name is an attribute,
/// looked for on the record and then on its resource.
/// </summary>
public static class ColumnNames
{
    /// <summary>
    /// Of metrics, beside <c>value</c>, which is the data point as it came: by how much it rose, or the last of each bucket, as its kind is usually asked.
    /// </summary>
    public const string MetricValue = "metric.value";

    /// <summary>
    /// Before an attribute's key it says that the attribute is meant, where a column has the same name: <c>attributes.name</c> is not the span's name.
    /// </summary>
    public const string AttributePrefix = "attributes.";

    private static readonly Expr NoSpan = new ConstExpr(new byte[SpanId.Size]);
    private static readonly Expr NoTrace = new ConstExpr(new byte[TraceId.Size]);

    private static readonly FrozenDictionary<Signal, FrozenDictionary<string, Column>> Columns =
        SignalTable.All.ToFrozenDictionary(signal => signal, signal => Of(signal).ToFrozenDictionary(StringComparer.Ordinal));

    private sealed record Column(ColumnType Type, Expr Value);

    /// <summary>
    /// What the name stands for in the signal's rows; NULL where the row has none. Never fails: a name that is no column of the signal is
    /// an attribute's key.
    /// </summary>
    public static Expr Resolve(Signal signal, string name) =>
        Columns[signal].TryGetValue(name, out var column) ? column.Value : new AttributeExpr(name);

    /// <summary>The key behind <see cref="AttributePrefix"/>, or null.</summary>
    public static string? KeyAfterPrefix(string name) =>
        name.Length > AttributePrefix.Length && name.StartsWith(AttributePrefix, StringComparison.Ordinal) ? name[AttributePrefix.Length..] : null;

    /// <summary>Any for attributes.</summary>
    public static ColumnType TypeOf(Signal signal, string name) =>
        Columns[signal].TryGetValue(name, out var column) ? column.Type : ColumnType.Any;

    /// <summary>
    /// Columns of logs that some records have with a type or a value that the table's column can't hold: theirs is an attribute of the name,
    /// which goes before.
    /// </summary>
    public static bool MayBeAttribute(Signal signal, string name) => signal == Signal.Logs && name is "body" or "severity_code";

    /// <summary>A column of which <see cref="MayBeAttribute"/> is true, with the attribute before it.</summary>
    public static (ColumnType Type, Expr Value) WithAttribute(Signal signal, string name)
    {
        var attribute = new AttributeExpr(name, AttributeScope.Record);
        var whole = attribute with { Type = AttributeType.Integer };
        if (TypeOf(signal, name) == ColumnType.Number)
            return (ColumnType.Number, Call(Function.Coalesce, whole, Resolve(signal, name)));
        var otherwise = Call(Function.If, new ExistsExpr(attribute), NullExpr.Instance, Resolve(signal, name));
        return (ColumnType.Any, new UnionExpr(
            Call(Function.Coalesce, attribute with { Type = AttributeType.OnlyString }, otherwise),
            whole,
            attribute with { Type = AttributeType.Float },
            attribute with { Type = AttributeType.Bool }));
    }

    /// <summary>The names that are not attributes, with their types.</summary>
    public static IEnumerable<(string Name, ColumnType Type)> Known(Signal signal) => Columns[signal].Select(c => (c.Key, c.Value.Type));

    /// <summary>The word of <c>meta.signal_type</c>.</summary>
    public static string SignalType(Signal signal) => signal switch
    {
        Signal.Spans => "trace",
        Signal.Logs => "log",
        Signal.Occurrences => "error",
        Signal.Metrics => "metric",
        Signal.Events => "event",
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };

    private static Dictionary<string, Column> Of(Signal signal)
    {
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal)
        {
            ["service.name"] = Text("service"),
            ["environment"] = new(ColumnType.Text, new FieldExpr("environment")),
            ["meta.protocol"] = new(ColumnType.Text, new FieldExpr("protocol")),
            ["meta.signal_type"] = new(ColumnType.Text, TypeOfSignal(signal)),
            ["dataset"] = Text(signal == Signal.Events ? "dataset" : "service"),
        };
        if (signal != Signal.Metrics)
            columns["trace.trace_id"] = Id("trace_id", NoTrace);
        // A log line is no span: the one it was written in is its parent.
        if (signal is Signal.Spans or Signal.Events or Signal.Occurrences)
            columns["trace.span_id"] = Id("span_id", NoSpan);
        if (signal is Signal.Spans or Signal.Events or Signal.Logs)
            columns["trace.parent_id"] = Id(signal == Signal.Logs ? "span_id" : "parent_span_id", NoSpan);
        if (signal is Signal.Spans or Signal.Logs or Signal.Metrics)
        {
            columns["library.name"] = Text("scope_name");
            columns["telemetry.instrumentation_library"] = new(ColumnType.Bool, TrueOrNull(IsInstrumentation));
        }
        switch (signal)
        {
            case Signal.Spans:
                AddSpanColumns(columns);
                break;
            case Signal.Logs:
                AddLogColumns(columns);
                break;
            case Signal.Occurrences:
                AddOccurrenceColumns(columns);
                break;
            case Signal.Metrics:
                columns["name"] = columns["metric.name"] = Text("name");
                // A distribution has no one value: what there is of it has columns of its own.
                columns["value"] = new(ColumnType.Number, Call(Function.If, IsDistribution, NullExpr.Instance, new FieldExpr("value")));
                columns["metric.min"] = new(ColumnType.Number, Extreme("min"));
                columns["metric.max"] = new(ColumnType.Number, Extreme("max"));
                columns["metric.count"] = new(ColumnType.Number, new FieldExpr("count"));
                columns["metric.sum"] = new(ColumnType.Number, new FieldExpr("sum"));
                columns["unit"] = Text("unit");
                columns["type"] = new(ColumnType.Text, Call(Function.ToText, new FieldExpr("type")));
                break;
            case Signal.Events:
                columns["name"] = Text("name");
                columns["is_root"] = new(ColumnType.Bool, HasTrace & Is("parent_span_id", NoSpan));
                foreach (var id in new[] { "trace.trace_id", "trace.span_id", "trace.parent_id" })
                    columns[id] = AsSent(id, columns[id]);
                break;
        }
        return columns;
    }

    /// <summary>Events and links of OpenTelemetry's spans are stored beside the wide events, and belong to traces.</summary>
    private static Expr TypeOfSignal(Signal signal) => signal == Signal.Events
        ? Call(Function.If, Is("protocol", new ConstExpr(WireProtocol.Otlp)), new ConstExpr(SignalType(Signal.Spans)), new ConstExpr(SignalType(signal)))
        : new ConstExpr(SignalType(signal));

    private static void AddSpanColumns(Dictionary<string, Column> columns)
    {
        columns["name"] = Text("name");
        columns["duration_ms"] = new(ColumnType.Number, Call(Function.Divide, new FieldExpr("duration_ns"), new ConstExpr(1e6)));
        columns["error"] = new(ColumnType.Bool, TrueOrNull(Is("status", new ConstExpr("error"))));
        columns["status_code"] = new(ColumnType.Number, Call(Function.EnumNumber, new FieldExpr("status")));
        columns["status_message"] = Text("status_message");
        columns["span.kind"] = columns["type"] = new(ColumnType.Text, Call(Function.ToText, new FieldExpr("kind")));
        columns["library.version"] = Text("scope_version");
        columns["trace.trace_state"] = Text("trace_state");
        columns["is_root"] = new(ColumnType.Bool, Is("parent_span_id", NoSpan));
        columns["span.num_events"] = new(ColumnType.Number, Call(Function.JsonLength, new FieldExpr("events")));
        columns["span.num_links"] = new(ColumnType.Number, Call(Function.JsonLength, new FieldExpr("links")));
    }

    private static void AddLogColumns(Dictionary<string, Column> columns)
    {
        columns["name"] = columns["event.name"] = Text("event_name");
        var isOtlp = Is("protocol", new ConstExpr(WireProtocol.Otlp));
        columns["flags"] = new(ColumnType.Number, Call(Function.If, isOtlp, new FieldExpr("flags"), NullExpr.Instance));
        columns["meta.annotation_type"] = new(ColumnType.Text, Call(Function.If, HasTrace, new ConstExpr("span_event"), NullExpr.Instance));
        columns["body"] = new(ColumnType.Text, new FieldExpr("body"));
        columns["severity"] = new(
            ColumnType.Text,
            Call(Function.If, isOtlp & Is("severity", new ConstExpr("")), new ConstExpr("unspecified"), Text("severity").Value));
        columns["severity_code"] = new(
            ColumnType.Number, Call(Function.If, isOtlp, new FieldExpr("severity_number"), Call(Function.NullIf, new FieldExpr("severity_number"), new ConstExpr(0L))));
        columns["severity_text"] = new(
            ColumnType.Text,
            Call(Function.Coalesce, new AttributeExpr("severity_text", AttributeScope.Record, AttributeType.String), Text("severity").Value));
        columns["log_group"] = Text("log_group");
        columns["log_stream"] = Text("log_stream");
        columns["error"] = new(
            ColumnType.Bool, TrueOrNull(new CompareExpr(CompareOp.GreaterOrEqual, new FieldExpr("severity_number"), new ConstExpr(17L))));
    }

    private static void AddOccurrenceColumns(Dictionary<string, Column> columns)
    {
        columns["name"] = columns["exception.type"] = Text("exception_class");
        columns["exception.message"] = Text("message");
        columns["title"] = Text("title");
        columns["level"] = Text("level");
        columns["item_id"] = new(ColumnType.Text, Call(Function.Hex, new FieldExpr("item_id"), new ConstExpr(16L)));
        columns["occurrence_id"] = Text("occurrence_id");
        columns["error"] = new(ColumnType.Bool, new ConstExpr(true));
    }

    /// <summary>The data point is a histogram or a summary.</summary>
    public static Expr IsDistribution =>
        Is("type", new ConstExpr("histogram")) | Is("type", new ConstExpr("exponential_histogram")) | Is("type", new ConstExpr("summary"));

    private static CallExpr Extreme(string field) => Call(
        Function.If,
        new AndExpr([IsDistribution, !new CompareExpr(CompareOp.Contains, new FieldExpr("detail"), new ConstExpr("\"noMinMax\""))]), new FieldExpr(field), NullExpr.Instance);

    private static OrExpr IsInstrumentation =>
        new([.. InstrumentationLibrary.Prefixes.Select(p => new CompareExpr(CompareOp.StartsWith, new FieldExpr("scope_name"), new ConstExpr(p)))]);

    private static Expr HasTrace => !Is("trace_id", NoTrace);

    private static CallExpr Call(Function function, params Expr[] arguments) => new(function, arguments);

    private static CompareExpr Is(string field, Expr value) => new(CompareOp.Equal, new FieldExpr(field), value);

    /// <summary>Tables keep "none" as the empty text.</summary>
    private static Column Text(string field) => new(ColumnType.Text, Call(Function.NullIf, new FieldExpr(field), new ConstExpr("")));

    /// <summary>Tables keep "none" as zeros.</summary>
    private static Column Id(string field, Expr none) =>
        new(ColumnType.Text, Call(Function.Hex, Call(Function.NullIf, new FieldExpr(field), none)));

    /// <summary>Clients of Honeycomb write ids as they like; the text they sent is kept as an attribute.</summary>
    private static Column AsSent(string name, Column id) => id with
    {
        Value = Call(Function.Coalesce, Call(Function.ToText, new AttributeExpr(name, AttributeScope.Record)), id.Value),
    };

    private static CallExpr TrueOrNull(Expr condition) => Call(Function.NullIf, condition, new ConstExpr(false));
}
