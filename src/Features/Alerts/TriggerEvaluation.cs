using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>Runs a trigger's query: the value of each group over the time range that ends at the given time.</summary>
internal delegate Task<IReadOnlyList<GroupValue>> AskQuestion(Stored<Trigger> trigger, long from, long to, CancellationToken cancellationToken);

/// <summary>One evaluation of a trigger: queries, decides, stores the state, notifies.</summary>
internal sealed class TriggerEvaluation(AlertStates states, Outbox outbox, AskQuestion ask, AlertCounters counters, NotifyOptions options)
{
    /// <summary>Minimum time between two stored evaluations of a trigger without changes: after a restart they are evaluated again, which changes nothing.</summary>
    private const long QuietSeconds = 600;

    private const int MostEntries = 20;

    /// <summary>Maximum groups of one notification; their total number is sent with them.</summary>
    private const int MostGroups = 100;

    /// <summary>False: it could not be evaluated and must be tried again.</summary>
    public async Task<bool> EvaluateAsync(Stored<Trigger> trigger, long at, CancellationToken cancellationToken)
    {
        if (!trigger.Value.IsScheduled(DateTimeOffset.FromUnixTimeSeconds(at)))
            return true;
        IReadOnlyList<GroupValue> values;
        try
        {
            values = await ValuesAsync(trigger, at, cancellationToken);
        }
        catch (FaultException error)
        {
            counters.Evaluation("trigger", "error");
            return await FailAsync(states, trigger.Id, error.Fault, at, options.MostHistory, cancellationToken);
        }
        await states.ChangeAsync(trigger.Id, state => AdvanceAsync(trigger, state, values, at, cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>The current result of the trigger's query, compared with its baseline if it has one.</summary>
    public async Task<IReadOnlyList<GroupValue>> ValuesAsync(Stored<Trigger> trigger, long at, CancellationToken cancellationToken)
    {
        var range = trigger.Value.RangeSeconds();
        var now = await ask(trigger, at - range, at, cancellationToken);
        if (trigger.Value.BaselineDetails is not { } baseline)
            return now;
        var offset = baseline.OffsetMinutes * 60;
        var then = await ask(trigger, at - offset - range, at - offset, cancellationToken);
        return AlertRule.Against(now, then, baseline.Type == "percentage");
    }

    /// <summary>True: the evaluation is given up.</summary>
    public static async Task<bool> FailAsync(AlertStates states, string alertId, Fault fault, long at, int mostHistory, CancellationToken cancellationToken)
    {
        var isGivenUp = false;
        await states.ChangeAsync(
            alertId,
            state =>
            {
                (state, isGivenUp) = AlertRule.Fail(state, fault, at, mostHistory);
                return state;
            },
            cancellationToken);
        return isGivenUp;
    }

    private async Task<AlertState?> AdvanceAsync(Stored<Trigger> trigger, AlertState before, IReadOnlyList<GroupValue> values, long at, CancellationToken cancellationToken)
    {
        var rule = trigger.Value.Rule();
        var (state, changes) = rule.Advance(before, values, at);
        counters.Evaluation("trigger", state.IsTriggered() ? "triggered" : "ok");
        if (changes.Count == 0)
            return SameGroups(before, state) && at - before.EvaluatedAt < QuietSeconds ? null : state;
        var entries = changes.Take(MostEntries).Select(change => new HistoryEntry(
            DateTimeOffset.FromUnixTimeSeconds(at), change.IsTriggered ? "triggered" : "ok", change.Value, rule.Threshold, change.Key.IsNone ? null : change.Key)).ToList();
        var alert = new NotifyingAlert(trigger.Environment, trigger.Dataset, trigger.Id, trigger.Value.Recipients ?? []);
        return await outbox.SendAsync(alert, state, entries, Notification(trigger, rule, changes, values, at), cancellationToken);
    }

    private static bool SameGroups(AlertState before, AlertState after)
    {
        var (one, other) = (before.Groups ?? new Dictionary<string, GroupState>(), after.Groups!);
        return one.Count == other.Count && one.All(g => other.TryGetValue(g.Key, out var now) && now == g.Value);
    }

    private Notification Notification(Stored<Trigger> trigger, AlertRule rule, IReadOnlyList<GroupChange> changes, IReadOnlyList<GroupValue> values, long at)
    {
        var isTriggered = changes.Any(c => c.IsTriggered);
        return new Notification(
            trigger.Id,
            trigger.Value.Name,
            trigger.Value.Description,
            isTriggered ? Notifications.Notification.Triggered : Notifications.Notification.Ok,
            Summary(trigger.Value.Name, rule, changes, isTriggered, withGroup: false),
            DateTimeOffset.FromUnixTimeSeconds(at),
            options.Link($"/alerts/triggers/{trigger.Dataset}/{trigger.Id}"),
            rule.Threshold,
            trigger.Dataset,
            trigger.Environment)
        {
            Operator = rule.Op,
            SummaryWithGroup = Summary(trigger.Value.Name, rule, changes, isTriggered, withGroup: true),
            ResultGroups = [.. values.Take(MostGroups).Select(v => new GroupResult(v.Key, v.Value))],
            ResultGroupsTotal = values.Count,
            ResultGroupsTriggeredTotal = changes.Count(c => c.IsTriggered),
            ResultGroupsTriggered = [.. changes.Where(c => c.IsTriggered).Take(MostGroups).Select(c => new GroupResult(c.Key, c.Value))],
        };
    }

    private static string Summary(string name, AlertRule rule, IReadOnlyList<GroupChange> changes, bool isTriggered, bool withGroup)
    {
        var shown = changes.First(c => c.IsTriggered == isTriggered);
        var value = shown.Value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "nothing";
        var more = changes.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {changes.Count - 1} more") : "";
        var where = !withGroup || shown.Key.IsNone ? "" : " for " + string.Join(", ", shown.Key.Values.Select(k => $"{k.Key}={TemplateValue.Json(k.Value)}"));
        return isTriggered
            ? string.Create(CultureInfo.InvariantCulture, $"Triggered: {name}: {value} {rule.Op} {rule.Threshold}{where}{more}")
            : string.Create(CultureInfo.InvariantCulture, $"Resolved: {name}: {value}{where}{more}");
    }
}
