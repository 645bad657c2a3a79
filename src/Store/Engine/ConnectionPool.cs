using System.Threading.Channels;

namespace Weir.Store.Engine;

/// <summary>Connections of one kind. Whoever waits is served in order of arrival.</summary>
internal sealed class ConnectionPool
{
    private readonly Channel<NativeConnection> _idle = Channel.CreateUnbounded<NativeConnection>();
    private readonly List<NativeConnection> _all = [];

    internal void Add(NativeConnection connection)
    {
        _all.Add(connection);
        Return(connection);
    }

    internal async ValueTask<NativeConnection> RentAsync(CancellationToken ct)
    {
        try
        {
            return await _idle.Reader.ReadAsync(ct);
        }
        catch (ChannelClosedException)
        {
            throw new EngineException(EngineFault.Unavailable, "the engine is closed");
        }
    }

    internal void Return(NativeConnection connection)
    {
        // After Close the channel takes nothing back: the statement that outlived it closes its own connection.
        if (!_idle.Writer.TryWrite(connection))
            connection.Dispose();
    }

    /// <summary>Refuses new work, closes the idle connections and leaves those in use to <see cref="Return"/>.</summary>
    internal void Close()
    {
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out var connection))
            connection.Dispose();
    }

    /// <summary>Lets every statement end, then closes all connections. The caller takes no new work before.</summary>
    internal async Task DrainAsync()
    {
        for (var left = _all.Count; left > 0; left--)
            (await RentAsync(CancellationToken.None)).Dispose();
        _idle.Writer.TryComplete();
    }
}
