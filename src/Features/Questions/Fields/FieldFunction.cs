using System.Collections.Frozen;

namespace Weir.Features.Questions.Fields;

/// <summary>The functions of calculated fields. Operators are functions too: <c>a + b</c> is <c>SUM(a, b)</c>.</summary>
internal enum FieldFunction
{
    If,
    Switch,
    Coalesce,
    Lt,
    Lte,
    Gt,
    Gte,
    Equals,
    In,
    /// <summary>Only as the operator <c>!=</c>.</summary>
    NotEquals,
    Exists,
    Not,
    And,
    Or,
    Min,
    Max,
    Sum,
    Sub,
    Mul,
    Div,
    Mod,
    Log10,
    Bucket,
    Int,
    Float,
    Bool,
    String,
    Concat,
    ToLower,
    StartsWith,
    EndsWith,
    Contains,
    Length,
    RegMatch,
    RegValue,
    RegCount,
    UnixTimestamp,
    EventTimestamp,
    IngestTimestamp,
    FormatTime,
    // Over the data points of a metric's time series.
    Last,
    Summarize,
    Increase,
    Rate,
    RawMetric,
}

/// <summary>Names of functions and how many arguments they take.</summary>
internal static class FieldFunctions
{
    private const int Any = int.MaxValue;

    private static readonly FrozenDictionary<string, Signature> Signatures = new Dictionary<string, Signature>(StringComparer.Ordinal)
    {
        ["IF"] = new(FieldFunction.If, 2, Any, "IF(condition, value[, condition, value ...][, else])"),
        ["SWITCH"] = new(FieldFunction.Switch, 3, Any, "SWITCH(value, \"case\", result[, \"case\", result ...][, default])"),
        ["COALESCE"] = new(FieldFunction.Coalesce, 1, Any, "COALESCE(value, ...)"),
        ["LT"] = new(FieldFunction.Lt, 2, 2, "LT(left, right)"),
        ["LTE"] = new(FieldFunction.Lte, 2, 2, "LTE(left, right)"),
        ["GT"] = new(FieldFunction.Gt, 2, 2, "GT(left, right)"),
        ["GTE"] = new(FieldFunction.Gte, 2, 2, "GTE(left, right)"),
        ["EQUALS"] = new(FieldFunction.Equals, 2, 2, "EQUALS(left, right)"),
        ["IN"] = new(FieldFunction.In, 2, Any, "IN(value, option, ...)"),
        ["EXISTS"] = new(FieldFunction.Exists, 1, 1, "EXISTS(value)"),
        ["NOT"] = new(FieldFunction.Not, 1, 1, "NOT(condition)"),
        ["AND"] = new(FieldFunction.And, 1, Any, "AND(condition, ...)"),
        ["OR"] = new(FieldFunction.Or, 1, Any, "OR(condition, ...)"),
        ["MIN"] = new(FieldFunction.Min, 1, Any, "MIN(value, ...)"),
        ["MAX"] = new(FieldFunction.Max, 1, Any, "MAX(value, ...)"),
        ["SUM"] = new(FieldFunction.Sum, 1, Any, "SUM(number, ...)"),
        ["SUB"] = new(FieldFunction.Sub, 2, 2, "SUB(left, right)"),
        ["MUL"] = new(FieldFunction.Mul, 1, Any, "MUL(number, ...)"),
        ["DIV"] = new(FieldFunction.Div, 2, 2, "DIV(left, right)"),
        ["MOD"] = new(FieldFunction.Mod, 2, 2, "MOD(left, right)"),
        ["LOG10"] = new(FieldFunction.Log10, 1, 1, "LOG10(number)"),
        ["BUCKET"] = new(FieldFunction.Bucket, 2, 4, "BUCKET(number, size[, min[, max]])"),
        ["INT"] = new(FieldFunction.Int, 1, 1, "INT(value)"),
        ["FLOAT"] = new(FieldFunction.Float, 1, 1, "FLOAT(value)"),
        ["BOOL"] = new(FieldFunction.Bool, 1, 1, "BOOL(value)"),
        ["STRING"] = new(FieldFunction.String, 1, 1, "STRING(value)"),
        ["CONCAT"] = new(FieldFunction.Concat, 1, Any, "CONCAT(value, ...)"),
        ["TO_LOWER"] = new(FieldFunction.ToLower, 1, 1, "TO_LOWER(text)"),
        ["STARTS_WITH"] = new(FieldFunction.StartsWith, 2, 2, "STARTS_WITH(text, prefix)"),
        ["ENDS_WITH"] = new(FieldFunction.EndsWith, 2, 2, "ENDS_WITH(text, suffix)"),
        ["CONTAINS"] = new(FieldFunction.Contains, 2, 2, "CONTAINS(text, part)"),
        ["LENGTH"] = new(FieldFunction.Length, 1, 2, "LENGTH(text[, \"chars\" or \"bytes\"])"),
        ["REG_MATCH"] = new(FieldFunction.RegMatch, 2, 2, "REG_MATCH(text, `pattern`)"),
        ["REG_VALUE"] = new(FieldFunction.RegValue, 2, 2, "REG_VALUE(text, `pattern`)"),
        ["REG_COUNT"] = new(FieldFunction.RegCount, 2, 2, "REG_COUNT(text, `pattern`)"),
        ["UNIX_TIMESTAMP"] = new(FieldFunction.UnixTimestamp, 1, 1, "UNIX_TIMESTAMP(text)"),
        ["EVENT_TIMESTAMP"] = new(FieldFunction.EventTimestamp, 0, 0, "EVENT_TIMESTAMP()"),
        ["INGEST_TIMESTAMP"] = new(FieldFunction.IngestTimestamp, 0, 0, "INGEST_TIMESTAMP()"),
        ["FORMAT_TIME"] = new(FieldFunction.FormatTime, 2, 2, "FORMAT_TIME(\"format\", seconds)"),
        ["LAST"] = new(FieldFunction.Last, 1, 2, "LAST(value[, seconds])"),
        ["SUMMARIZE"] = new(FieldFunction.Summarize, 1, 2, "SUMMARIZE(value[, seconds])"),
        ["INCREASE"] = new(FieldFunction.Increase, 1, 2, "INCREASE(value[, seconds])"),
        ["RATE"] = new(FieldFunction.Rate, 1, 2, "RATE(value[, seconds])"),
        ["RAW_METRIC"] = new(FieldFunction.RawMetric, 1, 2, "RAW_METRIC(value)"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Signature? Find(string name) => Signatures.GetValueOrDefault(name);

    public static IEnumerable<string> Names => Signatures.Keys.Order(StringComparer.Ordinal);

    /// <summary>Works on a metric's series in time instead of one row.</summary>
    public static bool IsTemporal(FieldFunction function) => function >= FieldFunction.Last;

    /// <param name="Usage">The call with its arguments, for error messages.</param>
    internal sealed record Signature(FieldFunction Function, int Least, int Most, string Usage);
}
