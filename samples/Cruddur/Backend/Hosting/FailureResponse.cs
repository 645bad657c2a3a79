namespace Cruddur.Hosting;

/// <summary>
/// Turns what no handler caught into the client's answer. It stands outside the telemetry middlewares, so that each of
/// them sees the exception pass and reports it in its own way.
/// </summary>
internal sealed class FailureResponse(RequestDelegate next, ILoggerFactory loggers)
{
    private readonly ILogger _log = loggers.CreateLogger("Cruddur.FailureResponse");

    public async Task Invoke(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is listening any more; 499 keeps the line in the log honest.
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await Answer(http, bad.StatusCode, "bad_request");
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            AppLog.Unhandled(_log, error.GetType().Name, http.Request.Method, http.Request.Path);
            await Answer(http, StatusCodes.Status500InternalServerError, "internal_server_error");
        }
    }

    private static Task Answer(HttpContext http, int status, string error)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new ErrorList([error]), http.RequestAborted);
    }
}
