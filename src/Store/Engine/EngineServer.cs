namespace Weir.Store.Engine;

/// <summary>The server behind a client's address: a child process that can be restarted, or an external server.</summary>
internal abstract class EngineServer(TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EngineStatus _status = new(EngineState.Restarting, time.GetUtcNow(), "it is starting", 0);

    protected TimeProvider Time => time;

    public EngineStatus Status
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    /// <summary>Waits until the engine may be available; false when it is not within <paramref name="patience"/>.</summary>
    public async ValueTask<bool> ReadyAsync(TimeSpan patience, CancellationToken ct)
    {
        Task ready;
        lock (_gate)
        {
            if (_status.IsReady)
                return true;
            if (_status.State == EngineState.Closed)
                return false;
            ready = _ready.Task;
        }

        try
        {
            await ready.WaitAsync(patience, time, ct);
            return Status.IsReady;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Called after a failed request: waits briefly until the state shows whether the engine has ended.</summary>
    public abstract Task SettleAsync(CancellationToken ct);

    /// <summary>How much the engine has worked since it started, as far as this can be measured.</summary>
    public virtual TimeSpan Work => TimeSpan.Zero;

    /// <summary>Called when it has not answered for so long that it counts as failed.</summary>
    public abstract void TakenForDead(string reason);

    public abstract ValueTask DisposeAsync();

    /// <summary>True when this changed the state. The closed state is final.</summary>
    internal bool Become(EngineState state, string reason, bool restarted = false)
    {
        lock (_gate)
        {
            if (_status.State == EngineState.Closed)
                return false;
            var changed = _status.State != state;
            _status = new EngineStatus(state, changed ? time.GetUtcNow() : _status.Since, reason, _status.Restarts + (restarted ? 1 : 0));
            if (state is EngineState.Ready or EngineState.Closed)
                _ready.TrySetResult();
            else if (_ready.Task.IsCompleted)
                _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return changed;
        }
    }
}

/// <summary>An external ClickHouse server.</summary>
internal sealed class RemoteServer(TimeProvider time) : EngineServer(time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public override Task SettleAsync(CancellationToken ct) => Task.Delay(Pause, Time, ct);

    public override void TakenForDead(string reason) => Become(EngineState.Silent, reason);

    public override ValueTask DisposeAsync()
    {
        Become(EngineState.Closed, "it was closed");
        return ValueTask.CompletedTask;
    }
}
