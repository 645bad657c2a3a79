using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>Delivers what is in the outbox, beside the evaluation of alerts: a recipient that doesn't answer delays no alert.</summary>
internal sealed partial class NotificationSender(Outbox outbox, TimeProvider time, ILogger<NotificationSender> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        var underWay = new List<Task>();
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                underWay.RemoveAll(t => t.IsCompleted);
                underWay.AddRange(Start(stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Those under way hear of it too.
        }
        finally
        {
            // Nothing may write to the settings after the store is closed.
            await Task.WhenAll(underWay).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private IReadOnlyList<Task> Start(CancellationToken stoppingToken)
    {
        try
        {
            return outbox.Start(stoppingToken);
        }
#pragma warning disable CA1031 // The next look must follow whatever happens at this one; logged with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Failed(log, error);
            return [];
        }
    }

    [LoggerMessage(1, LogLevel.Error, "notifications could not be looked for")]
    private static partial void Failed(ILogger logger, Exception error);
}
