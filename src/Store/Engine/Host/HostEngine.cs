using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The opened library: connections of each kind, leased for one statement at a time. A connection that broke, or whose session a statement
/// changed, is closed at the end of its lease and replaced.
/// </summary>
internal sealed class HostEngine : IDisposable
{
    /// <summary>How long a statement waits for a connection. Weir's own client respects the number of connections, so only other clients wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Time between two checks of the tokens.</summary>
    private static readonly TimeSpan TokenPause = TimeSpan.FromMilliseconds(250);

    private readonly EmbeddedEngineOptions _options;
    private readonly Dictionary<StatementKind, Connections> _connections = [];
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();

    private HostEngine(EmbeddedEngineOptions options) => _options = options;

    public string Version { get; private set; } = "";

    /// <summary>Opens the data folder, which must be free and writable. Throws <see cref="EngineException"/>.</summary>
    public static HostEngine Open(EmbeddedEngineOptions options)
    {
        var engine = new HostEngine(options);
        var handlers = SignalHandlers.Save();
        try
        {
            EngineLibrary.Load();
            EngineNative.SetSignalHandlersEnabled(0);
            engine.Add(StatementKind.Control, 2);
            engine.Add(StatementKind.Read, options.ReadConnections);
            engine.Add(StatementKind.Insert, options.InsertConnections);
            engine.Add(StatementKind.Other, options.StatementConnections);
            return engine;
        }
        finally
        {
            handlers.Restore();
        }
    }

    /// <summary>
    /// Runs one statement, blocking until it has ended, and passes its result to <paramref name="take"/> while it is valid. Throws
    /// <see cref="EngineException"/>.
    /// </summary>
    public void Run(
        HostStatement statement, string id, string database, IReadOnlyList<EngineParameter> parameters, string format, Action<NativeResult> take)
    {
        var listed = statement.Kind != StatementKind.Control;
        if (listed && !_running.TryAdd(id, true))
            throw new EngineException(EngineFault.Other, $"Query with id = {id} is already running. (QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING)", 216);
        try
        {
            using var lease = Lease(statement.Kind);
            var connection = lease.Connection;
            if (!string.Equals(connection.Database, database, StringComparison.Ordinal))
            {
                connection.Run($"USE {SqlNames.RequireIdentifier(database)}", [], "Null").Dispose();
                connection.Database = database;
            }

            if (statement.Before.Count > 0)
            {
                lease.IsSpent = true;
                connection.Run("SET " + HostStatement.Assignments(statement.Before), [], "Null").Dispose();
            }

            using var result = connection.Run(statement.Sql, parameters, format);
            take(result);
        }
        catch (EngineException) when (statement.MayInsert)
        {
            EndIfTokensLostTheirRows();
            throw;
        }
        finally
        {
            if (listed)
                _running.TryRemove(id, out _);
        }
    }

