using Weir.Server.Configuration;

namespace Weir.Server.Hosting;

/// <summary>The protocol rooms, one Add and one Map line each.</summary>
internal static class Rooms
{
    public static void Add(IServiceCollection services, WeirOptions options)
    {
    }

    public static void Map(WebApplication app, WeirOptions options)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapFallback("/{**path}", Ui.FallbackAsync);
    }
}
