using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore.Manage;

/// <summary>What evaluates and notifies.</summary>
internal static class AlertServices
{
    public static void AddAlerts(this IServiceCollection services)
    {
        services.AddOutbox();
        services.TryAddSingleton<SloSubjects>();
        services.TryAddSingleton<SloReader>();
        services.TryAddSingleton<TriggerQuestion>();
        services.TryAddSingleton<AskQuestion>(provider => provider.GetRequiredService<TriggerQuestion>().AskAsync);
        services.TryAddSingleton<TriggerEvaluation>();
        services.TryAddSingleton<BurnEvaluation>();
        services.TryAddSingleton<AlertReports>();
        services.TryAddSingleton<AlertRunner>();
        services.AddLoop<AlertRunner>();
        services.AddLoop<Outbox>();
    }

    /// <summary>What a room needs to notify recipients of something of its own; the alerts' loop delivers it. May be called by several rooms.</summary>
    public static void AddOutbox(this IServiceCollection services)
    {
        services.TryAddSingleton(typeof(Documents<>));
        services.TryAddSingleton<NotifyOptions>();
        services.TryAddSingleton<AlertCounters>();
        services.TryAddSingleton<AlertStates>();
        services.TryAddSingleton<Couriers>();
        services.TryAddSingleton<Outbox>();
    }
}
