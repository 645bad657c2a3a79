using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Protocols.Otlp;
using Weir.Protocols.Wire;
using Weir.Tests.Support;

namespace Weir.Tests.Otlp;

/// <summary>The room on Kestrel, on free ports of loopback: HTTP/1.1 and, apart, HTTP/2 without TLS.</summary>
internal sealed class OtlpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpServer(WebApplication app, CapturingSink sink)
    {
        _app = app;
        Sink = sink;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new Uri(addresses[0]);
        Grpc = new Uri(addresses[1]);
    }

    public CapturingSink Sink { get; }

    public Uri Http { get; }

    public Uri Grpc { get; }

    public IReadOnlyList<IngestCounter> Counters => _app.Services.GetRequiredService<IngestCounters>().Snapshot();

    public IReadOnlyList<RefusedCall> Refused => _app.Services.GetRequiredService<RefusedCalls>().Snapshot();

    public static async Task<OtlpServer> StartAsync(OtlpOptions? options = null, AccessKeys? keys = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var sink = new CapturingSink();
        builder.Services.AddRouting();
        builder.Services.AddSingleton<ITelemetrySink>(sink);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton<RefusedCalls>();
        if (keys is not null)
            builder.Services.AddSingleton(keys);
        builder.Services.AddOtlp(options);
        var app = builder.Build();
        app.UseRouting();
        app.UseCors();
        app.UseAdvice();
        app.MapOtlp();
        app.MapOtlpGrpc();
        await app.StartAsync();
        return new OtlpServer(app, sink);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
