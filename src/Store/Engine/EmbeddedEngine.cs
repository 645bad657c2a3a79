using System.Globalization;
using System.Text;
using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>
/// ClickHouse in this process. The library serves one data folder a process, so one instance can be open at a time.
/// Statements block a native call, so each runs on a thread of its own and never on the thread pool.
/// </summary>
public sealed class EmbeddedEngine : IEngine
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);
    private static string? _openFolder;

    private readonly ConnectionPool _reads = new();
    private readonly ConnectionPool _inserts = new();
    private readonly ConnectionPool _statements = new();
    private readonly ConnectionPool _control = new();
    private readonly TimeProvider _time;
    private readonly EventHandler _onExit;
    private long _statementNumber;
    private int _closed;

    private EmbeddedEngine(TimeProvider time)
    {
        _time = time;
        // The library's static destructors crash a process that ends with open connections.
        _onExit = (_, _) => CloseIdle();
        AppDomain.CurrentDomain.ProcessExit += _onExit;
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
            return await Task.Factory.StartNew(() => Open(options, time), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
        await _reads.DrainAsync();
        await _inserts.DrainAsync();
        await _statements.DrainAsync();
        await _control.DrainAsync();
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        _openFolder = null;
        OneAtATime.Release();
    }

    private static EmbeddedEngine Open(EmbeddedEngineOptions options, TimeProvider time)
    {
        DataFolder.Check(Path.GetFullPath(options.DataFolder));
        var handlers = SignalHandlers.Save();
        EmbeddedEngine? engine = null;
        try
        {
            EngineLibrary.Load();
            EngineNative.SetSignalHandlersEnabled(0);
            engine = new EmbeddedEngine(time);
            engine.Connect(options);
            return engine;
        }
        catch
        {
            engine?.CloseIdle();
            throw;
        }
        finally
        {
            handlers.Restore();
        }
    }

    private void Connect(EmbeddedEngineOptions options)
    {
        var arguments = options.Arguments();
        Add(_control, 1);
        Add(_reads, options.ReadConnections);
        Add(_inserts, options.InsertConnections);
        Add(_statements, options.StatementConnections);

        void Add(ConnectionPool pool, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var connection = NativeConnection.Open(arguments) ?? throw new EngineException(
                    EngineFault.Unavailable,
                    $"the engine did not open {options.DataFolder}; the line it wrote to stderr says why (files of a newer version, damaged files, no rights)");
                pool.Add(connection);
                if (Version.Length == 0)
                {
                    using var version = connection.Run("SELECT version()", [], "RawBLOB").ToEngineResult();
                    Version = Encoding.UTF8.GetString(version.Bytes.Span);
                    // Not `default`: that database also resolves table names to files of the machine.
                    connection.Run($"CREATE DATABASE IF NOT EXISTS {options.Database} ENGINE = Atomic", [], "Null").Dispose();
                }

                connection.Run($"USE {options.Database}", [], "Null").Dispose();
            }
        }
    }

    private async Task<NativeResult> RunAsync(
        ConnectionPool pool, string sql, IReadOnlyList<EngineParameter> parameters, string format, bool killable, CancellationToken ct, string? name = null)
    {
        if (Volatile.Read(ref _closed) != 0)
            throw new EngineException(EngineFault.Unavailable, "the engine is closed");
        var connection = await pool.RentAsync(ct);
        try
        {
            ct.ThrowIfCancellationRequested();
            var tag = Tag(name ?? Interlocked.Increment(ref _statementNumber).ToString(CultureInfo.InvariantCulture));
            var text = killable ? tag + sql : sql;
            var work = Task.Factory.StartNew(
                () => connection.Run(text, parameters, format), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (killable && ct.CanBeCanceled)
                await KillWhenCancelledAsync(work, tag, ct);
            return await work;
        }
        catch (EngineException e) when (e.Kind == EngineFault.Cancelled && ct.IsCancellationRequested)
        {
            throw new OperationCanceledException("the statement was cancelled", e, ct);
        }
        finally
        {
            pool.Return(connection);
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
            (await RunAsync(
                _control, "KILL QUERY WHERE startsWith(query, {tag:String}) ASYNC", [EngineParameter.Text("tag", tag)], "Null",
                killable: false, CancellationToken.None)).Dispose();
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None));
        }
    }

    /// <summary>The comment that a statement begins with, by which it is found among the running ones.</summary>
    private static string Tag(string name) => $"/*weir:{name}*/";

    private void CloseIdle()
    {
        Volatile.Write(ref _closed, 1);
        _reads.Close();
        _inserts.Close();
        _statements.Close();
        _control.Close();
    }
}
