using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>The variables of a webhook's template, created from a notification. Honeycomb's names: https://docs.honeycomb.io/notify/webhooks/variables .</summary>
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

    /// <param name="deliveryId">The same for all attempts of a delivery.</param>
    /// <param name="templateVariables">The recipient's names and defaults.</param>
    /// <param name="given">The alert's values, which override the defaults.</param>
    public static OrderedDictionary<string, object?> Of(
        Notification notification, string deliveryId, IReadOnlyList<TemplateVariable>? templateVariables, IReadOnlyDictionary<string, object?> given)
    {
        var url = notification.ResultUrl;
        var variables = Members(
            ("Name", notification.Name),
            ("ID", notification.Id),
            ("Description", notification.Description),
            ("URL", url),
            ("Environment", notification.Environment),
            ("Datasets", new List<object?> { notification.Dataset }),
            ("Operator", Words(notification.Operator)),
            ("Threshold", notification.Threshold),
            ("Value", notification.Value),
            ("Alert", Members(
                ("InstanceID", deliveryId),
                ("Status", notification.Status),
                ("Summary", notification.Summary),
                ("Description", notification.Description),
                ("Timestamp", WholeSecondsConverter.Text(notification.EvaluatedAt)),
                ("Version", Notification.Version),
                ("IsTest", false))),
            ("Resource", Members(("URL", url))),
            ("Result", Members(
                ("URL", url),
                ("Groups", Groups(notification.ResultGroups)),
                ("GroupsTriggered", Groups(notification.ResultGroupsTriggered)))),
            ("Vars", Vars(templateVariables, given)));
        if (notification.Slo is { } slo)
        {
            variables["SLO"] = Members(
                ("ID", slo.Id), ("Name", slo.Name), ("Compliance", slo.Compliance), ("BudgetRemaining", slo.BudgetRemaining), ("BurnRate", slo.BurnRate));
        }
        return variables;
    }

    private static List<object?> Groups(IReadOnlyList<GroupResult>? groups) =>
        [.. (groups ?? []).Select(g => Members(("Group", Group(g.Group)), ("Result", g.Result)))];

    // The names are made for one column; with several columns both sides are lists as text.
    private static OrderedDictionary<string, object?> Group(GroupKey group) => group.Values is [var only]
        ? Members(("Key", only.Key), ("Value", only.Value))
        : Members(("Key", string.Join(", ", group.Values.Select(g => g.Key))), ("Value", string.Join(", ", group.Values.Select(g => TemplateValue.Text(g.Value)))));

    private static OrderedDictionary<string, object?> Vars(IReadOnlyList<TemplateVariable>? templateVariables, IReadOnlyDictionary<string, object?> given)
    {
        var vars = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var variable in templateVariables ?? [])
            vars[variable.Name] = given.TryGetValue(variable.Name, out var value) ? value : variable.DefaultValue;
        return vars;
    }

    private static OrderedDictionary<string, object?> Members(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var made = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
            made[name] = value;
        return made;
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
