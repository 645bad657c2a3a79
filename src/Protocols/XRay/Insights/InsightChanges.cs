using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// Which insights there is something to notify of, given what was known before: the insights of the last look, which the group's state has.
/// </summary>
internal static class InsightChanges
{
    private const string Active = "ACTIVE";

    /// <summary>A look has to reach back to where the oldest insight that goes on began.</summary>
    public static DateTimeOffset Since(AlertState state, DateTimeOffset now)
    {
        var recent = now.AddMinutes(-10);
        var starts = Known(state).Values.Where(k => k.State == Active).Select(k => DateTimeOffset.FromUnixTimeSeconds(k.Start * 60)).ToList();
        return starts.Count > 0 && starts.Min() < recent ? starts.Min() : recent;
    }

    /// <summary>The state after a look at a moment (seconds since 1970), and what is new or ended, oldest first.</summary>
    public static (AlertState State, IReadOnlyList<Insight> Changes) Take(AlertState state, IReadOnlyList<Insight> found, long now)
    {
        var before = Known(state);
        var gone = before.Where(k => k.Value.State == Active && !found.Any(i => i.Id == k.Key)).Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        var after = new Dictionary<string, InsightState>(StringComparer.Ordinal);
        var changes = new List<Insight>();
        foreach (var insight in found.OrderBy(i => i.Start))
        {
            var known = before.GetValueOrDefault(insight.Id)?.State;
            // Another service turned out to be the cause, which changes the id: it is the same insight.
            if (known is null && gone.FirstOrDefault() is { } earlier)
            {
                gone.Remove(earlier);
                known = Active;
            }
            var current = InsightOperations.State(insight);
            after[insight.Id] = new InsightState(insight.Start, current);
            // Before the first look: what ended then is no news.
            if (known == current || (known is null && !insight.IsActive && (state.EvaluatedAt == 0 || insight.End * 60 <= state.EvaluatedAt)))
                continue;
            changes.Add(insight);
        }
        return (state with { Insights = after, EvaluatedAt = now }, changes);
    }

    private static IReadOnlyDictionary<string, InsightState> Known(AlertState state) => state.Insights ?? new Dictionary<string, InsightState>(StringComparer.Ordinal);
}
