namespace Weir.Server.Access;

/// <summary>Security headers for browsers: load nothing from other origins, no framing, no guessing of content types, no referrer to other sites.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// The UI's components set styles on elements, so inline styles are allowed; scripts and workers are files only. Charts are
    /// saved as images with data: and blob: addresses.
    /// </summary>
    internal const string PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        + "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>For responses that are not pages: nothing of them runs, even when somebody opens one as a page.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Middleware before the files of the UI, on the main port.</summary>
    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(static state =>
        {
            var response = (HttpResponse)state;
            var headers = response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            // The login has its own policy.
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = IsPage(response) ? PagePolicy : DataPolicy;
            return Task.CompletedTask;
        }, http.Response);
        return next(http);
    }

    // Also for scripts and workers, because a worker has the policy of its own file.
    private static bool IsPage(HttpResponse response) =>
        response.ContentType is { } type
        && (type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) || type.Contains("javascript", StringComparison.OrdinalIgnoreCase));
}
