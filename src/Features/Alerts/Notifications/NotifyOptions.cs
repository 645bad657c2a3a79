using System.Globalization;

namespace Weir.Features.Alerts.Notifications;

/// <summary>How recipients of alerts are notified. Validated where options are read; the defaults send webhooks to every public host and no email.</summary>
public sealed class NotifyOptions
{
    private const string EveryHost = "*";

    /// <summary>
    /// Hosts that webhooks may be sent to, <c>*.example.com</c> for all subdomains, <c>*</c> or an empty list for every host. Addresses that are not
    /// public are reached only through a listed host.
    /// </summary>
    public IReadOnlyList<string> WebhookHosts { get; set; } = [];

    /// <summary>The mail server; when empty, email is not sent and an alert's history says so.</summary>
    public string SmtpHost { get; set; } = "";

    public int SmtpPort { get; set; } = 25;

    /// <summary>STARTTLS.</summary>
    public bool SmtpTls { get; set; }

    /// <summary>Empty: no authentication.</summary>
    public string SmtpUser { get; set; } = "";

    public string SmtpPassword { get; set; } = "";

    public string SmtpFrom { get; set; } = "weir@localhost";

    /// <summary>Address of the web UI for links in notifications; empty: <see cref="OwnUrl"/>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Address of the web UI on this machine, used in links by default. Set by the composition.</summary>
    public string OwnUrl { get; set; } = "";

    /// <summary>Entries of history kept for an alert.</summary>
    public int MostHistory { get; set; } = 200;

    /// <summary>Seconds between checks for due alerts.</summary>
    public int TickSeconds { get; set; } = 5;

    /// <summary>Beginning of links, without a trailing slash; empty when unknown.</summary>
    internal string LinkBase => (PublicUrl.Length > 0 ? PublicUrl : OwnUrl).TrimEnd('/');

    /// <summary>The complete address of a page of the UI, or empty.</summary>
    internal string Link(string path) => LinkBase.Length == 0 ? "" : LinkBase + path;

    internal bool MayCall(Uri address) =>
        WebhookHosts.Count == 0 || WebhookHosts.Contains(EveryHost, StringComparer.Ordinal) || IsNamed(address.IdnHost, address.Port);

    /// <summary>True when the host or one of its parent domains is listed, not only matched by <c>*</c>.</summary>
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
