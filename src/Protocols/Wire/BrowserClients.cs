using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Weir.Protocols.Wire;

/// <summary>
/// Lets pages of any origin send telemetry. Only for endpoints that take data: an endpoint that answers with data must not be
/// readable by every page the user visits.
/// </summary>
internal static class BrowserClients
{
    /// <summary>Answers preflights of the endpoint and marks its answers as readable. Needs <c>UseCors</c> in the pipeline.</summary>
    public static TBuilder AllowBrowserClients<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.RequireCors(Allow).WithMetadata(new OpenToOtherSites());

    private static void Allow(CorsPolicyBuilder policy) => policy
        .AllowAnyOrigin()
        .WithMethods("POST")
        .WithHeaders(
            "content-type",
            "content-encoding",
            "authorization",
            "traceparent",
            "tracestate",
            "baggage",
            "x-honeycomb-team",
            "x-honeycomb-dataset",
            "x-honeycomb-useragent",
            "x-honeycomb-event-time",
            "x-honeycomb-samplerate",
            "x-rollbar-access-token",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-target",
            "x-amz-user-agent",
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "x-requested-with",
            "user-agent")
        .WithExposedHeaders("retry-after")
        .SetPreflightMaxAge(TimeSpan.FromHours(1));
}
