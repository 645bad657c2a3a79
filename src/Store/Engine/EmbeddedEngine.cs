using System.Globalization;
using System.Text;
using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>
/// ClickHouse in this process. The library serves one data folder a process, so one instance can be open at a time.
/// Statements block a native call, so each connection has a thread of its own for them.
/// </summary>
public sealed class EmbeddedEngine : IEngine
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);
    private static string? _openFolder;

    private readonly EmbeddedEngineOptions _options;
    private readonly ConnectionPool _reads;
    private readonly ConnectionPool _inserts;
    private readonly ConnectionPool _statements;
    private readonly ConnectionPool _control;
    private readonly TimeProvider _time;
    private long _statementNumber;
    private int _connectionNumber;
    private int _closed;

    private EmbeddedEngine(EmbeddedEngineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        (_reads, _inserts, _statements, _control) = (Pool("read"), Pool("insert"), Pool("statement"), Pool("control"));
        AppDomain.CurrentDomain.ProcessExit += LeaveAtOnce;
    }

    public string Version { get; private set; } = "";

    /// <summary>
    /// Opens the data folder. Throws <see cref="EngineException"/> of kind Unavailable when the library is missing, the folder cannot
    /// be written, another process has it open, or this process has one open already.
    /// </summary>
    public static async Task<EmbeddedEngine> OpenAsync(EmbeddedEngineOptions options, TimeProvider time, CancellationToken ct)
    {
        options.Validate();
        var folder = Path.GetFullPath(options.DataFolder);
        if (!await OneAtATime.WaitAsync(TimeSpan.Zero, ct))
        {
            throw new EngineException(
                EngineFault.Unavailable, $"the engine serves one data folder a process, and {_openFolder} is open; {folder} was not opened");
        }

        try
        {
            _openFolder = folder;
            return await OpenFolderAsync(options, time);
        }
        catch
        {
            _openFolder = null;
            OneAtATime.Release();
            throw;
        }
    }

    public async Task<EngineResult> QueryAsync(
        string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct)
    {
        // The newline ends a comment that the text may end with.
        var text = $"{sql}\n{SqlText.Clause(SqlText.EmbeddedReadSettings(limits))}";
        return (await RunAsync(_reads, text, parameters, format, killable: true, ct, limits.Name)).ToEngineResult();
    }

    public async Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct)
    {
        using var result = (await RunAsync(
            _control, EngineProgress.Sql("startsWith(query, {tag:String})"), [EngineParameter.Text("tag", Tag(name))], EngineProgress.Format, killable: false, ct)).ToEngineResult();
        return EngineProgress.Read(result.Bytes.Span);
    }

    public async Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct) =>
        (await RunAsync(_statements, sql, parameters, "Null", killable: true, ct)).Dispose();

    public async Task InsertAsync(
        string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(deduplicationToken);
        if (blocks.All(static b => b.IsEmpty))
            return;
        using var file = MemoryFile.Write(blocks);
        var sql =
            $"INSERT INTO {SqlText.RequireIdentifier(table)} ({SqlText.RequireColumnList(columns)}) " +
            $"SELECT * FROM file({SqlText.Literal(file.Path)}, Native, {SqlText.Literal(structure)}) " +
            SqlText.Clause(SqlText.InsertSettings(deduplicationToken));
        (await RunAsync(_inserts, sql, [], "Null", killable: false, ct)).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await CloseConnectionsAsync();
        _openFolder = null;
        OneAtATime.Release();
    }

    private static async Task<EmbeddedEngine> OpenFolderAsync(EmbeddedEngineOptions options, TimeProvider time)
    {
        DataFolder.Check(Path.GetFullPath(options.DataFolder));
        var handlers = SignalHandlers.Save();
        EmbeddedEngine? engine = null;
        try
        {
            EngineLibrary.Load();
            EngineNative.SetSignalHandlersEnabled(0);
            engine = new EmbeddedEngine(options, time);
            await engine.ConnectAsync();
            return engine;
        }
        catch
        {
            if (engine is not null)
                await engine.CloseConnectionsAsync();
            throw;
        }
        finally
        {
            handlers.Restore();
        }
    }

    private async Task ConnectAsync()
    {
        await _control.AddAsync();
        Version = Encoding.UTF8.GetString((await ReadAsync("SELECT version()")).Span);
        foreach (var (pool, count) in new[] { (_reads, _options.ReadConnections), (_inserts, _options.InsertConnections), (_statements, _options.StatementConnections) })
        {
            for (var i = 0; i < count; i++)
                await pool.AddAsync();
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string sql)
    {
        using var result = (await RunAsync(_control, sql, [], "RawBLOB", killable: false, CancellationToken.None)).ToEngineResult();
        return result.Bytes.ToArray();
    }

    private ConnectionPool Pool(string kind) => new(() => ConnectOneAsync(kind));

    private async Task<NativeConnection> ConnectOneAsync(string kind)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"engine {kind} {Interlocked.Increment(ref _connectionNumber)}");
        var connection = await NativeConnection.OpenAsync(name, _options.Arguments()) ?? throw new EngineException(
            EngineFault.Unavailable,
            $"the engine did not open {_options.DataFolder}; the line it wrote to stderr says why (files of a newer version, damaged files, no rights)");
        // Not `default`: that database also resolves table names to files of the machine.
        (await connection.RunAsync($"CREATE DATABASE IF NOT EXISTS {_options.Database} ENGINE = Atomic", [], "Null")).Dispose();
        (await connection.RunAsync($"USE {_options.Database}", [], "Null")).Dispose();
        return connection;
    }

    private async Task<NativeResult> RunAsync(
        ConnectionPool pool, string sql, IReadOnlyList<EngineParameter> parameters, string format, bool killable, CancellationToken ct, string? name = null)
    {
        if (Volatile.Read(ref _closed) != 0)
            throw new EngineException(EngineFault.Unavailable, "the engine is closed");
        await using var lease = await pool.RentAsync(ct);
        try
        {
            ct.ThrowIfCancellationRequested();
            var tag = Tag(name ?? Interlocked.Increment(ref _statementNumber).ToString(CultureInfo.InvariantCulture));
            var work = lease.RunAsync(killable ? tag + sql : sql, parameters, format);
            if (killable && ct.CanBeCanceled)
                await KillWhenCancelledAsync(work, tag, ct);
            return await work;
        }
        catch (EngineException e) when (e.Kind == EngineFault.Cancelled && ct.IsCancellationRequested)
        {
            throw new OperationCanceledException("the statement was cancelled", e, ct);
        }
    }

    /// <summary>
    /// libchdb cannot cancel a statement through its own connection (a cancel of a stream waits for the chunk that is being
    /// computed), but KILL QUERY from another connection stops it within milliseconds. The statement is found by the comment
    /// it starts with. It may not be listed yet, so the kill is repeated until the statement has ended.
    /// </summary>
    private async Task KillWhenCancelledAsync(Task work, string tag, CancellationToken ct)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ct.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), cancelled);
        await Task.WhenAny(work, cancelled.Task);
        while (!work.IsCompleted)
        {
            try
            {
                (await RunAsync(
                    _control, "KILL QUERY WHERE startsWith(query, {tag:String}) ASYNC", [EngineParameter.Text("tag", tag)], "Null",
                    killable: false, CancellationToken.None)).Dispose();
            }
            catch (EngineException)
            {
                // No memory for the kill, or the engine closes: the statement goes on to its own limit unless the next try succeeds.
            }

            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None));
        }
    }

    /// <summary>The comment that a statement begins with, by which it is found among the running ones.</summary>
    private static string Tag(string name) => $"/*weir:{name}*/";

    private async Task CloseConnectionsAsync()
    {
        await Task.WhenAll(_reads.CloseAsync(), _inserts.CloseAsync(), _statements.CloseAsync(), _control.CloseAsync());
        AppDomain.CurrentDomain.ProcessExit -= LeaveAtOnce;
    }

    /// <summary>
    /// The library's static destructors crash in a process that ends while its threads run. So a process that ends with an engine that was
    /// not closed ends without them; the files on disk are those of a crash, which the engine and the journal are made for.
    /// </summary>
    private static void LeaveAtOnce(object? sender, EventArgs e)
    {
        Console.Out.Flush();
        EngineNative.ExitNow(Environment.ExitCode);
    }
}
