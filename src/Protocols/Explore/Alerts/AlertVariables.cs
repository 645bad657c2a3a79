using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>What a webhook's template can name, made of a notification. Honeycomb's names: https://docs.honeycomb.io/notify/webhooks/variables .</summary>
internal static class AlertVariables
{
    private static readonly string[] OfAll = ["Name", "ID", "Description", "URL", "Environment", "Datasets", "Threshold", "Alert", "Resource", "Result", "Vars"];

    /// <summary>The kinds of templates, and the first names of the variables of each.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Known { get; } = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal)
    {
        ["trigger"] = new HashSet<string>([.. OfAll, "Operator"], StringComparer.Ordinal),
        ["exhaustion_time"] = new HashSet<string>([.. OfAll, "SLO", "Value"], StringComparer.Ordinal),
        ["budget_rate"] = new HashSet<string>([.. OfAll, "SLO", "Value"], StringComparer.Ordinal),
    };

    /// <summary>The kind of template that a notification is told with.</summary>
    public static string KindOf(JsonObject notification) => (string?)notification["alert_type"] ?? "trigger";

    /// <param name="deliveryId">The same for all attempts.</param>
    /// <param name="templateVariables">The recipient's <c>template_variables</c>: names and defaults.</param>
    /// <param name="given">The alert's <c>notification_details.variables</c>, which go before the defaults.</param>
    public static JsonObject Of(JsonObject notification, string deliveryId, JsonArray? templateVariables, JsonArray? given)
    {
        var url = (string?)notification["result_url"] ?? "";
        var variables = new JsonObject
        {
            ["Name"] = notification["name"]?.DeepClone(),
            ["ID"] = notification["id"]?.DeepClone(),
            ["Description"] = notification["description"]?.DeepClone(),
            ["URL"] = url,
            ["Environment"] = notification["environment"]?.DeepClone(),
            ["Datasets"] = new JsonArray(notification["dataset"]?.DeepClone()),
            ["Operator"] = Words((string?)notification["operator"]),
            ["Threshold"] = notification["threshold"]?.DeepClone(),
            ["Value"] = notification["value"]?.DeepClone(),
            ["Alert"] = new JsonObject
            {
                ["InstanceID"] = deliveryId,
                ["Status"] = notification["status"]?.DeepClone(),
                ["Summary"] = notification["summary"]?.DeepClone(),
                ["Description"] = notification["description"]?.DeepClone(),
                ["Timestamp"] = notification["evaluated_at"]?.DeepClone(),
                ["Version"] = notification["version"]?.DeepClone(),
                ["IsTest"] = false,
            },
            ["Resource"] = new JsonObject { ["URL"] = url },
            ["Result"] = new JsonObject
            {
                ["URL"] = url,
                ["Groups"] = Groups(notification["result_groups"]),
                ["GroupsTriggered"] = Groups(notification["result_groups_triggered"]),
            },
            ["Vars"] = Vars(templateVariables, given),
        };
        if (notification["slo"] is JsonObject slo)
        {
            variables["SLO"] = new JsonObject
            {
                ["ID"] = slo["id"]?.DeepClone(),
                ["Name"] = slo["name"]?.DeepClone(),
                ["Compliance"] = slo["compliance"]?.DeepClone(),
                ["BudgetRemaining"] = slo["budget_remaining"]?.DeepClone(),
                ["BurnRate"] = slo["burn_rate"]?.DeepClone(),
            };
        }
        return variables;
    }

    private static JsonArray Groups(JsonNode? groups) => [.. (groups as JsonArray ?? []).Select(g => new JsonObject
    {
        ["Group"] = Group(g!["Group"] as JsonObject ?? []),
        ["Result"] = g["Result"]?.DeepClone(),
    })];

    // One column is what the names are made for; of several, both sides are lists in text.
    private static JsonObject Group(JsonObject group) => group.Count == 1
        ? new JsonObject { ["Key"] = group.First().Key, ["Value"] = group.First().Value?.DeepClone() }
        : new JsonObject
        {
            ["Key"] = string.Join(", ", group.Select(g => g.Key)),
            ["Value"] = string.Join(", ", group.Select(g => g.Value?.ToString() ?? "")),
        };

    private static JsonObject Vars(JsonArray? templateVariables, JsonArray? given)
    {
        var vars = new JsonObject();
        foreach (var variable in (templateVariables ?? []).OfType<JsonObject>())
            vars[(string?)variable["name"] ?? ""] = variable["default_value"]?.DeepClone() ?? "";
        foreach (var variable in (given ?? []).OfType<JsonObject>())
        {
            if ((string?)variable["name"] is { } name && vars.ContainsKey(name) && variable["value"] is { } value)
                vars[name] = value.DeepClone();
        }
        return vars;
    }

    private static string Words(string? op) => op switch
    {
        ">" => "greater than",
        ">=" => "greater than or equal to",
        "<" => "less than",
        "<=" => "less than or equal to",
        _ => op ?? "",
    };
}
