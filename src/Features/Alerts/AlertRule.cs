using Weir.Core.Model;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>What a question gave for one group.</summary>
/// <param name="Value">Null when there was nothing to calculate with.</param>
internal sealed record GroupValue(GroupKey Key, double? Value);

/// <summary>A group that changed, or that recipients are notified of again.</summary>
internal sealed record GroupChange(GroupKey Key, double? Value, bool IsTriggered);

/// <summary>What an evaluation makes of a state.</summary>
/// <param name="Changes">What to notify of.</param>
internal sealed record Advance(AlertState State, IReadOnlyList<GroupChange> Changes);

/// <summary>What decides whether an alert is triggered.</summary>
/// <param name="Op">&gt;, &gt;=, &lt; or &lt;=.</param>
/// <param name="ExceededLimit">Evaluations in a row over the threshold before a group is triggered.</param>
/// <param name="NotifiesAlways">At every evaluation that finds a group triggered, not only when it changes.</param>
internal sealed record AlertRule(string Op, double Threshold, int ExceededLimit = 1, bool NotifiesAlways = false)
{
    /// <summary>Failures of one moment before it is given up.</summary>
    public const int MostFailures = 5;

    /// <summary>Of an alert that is over or not, by itself.</summary>
    public static AlertRule OfCondition { get; } = new(">=", 1);

    public bool IsOver(double? value) => value is { } number && Op switch
    {
        ">" => number > Threshold,
        ">=" => number >= Threshold,
        "<" => number < Threshold,
        _ => number <= Threshold,
    };

    /// <summary>
    /// The state after an evaluation: a group that was over the threshold so many times in a row is triggered, one that is not over, or not in the
    /// answer any more, is not.
    /// </summary>
    /// <param name="now">The moment that was evaluated, in seconds since 1970.</param>
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
            // Groups that are quiet need no memory.
            if (count > 0)
                after[key] = new GroupState(count, isTriggered);
        }
        changes.AddRange(before.Where(g => g.Value.Triggered).Select(g => new GroupChange(GroupKey.Parse(g.Key), null, IsTriggered: false)));
        return new Advance(state with { Groups = after, EvaluatedAt = now, Failures = 0 }, changes);
    }

    /// <summary>
    /// The state after a moment whose question failed: it is asked again a few times, then given up, and the history says so. The same failure over and
    /// over is one entry.
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

    /// <summary>How far each group lies from itself an offset ago: the difference, or that in percent of then.</summary>
    public static IReadOnlyList<GroupValue> Against(IReadOnlyList<GroupValue> now, IReadOnlyList<GroupValue> then, bool inPercent)
    {
        var past = then.ToDictionary(g => g.Key, g => g.Value);
        return [.. now.Select(group => group with { Value = Distance(group.Value, past.GetValueOrDefault(group.Key), inPercent) })];
    }

    private static double? Distance(double? now, double? then, bool inPercent)
    {
        // Nothing then: a difference to nothing is the whole, a share of nothing is unknown.
        if (now is not { } value || (inPercent && then is null or 0))
            return null;
        return inPercent ? 100 * (value - then!.Value) / then.Value : value - (then ?? 0);
    }
}
