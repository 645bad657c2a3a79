using Microsoft.AspNetCore.Http;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar;

/// <summary>
/// Allows pages of other origins to post items. rollbar.js requests its own headers (3.1 names its <c>signal</c> option one), so
/// every header requested by a preflight is allowed. Errors have the headers too, otherwise the page sees only that something failed. Requests with
/// credentials, such as those of <c>navigator.sendBeacon</c>, are answered with the page's origin; Weir reads no cookie here.
/// </summary>
internal sealed class RollbarBrowsers(BrowserOptions options)
{
    private const int LongestHeaderList = 1024;

    public Task Allow(HttpContext http, RequestDelegate next)
    {
        Name(http);
        http.Response.Headers.AccessControlExposeHeaders = "Retry-After, X-Rate-Limit-Remaining, X-Rate-Limit-Remaining-Seconds";
        return next(http);
    }

    public Task Preflight(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        Name(http);
        response.Headers.AccessControlAllowMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
        var asked = http.Request.Headers.AccessControlRequestHeaders.ToString();
        response.Headers.AccessControlAllowHeaders = asked.Length is > 0 and <= LongestHeaderList ? asked : "content-type,x-rollbar-access-token";
        response.Headers.AccessControlMaxAge = "3600";
        response.Headers.Append("Vary", "Access-Control-Request-Headers");
        return Task.CompletedTask;
    }

    private void Name(HttpContext http)
    {
        var headers = http.Response.Headers;
        var origin = http.Request.Headers.Origin.ToString();
        headers.Append("Vary", "Origin");
        if (origin.Length == 0)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else if (options.Origins.Count == 0 || options.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
        }
    }
}
