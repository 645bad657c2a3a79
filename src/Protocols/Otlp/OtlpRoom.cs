using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>OpenTelemetry's protocol: traces, logs and metrics.</summary>
public static class OtlpRoom
{
    /// <summary>Needs ITelemetrySink, IngestCounters and TimeProvider from the composition.</summary>
    public static IServiceCollection AddOtlp(this IServiceCollection services, OtlpOptions? options = null)
    {
        services.AddBrowserClients();
        services.TryAddSingleton<AccessKeys>();
        services.TryAddSingleton<IngestBatchPool>();
        services.TryAddSingleton<LogSequence>();
        services.TryAddSingleton(RetentionWindow.Unlimited);
        services.AddSingleton(options ?? new OtlpOptions());
        services.AddSingleton<OtlpIntake>();
        services.AddSingleton<IMemoryPool>(provider => provider.GetRequiredService<OtlpIntake>());
        services.AddSingleton<OtlpHttp>();
        services.AddSingleton<OtlpGrpc>();
        return services;
    }

    /// <summary>OTLP over HTTP. The pipeline needs <c>UseCors</c>.</summary>
    public static void MapOtlp(this IEndpointRouteBuilder endpoints)
    {
        var http = endpoints.ServiceProvider.GetRequiredService<OtlpHttp>();
        endpoints.MapPost("/v1/traces", context => http.ExportAsync(context, Signal.Spans)).AllowBrowserClients();
        endpoints.MapPost("/v1/logs", context => http.ExportAsync(context, Signal.Logs)).AllowBrowserClients();
        endpoints.MapPost("/v1/metrics", context => http.ExportAsync(context, Signal.Metrics)).AllowBrowserClients();
    }

    /// <summary>OTLP over gRPC. Kestrel must speak HTTP/2 on the port; without TLS, nothing else.</summary>
    public static void MapOtlpGrpc(this IEndpointRouteBuilder endpoints)
    {
        var grpc = endpoints.ServiceProvider.GetRequiredService<OtlpGrpc>();
        const string collector = "/opentelemetry.proto.collector.";
        endpoints.MapPost(collector + "trace.v1.TraceService/Export", context => grpc.ExportAsync(context, Signal.Spans));
        endpoints.MapPost(collector + "logs.v1.LogsService/Export", context => grpc.ExportAsync(context, Signal.Logs));
        endpoints.MapPost(collector + "metrics.v1.MetricsService/Export", context => grpc.ExportAsync(context, Signal.Metrics));
        endpoints.MapPost("/grpc.health.v1.Health/Check", grpc.CheckHealthAsync);
        // Full names of services have a dot, which the first parts of other rooms' paths never have.
        endpoints.MapPost("/{package}.{service}/{method}", grpc.RefuseAsync);
    }
}
