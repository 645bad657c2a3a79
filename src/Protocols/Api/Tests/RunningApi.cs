using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Api;
using Weir.Protocols.Api.Out;

namespace Weir.Tests.Api;

/// <summary>The room on a free loopback port.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApi(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public static async Task<RunningApi> StartAsync(
        ITelemetryReader reader,
        IStorageStatus storage,
        ISettings settings,
        IngestPipeline pipeline,
        IngestCounters counters,
        TimeProvider time,
        IColumnDirectory columns,
        IReadOnlyList<IHealth>? parts = null,
        ResourceWatch? resources = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(reader);
        builder.Services.AddSingleton(storage);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(columns);
        builder.Services.AddSingleton(counters);
        builder.Services.AddSingleton(pipeline);
        if (resources is not null)
            builder.Services.AddSingleton(resources);
        foreach (var part in parts ?? [])
            builder.Services.AddSingleton(part);
        builder.Services.AddApi();
        var app = builder.Build();
        app.MapApi();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new RunningApi(app, new Uri(address));
    }

    public async Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(string path)
    {
        var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        return (response, JsonDocument.Parse(text).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
