using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Protocols.Explore;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Honeycomb.In;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>Honeycomb's own API, beside OTLP.</summary>
public static class HoneycombRoom
{
    /// <summary>Needs ITelemetrySink, IngestCounters and TimeProvider from the composition.</summary>
    public static IServiceCollection AddHoneycomb(this IServiceCollection services, HoneycombOptions? options = null)
    {
        services.AddBrowserClients();
        services.TryAddSingleton<AccessKeys>();
        services.TryAddSingleton<IngestBatchPool>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.AddSingleton(options ?? new HoneycombOptions());
        services.AddManage();
        services.AddExplore();
        services.AddSingleton<AuthApi>();
        services.AddSingleton<TeamApi>();
        services.AddSingleton<EventsApi>();
        return services;
    }

    /// <summary>The pipeline needs <c>UseCors</c>.</summary>
    public static void MapHoneycomb(this IEndpointRouteBuilder endpoints)
    {
        var auth = endpoints.ServiceProvider.GetRequiredService<AuthApi>();
        var events = endpoints.ServiceProvider.GetRequiredService<EventsApi>();
        endpoints.MapGet("/1/auth", auth.AnswerAsync);
        endpoints.MapManage("/1", ManageDialect.Keys);
        var team = endpoints.ServiceProvider.GetRequiredService<TeamApi>();
        endpoints.MapGet("/2/auth", team.AuthAsync);
        endpoints.MapGet("/2/teams/{team}/environments", team.EnvironmentsAsync);
        endpoints.MapGet("/2/teams/{team}/environments/{id}", team.EnvironmentAsync);
        endpoints.Map("/2/{**rest}", TeamApi.NotServedAsync);
        endpoints.MapPost("/1/events/{dataset}", http => events.EventAsync(http, Dataset(http))).AllowBrowserClients();
        endpoints.MapExploreForKeys("/1");
        endpoints.MapPost("/1/batch/{dataset}", http => events.BatchAsync(http, Dataset(http))).AllowBrowserClients();
    }

    private static string Dataset(HttpContext http) => (string)http.GetRouteValue("dataset")!;
}
