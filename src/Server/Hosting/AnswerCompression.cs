using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.ResponseCompression;

namespace Weir.Server.Hosting;

/// <summary>
/// The web UI and its API responses are compressed over a network. Responses of protocols are short, and on the same machine
/// compressing takes longer than sending.
/// </summary>
internal static class AnswerCompression
{
    public static void Add(IServiceCollection services)
    {
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "image/svg+xml"];
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    public static void Use(WebApplication app) => app.UseWhen(IsWorthIt, branch => branch.UseResponseCompression());

    /// <summary>Rollbar's <c>/api/1</c> is a protocol, not the UI's API.</summary>
    internal static bool IsWorthIt(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && !IPAddress.IsLoopback(from)
        && (HttpMethods.IsGet(context.Request.Method) || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        && !context.Request.Path.StartsWithSegments("/api/1", StringComparison.OrdinalIgnoreCase);
}
