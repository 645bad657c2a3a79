using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Rollbar;

/// <summary>
/// Lets pages of any origin post items. rollbar.js asks for headers of its own making (3.1 names its <c>signal</c> option one), so
/// what a preflight asks for is granted. Errors carry the headers too, or the page sees only that something failed.
/// </summary>
internal static class RollbarBrowsers
{
    private const int LongestHeaderList = 1024;

    public static Task Allow(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.AccessControlExposeHeaders = "Retry-After, X-Rate-Limit-Remaining, X-Rate-Limit-Remaining-Seconds";
        return next(http);
    }

    public static Task Preflight(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlAllowMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
        var asked = http.Request.Headers.AccessControlRequestHeaders.ToString();
        response.Headers.AccessControlAllowHeaders = asked.Length is > 0 and <= LongestHeaderList ? asked : "content-type,x-rollbar-access-token";
        response.Headers.AccessControlMaxAge = "3600";
        response.Headers.Vary = "Access-Control-Request-Headers";
        return Task.CompletedTask;
    }
}
