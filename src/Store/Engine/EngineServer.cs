namespace Weir.Store.Engine;

/// <summary>What stands behind the address a client talks to: a child process that can be started again, or a server that is somebody's.</summary>
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

    /// <summary>Waits until it is worth trying; false when that is not so within <paramref name="patience"/>.</summary>
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

    /// <summary>After a failed request: gives the state a moment to tell whether the engine has gone.</summary>
    public abstract Task SettleAsync(CancellationToken ct);

    /// <summary>How much the engine has worked since it started, as far as that can be seen from here.</summary>
    public virtual TimeSpan Work => TimeSpan.Zero;

    /// <summary>It has answered nothing for so long that it is taken for dead.</summary>
    public abstract void TakenForDead(string reason);

    public abstract ValueTask DisposeAsync();

    /// <summary>True when this changed the state. Nothing leaves the closed state.</summary>
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

/// <summary>A ClickHouse server that somebody else runs.</summary>
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
