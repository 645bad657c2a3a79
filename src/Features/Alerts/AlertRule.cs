using Weir.Core.Model;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>The result of a query for one group.</summary>
/// <param name="Value">Null when there was no value to calculate with.</param>
internal sealed record GroupValue(GroupKey Key, double? Value);

/// <summary>A group whose state changed, or about which recipients are notified again.</summary>
internal sealed record GroupChange(GroupKey Key, double? Value, bool IsTriggered);

/// <summary>The result of an evaluation.</summary>
/// <param name="Changes">The changes to notify about.</param>
internal sealed record Advance(AlertState State, IReadOnlyList<GroupChange> Changes);

/// <summary>The rule that decides whether an alert is triggered.</summary>
/// <param name="Op">&gt;, &gt;=, &lt; or &lt;=.</param>
/// <param name="ExceededLimit">Consecutive evaluations over the threshold before a group triggers.</param>
/// <param name="NotifiesAlways">Notify at every evaluation that triggers, not only when the state changes.</param>
internal sealed record AlertRule(string Op, double Threshold, int ExceededLimit = 1, bool NotifiesAlways = false)
{
    /// <summary>Failures of one evaluation before it is given up.</summary>
    public const int MostFailures = 5;

    /// <summary>The rule of an alert whose evaluation itself decides whether the threshold is exceeded.</summary>
    public static AlertRule OfCondition { get; } = new(">=", 1);

    public bool IsOver(double? value) => value is { } number && Op switch
    {
        ">" => number > Threshold,
        ">=" => number >= Threshold,
        "<" => number < Threshold,
        _ => number <= Threshold,
    };

    /// <summary>
    /// The state after an evaluation: a group that was over the threshold often enough in a row is triggered; one that is not over it, or that is no
    /// longer in the result, is not.
    /// </summary>
    /// <param name="now">The time of the evaluation, in seconds since 1970.</param>
    public Advance Advance(AlertState state, IReadOnlyList<GroupValue> answer, long now)
    {
        var changes = new List<GroupChange>();
        var before = new Dictionary<string, GroupState>(state.Groups ?? new Dictionary<string, GroupState>(), StringComparer.Ordinal);
        var after = new OrderedDictionary<string, GroupState>(StringComparer.Ordinal);
        foreach (var group in answer)
        {
            var key = group.Key.ToString();
            var was = before.GetValueOrDefault(key) ?? new GroupState();
            before.Remove(key);
            var count = IsOver(group.Value) ? Math.Min(was.Count + 1, ExceededLimit) : 0;
            var isTriggered = count >= ExceededLimit;
            if (isTriggered != was.Triggered || (isTriggered && NotifiesAlways))
                changes.Add(new GroupChange(group.Key, group.Value, isTriggered));
            // Groups below the threshold need no state.
            if (count > 0)
                after[key] = new GroupState(count, isTriggered);
        }
        changes.AddRange(before.Where(g => g.Value.Triggered).Select(g => new GroupChange(GroupKey.Parse(g.Key), null, IsTriggered: false)));
        return new Advance(state with { Groups = after, EvaluatedAt = now, Failures = 0 }, changes);
    }

    /// <summary>
    /// The state after a failed query: it is repeated a few times, then given up, and the history shows it. Repeated identical failures
    /// are one entry.
    /// </summary>
    public static (AlertState State, bool IsGivenUp) Fail(AlertState state, Fault fault, long now, int mostHistory)
    {
        var failures = state.Failures + 1;
        var isGivenUp = failures >= MostFailures || fault.Kind is FaultKind.Invalid or FaultKind.NotFound;
        state = isGivenUp ? state with { Failures = 0, EvaluatedAt = now } : state with { Failures = failures };
        if (state.History is not [{ Detail: var last }, ..] || last != fault.Message)
        {
            state = state.Remember(
                new HistoryEntry(DateTimeOffset.FromUnixTimeSeconds(now), HistoryEntry.Error, Detail: fault.Message, Deliveries: []), mostHistory);
        }
        return (state, isGivenUp);
    }

    /// <summary>The change of each group since an offset ago: the difference, or the percentage of the earlier value.</summary>
    public static IReadOnlyList<GroupValue> Against(IReadOnlyList<GroupValue> now, IReadOnlyList<GroupValue> then, bool inPercent)
    {
        var past = then.ToDictionary(g => g.Key, g => g.Value);
        return [.. now.Select(group => group with { Value = Distance(group.Value, past.GetValueOrDefault(group.Key), inPercent) })];
    }

    private static double? Distance(double? now, double? then, bool inPercent)
    {
        // No earlier value: the difference is the whole value, a percentage is unknown.
        if (now is not { } value || (inPercent && then is null or 0))
            return null;
        return inPercent ? 100 * (value - then!.Value) / then.Value : value - (then ?? 0);
    }
}
