using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>What a question gave for one group.</summary>
/// <param name="Key">Empty without breakdowns.</param>
/// <param name="Value">Null when there was nothing to calculate with.</param>
internal sealed record GroupValue(JsonObject Key, double? Value);

/// <summary>A group that changed, or is told again.</summary>
internal sealed record GroupChange(JsonObject Key, double? Value, bool IsTriggered);

/// <summary>The part of a trigger that decides, read from its JSON.</summary>
internal sealed record TriggerRule(string Op, double Threshold, int ExceededLimit, bool TellsAlways)
{
    public static TriggerRule Of(JsonObject trigger)
    {
        var threshold = trigger["threshold"]!;
        return new TriggerRule(
            (string)threshold["op"]!, (double)threshold["value"]!, (int?)threshold["exceeded_limit"] ?? 1, (string?)trigger["alert_type"] == "on_true");
    }

    public bool IsOver(double? value) => value is { } number && Op switch
    {
        ">" => number > Threshold,
        ">=" => number >= Threshold,
        "<" => number < Threshold,
        _ => number <= Threshold,
    };

    /// <summary>
    /// Takes one evaluation into the state: a group that was over the threshold so many times in a row is triggered, one that is not
    /// over, or not there any more, is not. Returns what there is to tell.
    /// </summary>
    public IReadOnlyList<GroupChange> Advance(AlertState state, IReadOnlyList<GroupValue> values)
    {
        var changes = new List<GroupChange>();
        var before = state.Groups.ToDictionary(g => g.Key, g => (Count: (int?)g.Value?["count"] ?? 0, Triggered: (bool?)g.Value?["triggered"] ?? false), StringComparer.Ordinal);
        state.Json["groups"] = new JsonObject();
        foreach (var group in values)
        {
            var key = group.Key.ToJsonString();
            var was = before.GetValueOrDefault(key);
            before.Remove(key);
            var isOver = IsOver(group.Value);
            var count = isOver ? Math.Min(was.Count + 1, ExceededLimit) : 0;
            var isTriggered = count >= ExceededLimit;
            if (isTriggered != was.Triggered || (isTriggered && TellsAlways))
                changes.Add(new GroupChange(group.Key, group.Value, isTriggered));
            // Groups that are quiet need no memory.
            if (count > 0)
                state.Groups[key] = new JsonObject { ["count"] = count, ["triggered"] = isTriggered };
        }
        foreach (var (key, was) in before)
        {
            if (was.Triggered)
                changes.Add(new GroupChange((JsonObject)JsonNode.Parse(key)!, null, IsTriggered: false));
        }
        return changes;
    }

    /// <summary>How far each group lies from itself an offset ago: the difference, or that in percent of then.</summary>
    public static IReadOnlyList<GroupValue> Against(IReadOnlyList<GroupValue> now, IReadOnlyList<GroupValue> then, bool inPercent)
    {
        var past = then.ToDictionary(g => g.Key.ToJsonString(), g => g.Value, StringComparer.Ordinal);
        return [.. now.Select(group => group with { Value = Distance(group.Value, past.GetValueOrDefault(group.Key.ToJsonString()), inPercent) })];
    }

    private static double? Distance(double? now, double? then, bool inPercent)
    {
        // Nothing then: a difference to nothing is the whole, a share of nothing is unknown.
        if (now is not { } value || (inPercent && then is null or 0))
            return null;
        return inPercent ? 100 * (value - then!.Value) / then.Value : value - (then ?? 0);
    }

    /// <summary>The schedule lets it be evaluated at this moment.</summary>
    public static bool IsScheduled(JsonObject trigger, DateTimeOffset at)
    {
        if ((string?)trigger["evaluation_schedule_type"] != "window" || trigger["evaluation_schedule"]?["window"] is not JsonObject window)
            return true;
        var start = TimeOnly.ParseExact((string)window["start_time"]!, "HH:mm", CultureInfo.InvariantCulture);
        var end = TimeOnly.ParseExact((string)window["end_time"]!, "HH:mm", CultureInfo.InvariantCulture);
        var days = (JsonArray)window["days_of_week"]!;
        var now = TimeOnly.FromDateTime(at.UtcDateTime);
        bool Includes(DayOfWeek day) => days.Any(d => string.Equals((string?)d, day.ToString(), StringComparison.OrdinalIgnoreCase));
        if (end > start)
            return Includes(at.UtcDateTime.DayOfWeek) && now >= start && now < end;
        // Over midnight: the evening of a named day, and the morning after it.
        return (Includes(at.UtcDateTime.DayOfWeek) && now >= start) || (Includes(at.UtcDateTime.AddDays(-1).DayOfWeek) && now < end);
    }
}
