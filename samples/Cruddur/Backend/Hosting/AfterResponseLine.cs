using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Cruddur.Hosting;

/// <summary>
/// After every response, one line in the form the walkthrough's Flask hook writes:
/// <code>[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK</code>
/// The question mark is always there (Flask's `full_path`) and the reason phrase is in capitals (Werkzeug's).
/// </summary>
internal sealed class AfterResponseLine(RequestDelegate next, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _log = loggers.CreateLogger(AppLog.Category);

    public async Task Invoke(HttpContext http)
    {
        await next(http);
        AppLog.AfterResponse(_log, Format(http, time.GetUtcNow()));
    }

    public static string Format(HttpContext http, DateTimeOffset now)
    {
        var request = http.Request;
        var stamp = now.UtcDateTime.ToString("yyyy-MMM-dd HH:mm", CultureInfo.InvariantCulture);
        var query = request.QueryString.HasValue ? request.QueryString.Value![1..] : "";
        var reason = ReasonPhrases.GetReasonPhrase(http.Response.StatusCode).ToUpperInvariant();
        return $"[{stamp}] {RequestFacts.ClientAddress(http)} {request.Method} {request.Scheme} {request.Path}?{query} {http.Response.StatusCode} {reason}";
    }
}
