namespace Cruddur.Hosting;

/// <summary>The few facts of a request that every adapter reports, read the same way by all of them.</summary>
internal static class RequestFacts
{
    /// <summary>The peer, or the client behind a trusted local proxy; IPv4 in its own form.</summary>
    public static string ClientAddress(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is null)
            return "";
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    public static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } pattern
        ? pattern.StartsWith('/') ? pattern : "/" + pattern
        : "";

    public static string UrlWithoutQuery(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}";

    public static string Target(HttpRequest request) => $"{request.PathBase}{request.Path}{request.QueryString}";
}
