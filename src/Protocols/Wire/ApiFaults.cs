using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>Problem details (RFC 9457) with the one member of ours: what every route of <c>/api</c> refuses with.</summary>
/// <param name="Position">For query texts: where in the text the error is, 0-based.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position);

/// <summary>From faults to problem details, for the rooms that serve routes of <c>/api</c>.</summary>
internal static class ApiFaults
{
    public const string ContentType = "application/problem+json";
    private const string LimitHint = " Use a shorter time range or add a filter.";

    public static Fault Invalid(string message) => new(FaultKind.Invalid, message);

    public static Fault NotFound(string message) => new(FaultKind.NotFound, message);

    public static Problem Describe(Fault fault)
    {
        var detail = fault.Kind == FaultKind.LimitExceeded ? fault.Message.TrimEnd('.') + "." + LimitHint : fault.Message;
        return new Problem("about:blank", Title(fault.Kind), Status(fault.Kind), detail, fault.Position);
    }

    public static JsonHttpResult<Problem> Result(HttpContext context, Fault fault)
    {
        var problem = Describe(fault);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = FaultStatus.RetryAfter(fault.RetryAfter ?? TimeSpan.FromSeconds(2));
        return TypedResults.Json(problem, ProblemJson.Answers.Problem, ContentType, problem.Status);
    }

    private static int Status(FaultKind kind) => kind == FaultKind.Busy ? 503 : FaultStatus.Of(kind);

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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Quotes and other scripts' letters as they are: it is served as JSON only, never inside a page.</summary>
    public static ProblemJson Answers { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

internal static partial class ApiLog
{
    [LoggerMessage(1, LogLevel.Error, "api request {Path} failed")]
    public static partial void Failed(ILogger logger, string path, Exception error);
}
