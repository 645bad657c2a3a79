using System.Net;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Which addresses are of the public internet. Everything else is of this machine, of its networks or of nobody: what a webhook must not
/// reach unless its host is allowed by name. https://www.iana.org/assignments/iana-ipv4-special-registry/ and iana-ipv6-special-registry.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    /// <summary>Of IPv6 only what is handed out for the internet is public, less what is kept for documentation and tunnels.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublic6 =
    [
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork[] LinkLocal = [IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10")];

    /// <summary>IPv4 addresses as IPv6 translators write them.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Has(IPAddress address)
    {
        address = Plain(address);
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? !Array.Exists(NotPublic, n => n.Contains(address))
            : GlobalUnicast.Contains(address) && !Array.Exists(NotPublic6, n => n.Contains(address));
    }

    /// <summary>Of one cable: where clouds serve a machine's credentials (169.254.169.254).</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        address = Plain(address);
        return Array.Exists(LinkLocal, n => n.Contains(address));
    }

    /// <summary>The IPv4 address inside an IPv6 one, when it is of a kind that leads there.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && Translated.Contains(new IPAddress(address.GetAddressBytes()))
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
    }
}
