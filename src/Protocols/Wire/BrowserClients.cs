using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Weir.Protocols.Wire;

/// <summary>Which origins may send telemetry from a browser, and with which headers.</summary>
public sealed class BrowserOptions
{
    /// <summary>Origins such as <c>https://shop.example.com</c>; empty: every origin.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <summary>Headers that a page may send beside those that clients of the protocols send; null: every header.</summary>
    public IReadOnlyList<string>? Headers { get; set; }
}

/// <summary>
/// Lets pages of other origins send telemetry. Only for endpoints that take data: an endpoint that answers with data must not be readable
/// by every page the user visits. A page may send with credentials, as <c>navigator.sendBeacon</c> always does, so the answer names the
/// page's origin; Weir reads no cookie at these endpoints.
/// </summary>
public static class BrowserClients
{
    private const string Policy = "browser-clients";

    /// <summary>Headers of the protocols' own clients.</summary>
    private static readonly string[] KnownHeaders =
    [
        "content-type", "content-encoding", "authorization", "traceparent", "tracestate", "baggage", "x-honeycomb-team", "x-honeycomb-dataset",
        "x-honeycomb-useragent", "x-honeycomb-event-time", "x-honeycomb-samplerate", "x-rollbar-access-token", "x-amz-date", "x-amz-security-token",
        "x-amz-target", "x-amz-user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "x-requested-with", "user-agent",
    ];

    private static readonly string[] ExposedHeaders =
        ["retry-after", "x-rate-limit-remaining", "x-rate-limit-remaining-seconds", "x-amzn-requestid", "x-amzn-errortype"];

    /// <summary>Adds what <see cref="AllowBrowserClients"/> needs; every room whose endpoints pages call may call it.</summary>
    public static IServiceCollection AddBrowserClients(this IServiceCollection services, BrowserOptions? options = null)
    {
        services.AddCors();
        if (options is not null)
            services.AddSingleton(options);
        services.TryAddSingleton(new BrowserOptions());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<CorsOptions>, ConfigureBrowsers>());
        return services;
    }

    /// <summary>Answers preflights of the endpoint and marks its answers as readable. Needs <c>UseCors</c> in the pipeline.</summary>
    public static TBuilder AllowBrowserClients<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.RequireCors(Policy).WithMetadata(new OpenToOtherSites());

    private sealed class ConfigureBrowsers(BrowserOptions options) : IConfigureOptions<CorsOptions>
    {
        public void Configure(CorsOptions cors) => cors.AddPolicy(Policy, policy =>
        {
            if (options.Origins.Count == 0)
                policy.SetIsOriginAllowed(static _ => true);
            else
                policy.WithOrigins([.. options.Origins]);
            if (options.Headers is null)
                policy.AllowAnyHeader();
            else
                policy.WithHeaders([.. KnownHeaders, .. options.Headers]);
            policy.WithMethods("POST").AllowCredentials().WithExposedHeaders(ExposedHeaders).SetPreflightMaxAge(TimeSpan.FromHours(1));
        });
    }
}
