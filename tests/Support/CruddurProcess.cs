using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Tests.Support;

/// <summary>Cruddur's backend as a separate process, configured by environment variables to send to a Weir. Ended by its id.</summary>
internal sealed class CruddurProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private CruddurProcess(Process process, int port)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Waiting.Patience };
    }

    public HttpClient Client { get; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="more">Variables besides those of the walkthrough, or instead of them.</param>
    public static async Task<CruddurProcess> StartAsync(WeirProcess weir, params (string Name, string Value)[] more)
    {
        var port = WeirProcess.FreePorts(1)[0];
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Backend", "debug"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(bin, "cruddur.dll")])
        {
            WorkingDirectory = bin,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in ((string, string)[])
        [
            ("PORT", port.ToString(CultureInfo.InvariantCulture)),
            ("OTEL_SERVICE_NAME", "backend-flask"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{weir.OtlpHttpPort}"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team=key-of-the-walkthrough"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("CRUDDUR_CONSOLE_SPANS", "true"),
            ("AWS_XRAY_DAEMON_ADDRESS", $"127.0.0.1:{weir.XRayPort}"),
            ("AWS_XRAY_URL", "*4567-workspace.localhost*"),
            ("AWS_ENDPOINT_URL", weir.Url),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("ROLLBAR_ENDPOINT", $"{weir.Url}/api/1/item/"),
            ("ROLLBAR_ACCESS_TOKEN", "token-of-the-walkthrough"),
            ("ROLLBAR_ENVIRONMENT", "production"),
            ("CRUDDUR_PARENT", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            .. more,
        ])
            start.Environment[name] = value;
        var cruddur = new CruddurProcess(Process.Start(start)!, port);
        cruddur._process.OutputDataReceived += (_, e) => cruddur.Take(e.Data);
        cruddur._process.ErrorDataReceived += (_, e) => cruddur.Take(e.Data);
        cruddur._process.BeginOutputReadLine();
        cruddur._process.BeginErrorReadLine();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Waiting.Patience; await Task.Delay(100))
        {
            try
            {
                if ((await cruddur.Client.GetAsync("/api/health-check")).IsSuccessStatusCode)
                    return cruddur;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
        await cruddur.DisposeAsync();
        throw new TimeoutException($"Cruddur did not start: {cruddur.Output}");
    }

    private void Take(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        Client.Dispose();
    }
}
