using System.Globalization;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>What became of one attempt.</summary>
internal sealed record Outcome(bool IsDelivered, bool MayRetry, string Detail, bool IsUnsupported = false);

/// <summary>Brings a notification to a recipient: webhook, email, marker. Redirects are not followed.</summary>
internal sealed class Couriers(ManagedStore store, NotifyOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new(WebhookConnection.Handler(options)) { Timeout = Patience };

    public async Task<Outcome> DeliverAsync(Managed letter, JsonObject named, CancellationToken cancellationToken)
    {
        var type = (string?)named["type"] ?? "";
        var body = (JsonObject)letter.Body["body"]!;
        if (type == "marker")
            return await SetMarkerAsync(letter, named, body, cancellationToken);
        if (store.Find(Recipients.Kind, "", dataset: null, (string?)named["id"] ?? "") is not { } recipient)
            return new Outcome(false, MayRetry: false, "the recipient was deleted");
        var details = (JsonObject)recipient.Body["details"]!;
        return type switch
        {
            "webhook" => await PostAsync(letter, named, details, body, cancellationToken),
            "email" => await MailAsync((string)details["email_address"]!, NotificationResults.For(details, body), cancellationToken),
            _ => new Outcome(false, MayRetry: false, $"Weir does not deliver to {type}; use a webhook or email", IsUnsupported: true),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Outcome> PostAsync(Managed letter, JsonObject named, JsonObject details, JsonObject body, CancellationToken cancellationToken)
    {
        var address = new Uri((string)details["webhook_url"]!);
        if (!options.MayCall(address))
            return new Outcome(false, MayRetry: false, $"{address.Host} is no host that webhooks may go to");
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        var secret = (string?)details["webhook_secret"] ?? "";
        if (!TryWrite(letter, named, details, body, secret, out var payload, out var trouble))
            return new Outcome(false, MayRetry: false, trouble);
        request.Content = new StringContent(payload, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "weir");
        request.Headers.TryAddWithoutValidation("X-Honeycomb-Webhook-Delivery-ID", letter.Id);
        if (secret.Length > 0)
            request.Headers.TryAddWithoutValidation("X-Honeycomb-Webhook-Token", secret);
        foreach (var header in details["webhook_headers"] as JsonArray ?? [])
        {
            if (!request.Headers.TryAddWithoutValidation((string)header!["header"]!, (string?)header["value"]))
                request.Content.Headers.TryAddWithoutValidation((string)header["header"]!, (string?)header["value"]);
        }
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            var detail = string.Create(CultureInfo.InvariantCulture, $"answered {status}");
            return new Outcome(response.IsSuccessStatusCode, MayRetry: status is >= 500 or 408 or 429, detail);
        }
        catch (HttpRequestException error) when (error.GetBaseException() is AddressRefusedException refused)
        {
            return new Outcome(false, MayRetry: false, refused.Message);
        }
        catch (HttpRequestException error)
        {
            return new Outcome(false, MayRetry: true, error.Message);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Outcome(false, MayRetry: true, "did not answer within 10 s");
        }
    }

    /// <summary>The recipient's own template of this kind of alert, or the usual body.</summary>
    private static bool TryWrite(Managed letter, JsonObject named, JsonObject details, JsonObject body, string secret, out string payload, out string trouble)
    {
        (payload, trouble) = ("", "");
        var kind = AlertVariables.KindOf(body);
        var payloads = details["webhook_payloads"] as JsonObject;
        if ((string?)payloads?["payload_templates"]?[kind]?["body"] is not { Length: > 0 } text)
        {
            var told = NotificationResults.For(details, body);
            told["shared_secret"] = secret;
            payload = told.ToJsonString(ManageJson.Default.Options);
            return true;
        }
        if (!PayloadTemplate.TryParse(text, AlertVariables.Known[kind], out var template, out var error))
        {
            trouble = $"the template of {kind} can't be read: {error}";
            return false;
        }
        var variables = AlertVariables.Of(NotificationResults.ForTemplate(details, body), letter.Id, payloads["template_variables"] as JsonArray, named["notification_details"]?["variables"] as JsonArray);
        if (template.Render(variables) is not { } rendered)
        {
            trouble = $"the template of {kind} gives more than a mebibyte";
            return false;
        }
        try
        {
            using var json = JsonDocument.Parse(rendered);
            payload = rendered;
            return true;
        }
        catch (JsonException wrong)
        {
            trouble = $"the template of {kind} gives no JSON: {wrong.Message}";
            return false;
        }
    }

    // System.Net.Mail and why: docs/adr/0005-packages.md.
    private async Task<Outcome> MailAsync(string to, JsonObject body, CancellationToken cancellationToken)
    {
        if (options.SmtpHost.Length == 0)
            return new Outcome(false, MayRetry: false, "no mail server is set (--smtp-host)");
        using var client = new SmtpClient(options.SmtpHost, options.SmtpPort) { EnableSsl = options.SmtpTls };
        if (options.SmtpUser.Length > 0)
            client.Credentials = new System.Net.NetworkCredential(options.SmtpUser, options.SmtpPassword);
        using var message = new MailMessage(options.SmtpFrom, to) { Subject = OneLine((string?)body["summary"] ?? "alert"), Body = Letter(body) };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await client.SendMailAsync(message, patience.Token);
            return new Outcome(true, MayRetry: false, $"handed to {options.SmtpHost}");
        }
        catch (SmtpException error)
        {
            return new Outcome(false, MayRetry: error.StatusCode is < (SmtpStatusCode)500 or SmtpStatusCode.GeneralFailure, error.Message);
        }
        catch (Exception error) when (error is TaskCanceledException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome(false, MayRetry: true, "the mail server did not answer within 10 s");
        }
    }

    private async Task<Outcome> SetMarkerAsync(Managed letter, JsonObject named, JsonObject body, CancellationToken cancellationToken)
    {
        if ((string?)body["status"] != "TRIGGERED")
            return new Outcome(true, MayRetry: false, "markers are set when it triggers");
        var now = time.GetUtcNow();
        var id = new Markers(store, time).NewId();
        await store.PutAsync(
            "markers",
            new Managed(letter.Environment, letter.Dataset, id, new JsonObject
            {
                ["id"] = id,
                ["start_time"] = now.ToUnixTimeSeconds(),
                ["message"] = (string?)named["target"] is { Length: > 0 } target ? target : (string?)body["name"],
                ["type"] = "trigger",
                ["url"] = (string?)body["result_url"] ?? "",
                ["created_at"] = ManagedTime.Text(now),
                ["updated_at"] = ManagedTime.Text(now),
            }, 0),
            cancellationToken);
        return new Outcome(true, MayRetry: false, "marker set");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Letter(JsonObject body)
    {
        var text = new StringBuilder();
        text.Append((string?)body["summary"]).Append("\r\n\r\n");
        if ((string?)body["description"] is { Length: > 0 } description)
            text.Append(description).Append("\r\n\r\n");
        foreach (var group in body["result_groups_triggered"] as JsonArray ?? [])
            text.Append(CultureInfo.InvariantCulture, $"{group!["Group"]!.ToJsonString()}: {group["Result"]}\r\n");
        if ((string?)body["result_url"] is { Length: > 0 } url)
            text.Append("\r\n").Append(url).Append("\r\n");
        return text.ToString();
    }
}
