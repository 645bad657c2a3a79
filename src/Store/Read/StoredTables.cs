using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Store.Read;

/// <summary>What the tables hold, from the engine's list of parts.</summary>
public sealed class StoredTables(IEngine engine)
{
    private const string Parts =
        """
        SELECT table, toInt64(sum(rows)), toInt64(sum(bytes_on_disk)), minIf(partition, rows > 0)
        FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table
        """;

    /// <summary>One entry a signal, and the bytes of all tables. Throws <see cref="FaultException"/> (Unavailable).</summary>
    public async Task<(IReadOnlyList<TableFigures> Tables, long Bytes)> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows;
        try
        {
            rows = await EngineRows.ReadAsync(engine, Parts, [], cancellationToken);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
        var tables = SignalTable.All.Select(signal =>
        {
            var row = rows.FirstOrDefault(r => (string)r[0]! == SignalTable.Name(signal));
            return row is null
                ? new TableFigures(signal, 0, 0, null)
                : new TableFigures(signal, (long)row[1]!, (long)row[2]!, Day((string)row[3]!));
        });
        return ([.. tables], rows.Sum(row => (long)row[2]!));
    }

    private static DateTimeOffset? Day(string partition) => DateTimeOffset.TryParseExact(
        partition, "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.AssumeUniversal, out var day) ? day : null;
}