    /// <summary>
    /// An insert that failed between storing its token and renaming its part would count as a duplicate when it is repeated, as long as this
    /// process remembers the token. The next process removes the token, so this one ends before it answers with the failure.
    /// </summary>
    private void EndIfTokensLostTheirRows()
    {
        try
        {
            using var pause = new ManualResetEventSlim();
            var lost = DeduplicationLogs.Find(_options.DataFolder);
            for (var look = 0; look < 4 && lost.Count > 0; look++)
            {
                // Another insert may be between the two steps right now; one of the next checks will find it finished.
                pause.Wait(TokenPause);
                lost = lost.Intersect(DeduplicationLogs.Find(_options.DataFolder)).ToHashSet();
            }

            if (lost.Count == 0)
                return;
            Console.Error.WriteLine($"a failed insert stored its token without its rows ({string.Join(", ", lost.Take(3).Select(static o => o.Part))}); the process ends so that the insert can be repeated");
            EngineNative.ExitNow(3);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"the tokens of the inserts can't be checked: {e.Message}");
        }
    }

    /// <summary>Names and types of a table's columns in the form that <c>file</c> expects; all insertable columns when none are named.</summary>
    public string StructureOf(string database, string table, string columns)
    {
        var parts = table.Replace("`", "", StringComparison.Ordinal).Split('.');
        using var lease = Lease(StatementKind.Other);
        using var result = lease.Connection.Run(
            "SELECT name, type FROM system.columns WHERE database = {d:String} AND table = {t:String} AND default_kind IN ('', 'DEFAULT') ORDER BY position",
            [EngineParameter.Text("d", parts.Length > 1 ? parts[0] : database), EngineParameter.Text("t", parts[^1])], "TSVRaw");
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(result.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            types[line[..tab]] = line[(tab + 1)..];
        }

        if (types.Count == 0)
            throw new EngineException(EngineFault.UnknownTableOrColumn, $"Table {table} does not exist. (UNKNOWN_TABLE)", 60);
        var names = columns.Length > 0
            ? columns.Split(',', StringSplitOptions.TrimEntries).Select(static c => c.Trim('`'))
            : types.Keys;
        return string.Join(", ", names.Select(name => types.TryGetValue(name, out var type)
            ? $"`{name}` {type}"
            : throw new EngineException(EngineFault.UnknownTableOrColumn, $"No such column {name} in table {table}. (NO_SUCH_COLUMN_IN_TABLE)", 16)));
    }

    /// <summary>Closes idle connections, and waits a while for busy ones. False when a statement still runs.</summary>
    public bool Close(TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        return _connections.Values.All(kind => kind.Close(end));
    }

    public void Dispose()
    {
        foreach (var kind in _connections.Values)
            kind.Dispose();
    }

    private HostLease Lease(StatementKind kind) => _connections[kind].Lease(Patience) ?? throw new EngineException(
        EngineFault.Unavailable,
        $"Too many simultaneous queries: all connections for {kind.ToString().ToLowerInvariant()} statements were in use for {Patience.TotalSeconds} s. (TOO_MANY_SIMULTANEOUS_QUERIES)",
        202);

    private void Add(StatementKind kind, int count)
    {
        var connections = _connections[kind] = new Connections(Renew, count);
        for (var i = 0; i < count; i++)
            connections.Put(Open());
    }

    /// <summary>Opening replaces the runtime's signal handlers, so it is done one at a time and they are restored.</summary>
    private NativeConnection Renew()
    {
        lock (_opening)
        {
            var handlers = SignalHandlers.Save();
            try
            {
                return Open();
            }
            finally
            {
                handlers.Restore();
            }
        }
    }

    private NativeConnection Open()
    {
        var connection = NativeConnection.Open(_options.Arguments()) ?? throw new EngineException(
            EngineFault.Unavailable,
            $"the engine did not open {_options.DataFolder}; its message on stderr gives the reason (files of a newer version, damaged files, missing permissions)", 210);
        if (Version.Length == 0)
        {
            using var version = connection.Run("SELECT version()", [], "RawBLOB");
            Version = Encoding.UTF8.GetString(version.Bytes);
            // Not `default`: that database also resolves table names to files of the machine.
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"CREATE DATABASE IF NOT EXISTS {_options.Database} ENGINE = Atomic"), [], "Null").Dispose();
        }

        connection.Run($"USE {_options.Database}", [], "Null").Dispose();
        connection.Database = _options.Database;
        return connection;
    }
}

/// <summary>The connections of one kind.</summary>
internal sealed class Connections(Func<NativeConnection> open, int count) : IDisposable
{
    private readonly ConcurrentQueue<NativeConnection?> _idle = new();
    private readonly SemaphoreSlim _free = new(0);

    /// <summary>Null marks a place whose connection broke; a new one is opened when the place is needed.</summary>
    public void Put(NativeConnection? connection)
    {
        _idle.Enqueue(connection);
        _free.Release();
    }

    /// <summary>Null when none became free in time.</summary>
    public HostLease? Lease(TimeSpan patience)
    {
        if (!_free.Wait(patience))
            return null;
        _idle.TryDequeue(out var connection);
        try
        {
            return new HostLease(this, connection ?? open());
        }
        catch
        {
            Put(null);
            throw;
        }
    }

    /// <param name="end">By Environment.TickCount64.</param>
    public bool Close(long end)
    {
        for (var i = 0; i < count; i++)
        {
            if (!_free.Wait((int)Math.Max(0, end - Environment.TickCount64)))
                return false;
            _idle.TryDequeue(out var connection);
            connection?.Dispose();
        }

        return true;
    }

    public void Dispose() => _free.Dispose();
}

/// <summary>A connection for one statement. It is returned when the statement has ended, intact or as an empty place.</summary>
internal sealed class HostLease(Connections from, NativeConnection connection) : IDisposable
{
    public NativeConnection Connection => connection;

    /// <summary>The session of the connection was changed, so it must not be reused.</summary>
    public bool IsSpent { get; set; }

    public void Dispose()
    {
        if (!IsSpent && !connection.IsBroken)
        {
            from.Put(connection);
            return;
        }

        connection.Dispose();
        from.Put(null);
    }
}
