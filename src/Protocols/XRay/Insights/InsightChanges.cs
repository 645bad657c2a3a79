using System.Text.Json.Nodes;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// Which insights there is something to tell of, given what was told before. Kept in the group's state as
/// <c>"insights": {"ID": {"start": MINUTE, "state": "ACTIVE"|"CLOSED"}}</c>, those of the last look.
/// </summary>
internal static class InsightChanges
{
    private const string Active = "ACTIVE";

    /// <summary>A look has to reach back to where the oldest insight that goes on began.</summary>
    public static DateTimeOffset Since(JsonObject state, DateTimeOffset now)
    {
        var recent = now.AddMinutes(-10);
        var starts = Known(state).Where(k => (string?)k.Value!["state"] == Active).Select(k => DateTimeOffset.FromUnixTimeSeconds((long)k.Value!["start"]! * 60)).ToList();
        return starts.Count > 0 && starts.Min() < recent ? starts.Min() : recent;
    }

    /// <summary>Takes a look into the state; what is new or ended, oldest first.</summary>
    /// <param name="lastLook">Seconds since 1970; 0: there was none, and what ended before is no news.</param>
    public static IReadOnlyList<Insight> Take(JsonObject state, IReadOnlyList<Insight> found, long lastLook)
    {
        var before = Known(state);
        var gone = before.Where(k => (string?)k.Value!["state"] == Active && !found.Any(i => i.Id == k.Key)).Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        var after = new JsonObject();
        var changes = new List<Insight>();
        foreach (var insight in found.OrderBy(i => i.Start))
        {
            var told = (string?)before[insight.Id]?["state"];
            // Another service turned out to be the cause, which changes the id: it is the same insight.
            if (told is null && gone.FirstOrDefault() is { } earlier)
            {
                gone.Remove(earlier);
                told = Active;
            }
            var now = InsightOperations.State(insight);
            after[insight.Id] = new JsonObject { ["start"] = insight.Start, ["state"] = now };
            if (told == now || (told is null && !insight.IsActive && (lastLook == 0 || insight.End * 60 <= lastLook)))
                continue;
            changes.Add(insight);
        }
        state["insights"] = after;
        return changes;
    }

    private static JsonObject Known(JsonObject state) => state["insights"] as JsonObject ?? [];
}
