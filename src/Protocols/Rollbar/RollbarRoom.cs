using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Protocols.Rollbar.In;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar;

/// <summary>Rollbar's item API, to which its SDKs post errors.</summary>
public static class RollbarRoom
{
    /// <summary>Needs ITelemetrySink, IngestCounters and TimeProvider from the composition.</summary>
    public static IServiceCollection AddRollbar(this IServiceCollection services, RollbarOptions? options = null)
    {
        services.AddBrowserClients();
        services.TryAddSingleton<AccessKeys>();
        services.TryAddSingleton<IngestBatchPool>();
        services.TryAddSingleton<RefusedCalls>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.AddSingleton(options ?? new RollbarOptions());
        services.AddSingleton<RollbarIntake>();
        services.AddSingleton<RollbarBrowsers>();
        services.AddSingleton<IPoolStatus>(static provider => provider.GetRequiredService<RollbarIntake>());
        return services;
    }

    public static void MapRollbar(this IEndpointRouteBuilder endpoints)
    {
        var intake = endpoints.ServiceProvider.GetRequiredService<RollbarIntake>();
        var browsers = endpoints.ServiceProvider.GetRequiredService<RollbarBrowsers>();
        // A slash at the end makes no difference to routing. The short paths are what pyrollbar makes of an endpoint without one, the
        // doubled one what it makes of the endpoint that every other library takes.
        foreach (var path in (ReadOnlySpan<string>)["/api/1/item", "/api/1/items", "/api/item", "/item"])
            Map(path, intake.PostAsync);
        Map("/api/1/item/item", intake.PostToDoubledPathAsync);
        endpoints.MapGet("/api/1/status/ping", static context => context.Response.WriteAsync("pong", context.RequestAborted));

        void Map(string path, RequestDelegate post)
        {
            endpoints.MapPost(path, context => browsers.Allow(context, post)).WithMetadata(new OpenToOtherSites());
            endpoints.MapMethods(path, [HttpMethods.Options], browsers.Preflight);
        }
    }
}
