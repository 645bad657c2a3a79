using Microsoft.Extensions.Logging;

namespace Weir.Store.Engine;

/// <summary>
/// Sends a health query to the engine every few seconds, on a separate connection. When no answer came within the patience, running statements are
/// cancelled (they fail as unavailable) and the server object is informed, which kills a hanging child process.
/// </summary>
internal sealed class EngineWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>A silent engine that works, or waits for a processor, gets this multiple of the patience: on an overloaded machine a new process would be no faster.</summary>
    private const int PatienceWhileItWorks = 10;

    /// <summary>Minimum share of the silence in which a working engine has worked.</summary>
    private const double LeastWork = 0.2;

    private readonly EngineServer _server;
    private readonly Func<CancellationToken, Task> _ask;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _alive = new();
    private Task _loop = Task.CompletedTask;

    public EngineWatch(EngineServer server, Func<CancellationToken, Task> ask, TimeSpan patience, TimeProvider time, ILogger log)
    {
        (_server, _ask, _patience, _time, _log) = (server, ask, patience, time, log);
    }

    /// <summary>Cancelled when the engine counts as failed; afterwards there is a new token.</summary>
    public CancellationToken Alive
    {
        get
        {
            lock (_gate)
                return _alive.Token;
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Cancels running statements.</summary>
    public async Task GiveUpAsync()
    {
        CancellationTokenSource alive;
        lock (_gate)
            (alive, _alive) = (_alive, new CancellationTokenSource());
        // Not disposed: holders of its token may still register with it.
        await alive.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var answered = _time.GetTimestamp();
        // Only when the answer is late, because measuring an engine's work reads a file for each of its threads.
        TimeSpan? worked = null;
        while (true)
        {
            try
            {
                await Task.Delay(Period, _time, _stop.Token);
                if (_server.Status.State == EngineState.Restarting)
                {
                    (answered, worked) = (_time.GetTimestamp(), null);
                    continue;
                }

                using var late = new CancellationTokenSource(_patience, _time);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, late.Token);
                var answer = _ask(patience.Token);
                if (await Task.WhenAny(answer, Task.Delay(_patience / 10, _time, patience.Token)) != answer)
                    worked ??= _server.Work;
                await answer;
                (answered, worked) = (_time.GetTimestamp(), null);
                if (_server.Become(EngineState.Ready, ""))
                    EngineLog.AnswersAgain(_log);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is EngineException { Code: not 0 })
            {
                // Busy, out of memory, read-only: an engine that reports this is alive.
                (answered, worked) = (_time.GetTimestamp(), null);
            }
            catch (Exception e) when (e is EngineException or OperationCanceledException)
            {
                var silent = _time.GetElapsedTime(answered);
                worked ??= _server.Work;
                if (silent < _patience || (silent < _patience * PatienceWhileItWorks && (_server.Work - worked) > silent * LeastWork))
                    continue;
                var reason = $"no answer for {silent.TotalSeconds:0} s" + (e is EngineException ? ": " + e.Message : "");
                if (_server.Status.State == EngineState.Ready)
                    EngineLog.Silent(_log, reason);
                _server.TakenForDead(reason);
                await GiveUpAsync();
                (answered, worked) = (_time.GetTimestamp(), null);
            }
        }
    }
}
