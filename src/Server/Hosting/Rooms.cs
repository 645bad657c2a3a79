using Weir.Protocols.Api;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs;
using Weir.Protocols.Honeycomb;
using Weir.Protocols.Otlp;
using Weir.Protocols.Rollbar;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay;
using Weir.Server.Access;
using Weir.Server.Configuration;

namespace Weir.Server.Hosting;

/// <summary>The protocol rooms, one Add and one Map line each.</summary>
internal static class Rooms
{
    public static void Add(IServiceCollection services, WeirOptions options, LiveKeys? keys)
    {
        var largest = (int)options.MaxBodyBytes;
        services.AddBrowserClients(options.Browsers);
        services.AddOtlp(new OtlpOptions { MaxRequestBytes = largest, MaxDecompressedBytes = largest });
        services.AddHoneycomb(new HoneycombOptions { MaxRequestBytes = largest, MaxDecompressedBytes = largest });
        services.AddXRay(new XRayOptions
        {
            UdpAddress = options.XRayBind.ToString(),
            UdpPort = options.XRayPort,
            TcpPort = options.XRayPort,
            SamplingPort = options.SamplingPort,
            MaxRequestBytes = largest,
        });
        services.AddAws(aws => aws.FindKey = keys is null ? null : keys.FindAws);
        services.AddCloudWatchLogs();
        services.AddRollbar();
        services.AddApi(new EndpointAddresses { OtlpHttpPort = options.OtlpHttpPort, OtlpGrpcPort = options.OtlpGrpcPort, XRayPort = options.XRayPort });
    }

    public static void Map(WebApplication app, WeirOptions options, Login? login)
    {
        LastResort.Use(app);
        var hosts = new HostCheck(options);
        var sites = new SiteCheck(options);
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
        app.Use(hosts.BeforeAllAsync);
        // The meaning of POST / depends on the port: an AWS service call on the main one, a missing path on OTLP's.
        app.MapWhen(context => context.Connection.LocalPort == options.OtlpHttpPort, otlp =>
        {
            otlp.UseRouting();
            otlp.UseCors();
            otlp.UseAdvice();
            otlp.Use(sites.BeforeEndpointsAsync);
            otlp.UseKeyNotes();
            otlp.UseEndpoints(endpoints => endpoints.MapOtlp());
        });
        app.MapWhen(context => context.Connection.LocalPort == options.OtlpGrpcPort, grpc =>
        {
            grpc.UseRouting();
            grpc.UseAdvice();
            grpc.Use(sites.BeforeEndpointsAsync);
            grpc.UseKeyNotes();
            grpc.UseEndpoints(endpoints => endpoints.MapOtlpGrpc());
        });
        if (options.SamplingPort != 0)
        {
            app.MapWhen(context => context.Connection.LocalPort == options.SamplingPort, sampling =>
            {
                sampling.UseRouting();
                sampling.Use(sites.BeforeEndpointsAsync);
                sampling.UseEndpoints(endpoints => endpoints.MapXRaySampling());
            });
        }
        AnswerCompression.Use(app);
        app.Use(SecurityHeaders.AddAsync);
        if (login is not null)
        {
            app.UseAuthentication();
            app.Use(login.BeforeFilesAsync);
        }
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseCors();
        app.UseAdvice();
        app.Use(sites.BeforeEndpointsAsync);
        if (login is not null)
        {
            app.Use(login.BeforeEndpointsAsync);
            login.Map(app);
        }
        app.UseKeyNotes();
        var protocols = app.MapGroup("").WithMetadata(new NeedsNoLogin());
        protocols.MapOtlp();
        protocols.MapHoneycomb();
        protocols.MapXRay();
        protocols.MapAws();
        protocols.MapCloudWatchLogs();
        protocols.MapRollbar();
        app.MapXRayUi();
        app.MapApi();
        app.MapFallback("/{**path}", Ui.FallbackAsync).WithMetadata(new NothingServed());
    }
}
