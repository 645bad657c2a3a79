using System.Net;
using Microsoft.Extensions.Primitives;
using Weir.Server.Configuration;

namespace Weir.Server.Access;

/// <summary>
/// Rejects requests to host names that are not Weir's. A web page can make its own host name resolve to this machine (DNS rebinding); its
/// requests then come from the visitor's browser, look like requests of the same site, and only the host name reveals the page.
/// Only where no key is required: elsewhere such a page has neither a key nor the login's cookie.
/// </summary>
internal sealed class HostCheck
{
    /// <summary>Names that containers use for their host; web pages can't have them.</summary>
    private static readonly string[] OfContainers = ["host.docker.internal", "gateway.docker.internal", "host.containers.internal", "host.minikube.internal"];

    /// <summary>Suffixes that the public DNS does not have.</summary>
    private static readonly string[] Private = ["*.internal", "*.local"];

    private readonly List<StringSegment> _allowed = ["localhost", "*.localhost", .. OfContainers];
    private readonly IPAddress _bind;
    private readonly bool _isOnLoopback;
    private readonly bool _isForAllPorts;
    private readonly bool _isForEveryName;
    private readonly int _daemonPort;

    public HostCheck(WeirOptions options)
    {
        _bind = options.Bind;
        _isOnLoopback = IPAddress.IsLoopback(options.Bind);
        // The daemon's port never requires a key.
        _isForAllPorts = options.KeysFile is null || options.AllowedHosts.Count > 0;
        _isForEveryName = options.AllowedHosts.Contains(WeirOptions.EveryHost, StringComparer.Ordinal);
        _daemonPort = options.XRayPort;
        foreach (var host in options.AllowedHosts)
            _allowed.Add(host);
        if (Uri.TryCreate(options.Notify.PublicUrl, UriKind.Absolute, out var publicUrl))
            _allowed.Add(publicUrl.Host);
        if (!_isOnLoopback)
            _allowed.AddRange(Private.Select(p => new StringSegment(p)));
    }

    /// <summary>Middleware before everything else, on all ports.</summary>
    public Task BeforeAllAsync(HttpContext http, RequestDelegate next)
    {
        // Health checks use any name or address of a machine, and get no data.
        if ((!_isForAllPorts && http.Connection.LocalPort != _daemonPort) || IsAllowed(http.Request.Host.Host) || http.Request.Path == "/healthz")
            return next(http);
        return DoorRefusal.WriteAsync(
            http,
            StatusCodes.Status421MisdirectedRequest,
            "Weir does not answer to this host",
            $"Weir does not answer to the host \"{DoorRefusal.Quote(http.Request.Host.Host)}\": it requires no key, so it accepts only known host names; this protects it from web pages that use DNS rebinding. "
            + "List the host names that clients use with --allowed-hosts (WEIR_ALLOWED_HOSTS) or --public-url.");
    }

    /// <param name="host">Without the port; empty when there is none, which browsers never send.</param>
    internal bool IsAllowed(string host)
    {
        host = host.TrimEnd('.');
        if (host.Length == 0 || _isForEveryName)
            return true;
        // An IP address can't be redirected; only a name can resolve to another address later.
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return IPAddress.IsLoopback(address) || address.Equals(_bind) || !_isOnLoopback || HostString.MatchesAny(host, _allowed);
        // On addresses other than loopback, names of one word are those of the network's own machines and services.
        return HostString.MatchesAny(host, _allowed) || (!_isOnLoopback && !host.Contains('.', StringComparison.Ordinal));
    }
}
