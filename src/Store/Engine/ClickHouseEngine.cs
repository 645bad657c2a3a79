using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>
/// ClickHouse over its HTTP interface: https://clickhouse.com/docs/interfaces/http. The address is that of the embedded engine's process or
/// of a server; this class does not know which. Settings and bound parameters are in the query string, the statement or the blocks are the body.
/// </summary>
public sealed class ClickHouseEngine : IEngine
{
    /// <summary>
    /// Names and types of the rows' columns, percent-encoded, from a client that knows them: it avoids a query of the table before each
    /// insert. A server ignores the header and reads the types of its table.
    /// </summary>
    internal const string StructureHeader = "x-weir-structure";

    /// <summary>How long a call waits for an engine that is restarting before it fails, and a read before it is repeated.</summary>
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(3);

    /// <summary>How long a cancelled statement may take to end before its connection is cut.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    private readonly EngineServer _server;
    private readonly RemoteEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly EngineHttp _work;
    private readonly EngineHttp _control;
    private readonly EngineWatch _watch;
    private readonly EngineLane _reads;
    private readonly EngineLane _inserts;
    private readonly EngineLane _statements;
    private int _closed;

    private ClickHouseEngine(EngineServer server, RemoteEngineOptions options, Func<EngineHttp> connect, TimeProvider time, ILogger log)
    {
        (_server, _options, _time) = (server, options, time);
        // Separate connections: kill and health queries never wait for the statements that they are about.
        (_work, _control) = (connect(), connect());
        _watch = new EngineWatch(server, AskAsync, options.Patience, time, log);
        _reads = new EngineLane(options.ReadConnections);
        _inserts = new EngineLane(options.InsertConnections);
        _statements = new EngineLane(options.StatementConnections);
    }

    public string Version { get; private set; } = "";

    public EngineStatus Status => _server.Status with { Statements = new EngineStatements(_reads.Begun, _inserts.Begun, _statements.Begun) };

    /// <summary>The embedded engine's process; null for a server.</summary>
    internal EngineProcess? Process => _server as EngineProcess;

    /// <summary>
    /// Reads the version of a server and creates the database if it is missing. Throws <see cref="EngineException"/> when the server can't be reached
    /// within the time for a connection, or does not answer.
    /// </summary>
    public static Task<ClickHouseEngine> OpenAsync(RemoteEngineOptions options, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var server = new RemoteServer(time);
        server.Become(EngineState.Ready, "");
        return OpenAsync(server, options, () => EngineHttp.OverTcp(options), time, log, ct);
    }

    internal static async Task<ClickHouseEngine> OpenAsync(
        EngineServer server, RemoteEngineOptions options, Func<EngineHttp> connect, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var engine = new ClickHouseEngine(server, options, connect, time, log);
        try
        {
            using var patience = new CancellationTokenSource(options.Patience, time);
            using (var version = await engine._control.SendAsync(
                new EngineAddress(options.Endpoint, []).Add("default_format", "TSVRaw").Statement("SELECT version()"), ct, patience.Token))
            {
                engine.Version = Encoding.UTF8.GetString(version.Bytes.Span).Trim();
            }

            if (engine.Version.Length is 0 or > 100)
                throw new EngineException(EngineFault.Unavailable, $"the server at {options.Endpoint.Authority} is not ClickHouse: it returned no version");
            // Without the database in the address: a server rejects requests with a missing database.
            var create = $"CREATE DATABASE IF NOT EXISTS {SqlNames.RequireIdentifier(options.Database)}";
            (await engine._control.SendAsync(new EngineAddress(options.Endpoint, []).Statement(create), ct, patience.Token)).Dispose();
            engine._watch.Start();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async Task<EngineResult> QueryAsync(
        string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct)
    {
        var (text, sent) = LongParameters.Split(sql, parameters);
        try
        {
            return await AskOnceAsync(again: false);
        }
        catch (EngineException e) when (e is { Kind: EngineFault.Unavailable, Code: 0 } && Volatile.Read(ref _closed) == 0)
        {
            // The engine went away during the query. If it is back, the query is repeated once; reads change nothing.
            await _server.SettleAsync(ct);
            if (!await _server.ReadyAsync(RestartPatience, ct))
                throw;
        }

        return await AskOnceAsync(again: true);

        async Task<EngineResult> AskOnceAsync(bool again)
        {
            await RequireReadyAsync(ct);
            var id = limits.Name ?? Guid.NewGuid().ToString("N");
            return await _reads.RunAsync(
                () =>
                {
                    var address = Address(sent)
                        .Add("default_format", format)
                        .Add("query_id", id)
                        // The server then reports a failure as a status and not inside a body.
                        .Add("wait_end_of_query", "1")
                        .Add("cancel_http_readonly_queries_on_client_close", "1")
                        .Add(SqlNames.ReadSettings(limits));
                    if (again)
                        address.Add("replace_running_query", "1");
                    if (_options.Compress)
                        address.Add("enable_http_compression", "1");
                    return SendKillableAsync(address.Statement(text), id, ct);
                },
                ct);
        }
    }

    public async Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct)
    {
        if (Status is { State: EngineState.Restarting or EngineState.Closed } status)
            throw new EngineException(EngineFault.Unavailable, $"the engine has been restarting since {status.Since:u}: {status.Reason}");
        var address = Address([EngineParameter.Text("id", name)]).Add("default_format", EngineProgress.Format);
        using var result = await _control.SendAsync(address.Statement(EngineProgress.Sql("query_id = {id:String}")), ct, _watch.Alive);
        return EngineProgress.Read(result.Bytes.Span);
    }

    public async Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct)
    {
        var (text, sent) = LongParameters.Split(sql, parameters);
        await RequireReadyAsync(ct);
        await _statements.RunAsync(
            async () =>
            {
                var id = Guid.NewGuid().ToString("N");
                var address = Address(sent).Add("query_id", id).Add("wait_end_of_query", "1");
                (await SendKillableAsync(address.Statement(text), id, ct)).Dispose();
                return true;
            },
            ct);
    }

