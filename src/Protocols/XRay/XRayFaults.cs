using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;

namespace Weir.Protocols.XRay;

/// <summary>
/// A failure in X-Ray's words: status, <c>x-amzn-ErrorType</c> and <c>{"__type":…,"Message":…}</c>.
/// </summary>
internal sealed record XRayFault(int Status, string Type, string Message, string? ResourceName = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Where in a filter expression the error is, 0-based.</summary>
    public int? Position { get; init; }
}

/// <summary>The one table from faults to X-Ray's exceptions, and how they are written.</summary>
internal static class XRayFaults
{
    public static XRayFault Invalid(string message) => new(400, "InvalidRequestException", message);

    /// <summary>A member breaks a constraint of the API's model.</summary>
    public static XRayFault Validation(string message) => new(400, "ValidationException", message);

    public static XRayFault Missing(string member) =>
        Validation($"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null");

    public static XRayFault Unreadable(string message) => new(400, "SerializationException", message);

    public static XRayFault RuleLimit(string message) => new(400, "RuleLimitExceededException", message);

    /// <summary>One of the exceptions of resource policies.</summary>
    public static XRayFault Policy(string type, string message) => new(400, type, message);

    public static XRayFault TooManyTags(string message, string arn) => new(400, "TooManyTagsException", message, arn);

    public static XRayFault NoSuchResource(string message, string arn) => new(404, "ResourceNotFoundException", message, arn);

    /// <summary>A NextToken that no operation of ours handed out.</summary>
    public static XRayFault ForeignToken(string? token) => Invalid($"Invalid token {token}");

    public static XRayFault UnknownOperation(string path) =>
        new(404, "UnknownOperationException", $"X-Ray has no operation at {path}; Weir serves those listed in its X-Ray room's README");

    public static XRayFault From(Fault fault) => fault.Kind switch
    {
        FaultKind.Malformed => Unreadable(fault.Message),
        FaultKind.Invalid => Invalid(fault.Message) with { Position = fault.Position },
        FaultKind.Expired => Invalid(fault.Message),
        FaultKind.TooLarge => new(413, "RequestEntityTooLargeException", fault.Message),
        FaultKind.Unsupported => new(415, "UnsupportedMediaTypeException", fault.Message),
        FaultKind.Unauthorized => new(403, "UnrecognizedClientException", fault.Message),
        FaultKind.Forbidden => new(403, "AccessDeniedException", fault.Message),
        FaultKind.NotFound => Invalid(fault.Message),
        FaultKind.Conflict => Invalid(fault.Message),
        FaultKind.Busy => new(429, "ThrottledException", fault.Message, RetryAfter: fault.RetryAfter ?? TimeSpan.FromSeconds(1)),
        FaultKind.Unavailable => new(503, "ServiceUnavailableException", fault.Message, RetryAfter: fault.RetryAfter ?? TimeSpan.FromSeconds(5)),
        FaultKind.LimitExceeded => new(400, "InvalidRequestException", fault.Message),
        FaultKind.Internal => new(500, "InternalFailure", fault.Message),
        _ => new(500, "InternalFailure", fault.Message),
    };

    public static Task WriteAsync(HttpResponse response, XRayFault fault, CancellationToken cancellationToken)
    {
        response.StatusCode = fault.Status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = fault.Type;
        if (fault.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, XRayEndpoint.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("__type", fault.Type);
            json.WriteString("Message", fault.Message);
            if (fault.ResourceName is { } name)
                json.WriteString("ResourceName", name);
            json.WriteEndObject();
        }
        response.ContentLength = bytes.WrittenCount;
        return response.Body.WriteAsync(bytes.WrittenMemory, cancellationToken).AsTask();
    }
}
