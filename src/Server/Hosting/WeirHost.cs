using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Server.Access;
using Weir.Server.Configuration;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Server.Hosting;

/// <summary>Composes the layers: the only place that creates objects of all layers.</summary>
internal static class WeirHost
{
    /// <param name="keys">Null: any key is accepted.</param>
    /// <summary>Opens the store, replays the journal and builds the web application; the caller runs and disposes it.</summary>
    public static async Task<WebApplication> BuildAsync(WeirOptions options, LiveKeys? keys, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, WebRootPath = "wwwroot" });
        ConfigureLogging(builder.Logging, options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options));
        // Shorter than the limit of the whole stop: the rest of the time is for loading acknowledged rows.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        var time = TimeProvider.System;
        if (PrivateFiles.Tighten(options.DataFolder, out var warning) is > 0 and var tightened)
            await Console.Error.WriteLineAsync($"weir: {options.DataFolder} could be read by other users; the permissions of {tightened} files and folders were restricted to the owner");
        if (warning is not null)
            await Console.Error.WriteLineAsync($"weir: warning: {options.DataFolder} can be read by other users: {warning}");
        var early = LoggerFactory.Create(logging => ConfigureLogging(logging, options));
        var engine = await OpenEngineAsync(options, time, early.CreateLogger("Weir.Store.Engine"), cancellationToken);
        var store = await ClickHouseStore.OpenAsync(engine, options.RetentionDays, time, cancellationToken);
        builder.Services.AddSingleton(options);
        options.Notify.OwnUrl = OwnUrl(options);
        builder.Services.AddSingleton(options.Notify);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(store.Reader);
        builder.Services.AddSingleton(store.Settings);
        builder.Services.AddSingleton(store.Columns);
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton<RefusedCalls>();
        builder.Services.AddSingleton(new RetentionWindow(options.RetentionDays));
        builder.Services.AddSingleton<IngestBatchPool>();
        builder.Services.AddSingleton<IPoolStatus>(services => services.GetRequiredService<IngestBatchPool>());
        builder.Services.AddSingleton<IPoolStatus>(store.Loader);
        builder.Services.AddSingleton(services => new IngestPipeline(
            new JournalOptions
            {
                Folder = Path.Combine(options.DataFolder, "journal"),
                MaxPendingBytes = options.JournalMaxBytes,
                MaxSetAsideBytes = options.JournalRefusedMaxBytes,
                SegmentAge = TimeSpan.FromMilliseconds(options.SegmentAgeMs),
                SyncFolder = FolderSync.Sync,
            },
            store.Loader,
            services.GetRequiredService<IngestCounters>(),
            time,
            services.GetRequiredService<ILogger<IngestPipeline>>()));
        builder.Services.AddSingleton<ITelemetrySink>(services => services.GetRequiredService<IngestPipeline>());
        builder.Services.AddSingleton<IIngestPosition>(services => services.GetRequiredService<IngestPipeline>());
        builder.Services.AddSingleton<IStorageStatus, StorageStatus>();
        builder.Services.AddSingleton<IHealth>(new EngineHealth(store.Engine, store.Activity, store.Loader));
        if (keys is not null)
        {
            builder.Services.AddSingleton(keys);
            builder.Services.AddSingleton(keys.Keys);
            builder.Services.AddHostedService<KeysWatcher>();
            Login.Add(builder.Services, keys, options.DataFolder, time);
        }
        builder.Services.AddHostedService<MemoryTrim>();
        AnswerCompression.Add(builder.Services);
        if (options.TrustedProxies.Count > 0)
            builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, options.TrustedProxies));
        Rooms.Add(builder.Services, options, keys);
        var app = builder.Build();
        Rooms.Map(app, options, app.Services.GetService<Login>());
        app.Services.GetRequiredService<IngestPipeline>().Start();
        return app;
    }

    /// <summary>The address in links when --public-url is not set: this machine, by its host name when others can reach it.</summary>
    private static string OwnUrl(WeirOptions options)
    {
        var host = IPAddress.IsLoopback(options.Bind) ? "localhost"
            : options.Bind.Equals(IPAddress.Any) || options.Bind.Equals(IPAddress.IPv6Any) ? Environment.MachineName
            : new IPEndPoint(options.Bind, 0).ToString()[..^2];
        return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{options.Port}");
    }

    /// <summary>Sender, scheme and host of a request from the headers of trusted proxies; the headers of all others are ignored.</summary>
    private static void Trust(ForwardedHeadersOptions forwarded, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        // All hops that are trusted proxies.
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            forwarded.KnownIPNetworks.Add(proxy);
    }

    private static async Task<IEngine> OpenEngineAsync(WeirOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken) =>
        options.RemoteStore is { } remote
            ? await ClickHouseEngine.OpenAsync(remote with { ReadConnections = options.EngineConnections, Patience = options.EnginePatience }, time, log, cancellationToken)
            : await EmbeddedEngine.OpenAsync(
                new EmbeddedEngineOptions(Path.Combine(options.DataFolder, "engine"))
                {
                    ReadConnections = options.EngineConnections,
                    MaxMemoryBytes = options.EngineMemoryBytes,
                    Patience = options.EnginePatience,
                },
                time,
                cancellationToken,
                log);

    internal static void Listen(KestrelServerOptions kestrel, WeirOptions options)
    {
        // Rooms limit bodies themselves, compressed and decompressed, and answer with their protocol's errors.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.AddServerHeader = false;
        var check = new ConnectionCheck(kestrel.ApplicationServices.GetRequiredService<RefusedCalls>());
        Open(options.Bind, options.Port, PortProtocol.Http1);
        Open(options.Bind, options.OtlpHttpPort, PortProtocol.Http1);
        Open(options.Bind, options.OtlpGrpcPort, PortProtocol.Http2);
        Open(options.XRayBind, options.XRayPort, PortProtocol.Http1);
        if (options.SamplingPort != 0)
            Open(options.XRayBind, options.SamplingPort, PortProtocol.Http1);

        void Open(IPAddress address, int port, PortProtocol speaks) => kestrel.Listen(address, port, listen =>
        {
            listen.Protocols = speaks == PortProtocol.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            listen.Use(next => check.Before(next, speaks));
        });
    }

    private static void ConfigureLogging(ILoggingBuilder logging, WeirOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        if (options.LogFormat == "json")
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
    }
}
