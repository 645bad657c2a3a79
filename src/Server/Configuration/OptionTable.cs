using System.Globalization;
using System.Net;
using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Server.Configuration;

/// <summary>One option: the command line, the environment variable and the page of the documentation are generated from it.</summary>
/// <param name="Name">Name on the command line, without dashes; the environment variable is WEIR_ and the name in capitals.</param>
/// <param name="Default">The default value as shown in the documentation.</param>
/// <param name="Help">One or two sentences, with the unit.</param>
/// <param name="Apply">Parses the text into the options; returns an error message, or null.</param>
public sealed record OptionEntry(string Name, string Default, string Help, Func<WeirOptions, string, string?> Apply)
{
    public string Variable => "WEIR_" + Name.ToUpperInvariant().Replace('-', '_');
}

/// <summary>All options, in the order they are documented.</summary>
public static class OptionTable
{
    public static IReadOnlyList<OptionEntry> All { get; } =
    [
        new("data", "~/.local/share/weir", "Folder of the journal and of the embedded engine. One Weir at a time may use it.", (o, text) =>
        {
            o.DataFolder = Path.GetFullPath(text);
            return null;
        }),
        new("bind", "127.0.0.1", "Address that all ports listen on. On an address other than loopback Weir starts only with --keys or --open true.", (o, text) =>
        {
            if (!IPAddress.TryParse(text, out var address))
                return "is not an IP address";
            o.Bind = address;
            return null;
        }),
        Switch("open", "Accept any key on an address other than loopback. For a trusted network only: anybody who reaches the ports can read and write. Has no effect with --keys.", (o, open) => o.Open = open),
        new("allowed-hosts", "none", "Host names that clients use for Weir, separated by commas: `weir` for the service of a compose file, `*.example.com` for all subdomains, `*` for every name. Without --keys Weir answers only to these, to the names of loopback, --bind and --public-url, so that a web page can't reach it through its own host name (DNS rebinding); on other addresses than loopback also to IP addresses and names without dots. With --keys it answers to every name, unless this option is set.", (o, text) =>
        {
            o.AllowedHosts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return o.AllowedHosts.All(h => h == WeirOptions.EveryHost || Uri.CheckHostName(h.StartsWith("*.", StringComparison.Ordinal) ? h[2..] : h.Trim('[', ']')) != UriHostNameType.Unknown)
                ? null
                : "contains a part that is not a host name; host names have no scheme, port or path";
        }),
        new("trusted-proxies", "none", "Addresses and networks (`10.0.0.0/8`) of proxies in front of Weir, separated by commas. X-Forwarded-For, -Proto and -Host are used only from these: to limit login attempts by address, and to mark the login cookie as Secure.", (o, text) =>
        {
            var proxies = new List<IPNetwork>();
            foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (IPNetwork.TryParse(part, out var network))
                    proxies.Add(network);
                else if (IPAddress.TryParse(part, out var address))
                    proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
                else
                    return "contains a part that is neither an address nor a network";
            }
            o.TrustedProxies = proxies;
            return null;
        }),
        new("keys", "none: any key is accepted", "File with the accepted keys, one `environment kind key` per line, and the login for UI, /api and /metrics. `weir keys` creates it; changes take effect within seconds.", (o, text) =>
        {
            o.KeysFile = Path.GetFullPath(text);
            return null;
        }),
        Switch("open-xray", "With --keys: open the X-Ray daemon's port on the address of --bind as well. Its requests are never signed, so anybody who reaches it can write spans; without this option it listens on 127.0.0.1.", (o, open) => o.OpenXRay = open),
        Number("port", "7070", "Main port: UI, /api, AWS (X-Ray and CloudWatch Logs), Honeycomb, Rollbar, OTLP over HTTP.", 0, 65535, (o, v) => o.Port = (int)v),
        Number("otlp-http-port", "4318", "OTLP over HTTP.", 0, 65535, (o, v) => o.OtlpHttpPort = (int)v),
        Number("otlp-grpc-port", "4317", "OTLP over gRPC (HTTP/2 without TLS).", 0, 65535, (o, v) => o.OtlpGrpcPort = (int)v),
        Number("xray-port", "2000", "X-Ray daemon: UDP documents and TCP sampling calls on the same number.", 0, 65535, (o, v) => o.XRayPort = (int)v),
        Number("sampling-port", "0", "Additional port for `GET /sampling?service=`; OpenTelemetry SDKs with a Jaeger remote sampler use 5778 by default. 0 opens no port; the X-Ray daemon's port always serves it.", 0, 65535, (o, v) => o.SamplingPort = (int)v),
        new("store", "embedded", "`embedded`, or a ClickHouse server: `clickhouse://user:password@host:8123/database`, `clickhouses://…` over TLS; `?compression=gzip` compresses the traffic, `?ca=/path.pem` names the trusted certificates.", (o, text) =>
        {
            RemoteEngineOptions? remote = null;
            if (text != "embedded" && !RemoteEngineOptions.TryParse(text, out remote))
                return "is neither `embedded` nor a clickhouse:// address";
            o.RemoteStore = remote;
            return null;
        }),
        Retention("retention-spans-days", Signal.Spans, "30", "spans"),
        Retention("retention-logs-days", Signal.Logs, "30", "log lines"),
        Retention("retention-occurrences-days", Signal.Occurrences, "90", "occurrences of errors"),
        Retention("retention-metrics-days", Signal.Metrics, "30", "metric points"),
        Retention("retention-events-days", Signal.Events, "30", "events"),
        Number("max-body-bytes", "67108864", "Largest request body in bytes, both compressed and decompressed.", 1 << 16, 1L << 30, (o, v) => o.MaxBodyBytes = v),
        Number("journal-max-bytes", "2147483648", "Bytes that may wait in the journal for the engine; above this limit clients get an error with a time to retry.", 1 << 20, long.MaxValue, (o, v) => o.JournalMaxBytes = v),
        Number("journal-refused-max-bytes", "1073741824", "Bytes of acknowledged rows that are kept after the engine refused them (`weir journal list`); above this limit the oldest are deleted, which is reported in the log, `/healthz` and `/metrics`.", 1 << 20, long.MaxValue, (o, v) => o.JournalRefusedMaxBytes = v),
        Number("segment-age-ms", "200", "Milliseconds after which acknowledged rows are loaded into the engine; queries see new rows after about this time.", 10, 10_000, (o, v) => o.SegmentAgeMs = (int)v),
        Number("engine-memory-bytes", "half of the memory, 1 to 4 GiB", "Memory that the embedded engine may use, in bytes.", 512L << 20, long.MaxValue, (o, v) => o.EngineMemoryBytes = v),
        Number("engine-connections", "4", "Number of queries that run at the same time.", 1, 64, (o, v) => o.EngineConnections = (int)v),
        Number("engine-patience-seconds", "30", "Seconds without any answer after which the engine counts as failed: its running statements fail, and the process of the embedded engine is restarted.", 2, 3600, (o, v) => o.EnginePatience = TimeSpan.FromSeconds(v)),
        new("log-format", "text", "`text` for people or `json` for collectors.", (o, text) =>
        {
            if (text is not ("text" or "json"))
                return "is neither `text` nor `json`";
            o.LogFormat = text;
            return null;
        }),
        new("browser-origins", "every origin", "Origins of the pages that may send telemetry, separated by commas: `https://shop.example.com`.", (o, text) =>
        {
            o.Browsers.Origins = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return o.Browsers.Origins.FirstOrDefault(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin) is { } wrong
                ? $"contains '{wrong}', which is not an origin such as https://shop.example.com"
                : null;
        }),
        new("browser-headers", "every header", "Headers that pages may send in addition to those of the protocols' own clients, separated by commas: `b3, x-tenant`; `none` for no others.", (o, text) =>
        {
            o.Browsers.Headers = text == "none" ? [] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return null;
        }),
        Text("public-url", "none", "Address of the web UI for links in alert notifications: `https://weir.example.com`. By default the links use the address of this machine.", (o, text) =>
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                return "is not an http or https address";
            o.Notify.PublicUrl = text;
            return null;
        }),
        Text("webhook-hosts", "every public host", "Hosts that alert webhooks may be sent to, separated by commas; `*.example.com` allows all subdomains, `*` every host. Webhooks reach loopback and private addresses only through hosts that are listed here.", (o, text) =>
        {
            o.Notify.WebhookHosts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return null;
        }),
        Text("smtp-host", "none: email is not sent", "Mail server for alert emails.", (o, text) =>
        {
            o.Notify.SmtpHost = text;
            return null;
        }),
        Number("smtp-port", "25", "Port of the mail server.", 1, 65535, (o, v) => o.Notify.SmtpPort = (int)v),
        Switch("smtp-tls", "Use TLS (STARTTLS) with the mail server.", (o, on) => o.Notify.SmtpTls = on),
        Text("smtp-user", "none", "User name for the mail server.", (o, text) =>
        {
            o.Notify.SmtpUser = text;
            return null;
        }),
        Text("smtp-password", "none", "Password for the mail server; prefer the environment variable, because other users of the machine can see command lines.", (o, text) =>
        {
            o.Notify.SmtpPassword = text;
            return null;
        }),
        Text("smtp-from", "weir@localhost", "Sender of alert emails.", (o, text) =>
        {
            if (!System.Net.Mail.MailAddress.TryCreate(text, out _))
                return "is not an email address";
            o.Notify.SmtpFrom = text;
            return null;
        }),
        Number("alert-tick-seconds", "5", "Seconds between checks for due triggers, burn alerts and notifications.", 1, 60, (o, v) => o.Notify.TickSeconds = (int)v),
        Number("alert-history", "200", "Number of history entries kept for each trigger and burn alert.", 10, 1000, (o, v) => o.Notify.MostHistory = (int)v),
    ];

    /// <summary>Reads the environment variables and then the command line's values; adds all errors to the list.</summary>
    public static WeirOptions Read(Func<string, string?> environment, IReadOnlyDictionary<string, string> arguments, List<string> errors)
    {
        var options = new WeirOptions();
        foreach (var entry in All)
        {
            var (text, source) = arguments.TryGetValue(entry.Name, out var argument)
                ? (argument, "--" + entry.Name)
                : (environment(entry.Variable), entry.Variable);
            if (!string.IsNullOrEmpty(text) && entry.Apply(options, text) is { } wrong)
                errors.Add($"{source}: '{text}' {wrong}");
        }
        if (!IPAddress.IsLoopback(options.Bind) && !options.Open && options.KeysFile is null)
            errors.Add($"--bind {options.Bind}: on this address anybody could read and write; set a file of keys with --keys, or --open true if the network is trusted");
        return options;
    }

    private static OptionEntry Text(string name, string shown, string help, Func<WeirOptions, string, string?> apply) => new(name, shown, help, apply);

    private static OptionEntry Switch(string name, string help, Action<WeirOptions, bool> set) =>
        new(name, "false", help, (o, text) =>
        {
            if (!bool.TryParse(text, out var value))
                return "is neither true nor false";
            set(o, value);
            return null;
        });

    private static OptionEntry Number(string name, string shown, string help, long least, long most, Action<WeirOptions, long> set) =>
        new(name, shown, help, (o, text) =>
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                return "is not an integer";
            if (value < least || value > most)
                return string.Create(CultureInfo.InvariantCulture, $"is not between {least} and {most}");
            set(o, value);
            return null;
        });

    private static OptionEntry Retention(string name, Signal signal, string days, string what) =>
        Number(name, days, $"Days that {what} are kept; 0 keeps them forever. Data expires in whole days.", 0, 36_500, (o, v) => o.RetentionDays[signal] = (int)v);
}
