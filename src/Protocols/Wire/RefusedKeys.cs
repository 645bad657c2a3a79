using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>
/// Notes calls of telemetry clients that were answered with 401 or 403 in <see cref="RefusedCalls"/>: with a wrong key most SDKs log a
/// status code or nothing, and whoever waits for data looks at Setup. It looks at the response instead of the check, so that no endpoint is missed.
/// </summary>
public static class RefusedKeys
{
    private const string GrpcUnauthenticated = "16";
    private const string GrpcPermissionDenied = "7";
    internal const string CreateAdvice = "weir keys list shows the keys that are known, weir keys create <environment> makes one.";

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

    /// <summary>Says why a call is refused, for the note about it; a room that says nothing gets one by its path.</summary>
    internal static void Explain(HttpContext context, Misdirection why) => context.Items[typeof(RefusedKeys)] = why;

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
}
