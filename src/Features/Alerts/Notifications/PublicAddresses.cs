using System.Net;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Which addresses belong to the public internet. All others belong to this machine, its networks or are reserved, and a webhook must not
/// reach them unless its host is allowed by name. https://www.iana.org/assignments/iana-ipv4-special-registry/ and iana-ipv6-special-registry.
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

    /// <summary>For IPv6 only the ranges assigned for the internet are public, without those for documentation and tunnels.</summary>
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

    /// <summary>Link-local addresses: clouds serve a machine's credentials there (169.254.169.254).</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        address = Plain(address);
        return Array.Exists(LinkLocal, n => n.Contains(address));
    }

    /// <summary>The IPv4 address embedded in an IPv6 one of a translating kind.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && Translated.Contains(new IPAddress(address.GetAddressBytes()))
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
    }
}
