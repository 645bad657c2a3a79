using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Features.Logs;
using Weir.Features.Traces.Lists;
using Weir.Protocols.Api.In;
using Weir.Protocols.Api.Out;
using Weir.Protocols.Api.Routes;
using Weir.Protocols.Explore;
using Weir.Protocols.Explore.Columns;
using Weir.Protocols.Explore.Compare;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api;

/// <summary>Weir's own HTTP API, for the web UI and users with curl. The web UI's types are generated from its records: <c>./dev types</c>.</summary>
public static class ApiRoom
{
    /// <summary>
    /// Needs ITelemetryReader, IStorageStatus, ISettings, IngestPipeline, IngestCounters and TimeProvider from the composition; each
    /// further <see cref="IHealth"/> registered is part of <c>/healthz</c>.
    /// </summary>
    public static IServiceCollection AddApi(this IServiceCollection services, EndpointAddresses? endpoints = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(endpoints ?? new EndpointAddresses());
        services.AddSingleton<ServerIdentity>();
        services.TryAddSingleton<FaultFilter>();
        services.TryAddSingleton<RefusedCalls>();
        services.AddSingleton<IHealth, JournalHealth>();
        services.TryAddSingleton(static _ => new ResourceWatch());
        services.AddSingleton<GcHandles>();
        services.AddSingleton<IPoolStatus>(static provider => provider.GetRequiredService<IngestPipeline>());
        services.AddSingleton<IPoolStatus>(static provider => provider.GetRequiredService<QueryRuns>());
        services.AddSingleton<HealthReport>();
        services.AddSingleton<OwnMetrics>();
        services.AddSingleton<StatusReader>();
        services.AddErrorsApi();
        services.AddManage();
        services.AddExplore();
        services.AddSingleton<HomeReader>();
        services.AddSingleton<SetupReader>();
        services.AddSingleton<ServiceDirectory>();
        services.AddSingleton<TraceSummaries>();
        services.AddSingleton<TraceLists>();
        services.AddSingleton<LogDirectory>();
        services.AddSingleton<LogLists>();
        services.AddSingleton<SearchReader>();
        services.AddColumns();
        services.AddBubbleUp();
        return services;
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<ServerIdentity>(); // the uptime counts from here
        endpoints.MapGet("/healthz", HealthAsync);
        endpoints.MapGet("/metrics", async (OwnMetrics metrics, CancellationToken stop) =>
            TypedResults.Text(await metrics.WriteAsync(stop), PrometheusText.ContentType));

        var api = endpoints.MapApiGroup();
        api.MapGet("/status", async (HttpRequest request, StatusReader status, CancellationToken stop) =>
            TypedResults.Json(await status.ReadAsync(request, stop), ApiJson.Answers.Status));
        api.MapGet("/home", async (HttpRequest request, HomeReader home, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(await home.ReadAsync(Query(request, time).Range(), stop), ApiJson.Answers.Home));
        api.MapGet("/setup", async (HttpRequest request, SetupReader setup, CancellationToken stop) =>
            TypedResults.Json(await setup.ReadAsync(request, stop), ApiJson.Answers.Setup));
        api.MapGet("/services", async (HttpRequest request, ServiceDirectory services, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(await services.ReadAsync(Query(request, time).Range(), stop), ApiJson.Answers.ServiceList));
        api.MapGet("/traces", async (HttpRequest request, TraceLists traces, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(await traces.ReadAsync(TraceFilter.Read(Query(request, time)), stop), ApiJson.Answers.TraceList));
        api.MapGet("/logs/groups", async (LogDirectory logs, CancellationToken stop) =>
            TypedResults.Json(await logs.GroupsAsync(stop), ApiJson.Answers.LogGroups));
        api.MapGet("/logs/streams", async (HttpRequest request, LogDirectory logs, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(
                await logs.StreamsAsync(Query(request, time).Required("group", "cruddur"), stop), ApiJson.Answers.LogStreams));
        api.MapGet("/logs/events", async (HttpRequest request, LogLists logs, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(await logs.ReadAsync(LogFilter.Read(Query(request, time)), stop), ApiJson.Answers.LogEvents));
        api.MapGet("/logs/events/{id}", async (string id, LogLists logs, CancellationToken stop) =>
            TypedResults.Json(await logs.FindAsync(LogFilter.ReadId(id), stop), ApiJson.Answers.LogEvent));
        api.MapGet("/search", async (HttpRequest request, SearchReader search, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(
                await search.ReadAsync(SearchTerm.Read(Query(request, time).Text("q") ?? ""), stop), ApiJson.Answers.SearchResult));
        api.MapJournal();
        api.MapColumns();
        api.MapBubbleUp();
        api.MapExploreForUi();
        endpoints.MapErrorsApi();
        endpoints.MapManage("/api", ManageDialect.Login);
        endpoints.MapGroup("").AddEndpointFilter(endpoints.ServiceProvider.GetRequiredService<FaultFilter>()).MapStoryApi();
        api.MapFallback("/{**path}", (HttpContext context) => ApiFaults.Result(
            context, ApiFaults.NotFound($"There is no endpoint {context.Request.Method} {context.Request.Path}."))).WithMetadata(new NothingServed());
    }

    /// <summary>A group at <c>/api</c> whose faults are returned as problem details.</summary>
    internal static RouteGroupBuilder MapApiGroup(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api");
        group.AddEndpointFilter(endpoints.ServiceProvider.GetRequiredService<FaultFilter>());
        return group;
    }

    private static QueryParameters Query(HttpRequest request, TimeProvider time) => new(request.Query, time);

    private static async Task<IResult> HealthAsync(HealthReport report, CancellationToken stop)
    {
        var health = await report.ReadAsync(stop);
        return TypedResults.Json(
            health,
            ApiJson.Answers.Health,
            statusCode: health.Reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
