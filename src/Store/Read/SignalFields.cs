using System.Collections.Frozen;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Store.Read;

/// <summary>What a field's values are, for the SQL builder.</summary>
internal enum FieldKind
{
    Text,
    Enum,
    Integer,
    Float,
    Time,
    TraceId,
    SpanId,
    Json,
    /// <summary>A column that a query made.</summary>
    Derived,
}

/// <summary>The fields of each signal: the columns of its block, and the schema's alias columns.</summary>
internal static class SignalFields
{
    private static readonly string[] RequestAliases = ["http_method", "http_target", "client_ip"];

    private static readonly FrozenDictionary<Signal, FrozenDictionary<string, FieldKind>> Fields =
        SignalTable.All.ToFrozenDictionary(signal => signal, Of);

    public static FieldKind? Find(Signal signal, string field) => Fields[signal].TryGetValue(field, out var kind) ? kind : null;

    public static IEnumerable<string> Names(Signal signal) => Fields[signal].Keys.Order(StringComparer.Ordinal);

    /// <summary>The column that a time range is on.</summary>
    public static string TimeColumn(Signal signal) => signal == Signal.Spans ? "start_time" : "time";

    private static FrozenDictionary<string, FieldKind> Of(Signal signal)
    {
        var fields = new Dictionary<string, FieldKind>(StringComparer.Ordinal);
        foreach (var (name, type) in TableLayouts.ColumnsOf(signal))
            fields[name] = KindOf(type);
        if (signal is Signal.Spans or Signal.Logs)
        {
            foreach (var alias in RequestAliases)
                fields[alias] = FieldKind.Text;
            fields["http_status"] = FieldKind.Integer;
        }
        if (signal is Signal.Spans)
            fields["is_root"] = FieldKind.Integer;
        return fields.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FieldKind KindOf(string type) => type switch
    {
        "FixedString(16)" => FieldKind.TraceId,
        "FixedString(8)" => FieldKind.SpanId,
        "Float64" => FieldKind.Float,
        _ when type.StartsWith("DateTime64", StringComparison.Ordinal) => FieldKind.Time,
        _ when type.StartsWith("Enum", StringComparison.Ordinal) => FieldKind.Enum,
        _ when type.StartsWith("JSON", StringComparison.Ordinal) => FieldKind.Json,
        _ when type.Contains("Int", StringComparison.Ordinal) => FieldKind.Integer,
        _ => FieldKind.Text,
    };
}
