using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Store.Engine.Host;

/// <summary>The kind of connection for a statement: each kind has separate connections, so that none waits for another.</summary>
internal enum StatementKind
{
    /// <summary>KILL, queries of system.processes, and health queries: they never wait for slow statements.</summary>
    Control,
    Read,
    Insert,
    Other,
}

/// <summary>A statement in the form for a server, and for libchdb.</summary>
internal sealed partial record HostStatement(StatementKind Kind, string Sql)
{
    /// <summary>Settings that can't be a clause of the statement: they are set before it, on a connection that is closed after it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Before { get; init; } = [];

    /// <summary>Rows came with it, or it may be an INSERT ... SELECT.</summary>
    public bool MayInsert => Kind == StatementKind.Insert || (Kind == StatementKind.Other && Sql.Contains("INSERT", StringComparison.OrdinalIgnoreCase));

    /// <summary>libchdb has no query ids: a running statement is found by the comment at its beginning.</summary>
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
        // Only these can end in a SETTINGS clause of their own; a statement that has one can't get a second.
        return word is "SELECT" or "WITH" or "" && !OwnSettings().IsMatch(sql)
            ? new HostStatement(kind, $"{text}\n{Clause(settings)}")
            : new HostStatement(kind, text) { Before = settings };
    }

    /// <summary>The clause that gives a statement its settings.</summary>
    public static string Clause(IEnumerable<KeyValuePair<string, string>> settings) => "SETTINGS " + Assignments(settings);

    /// <summary><c>a = 1, b = 'x'</c>. Throws for an invalid name.</summary>
    public static string Assignments(IEnumerable<KeyValuePair<string, string>> settings) => string.Join(", ", settings.Select(static s =>
        SqlNames.IsIdentifier(s.Key)
            ? $"{s.Key}={(IsNumber(s.Value) ? s.Value : SqlNames.Literal(s.Value))}"
            : throw new EngineException(EngineFault.Other, $"Setting {s.Key} is neither a builtin setting nor started with the prefix 'SQL_'. (UNKNOWN_SETTING)", 115)));

    /// <summary>The same name is another file each time, so caches of the file must be off.</summary>
    private static readonly KeyValuePair<string, string>[] FileSettings =
    [
        new("schema_inference_use_cache_for_file", "0"), new("use_cache_for_count_from_files", "0"),
    ];

    /// <summary>
    /// By default the engine uses one thread less for each GiB below one GiB per thread, so with the memory of a small server
    /// every query would use one core.
    /// </summary>
    private static readonly KeyValuePair<string, string>[] ReadDefaults =
    [
        new("max_threads_min_free_memory_per_thread", (64L << 20).ToString(CultureInfo.InvariantCulture)),
        // The engine keeps compiled code in mapped memory, and because of its times nearly every query is a new one: the mappings would grow for days.
        new("compile_expressions", "0"), new("compile_aggregate_expressions", "0"), new("compile_sort_description", "0"),
    ];

    /// <summary><c>INSERT INTO t (a, b) FORMAT Native</c> becomes a SELECT from the file with the rows.</summary>
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
