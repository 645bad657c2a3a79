using System.Net;
using System.Text.Json.Nodes;
using Weir.Core.Access;
using Weir.Protocols.Explore.Alerts;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/recipients</c>: whom alerts are told. Weir itself sends email and webhooks; the other types are kept, and an alert's history says that they were not told.</summary>
internal sealed class Recipients(ManagedStore store, NotifyOptions options) : ManagedKind
{
    public const string Kind = "recipients";

    public override string Name => Kind;

    public override bool HasDataset => false;

    /// <summary>Secrets and headers of webhooks are in them.</summary>
    public override KeyPermissions ToRead => KeyPermissions.Manage;

    /// <summary>What a recipient is called in a trigger: the address, the channel, the name of the webhook.</summary>
    public static string TargetOf(JsonObject recipient) => (string?)recipient["details"]?[TargetMember((string?)recipient["type"] ?? "")] ?? "";

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var type = input.OneOf("type", "", "email", "pagerduty", "slack", "webhook", "msteams", "msteams_workflow");
        if (before is not null && type != (string?)before.Body["type"])
            input.Fault("type", "invalid", "cannot be changed");
        var details = input.Object("details");
        if (details is null)
        {
            input.Fault("details", "missing", "is required");
            input.Check();
        }
        var recipient = new JsonObject { ["type"] = type, ["details"] = Details(type, details!) };
        input.Check();
        var target = TargetOf(recipient);
        if (store.List(Name, call.Scope).Any(r => (string?)r.Body["type"] == type && TargetOf(r.Body) == target && r.Id != before?.Id))
            throw new ManageException(ManageFault.Conflict($"there is a recipient of type {type} for {target} already"));
        return Task.FromResult(recipient);
    }

    public override Task BeforeDelete(ManageCall call, Managed managed)
    {
        foreach (var kind in new[] { Triggers.Kind, BurnAlerts.Kind })
        {
            if (store.List(kind, call.Scope).Any(a => Names(a.Body, managed.Id)))
                throw new ManageException(ManageFault.Conflict($"the recipient is used by {kind}"));
        }
        return Task.CompletedTask;
    }

    /// <summary>The alert tells this recipient.</summary>
    public static bool Names(JsonObject alert, string recipientId) =>
        alert["recipients"] is JsonArray recipients && recipients.Any(r => (string?)r?["id"] == recipientId);

    private JsonObject Details(string type, ManageInput details)
    {
        switch (type)
        {
            case "email":
                var address = details.Required("email_address", 320);
                if (address.Length > 0 && !System.Net.Mail.MailAddress.TryCreate(address, out _))
                    details.Fault("email_address", "invalid", "is no email address");
                return WithResults(new JsonObject { ["email_address"] = address }, details);
            case "pagerduty":
                return new JsonObject
                {
                    ["pagerduty_integration_key"] = details.Required("pagerduty_integration_key", 255),
                    ["pagerduty_integration_name"] = details.Required("pagerduty_integration_name", 255),
                };
            case "slack":
                return new JsonObject { ["slack_channel"] = details.Required("slack_channel", 255) };
            default:
                return Webhook(type, details);
        }
    }

    private JsonObject Webhook(string type, ManageInput details)
    {
        var url = details.Required("webhook_url", 2048);
        if (url.Length > 0 && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            details.Fault("webhook_url", "invalid", "must be an http or https address");
        else if (url.Length > 0 && type == "webhook" && !options.MayCall(new Uri(url)))
            details.Fault("webhook_url", "invalid", "is no host that webhooks may go to (--webhook-hosts)");
        else if (url.Length > 0 && type == "webhook" && !MayConnect(new Uri(url)))
            details.Fault("webhook_url", "invalid", WebhookConnection.Refusal(new Uri(url).Host));
        var webhook = new JsonObject { ["webhook_name"] = details.Required("webhook_name", 255), ["webhook_url"] = url };
        if (type != "webhook")
            return webhook;
        if (details.Has("webhook_secret"))
            webhook["webhook_secret"] = details.Text("webhook_secret", 255);
        var headers = new JsonArray();
        foreach (var header in details.Objects("webhook_headers", 5))
        {
            var name = header.Required("header", 64);
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                header.Fault("header", "invalid", "may hold letters, digits, - and _");
            var value = header.Text("value", 750);
            if (value.Any(char.IsControl))
                header.Fault("value", "invalid", "may not hold control characters");
            headers.Add(new JsonObject { ["header"] = name, ["value"] = value });
        }
        if (details.Has("webhook_headers"))
            webhook["webhook_headers"] = headers;
        if (details.Object("webhook_payloads") is { } payloads)
            webhook["webhook_payloads"] = Payloads(payloads);
        return WithResults(webhook, details);
    }

    /// <summary>Says now what connecting would say of an address; what a name stands for is looked up then.</summary>
    private bool MayConnect(Uri url)
    {
        var host = url.IdnHost;
        var address = string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : IPAddress.TryParse(host, out var literal) ? literal : null;
        return address is null || WebhookConnection.Allowed(new DnsEndPoint(host, url.Port), [address], options).Count > 0;
    }

    /// <summary>Groups of results are told only to recipients that ask for them.</summary>
    private static JsonObject WithResults(JsonObject shaped, ManageInput details)
    {
        if (details.Has(NotificationResults.Include))
            shaped[NotificationResults.Include] = details.Bool(NotificationResults.Include, otherwise: false);
        return shaped;
    }

    /// <summary>Bodies of the recipient's own and the variables they may name, with defaults.</summary>
    private static JsonObject Payloads(ManageInput input)
    {
        var variables = new JsonArray();
        foreach (var variable in input.Objects("template_variables", 10))
        {
            var name = variable.Required("name", 64);
            if (name.Length > 0 && !(char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
                variable.Fault("name", "invalid", "must begin with a letter and hold letters, digits and _");
            variables.Add(new JsonObject { ["name"] = name, ["default_value"] = variable.Text("default_value", 256) });
        }
        var templates = new JsonObject();
        if (input.Object("payload_templates") is { } given)
        {
            foreach (var (kind, known) in AlertVariables.Known)
            {
                if (given.Object(kind) is not { } template)
                    continue;
                var body = template.Required("body", PayloadTemplate.MostCharacters);
                if (!PayloadTemplate.TryParse(body, known, out _, out var error))
                    template.Fault("body", "invalid", error);
                templates[kind] = new JsonObject { ["body"] = body };
            }
            foreach (var (kind, _) in given.ToJson().Where(t => !AlertVariables.Known.ContainsKey(t.Key)))
                given.Fault(kind, "invalid", "must be one of " + string.Join(", ", AlertVariables.Known.Keys));
        }
        var payloads = new JsonObject();
        if (input.Has("template_variables"))
            payloads["template_variables"] = variables;
        if (input.Has("payload_templates"))
            payloads["payload_templates"] = templates;
        return payloads;
    }

    public static string TargetMember(string type) => type switch
    {
        "email" => "email_address",
        "pagerduty" => "pagerduty_integration_name",
        "slack" => "slack_channel",
        _ => "webhook_name",
    };
}
