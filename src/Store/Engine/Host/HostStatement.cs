using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Store.Engine.Host;

/// <summary>What kind of connection a statement runs on: each kind has connections of its own, so that none waits for another.</summary>
internal enum StatementKind
{
    /// <summary>KILL, looks at system.processes, and the sign of life: never behind anything slow.</summary>
    Control,
    Read,
    Insert,
    Other,
}

/// <summary>A statement as a server takes it, and as libchdb does.</summary>
internal sealed partial record HostStatement(StatementKind Kind, string Sql)
{
    /// <summary>Settings that can't be a clause of the statement: they are set before it, on a connection that ends with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Before { get; init; } = [];

    /// <summary>Rows came with it, or it may be one of those that write what they select.</summary>
    public bool MayInsert => Kind == StatementKind.Insert || (Kind == StatementKind.Other && Sql.Contains("INSERT", StringComparison.OrdinalIgnoreCase));

    /// <summary>libchdb has no query ids: a running statement is found by the comment it begins with.</summary>
    private const string IdOfQuery = @"extract(query, '^/\\*weir:([^*]*)\\*/')";

    /// <param name="data">The rows of an INSERT as a file of this process; null when the request has none.</param>
    public static HostStatement Translate(
        string sql, string id, IReadOnlyList<KeyValuePair<string, string>> settings, string? data, Func<string, string, string> structureOf)
    {
        var text = $"/*weir:{id}*/{sql}";
        if (data is not null)
            return new HostStatement(StatementKind.Insert, $"/*weir:{id}*/{Insert(sql, data, structureOf)}\n{Clause([.. settings, .. FileSettings])}");
        var word = FirstWord().Match(sql).Groups["word"].Value.ToUpperInvariant();
        if (word == "KILL" || (sql.Contains("system.processes", StringComparison.Ordinal) && sql.Contains("query_id", StringComparison.Ordinal)))
            return new HostStatement(StatementKind.Control, QueryId().Replace(sql, IdOfQuery)) { Before = settings };
        if (sql == "SELECT 1" && settings.Count == 0)
            return new HostStatement(StatementKind.Control, text);
        var isRead = word is "SELECT" or "WITH" or "EXPLAIN" or "SHOW" or "DESCRIBE" or "DESC" or "EXISTS" or "";
        var kind = isRead && settings.Any(static s => s.Key == "readonly") ? StatementKind.Read : StatementKind.Other;
        if (isRead)
            settings = [.. settings, .. ReadDefaults.Where(d => !settings.Any(s => string.Equals(s.Key, d.Key, StringComparison.Ordinal)))];
        if (settings.Count == 0)
            return new HostStatement(kind, text);
        // Only these end in a SETTINGS clause that is the statement's own; where it has one already, there can be no second.
        return word is "SELECT" or "WITH" or "" && !OwnSettings().IsMatch(sql)
            ? new HostStatement(kind, $"{text}\n{Clause(settings)}")
            : new HostStatement(kind, text) { Before = settings };
    }

    /// <summary>The clause that gives a statement its settings.</summary>
    public static string Clause(IEnumerable<KeyValuePair<string, string>> settings) => "SETTINGS " + Assignments(settings);

    /// <summary><c>a = 1, b = 'x'</c>. Throws for a name that is none.</summary>
    public static string Assignments(IEnumerable<KeyValuePair<string, string>> settings) => string.Join(", ", settings.Select(static s =>
        SqlNames.IsIdentifier(s.Key)
            ? $"{s.Key}={(IsNumber(s.Value) ? s.Value : SqlNames.Literal(s.Value))}"
            : throw new EngineException(EngineFault.Other, $"Setting {s.Key} is neither a builtin setting nor started with the prefix 'SQL_'. (UNKNOWN_SETTING)", 115)));

    /// <summary>The file is another each time under the same name, so nothing that is remembered of it holds.</summary>
    private static readonly KeyValuePair<string, string>[] FileSettings =
    [
        new("schema_inference_use_cache_for_file", "0"), new("use_cache_for_count_from_files", "0"),
    ];

    /// <summary>
    /// Unasked, the engine gives a query one thread less for each GiB that is missing to one GiB a thread: with the memory of a small server
    /// every question would have one core.
    /// </summary>
    private static readonly KeyValuePair<string, string>[] ReadDefaults =
    [
        new("max_threads_min_free_memory_per_thread", (64L << 20).ToString(CultureInfo.InvariantCulture)),
        // Compiled code of a question is mapped memory that the engine keeps, and times make nearly every question another one: the mappings would grow for days.
        new("compile_expressions", "0"), new("compile_aggregate_expressions", "0"), new("compile_sort_description", "0"),
    ];

    /// <summary><c>INSERT INTO t (a, b) FORMAT Native</c> becomes a SELECT from the file that has the rows.</summary>
    private static string Insert(string sql, string file, Func<string, string, string> structureOf)
    {
        var match = InsertFormat().Match(sql);
        if (!match.Success)
            throw new EngineException(EngineFault.Syntax, "Only INSERT INTO table (columns) FORMAT name takes rows from the body. (SYNTAX_ERROR)", 62);
        var table = match.Groups["table"].Value;
        var columns = match.Groups["columns"].Value.Trim();
        var text = new StringBuilder("INSERT INTO ").Append(table);
        if (columns.Length > 0)
            text.Append(" (").Append(columns).Append(')');
        return text
            .Append(" SELECT * FROM file(").Append(SqlNames.Literal(file)).Append(", ").Append(match.Groups["format"].Value).Append(", ")
            .Append(SqlNames.Literal(structureOf(table, columns))).Append(')').ToString();
    }

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static bool IsNumber(string value) => value.Length is > 0 and < 19 && !value.AsSpan().ContainsAnyExcept(Digits);

    [GeneratedRegex(@"^(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?<word>[A-Za-z]*)", RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\bquery_id\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex QueryId();

    [GeneratedRegex(@"\bSETTINGS\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex OwnSettings();

    [GeneratedRegex(
        @"^\s*INSERT\s+INTO\s+(?:TABLE\s+)?(?<table>[A-Za-z0-9_.`]+)\s*(?:\((?<columns>[^)]*)\))?\s+FORMAT\s+(?<format>[A-Za-z0-9]+)\s*;?\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InsertFormat();
}
