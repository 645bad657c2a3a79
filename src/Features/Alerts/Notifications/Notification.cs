using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>One group of a result, as contained in a notification.</summary>
internal sealed record GroupResult([property: JsonPropertyName("Group")] GroupKey Group, [property: JsonPropertyName("Result")] double? Result = null);

/// <summary>The status of an SLO when its burn alert changed; shares in percent.</summary>
internal sealed record NotifiedSlo(string Id, string Name, double? Compliance = null, double? BudgetRemaining = null, double? BurnRate = null);

/// <summary>The content of a notification about a triggered or resolved alert. Stored with the letters until they are delivered.</summary>
/// <param name="Status">TRIGGERED or OK.</param>
/// <param name="ResultUrl">Link to the web UI; empty when its address is unknown.</param>
internal sealed record Notification(
    string Id = "",
    string Name = "",
    string? Description = null,
    string Status = "",
    string Summary = "",
    [property: JsonConverter(typeof(WholeSecondsConverter))] DateTimeOffset EvaluatedAt = default,
    string ResultUrl = "",
    double? Threshold = null,
    string? Dataset = null,
    string? Environment = null)
{
    public const string Version = "v0.1.0";

    public const string Triggered = "TRIGGERED";

    public const string Ok = "OK";

    /// <summary>For triggers: the comparison, such as <c>&gt;=</c>.</summary>
    public string? Operator { get; init; }

    /// <summary>For triggers: the summary including its group, for recipients that get results.</summary>
    public string? SummaryWithGroup { get; init; }

    /// <summary>For triggers: all groups of the result, and those that have triggered now.</summary>
    public IReadOnlyList<GroupResult>? ResultGroups { get; init; }

    public IReadOnlyList<GroupResult>? ResultGroupsTriggered { get; init; }

    /// <summary>Their total number, including those left out of the lists.</summary>
    public int? ResultGroupsTotal { get; init; }

    public int? ResultGroupsTriggeredTotal { get; init; }

    /// <summary>For burn alerts: exhaustion_time or budget_rate.</summary>
    public string? AlertType { get; init; }

    /// <summary>For burn alerts.</summary>
    public double? Value { get; init; }

    public NotifiedSlo? Slo { get; init; }

    /// <summary>Additional members of the sender, such as X-Ray's event; written at the end.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The kind of template that applies to it.</summary>
    public string TemplateKind() => AlertType ?? "trigger";

    /// <summary>
    /// The notification as sent to a recipient with these details. By default it contains the link, the value and the threshold; groups, whose values are
    /// telemetry (an address, a person's name), are sent to recipients that request them.
    /// </summary>
    /// <param name="ownTemplate">The recipient's own template selects what it needs of the groups.</param>
    public Notification For(RecipientDetails details, bool ownTemplate = false) => this with
    {
        Summary = details.IncludeResults == true ? SummaryWithGroup ?? Summary : Summary,
        SummaryWithGroup = null,
        ResultGroups = ResultGroups is not null && !ownTemplate && details.IncludeResults != true ? [] : ResultGroups,
        ResultGroupsTriggered = ResultGroupsTriggered is not null && !ownTemplate && details.IncludeResults != true ? [] : ResultGroupsTriggered,
    };

    /// <summary>The body of a webhook without a template.</summary>
    public void Write(Utf8JsonWriter json, string secret)
    {
        json.WriteStartObject();
        json.WriteString("version", Version);
        json.WriteString("id", Id);
        json.WriteString("name", Name);
        json.WriteString("description", Description);
        if (Operator is not null)
            json.WriteString("trigger_description", Description);
        json.WriteString("status", Status);
        json.WriteString("summary", Summary);
        if (Operator is not null)
            json.WriteString("operator", Operator);
        if (AlertType is not null)
        {
            json.WriteString("alert_type", AlertType);
            WriteNumber(json, "value", Value);
        }
        if (Operator is not null || AlertType is not null)
            WriteNumber(json, "threshold", Threshold);
        if (Slo is not null)
            WriteSlo(json, Slo);
        if (Dataset is not null)
            json.WriteString("dataset", Dataset);
        if (Environment is not null)
            json.WriteString("environment", Environment);
        json.WriteString("evaluated_at", WholeSecondsConverter.Text(EvaluatedAt));
        json.WriteString("result_url", ResultUrl);
        WriteGroups(json, "result_groups", ResultGroups, ResultGroupsTotal);
        WriteGroups(json, "result_groups_triggered", ResultGroupsTriggered, ResultGroupsTriggeredTotal);
        // They include "version" and "trigger_description" of letters stored by an earlier version.
        foreach (var (name, value) in (Others ?? []).Where(o => o.Key is not ("version" or "trigger_description")))
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteString("shared_secret", secret);
        json.WriteEndObject();
    }

    private static void WriteSlo(Utf8JsonWriter json, NotifiedSlo slo)
    {
        json.WriteStartObject("slo");
        json.WriteString("id", slo.Id);
        json.WriteString("name", slo.Name);
        WriteNumber(json, "compliance", slo.Compliance);
        WriteNumber(json, "budget_remaining", slo.BudgetRemaining);
        WriteNumber(json, "burn_rate", slo.BurnRate);
        json.WriteEndObject();
    }

    private static void WriteGroups(Utf8JsonWriter json, string name, IReadOnlyList<GroupResult>? groups, int? total)
    {
        if (groups is null)
            return;
        json.WriteStartArray(name);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WritePropertyName("Group");
            group.Group.Write(json);
            WriteNumber(json, "Result", group.Result);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (total is { } all)
            json.WriteNumber(name + "_total", all);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
