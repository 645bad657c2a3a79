using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Access;
using Weir.Core.Settings;

namespace Weir.Protocols.Explore.Manage;

/// <summary>The management API, mounted by the rooms that serve it: the same objects and shapes under <c>/1</c> and <c>/api</c>.</summary>
internal static class ManageRoutes
{
    /// <summary>Needs ISettings, ITelemetryReader, TimeProvider and what AddExplore adds. May be called by several rooms.</summary>
    public static IServiceCollection AddManage(this IServiceCollection services)
    {
        services.TryAddSingleton<AccessKeys>();
        services.TryAddSingleton<ObjectApi>();
        services.TryAddSingleton<DatasetApi>();
        services.TryAddSingleton<DatasetDefinitions>();
        services.TryAddSingleton<DatasetColumns>();
        services.TryAddSingleton<DerivedColumns>();
        services.TryAddSingleton<QueryAnnotations>();
        services.TryAddSingleton<Boards>();
        services.TryAddSingleton<BoardViews>();
        services.TryAddSingleton<Markers>();
        services.TryAddSingleton<MarkerSettings>();
        services.TryAddSingleton<Recipients>();
        services.TryAddSingleton<AlertRecipients>();
        services.TryAddSingleton<Triggers>();
        services.TryAddSingleton<Slos>();
        services.TryAddSingleton<SloReports>();
        services.TryAddSingleton<BurnAlerts>();
        services.AddAlerts();
        return services;
    }

    /// <param name="prefix"><c>/1</c> or <c>/api</c>.</param>
    public static void MapManage(this IEndpointRouteBuilder endpoints, string prefix, ManageDialect dialect)
    {
        var services = endpoints.ServiceProvider;
        var keys = services.GetRequiredService<AccessKeys>();
        var objects = services.GetRequiredService<ObjectApi>();
        var group = endpoints.MapGroup(prefix);
        RequestDelegate Run(Func<ManageCall, Task> handler) => http => ManageCall.RunAsync(http, dialect, keys, handler);

        var datasets = services.GetRequiredService<DatasetApi>();
        group.MapPost("/datasets", Run(datasets.CreateAsync));
        // The web UI's list of datasets tells more and is served by the directory of columns.
        if (dialect == ManageDialect.Keys)
            group.MapGet("/datasets", Run(datasets.ListAsync));
        group.MapGet("/datasets/{dataset}", Run(datasets.ReadAsync));
        group.MapPut("/datasets/{dataset}", Run(datasets.ReplaceAsync));
        group.MapDelete("/datasets/{dataset}", Run(datasets.DeleteAsync));
        var definitions = services.GetRequiredService<DatasetDefinitions>();
        group.MapGet("/dataset_definitions/{dataset}", Run(definitions.ReadAsync));
        group.MapPatch("/dataset_definitions/{dataset}", Run(definitions.ChangeAsync));

        Usual(services.GetRequiredService<DatasetColumns>());
        Usual(services.GetRequiredService<DerivedColumns>());
        Usual(services.GetRequiredService<QueryAnnotations>());
        Usual(services.GetRequiredService<Boards>());
        Usual(services.GetRequiredService<Markers>());
        Usual(services.GetRequiredService<MarkerSettings>());
        Usual(services.GetRequiredService<Recipients>());
        Usual(services.GetRequiredService<Triggers>());
        Usual(services.GetRequiredService<Slos>());
        Usual(services.GetRequiredService<BurnAlerts>());
        void Usual<T>(ManagedKind<T> kind)
            where T : DatedDocument, IDocument<T>
            => MapKind(group, kind.HasDataset ? $"/{kind.Name}/{{dataset}}" : $"/{kind.Name}", call => call, kind, objects, Run);
        var views = services.GetRequiredService<BoardViews>();
        MapKind(group, "/boards/{board}/views", views.Enter, views, objects, Run);
        MapReports(group, services, Run);
    }

    private static void MapReports(RouteGroupBuilder group, IServiceProvider services, Func<Func<ManageCall, Task>, RequestDelegate> run)
    {
        var triggers = services.GetRequiredService<Triggers>();
        var burnAlerts = services.GetRequiredService<BurnAlerts>();
        var recipients = services.GetRequiredService<Recipients>();
        var objects = services.GetRequiredService<ObjectApi>();
        group.MapGet("/recipients/{id}/triggers", run(async call =>
        {
            objects.Find(call, recipients);
            var list = new JsonArray();
            foreach (var trigger in triggers.Notifying(call.Scope, call.Route("id")))
                list.Add(await triggers.Show(call, trigger));
            await call.AnswerAsync(StatusCodes.Status200OK, list);
        }));
        var slos = services.GetRequiredService<SloReports>();
        group.MapGet("/slos/{dataset}/{id}/status", run(slos.StatusAsync));
        group.MapPost("/reporting/slos/historical", run(slos.HistoricalAsync)).NeedsReadingOnly();
        var alerts = services.GetRequiredService<AlertReports>();
        group.MapGet("/triggers/{dataset}/{id}/history", run(call => alerts.HistoryAsync(call, triggers)));
        group.MapGet("/burn_alerts/{dataset}/{id}/history", run(call => alerts.HistoryAsync(call, burnAlerts)));
        group.MapPost("/triggers/{dataset}/check", run(alerts.CheckAsync)).NeedsReadingOnly();
    }

    private static void MapKind<T>(
        RouteGroupBuilder group, string path, Func<ManageCall, ManageCall> enter, ManagedKind<T> kind, ObjectApi objects, Func<Func<ManageCall, Task>, RequestDelegate> run)
        where T : DatedDocument, IDocument<T>
    {
        group.MapGet(path, run(call => objects.ListAsync(enter(call), kind))).WithMetadata(new KeyNeeds(kind.ToRead));
        group.MapPost(path, run(call => objects.CreateAsync(enter(call), kind)));
        group.MapGet(path + "/{id}", run(call => objects.ReadAsync(enter(call), kind))).WithMetadata(new KeyNeeds(kind.ToRead));
        group.MapPut(path + "/{id}", run(call => objects.ReplaceAsync(enter(call), kind)));
        group.MapDelete(path + "/{id}", run(call => objects.DeleteAsync(enter(call), kind)));
    }
}
