using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>What evaluates and tells.</summary>
internal static class AlertServices
{
    public static void AddAlerts(this IServiceCollection services)
    {
        services.AddOutbox();
        services.TryAddSingleton<TriggerQuestion>();
        services.TryAddSingleton<AskQuestion>(provider => provider.GetRequiredService<TriggerQuestion>().AskAsync);
        services.TryAddSingleton<TriggerEvaluation>();
        services.TryAddSingleton<BurnEvaluation>();
        services.TryAddSingleton<AlertReports>();
        services.TryAddSingleton<AlertRunner>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AlertRunner>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NotificationSender>());
    }

    /// <summary>What a room needs to tell recipients of something of its own; the alerts' sender delivers it. May be called by several rooms.</summary>
    public static void AddOutbox(this IServiceCollection services)
    {
        services.TryAddSingleton<NotifyOptions>();
        services.TryAddSingleton<ManagedStore>();
        services.TryAddSingleton<AlertCounters>();
        services.TryAddSingleton<AlertStates>();
        services.TryAddSingleton<Couriers>();
        services.TryAddSingleton<Outbox>();
    }
}
