using System.Net;
using Weir.Core.Access;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/recipients</c>: whom alerts notify. Weir itself sends email and webhooks; the other types are kept, and an alert's history says that they were not notified.</summary>
internal sealed class Recipients(Documents<Recipient> recipients, Documents<Trigger> triggers, Documents<BurnAlert> burnAlerts, NotifyOptions options)
    : ManagedKind<Recipient>(recipients)
{
    public static string[] Types { get; } = ["email", "pagerduty", "slack", "webhook", "msteams", "msteams_workflow"];

    public override string Name => "recipients";

    public override bool HasDataset => false;

    /// <summary>Secrets and headers of webhooks are in them.</summary>
    public override KeyPermissions ToRead => KeyPermissions.Manage;

    public override Task<Recipient> Shape(ManageCall call, ManageInput input, Stored<Recipient>? before)
    {
        var type = input.OneOf("type", "", Types);
        if (before is not null && type != before.Value.Type)
            input.Fault("type", "invalid", "cannot be changed");
        var details = input.Object("details");
        if (details is null)
        {
            input.Fault("details", "missing", "is required");
            input.Check();
        }
        var recipient = new Recipient(type, Details(type, details!));
        input.Check();
        var target = recipient.Target();
        if (Documents.List(call.Scope).Any(r => r.Value.Type == type && r.Value.Target() == target && r.Id != before?.Id))
            throw new ManageException(ManageFault.Conflict($"there is a recipient of type {type} for {target} already"));
        return Task.FromResult(recipient);
    }

    public override Task BeforeDelete(ManageCall call, Stored<Recipient> stored)
    {
        var user = triggers.List(call.Scope).Any(t => Names(t.Value.Recipients, stored.Id)) ? "triggers"
            : burnAlerts.List(call.Scope).Any(a => Names(a.Value.Recipients, stored.Id)) ? "burn_alerts"
            : null;
        return user is null ? Task.CompletedTask : throw new ManageException(ManageFault.Conflict($"the recipient is used by {user}"));
    }

    public static bool Names(IReadOnlyList<AlertRecipient>? recipients, string recipientId) => recipients is not null && recipients.Any(r => r.Id == recipientId);

    private RecipientDetails Details(string type, ManageInput details)
    {
        switch (type)
        {
            case "email":
                var address = details.Required("email_address", 320);
                if (address.Length > 0 && !System.Net.Mail.MailAddress.TryCreate(address, out _))
                    details.Fault("email_address", "invalid", "is no email address");
                return new RecipientDetails(EmailAddress: address, IncludeResults: Results(details));
            case "pagerduty":
                return new RecipientDetails(
                    PagerdutyIntegrationKey: details.Required("pagerduty_integration_key", 255),
                    PagerdutyIntegrationName: details.Required("pagerduty_integration_name", 255));
            case "slack":
                return new RecipientDetails(SlackChannel: details.Required("slack_channel", 255));
            default:
                return Webhook(type, details);
        }
    }

    private RecipientDetails Webhook(string type, ManageInput details)
    {
        var url = details.Required("webhook_url", 2048);
        if (url.Length > 0 && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            details.Fault("webhook_url", "invalid", "must be an http or https address");
        else if (url.Length > 0 && type == "webhook" && !options.MayCall(new Uri(url)))
            details.Fault("webhook_url", "invalid", "is no host that webhooks may go to (--webhook-hosts)");
        else if (url.Length > 0 && type == "webhook" && !MayConnect(new Uri(url)))
            details.Fault("webhook_url", "invalid", WebhookConnection.Refusal(new Uri(url).Host));
        var webhook = new RecipientDetails(WebhookName: details.Required("webhook_name", 255), WebhookUrl: url);
        if (type != "webhook")
            return webhook;
        var headers = new List<WebhookHeader>();
        foreach (var header in details.Objects("webhook_headers", 5))
        {
            var name = header.Required("header", 64);
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                header.Fault("header", "invalid", "may hold letters, digits, - and _");
            var value = header.Text("value", 750);
            if (value.Any(char.IsControl))
                header.Fault("value", "invalid", "may not hold control characters");
            headers.Add(new WebhookHeader(name, value));
        }
        return webhook with
        {
            WebhookSecret = details.Has("webhook_secret") ? details.Text("webhook_secret", 255) : null,
            WebhookHeaders = details.Has("webhook_headers") ? headers : null,
            WebhookPayloads = details.Object("webhook_payloads") is { } payloads ? Payloads(payloads) : null,
            IncludeResults = Results(details),
        };
    }

    /// <summary>Says now what connecting would say of an address; what a name stands for is looked up then.</summary>
    private bool MayConnect(Uri url)
    {
        var host = url.IdnHost;
        var address = string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : IPAddress.TryParse(host, out var literal) ? literal : null;
        return address is null || WebhookConnection.Allowed(new DnsEndPoint(host, url.Port), [address], options).Count > 0;
    }

    /// <summary>Only recipients that ask for them get groups of results.</summary>
    private static bool? Results(ManageInput details) => details.Has("include_results") ? details.Bool("include_results", otherwise: false) : null;

    /// <summary>Bodies of the recipient's own and the variables they may name, with defaults.</summary>
    private static WebhookPayloads Payloads(ManageInput input)
    {
        var variables = new List<TemplateVariable>();
        foreach (var variable in input.Objects("template_variables", 10))
        {
            var name = variable.Required("name", 64);
            if (name.Length > 0 && !(char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
                variable.Fault("name", "invalid", "must begin with a letter and hold letters, digits and _");
            variables.Add(new TemplateVariable(name, variable.Text("default_value", 256)));
        }
        var templates = new OrderedDictionary<string, PayloadTemplateText>(StringComparer.Ordinal);
        if (input.Object("payload_templates") is { } given)
        {
            foreach (var (kind, known) in AlertVariables.Known)
            {
                if (given.Object(kind) is not { } template)
                    continue;
                var body = template.Required("body", PayloadTemplate.MostCharacters);
                if (!PayloadTemplate.TryParse(body, known, out _, out var error))
                    template.Fault("body", "invalid", error);
                templates[kind] = new PayloadTemplateText(body);
            }
            foreach (var (kind, _) in given.Others([.. AlertVariables.Known.Keys]) ?? [])
                given.Fault(kind, "invalid", "must be one of " + string.Join(", ", AlertVariables.Known.Keys));
        }
        return new WebhookPayloads(input.Has("template_variables") ? variables : null, input.Has("payload_templates") ? templates : null);
    }
}
