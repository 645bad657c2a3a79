namespace Weir.Features.Traces.Insights;

/// <summary>An insight for which a notification was sent.</summary>
/// <param name="Start">Minutes since 1970.</param>
internal sealed record ToldInsight(long Start, bool IsActive);

/// <summary>The state of a group's insights between two checks.</summary>
/// <param name="LastLook">Seconds since 1970; 0: there was no check.</param>
/// <param name="Insights">Insights of the last check, by id.</param>
internal sealed record InsightMemory(long LastLook, IReadOnlyDictionary<string, ToldInsight> Insights);

/// <summary>The result of a check.</summary>
/// <param name="Memory">State for the next check.</param>
/// <param name="News">Insights that began or ended, oldest first.</param>
internal sealed record InsightLook(InsightMemory Memory, IReadOnlyList<Insight> News);

/// <summary>Determines the insights to notify about, given the notifications already sent.</summary>
internal static class InsightChanges
{
    /// <summary>A check has to include the start of the oldest active insight.</summary>
    public static DateTimeOffset Since(InsightMemory memory, DateTimeOffset now)
    {
        var recent = now.AddMinutes(-10);
        var starts = memory.Insights.Values.Where(told => told.IsActive).Select(told => DateTimeOffset.FromUnixTimeSeconds(told.Start * 60)).ToList();
        return starts.Count > 0 && starts.Min() < recent ? starts.Min() : recent;
    }

    /// <summary>At the first check, insights that ended before it need no notification.</summary>
    public static InsightLook Look(InsightMemory memory, IReadOnlyList<Insight> found, DateTimeOffset now)
    {
        var before = memory.Insights;
        var gone = before.Where(k => k.Value.IsActive && !found.Any(i => i.Id == k.Key)).Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        var after = new Dictionary<string, ToldInsight>(StringComparer.Ordinal);
        var news = new List<Insight>();
        foreach (var insight in found.OrderBy(i => i.Start))
        {
            bool? wasActive = before.TryGetValue(insight.Id, out var told) ? told.IsActive : null;
            // Another service turned out to be the cause, which changes the id, but it is the same insight.
            if (wasActive is null && gone.FirstOrDefault() is { } earlier)
            {
                gone.Remove(earlier);
                wasActive = true;
            }
            after[insight.Id] = new ToldInsight(insight.Start, insight.IsActive);
            var endedBefore = wasActive is null && !insight.IsActive && (memory.LastLook == 0 || insight.End * 60 <= memory.LastLook);
            if (wasActive != insight.IsActive && !endedBefore)
                news.Add(insight);
        }
        return new InsightLook(new InsightMemory(now.ToUnixTimeSeconds(), after), news);
    }
}
