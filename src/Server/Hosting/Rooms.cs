using Weir.Protocols.Api;
using Weir.Protocols.CloudWatchLogs;
using Weir.Protocols.Honeycomb;
using Weir.Protocols.Otlp;
using Weir.Protocols.Rollbar;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay;
using Weir.Server.Configuration;

namespace Weir.Server.Hosting;

/// <summary>The protocol rooms, one Add and one Map line each.</summary>
internal static class Rooms
{
    public static void Add(IServiceCollection services, WeirOptions options)
    {
        var largest = (int)options.MaxBodyBytes;
        services.AddOtlp(new OtlpOptions { MaxRequestBytes = largest, MaxDecompressedBytes = largest });
        services.AddHoneycomb(new HoneycombOptions { MaxRequestBytes = largest, MaxDecompressedBytes = largest });
        services.AddXRay(new XRayOptions { UdpAddress = options.Bind.ToString(), UdpPort = options.XRayPort, TcpPort = options.XRayPort, MaxRequestBytes = largest });
        services.AddAws();
        services.AddCloudWatchLogs();
        services.AddRollbar();
        services.AddApi(new EndpointAddresses { OtlpHttpPort = options.OtlpHttpPort, OtlpGrpcPort = options.OtlpGrpcPort, XRayPort = options.XRayPort });
    }

    public static void Map(WebApplication app, WeirOptions options)
    {
        // What POST / means depends on the port: an AWS service call on the main one, a forgotten path on OTLP's.
        app.MapWhen(context => context.Connection.LocalPort == options.OtlpHttpPort, otlp =>
        {
            otlp.UseRouting();
            otlp.UseCors();
            otlp.UseEndpoints(endpoints =>
            {
                endpoints.MapOtlp();
                endpoints.MapOtlpRoot();
            });
        });
        app.MapWhen(context => context.Connection.LocalPort == options.OtlpGrpcPort, grpc =>
        {
            grpc.UseRouting();
            grpc.UseEndpoints(endpoints => endpoints.MapOtlpGrpc());
        });
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseCors();
        app.MapOtlp();
        app.MapHoneycomb();
        app.MapXRay();
        app.MapAws();
        app.MapCloudWatchLogs();
        app.MapRollbar();
        app.MapApi();
        app.MapFallback("/{**path}", Ui.FallbackAsync);
    }
}
