using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>
/// Evaluates triggers and burn alerts when they are due; what is to be told goes to the outbox, and is delivered beside this. Everything that
/// matters is in the settings: after a restart the moments that were missed are evaluated late, each over the data of its own time.
/// </summary>
internal sealed partial class AlertRunner(
    ManagedStore store, TriggerEvaluation triggers, BurnEvaluation burns, NotifyOptions options, TimeProvider time, ILogger<AlertRunner> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, long> _evaluatedAt = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(options.TickSeconds), time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
                await TickAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the end
        }
    }

    /// <summary>One look at what is due. Trouble with one alert does not keep the others.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        foreach (var trigger in store.List(Triggers.Kind, ""))
        {
            if ((bool?)trigger.Body["disabled"] != true)
                await RunAsync(trigger, (long?)trigger.Body["frequency"] ?? 900, at => triggers.EvaluateAsync(trigger, at, cancellationToken), cancellationToken);
        }
        foreach (var alert in store.List(BurnAlerts.Kind, ""))
            await RunAsync(alert, BurnEvaluation.FrequencySeconds, at => burns.EvaluateAsync(alert, at, cancellationToken), cancellationToken);
    }

    private async Task RunAsync(Managed alert, long frequency, Func<long, Task<bool>> evaluate, CancellationToken cancellationToken)
    {
        try
        {
            var last = _evaluatedAt.GetOrAdd(alert.Id, triggers.EvaluatedAt);
            foreach (var at in AlertMoment.Due(last, frequency, time.GetUtcNow().ToUnixTimeSeconds()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                // A moment that could not be evaluated is tried again at the next look, before the later ones.
                if (!await evaluate(at))
                    return;
                _evaluatedAt[alert.Id] = at;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // One alert's defect must not end the others; logged with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Failed(log, alert.Id, error);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "alert {Alert} could not be evaluated")]
    private static partial void Failed(ILogger logger, string alert, Exception error);
}
