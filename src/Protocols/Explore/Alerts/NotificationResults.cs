using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>
/// What a notification tells of its alert's results. By default it has the link, the number and the threshold; the groups, whose values are
/// telemetry (an address, a name of a person), go to recipients that ask for them with <c>include_results</c>.
/// </summary>
internal static class NotificationResults
{
    /// <summary>Member of the recipient's details.</summary>
    public const string Include = "include_results";

    /// <summary>Member of a stored notification: the summary with the group that it is about. Never sent under this name.</summary>
    public const string Summary = "summary_with_group";

    private static readonly string[] Members = ["result_groups", "result_groups_triggered"];

    /// <summary>As it is sent to a recipient with these details.</summary>
    public static JsonObject For(JsonObject details, JsonObject notification)
    {
        var told = (JsonObject)notification.DeepClone();
        var summary = told[Summary]?.DeepClone();
        told.Remove(Summary);
        if (Asks(details))
        {
            if (summary is not null)
                told["summary"] = summary;
            return told;
        }
        foreach (var member in Members)
        {
            if (told.ContainsKey(member))
                told[member] = new JsonArray();
        }
        return told;
    }

    /// <summary>For a recipient's own template, which names what it wants.</summary>
    public static JsonObject ForTemplate(JsonObject details, JsonObject notification)
    {
        var told = (JsonObject)notification.DeepClone();
        if (Asks(details) && told[Summary] is { } summary)
            told["summary"] = summary.DeepClone();
        told.Remove(Summary);
        return told;
    }

    private static bool Asks(JsonObject details) => details[Include] is JsonValue value && value.TryGetValue(out bool asks) && asks;
}
