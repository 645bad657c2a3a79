using Weir.Protocols.Wire;
using Weir.Server.Configuration;

namespace Weir.Server.Access;

/// <summary>
/// Rejects requests that pages of other sites make their visitors' browsers send, by headers that browsers set and pages can't change
/// (<c>Origin</c>, <c>Sec-Fetch-Site</c>). Exceptions are endpoints marked with <see cref="OpenToOtherSites"/>, and links to pages.
/// </summary>
internal sealed class SiteCheck(WeirOptions options)
{
    private readonly string _publicOrigin =
        Uri.TryCreate(options.Notify.PublicUrl, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Authority) : "";

    /// <summary>Pages of this machine are accepted where no key is required, because a UI under development has another port.</summary>
    private readonly bool _letsLoopbackIn = options.KeysFile is null;

    /// <summary>Middleware after routing, on all ports.</summary>
    public Task BeforeEndpointsAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        // A preflight changes nothing, and CORS answers it.
        if (HttpMethods.IsOptions(request.Method) || !IsOfAnotherSite(request) || http.GetEndpoint()?.Metadata.GetMetadata<OpenToOtherSites>() is not null)
            return next(http);
        return DoorRefusal.WriteAsync(
            http,
            StatusCodes.Status403Forbidden,
            "Requests from pages of other sites are not allowed.",
            "the request comes from a page of another site; if Weir's UI has another host name than clients use, set it with --public-url");
    }

    internal bool IsOfAnotherSite(HttpRequest request)
    {
        var isReading = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (isReading)
        {
            // The browser hides responses from pages of other sites; this also prevents the requests. Links are followed.
            return site == "cross-site" && !(request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document");
        }
        // Several origins, or an invalid one ("null"), are not Weir's own.
        if (request.Headers.Origin is { Count: > 0 } origins)
            return origins.Count > 1 || !IsOurs(origins[0] ?? "", request);
        return site is "cross-site" or "same-site";
    }

    private bool IsOurs(string text, HttpRequest request) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin)
        && ((_letsLoopbackIn && origin.IsLoopback)
            || string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || (_publicOrigin.Length > 0 && string.Equals(origin.GetLeftPart(UriPartial.Authority), _publicOrigin, StringComparison.OrdinalIgnoreCase)));
}
