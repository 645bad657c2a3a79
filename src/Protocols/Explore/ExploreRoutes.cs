using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore;

/// <summary>The desk's services, and its routes for the rooms that mount them.</summary>
internal static class ExploreRoutes
{
    /// <summary>Needs ITelemetryReader, ISettings, AccessKeys and TimeProvider from the composition. May be called by several rooms.</summary>
    public static IServiceCollection AddExplore(this IServiceCollection services)
    {
        services.TryAddSingleton<QueryAsker>();
        services.TryAddSingleton<QueryRuns>();
        services.TryAddSingleton<QueryHistory>();
        services.TryAddSingleton<QueryApi>();
        services.TryAddSingleton<QueryObjectsApi>();
        services.TryAddSingleton(typeof(Documents<>));
        services.TryAddSingleton<ReadQuerySpec>(SpecReader.Read);
        services.TryAddSingleton<StoredQueries>();
        services.TryAddSingleton<Datasets>();
        services.TryAddSingleton<DatasetDirectory>();
        services.TryAddSingleton<DerivedFields>();
        return services;
    }

    /// <summary>What the web UI asks, under the group's prefix.</summary>
    public static void MapExploreForUi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<QueryApi>().Map(endpoints);
        QueryObjectsApi.Map(endpoints, "", ManageDialect.Login);
    }

    /// <summary>What Honeycomb's clients ask, with keys.</summary>
    public static void MapExploreForKeys(this IEndpointRouteBuilder endpoints, string prefix) => QueryObjectsApi.Map(endpoints, prefix, ManageDialect.Keys);
}
