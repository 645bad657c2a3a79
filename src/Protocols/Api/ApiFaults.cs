using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Protocols.Api;

/// <summary>Problem details (RFC 9457) with the one member of ours.</summary>
/// <param name="Position">For query texts: where in the text the error is, 0-based.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position);

/// <summary>The room's one table from faults to problem details.</summary>
internal static class ApiFaults
{
    public const string ContentType = "application/problem+json";
    private const string LimitHint = " Use a shorter time range or add a filter.";

    public static Fault Invalid(string message) => new(FaultKind.Invalid, message);

    public static Fault NotFound(string message) => new(FaultKind.NotFound, message);

    public static int HttpStatus(FaultKind kind) => kind switch
    {
        FaultKind.Malformed or FaultKind.Invalid or FaultKind.Expired => 400,
        FaultKind.Unauthorized => 401,
        FaultKind.Forbidden => 403,
        FaultKind.NotFound => 404,
        FaultKind.Conflict => 409,
        FaultKind.TooLarge => 413,
        FaultKind.Unsupported => 415,
        FaultKind.LimitExceeded => 422,
        FaultKind.Busy or FaultKind.Unavailable => 503,
        FaultKind.Internal => 500,
        _ => 500,
    };

    public static Problem Describe(Fault fault)
    {
        var detail = fault.Kind == FaultKind.LimitExceeded ? fault.Message.TrimEnd('.') + "." + LimitHint : fault.Message;
        return new Problem("about:blank", Title(fault.Kind), HttpStatus(fault.Kind), detail, fault.Position);
    }

    public static JsonHttpResult<Problem> Result(HttpContext context, Fault fault)
    {
        var problem = Describe(fault);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling((fault.RetryAfter ?? TimeSpan.FromSeconds(2)).TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        return TypedResults.Json(problem, ApiJson.Answers.Problem, ContentType, problem.Status);
    }

    private static string Title(FaultKind kind) => kind switch
    {
        FaultKind.Malformed => "The request can't be parsed",
        FaultKind.Invalid => "The request is not valid",
        FaultKind.TooLarge => "The request is too large",
        FaultKind.Unsupported => "The content type is not supported",
        FaultKind.Unauthorized => "A key is required",
        FaultKind.Forbidden => "The key does not allow this",
        FaultKind.NotFound => "Not found",
        FaultKind.Conflict => "Conflict with another change",
        FaultKind.Expired => "The data is older than its retention",
        FaultKind.LimitExceeded => "The query exceeds a limit",
        FaultKind.Busy => "Too many requests at once",
        FaultKind.Unavailable => "The store is not available",
        FaultKind.Internal => "Internal error",
        _ => "Internal error",
    };
}

/// <summary>Translates exceptions of handlers to problem details.</summary>
internal sealed class FaultFilter(ILogger<FaultFilter> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (FaultException error)
        {
            if (error.Fault.Kind == FaultKind.Internal)
                ApiLog.Failed(log, http.Request.Path, error);
            return ApiFaults.Result(http, error.Fault);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (BadHttpRequestException error)
        {
            return ApiFaults.Result(http, new Fault(FaultKind.Malformed, error.Message));
        }
#pragma warning disable CA1031 // The last place that can answer in the API's own shape; logged with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            ApiLog.Failed(log, http.Request.Path, error);
            return ApiFaults.Result(http, new Fault(FaultKind.Internal, "The request failed because of an internal error; the server's log has the details."));
        }
    }
}

internal static partial class ApiLog
{
    [LoggerMessage(1, LogLevel.Error, "api request {Path} failed")]
    public static partial void Failed(ILogger logger, string path, Exception error);
}
