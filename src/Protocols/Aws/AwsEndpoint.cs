using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Weir.Protocols.Aws;

/// <summary>
/// The endpoints of AWS services: the URL that several services share, <c>POST /</c> with an X-Amz-Target header (AWS JSON 1.0 and 1.1) or a
/// form with an Action (Query), and the paths of those with REST-JSON.
/// </summary>
public static class AwsEndpoint
{
    /// <summary>Adds the shared parts; rooms that speak an AWS protocol call it too, so order doesn't matter. Needs IngestCounters from the composition.</summary>
    public static IServiceCollection AddAws(this IServiceCollection services, Action<AwsOptions>? configure = null)
    {
        services.AddOptions<AwsOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AwsAuthentication>();
        services.TryAddSingleton<AwsOperations>();
        services.TryAddSingleton<AwsDispatcher>();
        return services;
    }

    /// <summary>Maps <c>POST /</c> and STS behind it; answers callers of RPC v2 CBOR that no service is available to them.</summary>
    public static IEndpointRouteBuilder MapAws(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<AwsOperations>().Add(AwsTokenService.Service);
        var dispatcher = endpoints.ServiceProvider.GetRequiredService<AwsDispatcher>();
        // Another room may answer POST / for what is not of these types.
        endpoints.MapPost("/", (RequestDelegate)dispatcher.ServeAsync).WithMetadata(new AcceptsMetadata(
            [AwsProtocol.Json11.ContentType, AwsProtocol.Json10.ContentType, AwsDispatcher.FormType]));
        endpoints.MapPost("/service/{service}/operation/{operation}", context => AwsDispatcher.RefuseAsync(
            context,
            AwsProtocol.Cbor,
            AwsFault.UnknownOperation($"Weir does not serve {Short(context, "operation")} of {Short(context, "service")} in RPC v2 CBOR")));
        return endpoints;
    }

    /// <summary>Serves a service, and maps a path for each of its operations when it speaks REST-JSON.</summary>
    internal static void MapAws(this IEndpointRouteBuilder endpoints, AwsService service)
    {
        endpoints.ServiceProvider.GetRequiredService<AwsOperations>().Add(service);
        if (service.Protocol != AwsProtocol.RestJson)
            return;
        var dispatcher = endpoints.ServiceProvider.GetRequiredService<AwsDispatcher>();
        foreach (var operation in service.Operations)
            endpoints.MapPost(operation.Path, context => dispatcher.ServeAsync(context, service, operation));
    }

    private static string Short(HttpContext context, string name) =>
        context.Request.RouteValues[name]?.ToString() is { } text ? text[..Math.Min(text.Length, 100)] : "";
}
