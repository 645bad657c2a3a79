using System.Globalization;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Server.Hosting;

/// <summary>
/// Handles exceptions that no room handled. Rooms translate expected errors to their protocol; this is for unexpected ones, so that a
/// client's mistake is never reported as the server's, and a defect is logged.
/// </summary>
internal static partial class LastResort
{
    public static void Use(WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Weir.Server");
        app.Use((context, next) => RunAsync(context, next, log));
    }

    internal static async Task RunAsync(HttpContext http, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected.
        }
#pragma warning disable CA1031 // The last place that can answer.
        catch (Exception error) when (!http.Response.HasStarted)
#pragma warning restore CA1031
        {
            var (status, message) = error switch
            {
                BadHttpRequestException bad => (bad.StatusCode, bad.Message),
                JsonException => (StatusCodes.Status400BadRequest, "The request can't be read: " + error.Message),
                // Text that can't be decoded; JSON readers throw only where it is used.
                InvalidOperationException { Source: "System.Text.Json" } => (StatusCodes.Status400BadRequest, "The request contains text that is not valid Unicode."),
                // The settings or the store are not available now: not a defect, and the client may retry.
                FaultException { Fault: { Kind: FaultKind.Unavailable or FaultKind.Busy } fault } => (StatusCodes.Status503ServiceUnavailable, fault.Message),
                OutOfMemoryException => (StatusCodes.Status503ServiceUnavailable, "There is not enough memory for this request now."),
                _ => (StatusCodes.Status500InternalServerError, "The request failed because of an internal error; the server's log has the details."),
            };
            if (status >= StatusCodes.Status500InternalServerError && error is not FaultException { Fault.Kind: FaultKind.Unavailable or FaultKind.Busy })
                Failed(log, http.Request.Method, http.Request.Path, error);
            http.Response.Clear();
            http.Response.StatusCode = status;
            if (status == StatusCodes.Status503ServiceUnavailable)
                http.Response.Headers.RetryAfter = RetryAfter(error);
            http.Response.ContentType = "application/problem+json";
            await http.Response.WriteAsync(
                $$"""{"status":{{status}},"detail":{{JsonSerializer.Serialize(message, TextJson.Default.String)}}}""", http.RequestAborted);
        }
    }

    private static string RetryAfter(Exception error)
    {
        var pause = (error as FaultException)?.Fault.RetryAfter ?? TimeSpan.FromSeconds(5);
        return Math.Max(1, (int)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, PathString path, Exception error);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TextJson : System.Text.Json.Serialization.JsonSerializerContext;
