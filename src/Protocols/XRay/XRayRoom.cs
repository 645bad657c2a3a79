using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Features.Sampling;
using Weir.Features.Traces;
using Weir.Features.Traces.Analytics;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Account;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.In;
using Weir.Protocols.XRay.Insights;
using Weir.Protocols.XRay.Out;
using Weir.Protocols.XRay.Retrieval;
using Weir.Protocols.XRay.Sampling;
using Weir.Protocols.XRay.Ui;

namespace Weir.Protocols.XRay;

/// <summary>AWS X-Ray: the daemon's UDP port and the API, both on the main port and on the daemon's TCP port.</summary>
public static class XRayRoom
{
    internal const string DefaultEnvironment = "default";

    /// <summary>Needs ITelemetrySink, IngestCounters, ITelemetryReader, ISettings and TimeProvider from the composition.</summary>
    public static IServiceCollection AddXRay(this IServiceCollection services, XRayOptions? options = null)
    {
        services.AddAws();
        services.TryAddSingleton<IngestBatchPool>();
        services.TryAddSingleton<RefusedCalls>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.AddSingleton(options ?? new XRayOptions());
        services.AddSingleton<OwnerCache>();
        services.AddSingleton(provider => new SeenSegments(() => provider.GetService<IngestPipeline>()?.RecentDocuments ?? []));
        services.AddSingleton<UdpDaemon>();
        services.AddSingleton<IPoolStatus>(static provider => provider.GetRequiredService<UdpDaemon>());
        services.AddHostedService(provider => provider.GetRequiredService<UdpDaemon>());
        services.AddSingleton<PutTraceSegments>();
        services.AddSingleton<PutTelemetryRecords>();
        services.AddSingleton(provider => Bounds(provider.GetRequiredService<XRayOptions>(), provider.GetRequiredService<IOptions<AwsOptions>>().Value));
        services.AddSingleton<FilterSyntax>(FilterParser.Parse);
        services.AddSingleton<TraceGroupStore>();
        services.AddSingleton<INamedFilters>(provider => provider.GetRequiredService<TraceGroupStore>());
        services.AddSingleton<TraceGroupOperations>();
        services.AddSingleton<GroupCounts>();
        services.AddSingleton<GroupCounter>();
        services.AddLoop<GroupCounter>();
        services.AddSingleton<TagStore>();
        services.AddSingleton<ResourceTagOperations>();
        services.AddSingleton(provider =>
        {
            var aws = provider.GetRequiredService<IOptions<AwsOptions>>().Value;
            return new SamplingOptions(aws.AccountId, aws.Region);
        });
        services.AddSingleton<SamplingRuleStore>();
        services.AddSingleton<ServiceStrategies>();
        services.AddSingleton<SamplingRuleOperations>();
        services.AddSingleton<SamplingControl>();
        services.AddSingleton<SamplingTargetOperations>();
        services.AddSingleton<RemoteSampling>();
        services.AddSingleton<ManagementApi>();
        services.AddSingleton<EncryptionOperations>();
        services.AddSingleton<ResourcePolicyStore>();
        services.AddSingleton<ResourcePolicyOperations>();
        services.AddSingleton<TransactionSearchOperations>();
        services.AddSingleton<Retrievals>();
        services.AddSingleton<SpanDocumentReader>();
        services.AddSingleton<RetrievalOperations>();
        services.AddSingleton<IEntityDocuments, StoredDocuments>();
        services.AddSingleton<TraceLoader>();
        services.AddSingleton<TraceSearch>();
        services.AddSingleton<MatchingTraces>();
        services.AddSingleton<CallGroups>();
        services.AddSingleton<EventLinks>();
        services.AddSingleton<ServiceMaps>();
        services.AddSingleton<TraceTotals>();
        services.TryAddSingleton<FaultFilter>();
        services.AddSingleton<SpanValues>();
        services.AddSingleton<FilterCompletion>();
        services.AddSingleton<TraceAnalytics>();
        services.AddSingleton<ReadingApi>();
        services.AddSingleton<InsightFinder>();
        services.AddSingleton<InsightOperations>();
        services.AddSingleton<InsightsApi>();
        services.AddOutbox();
        services.AddSingleton<IInsightNotices, InsightNotices>();
        services.AddSingleton<InsightWatcher>();
        services.AddLoop<InsightWatcher>();
        services.AddSingleton<BatchGetTraces>();
        services.AddSingleton<GetTraceSummaries>();
        services.AddSingleton<GraphOperations>();
        return services;
    }

