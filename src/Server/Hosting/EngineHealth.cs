using Weir.Core.Query;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Server.Hosting;

/// <summary>
/// The engine's part of <c>/healthz</c>: a busy engine works, a dead one does not. It is asked over the connection that no question takes. An engine that
/// has no time even for that is alive as long as something it was asked ends; only when nothing has for a while, it is not.
/// </summary>
internal sealed class EngineHealth(IEngine engine, EngineActivity activity, ClickHouseLoader? loader = null) : IHealth
{
    /// <summary>Of a look; the report gives a part two seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Without any answer the engine is not only busy: it stops what takes longer than a question may.</summary>
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
        // One look at a time: whoever asks while the engine is slow waits for the same.
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
            // It says no, for want of memory or time: that is an answer.
            activity.Answered();
            return null;
        }
        catch (EngineException error)
        {
            return "the engine does not answer: " + error.Message;
        }
    }
}
