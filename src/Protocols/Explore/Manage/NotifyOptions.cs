namespace Weir.Protocols.Explore.Manage;

/// <summary>How alerts are told. Validated where options are read; the defaults send webhooks anywhere and no email.</summary>
public sealed class NotifyOptions
{
    /// <summary>Hosts webhooks may go to, <c>*.example.com</c> for all below one; empty allows every host.</summary>
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

    /// <summary>Where people reach the web UI, for the links in notifications; empty leaves them out.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Entries of history kept for an alert.</summary>
    public int MostHistory { get; set; } = 200;

    /// <summary>Seconds between looks at which alerts are due.</summary>
    public int TickSeconds { get; set; } = 5;

    internal bool MayCall(Uri address) => WebhookHosts.Count == 0 || WebhookHosts.Any(allowed =>
        allowed.StartsWith("*.", StringComparison.Ordinal)
            ? address.Host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
            : string.Equals(allowed, address.Host, StringComparison.OrdinalIgnoreCase)
                || string.Equals(allowed, address.Authority, StringComparison.OrdinalIgnoreCase));
}