    public async Task InsertAsync(
        string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(deduplicationToken);
        if (blocks.All(static b => b.IsEmpty))
            return;
        await RequireReadyAsync(ct);
        await _inserts.RunAsync(
            async () =>
            {
                var request = Address([])
                    .Add("query", $"INSERT INTO {SqlNames.RequireIdentifier(table)} ({SqlNames.RequireColumnList(columns)}) FORMAT Native")
                    .Add("async_insert", "0")
                    .Add(SqlNames.InsertSettings(deduplicationToken))
                    .Request(_options.Compress ? new GzipContent(new BlocksContent(blocks)) : new BlocksContent(blocks));
                request.Headers.TryAddWithoutValidation(StructureHeader, Uri.EscapeDataString(structure));
                // A started insert runs to its end, or until the engine ends.
                (await _work.SendAsync(request, CancellationToken.None, _watch.Alive)).Dispose();
                return true;
            },
            ct);
    }

    /// <summary>Rejects new calls, cancels statements that still run after a while, and ends the process if it is Weir's own.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await _watch.DisposeAsync();
        await _server.DisposeAsync();
        await _watch.GiveUpAsync();
        _work.Dispose();
        _control.Dispose();
    }

    private EngineAddress Address(IReadOnlyList<EngineParameter> parameters) =>
        new EngineAddress(_options.Endpoint, parameters).Add("database", _options.Database);

    private async Task AskAsync(CancellationToken ct) =>
        (await _control.SendAsync(Address([]).Statement("SELECT 1"), ct)).Dispose();

    /// <summary>Waits for a restarting engine; if it does not come back, the call fails with an error message.</summary>
    private async ValueTask RequireReadyAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _closed) != 0)
            throw new EngineException(EngineFault.Unavailable, "the engine is closed");
        // A silent server is still tried: it may be back before the next health query.
        if (_server.Status.State != EngineState.Silent && !await _server.ReadyAsync(RestartPatience, ct))
            throw new EngineException(EngineFault.Unavailable, $"the engine is being restarted: {_server.Status.Reason}");
    }

    /// <summary>
    /// Sends a statement that ends inside the engine when the caller's token is cancelled: it is killed from the control connection until
    /// its response has arrived, so that its lane is free when this method returns.
    /// </summary>
    private async Task<EngineResult> SendKillableAsync(HttpRequestMessage request, string id, CancellationToken ct)
    {
        if (!ct.CanBeCanceled)
            return await _work.SendAsync(request, CancellationToken.None, _watch.Alive);
        ct.ThrowIfCancellationRequested();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_watch.Alive);
        var answer = _work.SendAsync(request, CancellationToken.None, cut.Token);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ct.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), cancelled);
        await Task.WhenAny(answer, cancelled.Task);
        if (answer.IsCompleted)
            return await answer;
        await KillAsync(answer, id, cut);
        try
        {
            (await answer).Dispose();
        }
        catch (EngineException)
        {
            // Killed, or cut off: the caller has cancelled in both cases.
        }

        throw new OperationCanceledException("the statement was cancelled", ct);
    }

    /// <summary>The statement may not be listed yet, so the kill is repeated until it has ended.</summary>
    private async Task KillAsync(Task answer, string id, CancellationTokenSource cut)
    {
        var began = Stopwatch.GetTimestamp();
        while (!answer.IsCompleted && Stopwatch.GetElapsedTime(began) < KillPatience)
        {
            using var patience = new CancellationTokenSource(KillPatience, _time);
            try
            {
                var address = Address([EngineParameter.Text("id", id)]);
                (await _control.SendAsync(address.Statement("KILL QUERY WHERE query_id = {id:String} ASYNC"), CancellationToken.None, patience.Token)).Dispose();
            }
            catch (EngineException)
            {
                // Its time limit or the end of the engine will end it.
            }

            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None));
        }

        if (!answer.IsCompleted)
            await cut.CancelAsync();
    }
}
