using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>
/// Evaluates triggers and burn alerts when they are due; notifications are put into the outbox, which delivers them separately. All state
/// is in the settings: after a restart, missed evaluations are made up for, each over the data of its own time range.
/// </summary>
internal sealed partial class AlertRunner(
    Documents<Trigger> triggers,
    Documents<BurnAlert> burnAlerts,
    AlertStates states,
    TriggerEvaluation evaluation,
    BurnEvaluation burns,
    NotifyOptions options,
    TimeProvider time,
    ILogger<AlertRunner> log) : IHasLoop
{
    /// <summary>The time of the last evaluation, by alert; entries of deleted alerts are removed.</summary>
    private readonly ConcurrentDictionary<string, long> _evaluatedAt = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, string> _failing = new(StringComparer.Ordinal);
    private Loop? _loop;

    public Loop Loop => _loop ??= new Loop("alerts", TimeSpan.FromSeconds(options.TickSeconds), turn: null, TickAsync, time, log);

    /// <summary>One check for due alerts. A problem with one alert does not affect the others.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        var (all, burning) = (triggers.List(""), burnAlerts.List(""));
        foreach (var trigger in all.Where(t => !t.Value.Disabled))
            await RunAsync(trigger.Id, trigger.Value.Frequency, at => evaluation.EvaluateAsync(trigger, at, cancellationToken), cancellationToken);
        foreach (var alert in burning)
            await RunAsync(alert.Id, BurnEvaluation.FrequencySeconds, at => burns.EvaluateAsync(alert, at, cancellationToken), cancellationToken);
        if (_evaluatedAt.Count > all.Count + burning.Count)
        {
            foreach (var gone in _evaluatedAt.Keys.Except(all.Select(t => t.Id).Concat(burning.Select(b => b.Id)), StringComparer.Ordinal).ToList())
            {
                _evaluatedAt.TryRemove(gone, out _);
                _failing.TryRemove(gone, out _);
            }
        }
    }

    private async Task RunAsync(string alert, long frequency, Func<long, Task<bool>> evaluate, CancellationToken cancellationToken)
    {
        try
        {
            var last = _evaluatedAt.GetOrAdd(alert, id => states.Of(id).EvaluatedAt);
            foreach (var at in AlertMoment.Due(last, frequency, time.GetUtcNow().ToUnixTimeSeconds()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                // A failed evaluation is tried again at the next check, before later ones.
                if (!await evaluate(at))
                    return;
                _evaluatedAt[alert] = at;
            }
            _failing.TryRemove(alert, out _);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // One alert's defect must not end the others; logged once with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!_failing.TryGetValue(alert, out var known) || known != error.Message)
                Failed(log, alert, error);
            _failing[alert] = error.Message;
        }
    }

    [LoggerMessage(11, LogLevel.Error, "alert {Alert} could not be evaluated")]
    private static partial void Failed(ILogger logger, string alert, Exception error);
}
