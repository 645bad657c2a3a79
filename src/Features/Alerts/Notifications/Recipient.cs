using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>A recipient of notifications.</summary>
/// <param name="Type">email or webhook (which are delivered), pagerduty, slack, msteams or msteams_workflow.</param>
internal sealed record Recipient(string Type = "", RecipientDetails? Details = null) : DatedDocument, IDocument<Recipient>
{
    public static string Collection => "manage-recipients";

    public static JsonTypeInfo<Recipient> Json => NotificationJson.Default.Recipient;

    /// <summary>Its name in an alert: the address, the channel, the name of the webhook.</summary>
    public string Target() => Type switch
    {
        "email" => Details?.EmailAddress,
        "pagerduty" => Details?.PagerdutyIntegrationName,
        "slack" => Details?.SlackChannel,
        _ => Details?.WebhookName,
    } ?? "";

    /// <summary>A recipient of a type that has only a name.</summary>
    public static Recipient Named(string type, string target) =>
        new(type, type == "email" ? new RecipientDetails(EmailAddress: target) : new RecipientDetails(SlackChannel: target));

    public static bool IsDeliveredTo(string type) => type is "webhook" or "email";
}

/// <summary>The members of the recipient's type; the others are null.</summary>
/// <param name="IncludeResults">The recipient gets groups, whose values are telemetry.</param>
internal sealed record RecipientDetails(
    string? EmailAddress = null,
    string? PagerdutyIntegrationKey = null,
    string? PagerdutyIntegrationName = null,
    string? SlackChannel = null,
    string? WebhookName = null,
    string? WebhookUrl = null,
    string? WebhookSecret = null,
    IReadOnlyList<WebhookHeader>? WebhookHeaders = null,
    WebhookPayloads? WebhookPayloads = null,
    bool? IncludeResults = null);

internal sealed record WebhookHeader(string Header, string Value = "");

/// <summary>The recipient's own templates by kind of alert, and their variables.</summary>
internal sealed record WebhookPayloads(
    IReadOnlyList<TemplateVariable>? TemplateVariables = null, IReadOnlyDictionary<string, PayloadTemplateText>? PayloadTemplates = null);

internal sealed record TemplateVariable(string Name = "", string DefaultValue = "");

internal sealed record PayloadTemplateText(string Body = "");

/// <summary>A recipient as listed in an alert.</summary>
/// <param name="Type">Type of the recipient, or marker: a marker is created with <paramref name="Target"/> as its message.</param>
/// <param name="NotificationDetails">The details sent by the client, such as <c>{"variables":[{"name":"severity","value":"high"}]}</c>.</param>
internal sealed record AlertRecipient(string Id = "", string Type = "", string Target = "", JsonElement? NotificationDetails = null)
{
    public static AlertRecipient Of(Stored<Recipient> recipient) => new(recipient.Id, recipient.Value.Type, recipient.Value.Target());

    /// <summary>Values for template variables, by name.</summary>
    public IReadOnlyDictionary<string, object?> Variables()
    {
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (NotificationDetails is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("variables", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var variable in list.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object))
            {
                if (variable.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                    && variable.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null)
                {
                    variables[name.GetString()!] = UntypedJson.Of(value);
                }
            }
        }
        return variables;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Recipient))]
[JsonSerializable(typeof(AlertState))]
[JsonSerializable(typeof(Letter))]
internal sealed partial class NotificationJson : JsonSerializerContext;
