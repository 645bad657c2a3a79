using System.Diagnostics;
using System.Globalization;
using Weir.Server.Configuration;

namespace Weir.Server.Commands;

/// <summary><c>weir demo</c>: Weir with Cruddur and a little traffic, so that new users see a full UI within a minute.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(WeirOptions options, int appPort, CancellationToken cancellationToken)
    {
        var cruddur = Find();
        if (cruddur is null)
        {
            await Console.Error.WriteLineAsync("weir demo: Cruddur has not been built; run ./dev demo to build it");
            return 1;
        }
        Process[] apps = [];
        try
        {
            return await ServeCommand.RunAsync(options, started => apps = [Start(cruddur, started, appPort), StartUsers(cruddur, started, appPort + 1)], cancellationToken);
        }
        finally
        {
            foreach (var app in apps)
            {
                if (!app.HasExited)
                    app.Kill(entireProcessTree: true);
                app.Dispose();
            }
        }
    }

    private static Process Start(string cruddur, WeirOptions options, int appPort)
    {
        Console.WriteLine($"  Cruddur            http://127.0.0.1:{appPort}   (the sample application, with a little generated traffic)");
        return Start(
            cruddur, options, appPort, "backend-flask", ["--traffic", "gentle"],
            ("CRUDDUR_USERS_URL", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{appPort + 1}")));
    }

    /// <summary>A second instance of the same program as the directory of users, a separate service that fails from time to time.</summary>
    private static Process StartUsers(string cruddur, WeirOptions options, int port) =>
        Start(cruddur, options, port, "cruddur-users", [], ("CRUDDUR_USERS_FAIL", "0.06"), ("CRUDDUR_LOG_GROUP", "cruddur-users"));

    private static Process Start(
        string cruddur, WeirOptions options, int port, string service, IEnumerable<string> arguments, params (string Name, string Value)[] more)
    {
        var start = new ProcessStartInfo("dotnet", [cruddur, .. arguments]) { UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(cruddur) };
        var host = options.Bind.Equals(System.Net.IPAddress.Any) ? "127.0.0.1" : options.Bind.ToString();
        string Url(int to) => string.Create(CultureInfo.InvariantCulture, $"http://{host}:{to}");
        foreach (var (name, value) in ((string, string)[])
        [
            ("PORT", port.ToString(CultureInfo.InvariantCulture)),
            ("OTEL_SERVICE_NAME", service),
            ("AWS_XRAY_TRACING_NAME", service),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Url(options.OtlpHttpPort)),
            ("OTEL_BSP_SCHEDULE_DELAY", "1000"),
            ("AWS_XRAY_DAEMON_ADDRESS", string.Create(CultureInfo.InvariantCulture, $"{host}:{options.XRayPort}")),
            ("AWS_ENDPOINT_URL", Url(options.Port)),
            ("ROLLBAR_ENDPOINT", Url(options.Port) + "/api/1/item/"),
            // Cruddur ends with Weir, even when Weir is killed.
            ("CRUDDUR_PARENT", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            .. more,
        ])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string? Find()
    {
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return new[] { Path.Combine(AppContext.BaseDirectory, "cruddur", "cruddur.dll"), Path.Combine(bin, "Backend", "release", "cruddur.dll"), Path.Combine(bin, "Backend", "debug", "cruddur.dll") }
            .FirstOrDefault(File.Exists);
    }
}
