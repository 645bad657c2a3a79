namespace Cruddur.Rollbar;

/// <summary>Reports what no handler caught, and lets it pass on. A client's bad request or its going away is no error of ours.</summary>
internal sealed class RollbarMiddleware(RequestDelegate next, RollbarReporter reporter)
{
    public async Task Invoke(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception error) when (error is not BadHttpRequestException && !(error is OperationCanceledException && http.RequestAborted.IsCancellationRequested))
        {
            reporter.Report(error, http);
            throw;
        }
    }
}
