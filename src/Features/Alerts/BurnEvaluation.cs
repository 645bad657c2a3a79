using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>One evaluation of a burn alert, every minute.</summary>
internal sealed class BurnEvaluation(
    Documents<Slo> slos, SloSubjects subjects, SloReader reader, AlertStates states, Outbox outbox, AlertCounters counters, NotifyOptions options)
{
    public const long FrequencySeconds = 60;

    private const long QuietSeconds = 600;

    /// <summary>False: it could not be evaluated and must be tried again.</summary>
    public async Task<bool> EvaluateAsync(Stored<BurnAlert> alert, long at, CancellationToken cancellationToken)
    {
        if (slos.Find("", dataset: null, alert.Value.SloId()) is not { } slo)
            return true;
        SloMath? math;
        try
        {
            math = await reader.ReadAsync(subjects.Of(slo), at, cancellationToken);
        }
        catch (FaultException error)
        {
            counters.Evaluation("burn_alert", "error");
            return await TriggerEvaluation.FailAsync(states, alert.Id, error.Fault, at, options.MostHistory, cancellationToken);
        }
        if (math is null)
            return true;
        var measured = alert.Value.Measure(math, at);
        counters.Evaluation("burn_alert", measured.IsOver ? "triggered" : "ok");
        await states.ChangeAsync(alert.Id, state => AdvanceAsync(alert, slo, state, math, measured, at, cancellationToken), cancellationToken);
        return true;
    }

    private async Task<AlertState?> AdvanceAsync(
        Stored<BurnAlert> alert, Stored<Slo> slo, AlertState before, SloMath math, Measured measured, long at, CancellationToken cancellationToken)
    {
        var (state, changes) = AlertRule.OfCondition.Advance(before, [new GroupValue(GroupKey.None, measured.IsOver ? 1 : 0)], at);
        if (changes.Count == 0)
            return at - before.EvaluatedAt >= QuietSeconds ? state : null;
        double? value = measured.Value is { } number && double.IsFinite(number) ? number : null;
        var entry = new HistoryEntry(DateTimeOffset.FromUnixTimeSeconds(at), measured.IsOver ? "triggered" : "ok", value, measured.Threshold);
        var notifying = new NotifyingAlert(alert.Environment, alert.Dataset, alert.Id, alert.Value.Recipients ?? []);
        return await outbox.SendAsync(notifying, state, [entry], Notification(alert, slo, math.At(at), measured with { Value = value }, at), cancellationToken);
    }

    private Notification Notification(Stored<BurnAlert> alert, Stored<Slo> slo, SloStanding standing, Measured measured, long at)
    {
        var name = slo.Value.Name;
        var text = measured.Value is { } number ? number.ToString("0.##", CultureInfo.InvariantCulture) : "none";
        var what = alert.Value.AlertType == BurnAlert.BudgetRate
            ? $"{text} % of the budget used in {alert.Value.BudgetRateWindowMinutes} minutes"
            : $"{text} minutes until the budget is used up";
        return new Notification(
            alert.Id,
            name,
            alert.Value.Description,
            measured.IsOver ? Notifications.Notification.Triggered : Notifications.Notification.Ok,
            $"{(measured.IsOver ? "Triggered" : "Resolved")}: SLO {name}: {what}",
            DateTimeOffset.FromUnixTimeSeconds(at),
            options.Link($"/alerts/slos/{slo.Dataset}/{slo.Id}"),
            measured.Threshold,
            alert.Dataset,
            alert.Environment)
        {
            AlertType = alert.Value.AlertType,
            Value = measured.Value,
            Slo = new NotifiedSlo(slo.Id, name, standing.Compliance, standing.BudgetRemaining, standing.BurnRate),
        };
    }
}
