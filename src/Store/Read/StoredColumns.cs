using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Store.Read;

/// <summary>The column directory, from <c>column_keys</c>.</summary>
public sealed class StoredColumns(IEngine engine) : IColumnDirectory
{
    public async Task<IReadOnlyList<SeenColumn>> ColumnsAsync(ColumnQuestion question, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append("SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC'))) FROM column_keys WHERE key != ''");
        var part = Where(sql, question);
        sql.Append($" GROUP BY key ORDER BY key = {part} DESC, startsWith(lowerUTF8(key), lowerUTF8({part})) DESC, count() DESC, key LIMIT ");
        sql.Append(question.Limit.ToString(CultureInfo.InvariantCulture));
        if (question.Offset > 0)
            sql.Append(" OFFSET ").Append(question.Offset.ToString(CultureInfo.InvariantCulture));
        return Seen(await ReadAsync(sql, cancellationToken));
    }

    public async Task<long> CountAsync(ColumnQuestion question, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append("SELECT toInt64(uniqExact(key)) FROM column_keys WHERE key != ''");
        Where(sql, question);
        return (long)(await ReadAsync(sql, cancellationToken))[0][0]!;
    }

    /// <summary>Adds the question's conditions; returns what the part of the name is bound to.</summary>
    private static string Where(SqlText sql, ColumnQuestion question)
    {
        if (question.Datasets is { } datasets)
            sql.Append(datasets.Count == 0 ? " AND 0" : $" AND dataset IN ({string.Join(", ", datasets.Select(d => sql.Bind("String", d)))})");
        if (question.Environment is { } environment)
            sql.Append($" AND environment = {sql.Bind("String", environment)}");
        if (question.Signals.Count > 0)
            sql.Append($" AND signal IN ({string.Join(", ", question.Signals.Select(s => sql.Bind("String", SignalTable.Name(s))))})");
        if (question.Since is { } since)
            sql.Append($" AND day >= {sql.Bind("Date", since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}");
        var part = sql.Bind("String", question.Part);
        sql.Append(question.Begins ? $" AND startsWith(lowerUTF8(key), lowerUTF8({part}))" : $" AND position(lowerUTF8(key), lowerUTF8({part})) > 0");
        if (question.Except.Count > 0)
            sql.Append($" AND key NOT IN ({string.Join(", ", question.Except.Select(key => sql.Bind("String", key)))})");
        if (question.Among is { } among)
            sql.Append(among.Count == 0 ? " AND 0" : $" AND key IN ({string.Join(", ", among.Select(key => sql.Bind("String", key)))})");
        return part;
    }

    public async Task<IReadOnlyList<SeenColumn>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var sql = new SqlText();
        sql.Append("SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC'))) FROM column_keys");
        sql.Append($" WHERE key IN ({string.Join(", ", keys.Select(key => sql.Bind("String", key)))}) GROUP BY key");
        return Seen(await ReadAsync(sql, cancellationToken));
    }

    private static List<SeenColumn> Seen(IReadOnlyList<object?[]> rows) =>
    [
        .. rows.Select(row => new SeenColumn(
            (string)row[0]!,
            [.. Texts(row[1]).Select(TypeOf).Distinct().Order()],
            Signals(row[2]),
            Convert.ToInt64(row[3], CultureInfo.InvariantCulture) != 0,
            DateTimeOffset.FromUnixTimeSeconds((long)row[4]!))
        {
            FirstSeen = DateTimeOffset.FromUnixTimeSeconds((long)row[5]!),
        }),
    ];

    public async Task<IReadOnlyList<SeenDataset>> DatasetsAsync(CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append(
            "SELECT dataset, groupUniqArray(signal), toInt64(toUnixTimestamp(max(last_seen))) AS seen FROM column_keys WHERE key = '' AND dataset != '' GROUP BY dataset ORDER BY seen DESC, dataset LIMIT ");
        sql.Append(IColumnDirectory.MostDatasets.ToString(CultureInfo.InvariantCulture));
        var rows = await ReadAsync(sql, cancellationToken);
        return [.. rows.Select(row => new SeenDataset((string)row[0]!, Signals(row[1]), DateTimeOffset.FromUnixTimeSeconds((long)row[2]!)))];
    }

    public async Task<IReadOnlyList<SeenDataset>> DatasetsAsync(string? environment, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append(
            "SELECT dataset, groupUniqArrayIf(signal, key = ''), toInt64(toUnixTimestamp(max(last_seen))) AS seen, toInt64(uniqExactIf(key, key != '')) FROM column_keys WHERE dataset != ''");
        if (environment is not null)
            sql.Append($" AND environment = {sql.Bind("String", environment)}");
        sql.Append(" GROUP BY dataset ORDER BY seen DESC, dataset LIMIT ");
        sql.Append(IColumnDirectory.MostDatasets.ToString(CultureInfo.InvariantCulture));
        var rows = await ReadAsync(sql, cancellationToken);
        return
        [
            .. rows.Select(row => new SeenDataset((string)row[0]!, Signals(row[1]), DateTimeOffset.FromUnixTimeSeconds((long)row[2]!)) { Attributes = (int)(long)row[3]! }),
        ];
    }

    private async Task<IReadOnlyList<object?[]>> ReadAsync(SqlText sql, CancellationToken cancellationToken)
    {
        try
        {
            return await EngineRows.ReadAsync(engine, sql.ToString(), sql.Parameters, cancellationToken);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }

    private static IEnumerable<string> Texts(object? array) => ((object?[])array!).OfType<string>();

    private static List<Signal> Signals(object? array)
    {
        var names = Texts(array).ToHashSet(StringComparer.Ordinal);
        return [.. SignalTable.All.Where(signal => names.Contains(SignalTable.Name(signal)))];
    }

    private static SeenType TypeOf(string type) => type switch
    {
        "integer" => SeenType.Integer,
        "float" => SeenType.Float,
        "boolean" => SeenType.Boolean,
        _ => SeenType.String,
    };
}
