using System.Net;
using System.Net.Sockets;

namespace Weir.Features.Alerts.Notifications;

/// <summary>The host of a webhook has no allowed address.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);

/// <summary>
/// Connects to webhooks. The address is checked where it is used: a name is resolved, its addresses are checked, and the connection goes to one of
/// these, so that a name can't resolve to another machine after the check. No proxy, no redirects and no cookies.
/// </summary>
internal static class WebhookConnection
{
    public static SocketsHttpHandler Handler(NotifyOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, options, cancellationToken),
    };

    /// <summary>The addresses of a host to which a connection is allowed.</summary>
    public static IReadOnlyList<IPAddress> Allowed(DnsEndPoint target, IEnumerable<IPAddress> addresses, NotifyOptions options)
    {
        var isNamed = options.IsNamed(target.Host, target.Port);
        var isAddress = IPAddress.TryParse(target.Host, out _);
        // A listed name may resolve to the private network, but not to link-local addresses: those must be listed as addresses.
        return [.. addresses.Where(a => PublicAddresses.Has(a) || (isNamed && (isAddress || !PublicAddresses.IsLinkLocal(a))))];
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, NotifyOptions options, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = Allowed(target, addresses, options);
        if (allowed.Count == 0)
            throw new AddressRefusedException(Refusal(target.Host));
        SocketException? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                last = error;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last!;
    }

    public static string Refusal(string host) =>
        $"{host} is an address of this machine or of a private network; webhooks to it must be allowed with --webhook-hosts";
}
