using System.Diagnostics;
using System.Text.Json;
using Cruddur.Rollbar;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.FileProviders;

namespace Cruddur.Hosting;

/// <summary>
/// Serves the built frontend when it lies beside the backend (`frontend/`) or where CRUDDUR_FRONTEND says, with a
/// `config.js` made of this process's settings, so that the demo needs no second server. Its files stay out of the
/// telemetry: in the walkthrough they come from another server, and the users look at the API.
/// </summary>
internal static class Frontend
{
    public static void Use(WebApplication app)
    {
        var script = Config(app.Configuration, app.Services.GetRequiredService<RollbarOptions>());
        var folder = Folder(app.Configuration);
        app.UseWhen(IsPage, branch =>
        {
            branch.Use(Unwatched);
            if (folder is not null)
            {
                var files = new PhysicalFileProvider(folder);
                branch.UseWhen(
                    // config.js in the folder is the one for the development server; ours must win.
                    http => !IsConfig(http),
                    found => found.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files }).UseStaticFiles(new StaticFileOptions { FileProvider = files }));
            }
            branch.Run(http => IsConfig(http) ? Answer(http, script, "text/javascript") : Nothing(http, folder is null));
        });
    }

    private static bool IsPage(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        return path is "/" or "/index.html" or "/favicon.svg" or "/favicon.ico" or "/config.js" || path.StartsWith("/assets/", StringComparison.Ordinal);
    }

    private static bool IsConfig(HttpContext http) => string.Equals(http.Request.Path.Value, "/config.js", StringComparison.Ordinal);

    private static Task Unwatched(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
        return next(http);
    }

    private static Task Nothing(HttpContext http, bool notBuilt)
    {
        if (notBuilt && http.Request.Path.Value is "/")
            return Answer(http, "Cruddur's backend. The frontend is not built; see samples/Cruddur/README.md.\n", "text/plain");
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task Answer(HttpContext http, string text, string type)
    {
        http.Response.ContentType = type + "; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    private static string? Folder(IConfiguration settings)
    {
        string[] candidates = [settings["CRUDDUR_FRONTEND"] ?? "", Path.Combine(AppContext.BaseDirectory, "frontend")];
        return candidates.Where(c => c.Length > 0).Select(Path.GetFullPath).FirstOrDefault(c => File.Exists(Path.Combine(c, "index.html")));
    }

    private static string Config(IConfiguration settings, RollbarOptions rollbar)
    {
        // The browser's own endpoints, since it may stand elsewhere than this process (a container, a browser IDE).
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["backendUrl"] = settings["CRUDDUR_BROWSER_BACKEND"] ?? "",
            ["otlpUrl"] = settings["CRUDDUR_BROWSER_OTLP"] ?? settings["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "http://127.0.0.1:4318",
            ["otlpHeaders"] = settings["CRUDDUR_BROWSER_OTLP_HEADERS"] ?? settings["OTEL_EXPORTER_OTLP_HEADERS"] ?? "",
            ["rollbarEndpoint"] = settings["CRUDDUR_BROWSER_ROLLBAR"] ?? rollbar.ItemUrl.ToString(),
            ["rollbarToken"] = settings["ROLLBAR_CLIENT_TOKEN"] ?? rollbar.AccessToken,
            ["environment"] = rollbar.Environment,
        };
        return $"window.cruddurConfig = {JsonSerializer.Serialize(values)};\n";
    }
}
