using System.Net;

namespace Weir.Features.Requests;

/// <summary>The properties that two records of one HTTP request have in common. Unknown parts are null and match anything.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Path of the target: no scheme, host, query or fragment; no slash at the end.</param>
/// <param name="Client">Client address; all loopback addresses are treated as one.</param>
public sealed record RequestFacts(string Method, string Path, int? Status, string? Client)
{
    /// <summary>Null when method or target is unknown, because time alone does not identify a request.</summary>
    public static RequestFacts? Of(string? method, string? target, long? status, string? client)
    {
        if (string.IsNullOrEmpty(method) || string.IsNullOrEmpty(target))
            return null;
        return new RequestFacts(method.ToUpperInvariant(), PathOf(target), status is > 0 and < 1000 ? (int)status : null, ClientOf(client));
    }

    /// <summary><c>http://host/api/home?x=1</c>, <c>/api/home?</c> and <c>/api/home/</c> are <c>/api/home</c>.</summary>
    public static string PathOf(string target)
    {
        var path = target.AsSpan();
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            path = path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? "/" : path[slash..];
        }
        var end = path.IndexOfAny('?', '#');
        if (end >= 0)
            path = path[..end];
        path = path.TrimEnd('/');
        return path.Length == 0 ? "/" : path.ToString();
    }

    private static string? ClientOf(string? client)
    {
        if (string.IsNullOrEmpty(client) || !IPAddress.TryParse(client, out var address))
            return string.IsNullOrEmpty(client) ? null : client;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) ? "loopback" : address.ToString();
    }

    /// <summary>The properties that are known to both and equal; null when any property known to both differs.</summary>
    public IReadOnlyList<string>? Agreement(RequestFacts other)
    {
        if (Method != other.Method || Path != other.Path)
            return null;
        var agreed = new List<string> { "method", "path" };
        if (Status is { } status && other.Status is { } otherStatus)
        {
            if (status != otherStatus)
                return null;
            agreed.Add("status");
        }
        if (Client is { } client && other.Client is { } otherClient)
        {
            if (client != otherClient)
                return null;
            agreed.Add("client");
        }
        agreed.Add("time");
        return agreed;
    }
}
