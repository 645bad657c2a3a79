using System.Threading.Channels;

namespace Weir.Store.Engine;

/// <summary>
/// Connections of one kind. Whoever waits is served in order of arrival. A connection is handed out again only when no statement runs on
/// it; one that broke is replaced.
/// </summary>
internal sealed class ConnectionPool(Func<Task<NativeConnection>> open)
{
    private readonly Channel<NativeConnection> _idle = Channel.CreateUnbounded<NativeConnection>();
    private readonly TaskCompletionSource _allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    internal async Task AddAsync()
    {
        var connection = await open();
        Interlocked.Increment(ref _open);
        await ReturnAsync(connection);
    }

    /// <summary>
    /// A connection until the lease ends. Waits for one; <paramref name="ct"/> ends only the wait. Throws <see cref="EngineException"/>
    /// of kind Unavailable after <see cref="CloseAsync"/>, and when a broken connection can't be opened again.
    /// </summary>
    internal async ValueTask<Lease> RentAsync(CancellationToken ct)
    {
        NativeConnection connection;
        try
        {
            connection = await _idle.Reader.ReadAsync(ct);
        }
        catch (ChannelClosedException)
        {
            throw new EngineException(EngineFault.Unavailable, "the engine is closed");
        }

        if (!connection.IsBroken)
            return new Lease(this, connection);
        try
        {
            var replacement = await open();
            await connection.CloseAsync();
            return new Lease(this, replacement);
        }
        catch
        {
            // Still broken: the next one in line tries again.
            await ReturnAsync(connection);
            throw;
        }
    }

    /// <summary>
    /// Refuses new work and closes the idle connections. The task ends when those in use are closed too, each by the end of its lease.
    /// </summary>
    internal async Task CloseAsync()
    {
        _idle.Writer.TryComplete();
        await foreach (var connection in _idle.Reader.ReadAllAsync())
            await DiscardAsync(connection);
        if (Volatile.Read(ref _open) > 0)
            await _allClosed.Task;
    }

    private async ValueTask ReturnAsync(NativeConnection connection)
    {
        if (!_idle.Writer.TryWrite(connection))
            await DiscardAsync(connection);
    }

    private async Task DiscardAsync(NativeConnection connection)
    {
        await connection.CloseAsync();
        if (Interlocked.Decrement(ref _open) == 0)
            _allClosed.TrySetResult();
    }

    /// <summary>The right to run statements on a connection. Its end waits for the statement that still runs.</summary>
    internal sealed class Lease(ConnectionPool pool, NativeConnection connection) : IAsyncDisposable
    {
        private Task _running = Task.CompletedTask;

        /// <summary>One statement after another.</summary>
        internal Task<NativeResult> RunAsync(string sql, IReadOnlyList<EngineParameter> parameters, string format)
        {
            var work = connection.RunAsync(sql, parameters, format);
            _running = work;
            return work;
        }

        public async ValueTask DisposeAsync()
        {
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pool.ReturnAsync(connection);
        }
    }
}
