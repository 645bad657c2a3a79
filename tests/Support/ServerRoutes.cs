using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Aws;
using Weir.Server.Configuration;
using Weir.Server.Hosting;

namespace Weir.Tests.Support;

/// <summary>What the server maps, read from a composition that is never started.</summary>
internal static class ServerRoutes
{
    private static readonly Lazy<(List<(string Method, string Path)> Routes, IReadOnlyCollection<AwsService> Services)> All = new(Read);

    /// <summary>Methods and paths of the main port, whose parameters are <c>*</c>.</summary>
    public static List<(string Method, string Path)> Routes => All.Value.Routes;

    /// <summary>The values of <c>X-Amz-Target</c> that have an operation.</summary>
    public static List<string> Targets =>
        [.. All.Value.Services.Where(service => service.Target.Length > 0).SelectMany(service => service.Operations.Select(operation => $"{service.Target}.{operation.Name}"))];

    /// <summary>The operations of X-Ray by their paths.</summary>
    public static IReadOnlyDictionary<string, AwsOperation> XRayOperations { get; } =
        All.Value.Services.Single(service => service.SigningName == "xray").Operations.ToDictionary(operation => operation.Path, StringComparer.Ordinal);

    private static (List<(string Method, string Path)> Routes, IReadOnlyCollection<AwsService> Services) Read()
    {
        var folder = Directory.CreateTempSubdirectory("weir-routes-").FullName;
        var options = new WeirOptions { DataFolder = folder };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Notify);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton(RetentionWindow.Unlimited);
        builder.Services.AddSingleton<IngestBatchPool>();
        builder.Services.AddSingleton<ITelemetrySink>(new CapturingSink());
        builder.Services.AddSingleton<ISettings>(new MemorySettings());
        foreach (var seam in new[] { typeof(ITelemetryReader), typeof(IColumnDirectory), typeof(IStorageStatus), typeof(IBlockLoader) })
            builder.Services.AddSingleton(seam, DispatchProxy.Create(seam, typeof(NeverCalled)));
        builder.Services.AddSingleton(services => new IngestPipeline(
            new JournalOptions { Folder = Path.Combine(folder, "journal") }, services.GetRequiredService<IBlockLoader>(),
            services.GetRequiredService<IngestCounters>(), TimeProvider.System, NullLogger<IngestPipeline>.Instance));
        Rooms.Add(builder.Services, options, keys: null);
        var app = builder.Build();
        Rooms.Map(app, options, login: null);
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
                .Select(method => (method, "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(Text)))))))
            .Distinct().ToList();
        return (routes, app.Services.GetRequiredService<AwsOperations>().Services);
    }

    private static string Text(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        _ => "*",
    };
}

/// <summary>Replaces a service that mapping needs and nothing calls.</summary>
public class NeverCalled : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException(targetMethod?.Name);
}
