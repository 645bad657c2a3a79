using System.Net;

namespace Weir.Features.Requests.Facts;

/// <summary>
/// The addresses that a recorder knows of a request's client: the peer's, and each that a proxy added to X-Forwarded-For or Forwarded.
/// All loopback addresses are one.
/// </summary>
public sealed class AddressSet
{
    private const int MostAddresses = 16;

    private readonly string[] _addresses;

    private AddressSet(string[] addresses, bool? proxied) => (_addresses, IsProxied) = (addresses, proxied);

    public static AddressSet None { get; } = new([], null);

    /// <summary>Whether the request came by a proxy; null when the recorder does not say.</summary>
    public bool? IsProxied { get; }

    public bool IsKnown => _addresses.Length > 0;

    /// <param name="texts">Addresses, with a port or without; lists as in X-Forwarded-For; elements as in Forwarded (RFC 7239).</param>
    /// <param name="proxied">What the recorder says about a proxy.</param>
    public static AddressSet Of(bool? proxied, params ReadOnlySpan<string?> texts)
    {
        var found = new List<string>();
        foreach (var text in texts)
        {
            foreach (var part in (text ?? "").Split([',', ';', '[', ']', '"', ' '], MostAddresses * 4, StringSplitOptions.RemoveEmptyEntries))
            {
                if (found.Count < MostAddresses && Address(part) is { } address && !found.Contains(address, StringComparer.Ordinal))
                    found.Add(address);
            }
        }
        return found.Count == 0 && proxied is null ? None : new AddressSet([.. found], proxied ?? (found.Count > 1 ? true : null));
    }

    /// <summary>True when they share an address; false when no request can have both; null when nothing can be said.</summary>
    public bool? Agrees(AddressSet other)
    {
        if (!IsKnown || !other.IsKnown)
            return null;
        if (_addresses.AsSpan().ContainsAny(other._addresses))
            return true;
        // Behind a proxy one recorder has the proxy's address and the other the client's.
        return IsProxied is false && other.IsProxied is false ? false : null;
    }

    private static string? Address(string part)
    {
        if (part.StartsWith("for=", StringComparison.OrdinalIgnoreCase))
            part = part[4..];
        if (part.Length is < 2 or > 64)
            return null;
        // 10.0.0.1:4567; IPv6 with a port has brackets, which have been taken away.
        if (part.Contains('.', StringComparison.Ordinal) && part.Count(c => c == ':') == 1)
            part = part[..part.IndexOf(':', StringComparison.Ordinal)];
        if (!IPAddress.TryParse(part, out var address) || !part.AsSpan().ContainsAny(".:"))
            return string.Equals(part, "localhost", StringComparison.OrdinalIgnoreCase) ? "loopback" : null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) ? "loopback" : address.ToString();
    }
}
