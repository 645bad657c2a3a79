using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar;

/// <summary>Rollbar's item API: what its SDKs post errors to.</summary>
public static class RollbarRoom
{
    /// <summary>Needs ITelemetrySink, IngestCounters and TimeProvider from the composition.</summary>
    public static IServiceCollection AddRollbar(this IServiceCollection services, RollbarOptions? options = null)
    {
        services.TryAddSingleton<AccessKeys>();
        services.TryAddSingleton<IngestBatchPool>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.AddSingleton(options ?? new RollbarOptions());
        services.AddSingleton<RollbarIntake>();
        services.AddSingleton<IPoolStatus>(static provider => provider.GetRequiredService<RollbarIntake>());
        return services;
    }

    public static void MapRollbar(this IEndpointRouteBuilder endpoints)
    {
        var intake = endpoints.ServiceProvider.GetRequiredService<RollbarIntake>();
        // A slash at the end makes no difference to routing. The short paths are what pyrollbar makes of an endpoint without one.
        foreach (var path in (ReadOnlySpan<string>)["/api/1/item", "/api/1/items", "/api/item", "/item"])
        {
            endpoints.MapPost(path, context => RollbarBrowsers.Allow(context, intake.PostAsync)).WithMetadata(new OpenToOtherSites());
            endpoints.MapMethods(path, [HttpMethods.Options], RollbarBrowsers.Preflight);
        }
        endpoints.MapGet("/api/1/status/ping", static context => context.Response.WriteAsync("pong", context.RequestAborted));
    }
}
