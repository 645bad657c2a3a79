using Microsoft.Extensions.Logging;

namespace Weir.Features;

/// <summary>
/// Work that is repeated while the process runs: alerts, notifications, insights, counts of groups. An error does not end the loop: it is logged once
/// (and again when it is a different one) and is in <see cref="Failure"/> until a turn succeeds.
/// </summary>
/// <param name="name">The name in the log and in <c>/healthz</c>.</param>
/// <param name="turn">Whether this process should do the work, so that one of several nodes does it; null: always.</param>
/// <param name="work">One turn.</param>
internal sealed partial class Loop(string name, TimeSpan period, Func<CancellationToken, ValueTask<bool>>? turn, Func<CancellationToken, Task> work, TimeProvider time, ILogger log)
{
    public string Name => name;

    /// <summary>Why the last turn failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Runs a turn after every period until it is cancelled. Does not throw.</summary>
    /// <param name="end">Called after the last turn in any case, to wait for running work.</param>
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
