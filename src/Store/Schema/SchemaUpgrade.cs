using System.Globalization;
using Weir.Core.Model;
using Weir.Store.Engine;
using Weir.Store.Read;

namespace Weir.Store.Schema;

/// <summary>
/// Upgrades the engine's tables: runs the numbered .sql files that have not been run, each once, in order, and records them in
/// <c>schema_versions</c>. Statements are separated by a semicolon at the end of a line. When a start is killed in between, the next one runs the file
/// again from its beginning, so every statement must not change existing objects.
/// </summary>
internal static class SchemaUpgrade
{
    private static readonly string[] Versions =
    [
        "CREATE TABLE IF NOT EXISTS schema_versions (version UInt32, name String, applied_at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY version",
        // If a power failure lost a version, it would be run again on tables that contain rows. Folders of older versions do not have this setting.
        "ALTER TABLE schema_versions MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1",
    ];

    /// <summary>Returns the number of files that were run. Throws when the folder was written by a newer Weir.</summary>
    public static async Task<int> RunAsync(IEngine engine, CancellationToken cancellationToken)
    {
        foreach (var statement in Versions)
            await engine.ExecuteAsync(statement, [], cancellationToken);
        var applied = await AppliedAsync(engine, cancellationToken);
        var files = Files();
        var newest = files.Count == 0 ? 0 : files[^1].Version;
        if (applied.Count > 0 && applied.Max() > newest)
        {
            throw new FaultException(new Fault(FaultKind.Conflict, string.Create(CultureInfo.InvariantCulture,
                $"the data folder has schema version {applied.Max()}, but this Weir supports only {newest}; use a newer Weir or another data folder")));
        }
        var ran = 0;
        foreach (var (version, name, sql) in files.Where(f => !applied.Contains(f.Version)))
        {
            foreach (var statement in Statements(sql))
                await engine.ExecuteAsync(statement, [], cancellationToken);
            await engine.ExecuteAsync(
                "INSERT INTO schema_versions (version, name) VALUES ({version:UInt32}, {name:String})",
                [EngineParameter.Text("version", version.ToString(CultureInfo.InvariantCulture)), EngineParameter.Text("name", name)],
                cancellationToken);
            ran++;
        }
        return ran;
    }

    /// <summary>Sets how long each signal is kept. Parts expire in whole days; zero keeps forever.</summary>
    public static async Task SetRetentionAsync(IEngine engine, IReadOnlyDictionary<Signal, int> days, CancellationToken cancellationToken)
    {
        foreach (var (signal, kept) in days)
        {
            var table = SignalTable.Name(signal);
            await SetTtlAsync(engine, table, $"toDateTime({SignalFields.TimeColumn(signal)})", kept, cancellationToken);
            if (signal == Signal.Spans)
                await SetTtlAsync(engine, "trace_times", "day", kept, cancellationToken);
        }
        // The column directory is kept as long as the signal with the longest retention.
        await SetTtlAsync(engine, "column_keys", "day", days.Values.Contains(0) ? 0 : days.Values.DefaultIfEmpty().Max(), cancellationToken);
    }

    private static async Task SetTtlAsync(IEngine engine, string table, string time, int days, CancellationToken cancellationToken)
    {
        var now = await CreateStatementAsync(engine, table, cancellationToken);
        var wanted = string.Create(CultureInfo.InvariantCulture, $"TTL {time} + toIntervalDay({days})");
        var has = now.Contains("\nTTL ", StringComparison.Ordinal);
        if (days <= 0 && has)
            await engine.ExecuteAsync($"ALTER TABLE {table} REMOVE TTL", [], cancellationToken);
        else if (days > 0 && !now.Contains(wanted, StringComparison.Ordinal))
            await engine.ExecuteAsync($"ALTER TABLE {table} MODIFY {wanted} SETTINGS materialize_ttl_after_modify = 0", [], cancellationToken);
    }

    private static async Task<string> CreateStatementAsync(IEngine engine, string table, CancellationToken cancellationToken)
    {
        // Formatted, so that the table's own TTL is at the beginning of a line.
        var rows = await EngineRows.ReadAsync(
            engine,
            "SELECT formatQuery(create_table_query) FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
            [EngineParameter.Text("table", table)],
            cancellationToken);
        return rows.Count > 0 ? (string)rows[0][0]! : "";
    }

    private static async Task<HashSet<int>> AppliedAsync(IEngine engine, CancellationToken cancellationToken)
    {
        var rows = await EngineRows.ReadAsync(engine, "SELECT version FROM schema_versions", [], cancellationToken);
        return [.. rows.Select(r => (int)Convert.ToInt64(r[0], CultureInfo.InvariantCulture))];
    }

    /// <summary>The embedded files, by number.</summary>
    internal static List<(int Version, string Name, string Sql)> Files()
    {
        var assembly = typeof(SchemaUpgrade).Assembly;
        const string Prefix = "Weir.Store.Schema.";
        var files = new List<(int, string, string)>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[Prefix.Length..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            files.Add((int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }
        return files;
    }

    internal static IEnumerable<string> Statements(string sql)
    {
        var lines = sql.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return string.Join('\n', lines).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(statement => statement.TrimEnd(';'));
    }
}
