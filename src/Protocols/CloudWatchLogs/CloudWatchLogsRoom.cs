using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.CloudWatchLogs.FilterPattern;
using Weir.Protocols.CloudWatchLogs.Groups;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Protocols.CloudWatchLogs.Out;
using Weir.Protocols.Wire;

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

    /// <summary>Puts the operations behind the endpoint that <see cref="AwsEndpoint.MapAws"/> maps.</summary>
    public static IEndpointRouteBuilder MapCloudWatchLogs(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var groups = services.GetRequiredService<LogGroupOperations>();
        var streams = services.GetRequiredService<StreamOperations>();
        var tags = services.GetRequiredService<LogGroupTagOperations>();
        var put = services.GetRequiredService<PutLogEvents>();
        var counters = services.GetRequiredService<IngestCounters>();
        var operations = new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["PutLogEvents"] = put.Put,
            ["GetLogEvents"] = With(services.GetRequiredService<GetLogEvents>().Get),
            ["FilterLogEvents"] = With(services.GetRequiredService<FilterLogEvents>().Filter),
            ["TestMetricFilter"] = With(TestMetricFilter.Test),
            ["CreateLogGroup"] = With(groups.CreateLogGroup),
            ["DeleteLogGroup"] = With(groups.DeleteLogGroup),
            ["DescribeLogGroups"] = With(groups.DescribeLogGroups),
            ["PutRetentionPolicy"] = With(groups.PutRetentionPolicy),
            ["DeleteRetentionPolicy"] = With(groups.DeleteRetentionPolicy),
            ["PutLogGroupDeletionProtection"] = With(groups.PutLogGroupDeletionProtection),
            ["CreateLogStream"] = With(streams.CreateLogStream),
            ["DeleteLogStream"] = With(streams.DeleteLogStream),
            ["DescribeLogStreams"] = With(streams.DescribeLogStreams),
            ["TagResource"] = With(tags.TagResource),
            ["UntagResource"] = With(tags.UntagResource),
            ["ListTagsForResource"] = With(tags.ListTagsForResource),
            ["TagLogGroup"] = With(tags.TagLogGroup),
            ["UntagLogGroup"] = With(tags.UntagLogGroup),
            ["ListTagsLogGroup"] = With(tags.ListTagsLogGroup),
        };
        services.GetRequiredService<AwsOperations>().Add(new AwsJsonService(
            "logs", "Logs_20140328", "application/x-amz-json-1.1", CloudWatchLogsFaults.InvalidParameterException, operations)
        {
            Refused = (target, fault) =>
            {
                if (!target.EndsWith(".PutLogEvents", StringComparison.Ordinal))
                    return;
                counters.Received(WireProtocol.CloudWatchLogs, Signal.Logs, 1);
                counters.Dropped(WireProtocol.CloudWatchLogs, Signal.Logs, new Fault(FaultKind.Unauthorized, fault.Message));
            },
        });
        return endpoints;
    }

    private static AwsOperation With(Func<AwsRequest, AwsJsonInput, CancellationToken, ValueTask<AwsReply>> operation) =>
        (request, cancellationToken) => request.WithInput(operation, cancellationToken);
}
