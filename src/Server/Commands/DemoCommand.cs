using System.Diagnostics;
using System.Globalization;
using Weir.Server.Configuration;

namespace Weir.Server.Commands;

/// <summary><c>weir demo</c>: Weir with Cruddur and gentle traffic beside it, so that a newcomer sees a full UI within a minute.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(WeirOptions options, int appPort, CancellationToken cancellationToken)
    {
        var cruddur = Find();
        if (cruddur is null)
        {
            await Console.Error.WriteLineAsync("weir demo: Cruddur is not built; ./dev demo builds it");
            return 1;
        }
        Process? app = null;
        try
        {
            return await ServeCommand.RunAsync(options, started => app = Start(cruddur, started, appPort), cancellationToken);
        }
        finally
        {
            if (app is { HasExited: false })
                app.Kill(entireProcessTree: true);
            app?.Dispose();
        }
    }

    private static Process Start(string cruddur, WeirOptions options, int appPort)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(cruddur) };
        start.ArgumentList.Add(cruddur);
        start.ArgumentList.Add("--traffic");
        start.ArgumentList.Add("gentle");
        var host = options.Bind.Equals(System.Net.IPAddress.Any) ? "127.0.0.1" : options.Bind.ToString();
        string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}");
        foreach (var (name, value) in new[]
        {
            ("PORT", appPort.ToString(CultureInfo.InvariantCulture)),
            ("OTEL_SERVICE_NAME", "backend-flask"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Url(options.OtlpHttpPort)),
            ("OTEL_BSP_SCHEDULE_DELAY", "1000"),
            ("AWS_XRAY_DAEMON_ADDRESS", string.Create(CultureInfo.InvariantCulture, $"{host}:{options.XRayPort}")),
            ("AWS_ENDPOINT_URL", Url(options.Port)),
            ("ROLLBAR_ENDPOINT", Url(options.Port) + "/api/1/item/"),
            // Cruddur ends with Weir, even when Weir is killed.
            ("CRUDDUR_PARENT", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
        })
            start.Environment[name] = value;
        Console.WriteLine($"  Cruddur            http://127.0.0.1:{appPort}   (the sample app, with gentle traffic)");
        return Process.Start(start)!;
    }

    private static string? Find()
    {
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return new[] { Path.Combine(AppContext.BaseDirectory, "cruddur", "cruddur.dll"), Path.Combine(bin, "Backend", "release", "cruddur.dll"), Path.Combine(bin, "Backend", "debug", "cruddur.dll") }
            .FirstOrDefault(File.Exists);
    }
}
