using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>Asks a trigger's question: the value of each group over the seconds that end at a moment.</summary>
internal delegate Task<IReadOnlyList<GroupValue>> AskQuestion(Managed trigger, long from, long to, CancellationToken cancellationToken);

/// <summary>One evaluation of a trigger: asks, decides, remembers, tells.</summary>
internal sealed class TriggerEvaluation(AlertStates states, Outbox outbox, AskQuestion ask, AlertCounters counters, NotifyOptions options)
{
    /// <summary>A quiet trigger's moment is written down no oftener than this: after a restart quiet moments are evaluated again, which changes nothing.</summary>
    private const long QuietSeconds = 600;

    private const int MostEntries = 20;

    /// <summary>Groups of one notification; how many there are is told beside them.</summary>
    private const int MostGroups = 100;

    public long EvaluatedAt(string alertId) => states.Of(alertId).EvaluatedAt;

    /// <summary>False: it could not be evaluated, try again.</summary>
    public async Task<bool> EvaluateAsync(Managed trigger, long at, CancellationToken cancellationToken)
    {
        if (!TriggerRule.IsScheduled(trigger.Body, DateTimeOffset.FromUnixTimeSeconds(at)))
            return true;
        IReadOnlyList<GroupValue> values;
        try
        {
            values = await ValuesAsync(trigger, at, cancellationToken);
        }
        catch (FaultException error)
        {
            counters.Evaluation("trigger", "error");
            return await EvaluationFailure.NoteAsync(states, trigger.Id, at, error.Fault, options.MostHistory, cancellationToken);
        }
        await states.ChangeAsync(trigger.Id, state => TakeAsync(trigger, state, values, at, cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>What the trigger's question gives now, against its baseline if it has one.</summary>
    public async Task<IReadOnlyList<GroupValue>> ValuesAsync(Managed trigger, long at, CancellationToken cancellationToken)
    {
        var range = (long)((double?)trigger.Body["query"]?["time_range"] ?? (long?)trigger.Body["frequency"] ?? 900);
        var now = await ask(trigger, at - range, at, cancellationToken);
        if (trigger.Body["baseline_details"] is not JsonObject baseline)
            return now;
        var offset = (long)baseline["offset_minutes"]! * 60;
        var then = await ask(trigger, at - offset - range, at - offset, cancellationToken);
        return TriggerRule.Against(now, then, (string?)baseline["type"] == "percentage");
    }

    private async Task<bool> TakeAsync(Managed trigger, AlertState state, IReadOnlyList<GroupValue> values, long at, CancellationToken cancellationToken)
    {
        var rule = TriggerRule.Of(trigger.Body);
        var counts = state.Groups.ToJsonString();
        var changes = rule.Advance(state, values);
        state.Json.Remove("failures");
        counters.Evaluation("trigger", state.IsTriggered ? "triggered" : "ok");
        var isWorthKeeping = changes.Count > 0 || counts != state.Groups.ToJsonString() || at - state.EvaluatedAt >= QuietSeconds;
        state.EvaluatedAt = at;
        if (changes.Count == 0)
            return isWorthKeeping;
        var entries = changes.Take(MostEntries).Select(change => new JsonObject
        {
            ["at"] = ManagedTime.Text(DateTimeOffset.FromUnixTimeSeconds(at)),
            ["state"] = change.IsTriggered ? "triggered" : "ok",
            ["value"] = change.Value,
            ["threshold"] = rule.Threshold,
            ["group"] = change.Key.Count == 0 ? null : change.Key.DeepClone(),
        }).ToList();
        await outbox.TellAsync(trigger, state, entries, Notification(trigger, rule, changes, values, at), cancellationToken);
        return true;
    }

    private JsonObject Notification(Managed trigger, TriggerRule rule, IReadOnlyList<GroupChange> changes, IReadOnlyList<GroupValue> values, long at)
    {
        var name = (string)trigger.Body["name"]!;
        var isTriggered = changes.Any(c => c.IsTriggered);
        static JsonArray Groups(IEnumerable<GroupValue> groups) =>
            [.. groups.Take(MostGroups).Select(g => new JsonObject { ["Group"] = g.Key.DeepClone(), ["Result"] = g.Value })];
        return new JsonObject
        {
            ["version"] = "v0.1.0",
            ["id"] = trigger.Id,
            ["name"] = name,
            ["description"] = (string?)trigger.Body["description"],
            ["trigger_description"] = (string?)trigger.Body["description"],
            ["status"] = isTriggered ? "TRIGGERED" : "OK",
            ["summary"] = Summary(name, rule, changes, isTriggered, withGroup: false),
            [NotificationResults.Summary] = Summary(name, rule, changes, isTriggered, withGroup: true),
            ["operator"] = rule.Op,
            ["threshold"] = rule.Threshold,
            ["dataset"] = trigger.Dataset,
            ["environment"] = trigger.Environment,
            ["evaluated_at"] = ManagedTime.Text(DateTimeOffset.FromUnixTimeSeconds(at)),
            ["result_url"] = options.Link($"/alerts/triggers/{trigger.Dataset}/{trigger.Id}"),
            ["result_groups"] = Groups(values),
            ["result_groups_total"] = values.Count,
            ["result_groups_triggered"] = Groups(changes.Where(c => c.IsTriggered).Select(c => new GroupValue(c.Key, c.Value))),
            ["result_groups_triggered_total"] = changes.Count(c => c.IsTriggered),
        };
    }

    private static string Summary(string name, TriggerRule rule, IReadOnlyList<GroupChange> changes, bool isTriggered, bool withGroup)
    {
        var shown = changes.First(c => c.IsTriggered == isTriggered);
        var value = shown.Value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "nothing";
        var more = changes.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {changes.Count - 1} more") : "";
        var where = !withGroup || shown.Key.Count == 0 ? "" : " for " + string.Join(", ", shown.Key.Select(k => $"{k.Key}={k.Value?.ToJsonString() ?? "null"}"));
        return isTriggered
            ? string.Create(CultureInfo.InvariantCulture, $"Triggered: {name}: {value} {rule.Op} {rule.Threshold}{where}{more}")
            : string.Create(CultureInfo.InvariantCulture, $"Resolved: {name}: {value}{where}{more}");
    }
}
