using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Ingest;
using Weir.Features.Logs;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs.Groups;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Protocols.CloudWatchLogs.Out;

namespace Weir.Protocols.CloudWatchLogs;

/// <summary>CloudWatch Logs: AWS JSON 1.1 on <c>POST /</c>, one operation a name in <c>X-Amz-Target: Logs_20140328.&lt;name&gt;</c>.</summary>
public static class CloudWatchLogsRoom
{
    /// <summary>
    /// Needs ITelemetrySink, ITelemetryReader, ISettings, IngestBatchPool and IngestCounters from the composition.
    /// </summary>
    public static IServiceCollection AddCloudWatchLogs(this IServiceCollection services)
    {
        services.AddAws();
        services.TryAddSingleton<LogSequence>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.TryAddSingleton<LogCatalog>();
        services.TryAddSingleton<StreamActivity>();
        services.TryAddSingleton<LogRowWriter>();
        services.TryAddSingleton<AwaitedStreams>();
        services.TryAddSingleton<PutLogEvents>();
        services.TryAddSingleton<LogGroupOperations>();
        services.TryAddSingleton<StreamOperations>();
        services.TryAddSingleton<LogGroupTagOperations>();
        services.TryAddSingleton<StoredLineReader>();
        services.TryAddSingleton<GetLogEvents>();
        services.TryAddSingleton<FilterLogEvents>();
        return services;
    }

    /// <summary>Adds the operations to the endpoint that <see cref="AwsEndpoint.MapAws(IEndpointRouteBuilder)"/> maps.</summary>
    public static void MapCloudWatchLogs(this IEndpointRouteBuilder endpoints) => endpoints.MapAws(CloudWatchLogsService.Of(endpoints.ServiceProvider));
}
