using Microsoft.Extensions.Logging;

namespace Weir.Features;

/// <summary>
/// Work that is repeated as long as the process runs: alerts, notifications, insights, counts of groups. A failure never ends the loop: it is logged once
/// (and again when it is another one), stands in <see cref="Failure"/> until a turn succeeds, and the next turn follows.
/// </summary>
/// <param name="name">As the log and <c>/healthz</c> call it.</param>
/// <param name="turn">Whether it is this process's turn to do the work; null: always. Of several nodes, one works.</param>
/// <param name="work">One turn.</param>
internal sealed partial class Loop(string name, TimeSpan period, Func<CancellationToken, ValueTask<bool>>? turn, Func<CancellationToken, Task> work, TimeProvider time, ILogger log)
{
    public string Name => name;

    /// <summary>Why the last turn failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>A turn after every period until it is cancelled. Does not throw.</summary>
    /// <param name="end">Follows the last turn, whatever happened: waits for what was begun.</param>
    public async Task RunAsync(CancellationToken cancellationToken, Func<Task>? end = null)
    {
        using var ticks = new PeriodicTimer(period, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(cancellationToken))
                await TakeTurnAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
        finally
        {
            if (end is not null)
                await end();
        }
    }

    /// <summary>One turn; throws only when it is cancelled.</summary>
    public async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (turn is null || await turn(cancellationToken))
                await work(cancellationToken);
            if (Failure is not null)
                Recovered(log, name);
            Failure = null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The next turn must follow whatever happens in this one; logged with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (Failure != error.Message)
                Failed(log, name, error);
            Failure = error.Message;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "the loop {Name} failed; it continues, and the same failure is not logged again")]
    private static partial void Failed(ILogger logger, string name, Exception error);

    [LoggerMessage(2, LogLevel.Information, "the loop {Name} works again")]
    private static partial void Recovered(ILogger logger, string name);
}

/// <summary>Does its work in a loop; the composition runs the loops of all that are registered.</summary>
internal interface IHasLoop
{
    Loop Loop { get; }

    /// <summary>Follows the last turn: ends when nothing that was begun goes on.</summary>
    Task EndAsync() => Task.CompletedTask;
}
