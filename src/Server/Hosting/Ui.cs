namespace Weir.Server.Hosting;

/// <summary>The web UI is a single page; its router reads the path. Unknown paths of APIs are not pages.</summary>
internal static class Ui
{
    public static async Task FallbackAsync(HttpContext context)
    {
        var index = Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html");
        var isPage = HttpMethods.IsGet(context.Request.Method)
            && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            && !Path.HasExtension(context.Request.Path.Value)
            && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (isPage && File.Exists(index))
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            await context.Response.SendFileAsync(index, context.RequestAborted);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(
            isPage ? "The web UI is not built; run ./dev run, or npm ci && npm run build in ui/." : $"There is no endpoint {context.Request.Method} {context.Request.Path}.",
            context.RequestAborted);
    }
}
