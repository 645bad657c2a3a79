using System.Globalization;

namespace Weir.Features.Alerts.Notifications;

/// <summary>How recipients of alerts are notified. Validated where options are read; the defaults send webhooks to every public host and no email.</summary>
public sealed class NotifyOptions
{
    private const string EveryHost = "*";

    /// <summary>
    /// Hosts webhooks may go to, <c>*.example.com</c> for all below one, <c>*</c> or none at all for every host. Addresses that are not
    /// public are reached only by a host that is named.
    /// </summary>
    public IReadOnlyList<string> WebhookHosts { get; set; } = [];

    /// <summary>The mail server, or empty: email is then not sent, which an alert's history says.</summary>
    public string SmtpHost { get; set; } = "";

    public int SmtpPort { get; set; } = 25;

    /// <summary>STARTTLS.</summary>
    public bool SmtpTls { get; set; }

    /// <summary>Empty: no login.</summary>
    public string SmtpUser { get; set; } = "";

    public string SmtpPassword { get; set; } = "";

    public string SmtpFrom { get; set; } = "weir@localhost";

    /// <summary>Where people reach the web UI, for the links in notifications; empty: <see cref="OwnUrl"/>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Where this machine reaches the web UI: what links lead to when nobody said better. Set by the composition.</summary>
    public string OwnUrl { get; set; } = "";

    /// <summary>Entries of history kept for an alert.</summary>
    public int MostHistory { get; set; } = 200;

    /// <summary>Seconds between looks at which alerts are due.</summary>
    public int TickSeconds { get; set; } = 5;

    /// <summary>Where links begin, without a slash at the end; empty when it is not known.</summary>
    internal string LinkBase => (PublicUrl.Length > 0 ? PublicUrl : OwnUrl).TrimEnd('/');

    /// <summary>The whole address of a page of the UI, or empty.</summary>
    internal string Link(string path) => LinkBase.Length == 0 ? "" : LinkBase + path;

    internal bool MayCall(Uri address) =>
        WebhookHosts.Count == 0 || WebhookHosts.Contains(EveryHost, StringComparer.Ordinal) || IsNamed(address.IdnHost, address.Port);

    /// <summary>The host is in the list itself or below one that is, not only by <c>*</c>.</summary>
    internal bool IsNamed(string host, int port)
    {
        host = host.Trim('[', ']');
        return WebhookHosts.Any(allowed =>
            allowed.StartsWith("*.", StringComparison.Ordinal)
                ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
                : string.Equals(allowed.Trim('[', ']'), host, StringComparison.OrdinalIgnoreCase)
                    || string.Equals(allowed, string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"), StringComparison.OrdinalIgnoreCase)
                    || string.Equals(allowed, string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}"), StringComparison.OrdinalIgnoreCase));
    }
}
