using Weir.Core.Query;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Server.Hosting;

/// <summary>
/// The engine's part of <c>/healthz</c>: a busy engine is healthy, a dead one is not. The check uses a connection that queries do not use. An engine that
/// is too busy even for that is healthy as long as some statement ends; it is unhealthy only when none has ended for a while.
/// </summary>
internal sealed class EngineHealth(IEngine engine, EngineActivity activity, ClickHouseLoader? loader = null) : IHealth
{
    /// <summary>Time limit of a check; the report gives each part two seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>After this time without any answer the engine is not only busy, because it stops queries that take longer.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(75);

    private readonly Lock _gate = new();
    private Task<string?>? _look;

    public string Name => "engine";

    public string? Notice => loader is { ColumnFactsForgotten: > 0 and var times }
        ? $"the memory for columns (500,000, or 128 MiB of names) was exceeded {times} times since the start; known columns are then recorded again, which makes loading slower"
        : null;

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        Task<string?> look;
        // One check at a time: further callers wait for the same one while the engine is slow.
        lock (_gate)
        {
            if (_look is not { IsCompleted: false })
                _look = LookAsync();
            look = _look;
        }
        if (await Task.WhenAny(look, Task.Delay(Patience, cancellationToken)) == look)
            return await look;
        var silence = activity.Silence;
        return silence < LongestSilence ? null : $"no answer for {silence.TotalSeconds:0} s";
    }

    private async Task<string?> LookAsync()
    {
        try
        {
            await engine.ProgressAsync("health", CancellationToken.None);
            activity.Answered();
            return null;
        }
        catch (EngineException error) when (error.Kind != EngineFault.Unavailable)
        {
            // An error because of memory or time is also an answer.
            activity.Answered();
            return null;
        }
        catch (EngineException error)
        {
            return "the engine does not answer: " + error.Message;
        }
    }
}
