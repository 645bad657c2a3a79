using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// The user's address: <c>$remote_ip</c> is the sender's address of the item, <c>$remote_ip_anonymize</c> a shortened form of it.
/// In a list of forwarded addresses the first one is the user's.
/// </summary>
internal static class UserIp
{
    private const int Longest = 64;

    public static string Of(JsonElement data, string remoteIp)
    {
        var told = data.Scalar("request", "user_ip") ?? data.Scalar("client", "user_ip");
        switch (told)
        {
            case null:
                return "";
            case "$remote_ip":
                return remoteIp;
            case "$remote_ip_anonymize":
                return Anonymize(remoteIp);
            default:
                var first = told.Split(',', 2)[0].Trim();
                return first.Length <= Longest ? first : "";
        }
    }

    private static string Anonymize(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
            return "";
        var bytes = address.GetAddressBytes();
        // IPv4 loses its last byte, IPv6 all but its first three groups.
        bytes.AsSpan(address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6).Clear();
        return new IPAddress(bytes).ToString();
    }
}
