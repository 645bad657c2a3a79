using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Weir.Core.Settings;
using Weir.Features.Boards;

namespace Weir.Features.Alerts.Notifications;

/// <summary>Result of one delivery attempt.</summary>
internal sealed record Outcome(bool IsDelivered, bool MayRetry, string Detail, bool IsUnsupported = false);

/// <summary>Delivers a notification to a recipient: webhook, email, marker. Redirects are not followed.</summary>
internal sealed class Couriers(Documents<Recipient> recipients, Documents<Marker> markers, NotifyOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new(WebhookConnection.Handler(options)) { Timeout = Patience };

    public async Task<Outcome> DeliverAsync(Stored<Letter> letter, CancellationToken cancellationToken)
    {
        var named = letter.Value.To();
        var body = letter.Value.Body ?? new Notification();
        if (named.Type == "marker")
            return await SetMarkerAsync(letter, named, body, cancellationToken);
        if (recipients.Find("", dataset: null, named.Id) is not { } recipient)
            return new Outcome(false, MayRetry: false, "the recipient was deleted");
        var details = recipient.Value.Details ?? new RecipientDetails();
        return named.Type switch
        {
            "webhook" => await PostAsync(letter, named, details, body, cancellationToken),
            "email" => await MailAsync(details.EmailAddress ?? "", body.For(details), cancellationToken),
            _ => new Outcome(false, MayRetry: false, $"Weir does not support recipients of type {named.Type}; use a webhook or email", IsUnsupported: true),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Outcome> PostAsync(Stored<Letter> letter, AlertRecipient named, RecipientDetails details, Notification body, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(details.WebhookUrl, UriKind.Absolute, out var address))
            return new Outcome(false, MayRetry: false, "the recipient has no address");
        if (!options.MayCall(address))
            return new Outcome(false, MayRetry: false, $"webhooks to the host {address.Host} are not allowed");
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        if (!TryWrite(letter.Id, named, details, body, out var payload, out var trouble))
            return new Outcome(false, MayRetry: false, trouble);
        request.Content = new StringContent(payload, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "weir");
        request.Headers.TryAddWithoutValidation("X-Honeycomb-Webhook-Delivery-ID", letter.Id);
        if (details.WebhookSecret is { Length: > 0 } secret)
            request.Headers.TryAddWithoutValidation("X-Honeycomb-Webhook-Token", secret);
        foreach (var header in details.WebhookHeaders ?? [])
        {
            if (!request.Headers.TryAddWithoutValidation(header.Header, header.Value))
                request.Content.Headers.TryAddWithoutValidation(header.Header, header.Value);
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

    /// <summary>The recipient's own template for this kind of alert, or the default body.</summary>
    private static bool TryWrite(string deliveryId, AlertRecipient named, RecipientDetails details, Notification body, out string payload, out string trouble)
    {
        (payload, trouble) = ("", "");
        var kind = body.TemplateKind();
        if (details.WebhookPayloads?.PayloadTemplates?.GetValueOrDefault(kind)?.Body is not { Length: > 0 } text)
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes))
                body.For(details).Write(json, details.WebhookSecret ?? "");
            payload = Encoding.UTF8.GetString(bytes.WrittenSpan);
            return true;
        }
        if (!PayloadTemplate.TryParse(text, AlertVariables.Known[kind], out var template, out var error))
        {
            trouble = $"the template of {kind} can't be read: {error}";
            return false;
        }
        var variables = AlertVariables.Of(body.For(details, ownTemplate: true), deliveryId, details.WebhookPayloads.TemplateVariables, named.Variables());
        if (template.Render(variables) is not { } rendered)
        {
            trouble = $"the output of the template of {kind} is larger than 1 MiB";
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
            trouble = $"the output of the template of {kind} is not JSON: {wrong.Message}";
            return false;
        }
    }

    private async Task<Outcome> MailAsync(string to, Notification body, CancellationToken cancellationToken)
    {
        if (options.SmtpHost.Length == 0)
            return new Outcome(false, MayRetry: false, "no mail server is configured (--smtp-host)");
        if (!MailboxAddress.TryParse(to, out var recipient))
            return new Outcome(false, MayRetry: false, "the recipient has no address");
        if (!MailboxAddress.TryParse(options.SmtpFrom, out var sender))
            return new Outcome(false, MayRetry: false, $"'{options.SmtpFrom}' is not a valid sender address (--smtp-from)");
        using var message = new MimeMessage { Subject = body.Summary.ReplaceLineEndings(" "), Body = new TextPart("plain") { Text = MailText(body) } };
        message.From.Add(sender);
        message.To.Add(recipient);
        using var client = new SmtpClient();
        // Port 465 uses TLS from the first byte; on other ports STARTTLS is required.
        var security = !options.SmtpTls ? SecureSocketOptions.None : options.SmtpPort == 465 ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await client.ConnectAsync(options.SmtpHost, options.SmtpPort, security, patience.Token);
            if (options.SmtpUser.Length > 0)
                await client.AuthenticateAsync(options.SmtpUser, options.SmtpPassword, patience.Token);
            await client.SendAsync(message, patience.Token);
            await LeaveAsync(client, patience.Token);
            return new Outcome(true, MayRetry: false, $"accepted by {options.SmtpHost}");
        }
        catch (SmtpCommandException error)
        {
            return new Outcome(false, MayRetry: (int)error.StatusCode < 500, error.Message);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome(false, MayRetry: true, "the mail server did not answer within 10 s");
        }
        catch (Exception error) when (error is SmtpProtocolException or IOException or System.Net.Sockets.SocketException or SslHandshakeException)
        {
            return new Outcome(false, MayRetry: true, error.Message);
        }
        catch (Exception error) when (error is AuthenticationException or NotSupportedException)
        {
            return new Outcome(false, MayRetry: false, error.Message);
        }
    }

    /// <summary>The server has accepted the message: a failing QUIT must not send it again.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or SmtpCommandException or SmtpProtocolException or OperationCanceledException)
        {
            // The connection is closed in any case.
        }
    }

    private async Task<Outcome> SetMarkerAsync(Stored<Letter> letter, AlertRecipient named, Notification body, CancellationToken cancellationToken)
    {
        if (body.Status != Notification.Triggered)
            return new Outcome(true, MayRetry: false, "markers are set when it triggers");
        var now = time.GetUtcNow();
        var id = Marker.NewId();
        var marker = new Marker(now.ToUnixTimeSeconds(), named.Target.Length > 0 ? named.Target : body.Name, "trigger", body.ResultUrl) { Id = id, CreatedAt = now, UpdatedAt = now };
        await markers.PutAsync(new Stored<Marker>(letter.Environment, letter.Dataset, id, marker), cancellationToken);
        return new Outcome(true, MayRetry: false, "marker set");
    }

    private static string MailText(Notification body)
    {
        var text = new StringBuilder();
        text.Append(body.Summary).Append("\r\n\r\n");
        if (body.Description is { Length: > 0 } description)
            text.Append(description).Append("\r\n\r\n");
        foreach (var group in body.ResultGroupsTriggered ?? [])
            text.Append(CultureInfo.InvariantCulture, $"{group.Group}: {group.Result}\r\n");
        if (body.ResultUrl.Length > 0)
            text.Append("\r\n").Append(body.ResultUrl).Append("\r\n");
        return text.ToString();
    }
}
