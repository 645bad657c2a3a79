using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>
/// Notes calls of telemetry clients that were answered with 401 or 403 in <see cref="RefusedCalls"/>: with a wrong key most SDKs log a
/// status code or nothing, and whoever waits for data looks at Setup. By the answer and not by the check, so that no door is forgotten.
/// </summary>
public static class RefusedKeys
{
    private const string GrpcUnauthenticated = "16";
    private const string GrpcPermissionDenied = "7";
    private const string CreateAdvice = "weir keys list shows the keys that are known, weir keys create <environment> makes one.";

    private const string AwsKeyAdvice =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the client to a pair that weir keys create <environment> --aws made; credentials of AWS itself are not known here.";

    /// <summary>Belongs directly before the endpoints, after what refuses pages of other sites in its own words.</summary>
    public static void UseKeyNotes(this IApplicationBuilder app)
    {
        var calls = app.ApplicationServices.GetRequiredService<RefusedCalls>();
        app.Use(async (context, next) =>
        {
            await next(context);
            if (IsRefused(context.Response) && Of(context) is { } wrong)
                WrongPaths.Note(calls, context, wrong);
        });
    }

    /// <summary>Says why an AWS call is refused, for the note about it.</summary>
    internal static void Explain(HttpContext context, AwsFault fault, string accessKey) =>
        context.Items[typeof(RefusedKeys)] = Aws(context.Request, fault, accessKey);

    private static bool IsRefused(HttpResponse response) =>
        response.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
        || response.Headers.GrpcStatus.ToString() is GrpcUnauthenticated or GrpcPermissionDenied;

    private static Misdirection? Of(HttpContext context)
    {
        if (context.Items[typeof(RefusedKeys)] is Misdirection told)
            return told;
        var request = context.Request;
        var path = (request.Path.Value ?? "").ToLowerInvariant();
        var isUnknown = context.Response.StatusCode == StatusCodes.Status401Unauthorized || context.Response.Headers.GrpcStatus == GrpcUnauthenticated;
        if (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/opentelemetry.proto.", StringComparison.Ordinal))
            return Team(WireProtocol.Otlp, "OTLP", request, isUnknown, "OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=<key>");
        if (path.StartsWith("/1/", StringComparison.Ordinal))
            return Team(WireProtocol.Honeycomb, "Honeycomb's API", request, isUnknown, "the client's API key (HONEYCOMB_API_KEY, header x-honeycomb-team)");
        if (path.StartsWith("/2/", StringComparison.Ordinal))
            return Team(WireProtocol.Honeycomb, "Honeycomb's management API", request, isUnknown, "the key of the client");
        if (path.StartsWith("/api/1/", StringComparison.Ordinal) || path.StartsWith("/api/item", StringComparison.Ordinal) || path.StartsWith("/item", StringComparison.Ordinal))
        {
            return new Misdirection(
                WireProtocol.Rollbar, "Rollbar items came without a token, or with one that is not known or may not send them",
                "Set accessToken (access_token) of the client to a key of Weir, of kind post_client_item for pages and apps, post_server_item for servers. " + CreateAdvice);
        }
        return null;
    }

    private static Misdirection Team(string client, string what, HttpRequest request, bool isUnknown, string where)
    {
        var key = TeamKey.Of(request);
        if (!isUnknown)
            return new Misdirection(client, $"{what} was called with a key whose kind does not allow it", $"Use a key of another kind in {where}. {CreateAdvice}");
        if (key.Length == 0)
            return new Misdirection(client, $"{what} was called without a key", $"Set {where} to a key of Weir. {CreateAdvice}");
        return client == WireProtocol.Otlp && TeamKey.IsClassic(key) && request.Headers["x-honeycomb-dataset"].Count == 0
            ? new Misdirection(client, $"{what} was called with a key that is not known, or is of the classic kind and came without x-honeycomb-dataset", $"Set {where} to a key of Weir. {CreateAdvice}")
            : new Misdirection(client, $"{what} was called with a key that is not known", $"Set {where} to a key of Weir. {CreateAdvice}");
    }

    private static Misdirection Aws(HttpRequest request, AwsFault fault, string accessKey)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        var client = target.StartsWith("Logs_", StringComparison.Ordinal) ? WireProtocol.CloudWatchLogs
            : target.Length > 0 || request.Path == "/" ? "" : WireProtocol.XRay;
        var what = client switch
        {
            WireProtocol.CloudWatchLogs => "CloudWatch Logs",
            WireProtocol.XRay => "X-Ray",
            _ => "An AWS service",
        };
        var who = accessKey.Length == 0 ? "" : $" The access key was {Shown(accessKey)}.";
        return fault.Type switch
        {
            "MissingAuthenticationTokenException" => new(client, $"{what} was called without a signature", AwsKeyAdvice),
            "UnrecognizedClientException" => new(client, $"{what} was called with an access key that is not known", AwsKeyAdvice + who),
            "AccessDeniedException" => new(client, $"{what} was called with a key whose kind does not allow it", $"Use a key of another kind. {CreateAdvice}{who}"),
            "IncompleteSignatureException" => new(client, $"{what} was called with an incomplete signature", $"{fault.Message}{who}"),
            _ when fault.Message.StartsWith("Signature ", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature of another time", $"Set the client's clock. {fault.Message}{who}"),
            _ when fault.Message.StartsWith("Credential ", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature for another service or no region", $"{fault.Message} Set AWS_REGION, and the endpoint of this service alone.{who}"),
            _ when fault.Message.Contains("SignedHeader", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature that leaves out a header", $"{fault.Message}{who}"),
            _ => new(
                client, $"{what} was called with a signature that does not match",
                "The secret access key is wrong, or something between the client and Weir (a proxy that changes Host or the path) changes what was signed." + who),
        };
    }

    private static string Shown(string accessKey) =>
        string.Concat(accessKey.AsSpan(0, Math.Min(accessKey.Length, 40)).ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/' ? c : '?'));
}
