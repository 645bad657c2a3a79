using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Weir.Protocols.Explore.Manage;

/// <summary>The management API, mounted by the rooms that serve it.</summary>
internal static class ManageRoutes
{
    /// <summary>Needs ISettings and TimeProvider from the composition. May be called by several rooms.</summary>
    public static IServiceCollection AddManage(this IServiceCollection services)
    {
        services.TryAddSingleton<ManagedStore>();
        services.TryAddSingleton<Datasets>();
        return services;
    }
}
