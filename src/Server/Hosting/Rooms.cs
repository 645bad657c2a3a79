using Weir.Protocols.Api.Story;
using Weir.Protocols.Otlp;
using Weir.Server.Configuration;

namespace Weir.Server.Hosting;

/// <summary>The protocol rooms, one Add and one Map line each.</summary>
internal static class Rooms
{
    public static void Add(IServiceCollection services, WeirOptions options)
    {
        services.AddOtlp(new OtlpOptions { MaxRequestBytes = (int)options.MaxBodyBytes, MaxDecompressedBytes = (int)options.MaxBodyBytes });
    }

    public static void Map(WebApplication app, WeirOptions options)
    {
        app.UseCors();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapOtlp();
        app.MapStoryApi();
        app.MapFallback("/{**path}", Ui.FallbackAsync);
    }
}
