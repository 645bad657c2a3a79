using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>
/// ClickHouse behind its HTTP interface: Weir's child process, or a server. Both get the same SQL and the same Native blocks.
/// All members may be called from any thread; calls beyond the number of connections wait in order of arrival.
/// Every failure of the engine is an <see cref="EngineException"/>; a cancelled token is an <see cref="OperationCanceledException"/>.
/// SQL texts are Weir's own: user input is only passed as <see cref="EngineParameter"/>, and no text has an outermost
/// SETTINGS clause, because the engine client writes that clause.
/// </summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The ClickHouse version, such as <c>26.5.1.1</c>.</summary>
    string Version { get; }

    /// <summary>The current state, without a request.</summary>
    EngineStatus Status { get; }

    /// <summary>
    /// Runs one read-only query and returns its result in <paramref name="format"/> (RowBinaryWithNamesAndTypes, Native, JSONEachRow).
    /// JSON columns are written as text in the RowBinary formats and in the flattened form in Native.
    /// Cancelling <paramref name="ct"/> stops the query inside the engine, within about 0.1 s, before the task ends.
    /// A query whose engine went away is repeated once when the engine is back within seconds.
    /// </summary>
    Task<EngineResult> QueryAsync(
        string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct);

    /// <summary>
    /// The progress of the query with this <see cref="QueryLimits.Name"/>; null when none is running. Takes some milliseconds and waits for
    /// no other query. <c>TotalRows</c> is the engine's own estimate and grows until all tables are opened.
    /// </summary>
    Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct);

    /// <summary>
    /// Runs one statement without a result: DDL, small INSERT ... SELECT, ALTER. Not for session statements (SET, USE), nor for
    /// DROP ... SYNC, which never returns in the embedded engine.
    /// </summary>
    Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct);

    /// <summary>
    /// Inserts the rows of Native-format <paramref name="blocks"/> as one block. A second call with the same
    /// <paramref name="deduplicationToken"/> and the same rows stores nothing, also after a restart, as long as the table keeps
    /// a <c>non_replicated_deduplication_window</c> (or is replicated) and the token is within it.
    /// Once the insert has started it runs to its end: <paramref name="ct"/> ends only the wait for a connection.
    /// </summary>
    /// <param name="table">Table name, optionally qualified.</param>
    /// <param name="columns">Column list in the order of the blocks, such as <c>a, b</c>.</param>
    /// <param name="structure">Names and types of the same columns, such as <c>a UInt8, b String</c>.</param>
    /// <param name="blocks">Concatenated they are a Native stream; a block may span two items. The caller keeps the memory until the task ends.</param>
    /// <param name="deduplicationToken">Non-empty; equal tokens mean equal rows.</param>
    /// <param name="ct">Ends the wait for a connection.</param>
    Task InsertAsync(
        string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct);
}

/// <summary>What happens when a query has more rows than <see cref="QueryLimits.MaxResultRows"/>.</summary>
public enum RowOverflow
{
    /// <summary>The query fails with <see cref="EngineFault.RowLimit"/>.</summary>
    Throw,

    /// <summary>The result stops there. A UNION may pass the limit by up to one block (65,536 rows).</summary>
    Break,
}

/// <summary>Limits of one query, each greater than zero. A query is always read-only.</summary>
/// <param name="MaxTime">Wall time inside the engine; precision one millisecond.</param>
/// <param name="MaxMemoryBytes">Memory of the query's operators, and size of its result.</param>
/// <param name="MaxResultRows">Rows of the result.</param>
/// <param name="OnMoreRows">What happens with more rows.</param>
public sealed record QueryLimits(TimeSpan MaxTime, long MaxMemoryBytes, long MaxResultRows, RowOverflow OnMoreRows = RowOverflow.Throw)
{
    /// <summary>Maximum groups of any GROUP BY in the query, above which it fails with <see cref="EngineFault.RowLimit"/>; null for no such limit.</summary>
    public long? MaxGroups { get; init; }

    /// <summary>Identifies a running query: letters and digits, unique. Null for queries whose progress nobody reads.</summary>
    public string? Name { get; init; }

    /// <summary>10 s, 1 GiB, 1 M rows: for Weir's internal queries; queries for users set their own limits.</summary>
    public static QueryLimits Default { get; } = new(TimeSpan.FromSeconds(10), 1L << 30, 1_000_000);
}

/// <summary>The bytes of a result and its cost. Disposing it frees the bytes, which may be many.</summary>
public sealed class EngineResult : IDisposable
{
    private readonly IDisposable? _owner;
    private ReadOnlyMemory<byte>? _bytes;

    internal EngineResult(ReadOnlyMemory<byte> bytes, long rowsRead, long bytesRead, TimeSpan elapsed, IDisposable? owner = null)
    {
        _bytes = bytes;
        _owner = owner;
        RowsRead = rowsRead;
        BytesRead = bytesRead;
        Elapsed = elapsed;
    }

    /// <summary>The whole result in the format asked for; empty when the format writes nothing for no rows.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes ?? throw new ObjectDisposedException(nameof(EngineResult));

    /// <summary>Rows read from storage.</summary>
    public long RowsRead { get; }

    /// <summary>Bytes read from storage, uncompressed.</summary>
    public long BytesRead { get; }

    /// <summary>Time inside the engine.</summary>
    public TimeSpan Elapsed { get; }

    public void Dispose()
    {
        _bytes = null;
        _owner?.Dispose();
    }
}