    private static TraceOptions Bounds(XRayOptions options, AwsOptions aws) => new()
    {
        Account = aws.AccountId,
        TracesScannedPerPage = options.TracesScannedPerPage,
        TracesJudged = options.TracesJudged,
        JudgeSeconds = options.JudgeSeconds,
        CountGroups = options.CountGroups,
        InsightHours = options.InsightHours,
        WatchInsights = options.WatchInsights,
    };

    /// <summary>The sampling rules for OpenTelemetry SDKs, as Jaeger serves them.</summary>
    public static void MapXRaySampling(this IEndpointRouteBuilder endpoints)
    {
        var sampling = endpoints.ServiceProvider.GetRequiredService<RemoteSampling>();
        endpoints.MapGet("/sampling", sampling.AnswerAsync);
        endpoints.MapGet("/api/sampling", sampling.AnswerAsync);
    }

    /// <summary>What the web UI asks of traces, groups, rules and sampling, under <c>/api/xray</c>; to be mapped behind the login.</summary>
    public static void MapXRayUi(this IEndpointRouteBuilder endpoints)
    {
        var ui = endpoints.ServiceProvider.GetRequiredService<ManagementApi>();
        var group = endpoints.MapGroup("/api/xray");
        group.AddEndpointFilter(endpoints.ServiceProvider.GetRequiredService<FaultFilter>());
        group.MapGet("/groups", (Delegate)ui.GroupsAsync);
        group.MapPost("/groups", (Delegate)ui.CreateGroupAsync);
        group.MapPut("/groups/{name}", (Delegate)ui.UpdateGroupAsync);
        group.MapDelete("/groups/{name}", (Delegate)ui.DeleteGroupAsync);
        group.MapGet("/rules", (Delegate)ui.RulesAsync);
        group.MapPost("/rules", (Delegate)ui.CreateRuleAsync);
        group.MapPut("/rules/{name}", (Delegate)ui.UpdateRuleAsync);
        group.MapDelete("/rules/{name}", (Delegate)ui.DeleteRuleAsync);
        group.MapGet("/sampling", (Delegate)ui.SamplingAsync);

        var reading = endpoints.ServiceProvider.GetRequiredService<ReadingApi>();
        group.MapGet("/traces", (Delegate)reading.TracesAsync);
        group.MapGet("/traces/{id}/documents", (Delegate)reading.DocumentsAsync);
        group.MapGet("/map", (Delegate)reading.MapAsync);
        group.MapGet("/timeseries", (Delegate)reading.TimeSeriesAsync);
        group.MapGet("/analytics", (Delegate)reading.AnalyticsAsync);
        var insights = endpoints.ServiceProvider.GetRequiredService<InsightsApi>();
        group.MapGet("/insights", (Delegate)insights.ListAsync);
        group.MapGet("/insights/{id}", (Delegate)insights.GetAsync);
        group.MapGet("/filter/check", (Delegate)reading.CheckAsync);
        group.MapGet("/filter/complete", (Delegate)reading.CompleteAsync);
    }

    /// <summary>The API's paths. Unsigned requests are taken, as the daemon takes them.</summary>
    public static void MapXRay(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAws(XRayService.Of(endpoints.ServiceProvider));
        endpoints.MapXRaySampling();
        // Every X-Ray operation is one path segment: other posts to such a path get an error that X-Ray's clients understand.
        endpoints.MapPost("/{operation:alpha}", context =>
            AwsDispatcher.RefuseAsync(context, AwsProtocol.RestJson, XRayFaults.UnknownOperation(context.Request.Path)));
    }
}
