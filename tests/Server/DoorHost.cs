using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Server.Access;
using Weir.Server.Configuration;
using Weir.Server.Hosting;
using Weir.Tests.Api;
using Weir.Tests.Support;

namespace Weir.Tests.Server;

/// <summary>All rooms on all ports as the server mounts them, over a store that has nothing: for who is let in, not for what is answered.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private DoorHost(WebApplication app, string folder, WeirOptions options)
    {
        (_app, _folder, Options) = (app, folder, options);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{options.Port}") };
    }

    public WeirOptions Options { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The endpoints of the main port.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    public static async Task<DoorHost> StartAsync(LiveKeys? keys)
    {
        var ports = WeirProcess.FreePorts(5);
        var folder = Directory.CreateTempSubdirectory("weir-doors-").FullName;
        var options = new WeirOptions
        {
            Port = ports[0],
            OtlpHttpPort = ports[1],
            OtlpGrpcPort = ports[2],
            XRayPort = ports[3],
            SamplingPort = ports[4],
            DataFolder = folder,
            KeysFile = keys?.Path,
        };
        var stub = new ApiOverStub();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => WeirHost.Listen(kestrel, options));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Notify);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ITelemetryReader>(stub);
        builder.Services.AddSingleton<IStorageStatus>(stub);
        builder.Services.AddSingleton<IColumnDirectory>(stub);
        builder.Services.AddSingleton<ISettings>(new MemorySettings());
        builder.Services.AddSingleton<ITelemetrySink>(new CapturingSink());
        builder.Services.AddSingleton(stub.Counters);
        builder.Services.AddSingleton(new IngestPipeline(
            new JournalOptions { Folder = Path.Combine(folder, "journal") }, stub, stub.Counters, TimeProvider.System, NullLogger<IngestPipeline>.Instance));
        if (keys is not null)
        {
            builder.Services.AddSingleton(keys.Keys);
            Login.Add(builder.Services, keys, folder, TimeProvider.System);
        }
        AnswerCompression.Add(builder.Services);
        Rooms.Add(builder.Services, options, keys);
        var app = builder.Build();
        Rooms.Map(app, options, app.Services.GetService<Login>());
        await app.StartAsync();
        return new DoorHost(app, folder, options);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
