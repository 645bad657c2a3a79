using Cruddur.Hosting;
using Cruddur.XRay.Sampling;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Cruddur;

/// <summary>The real application on a free port of this machine, sending to a stub of the four backends.</summary>
public sealed class RunningCruddur : IAsyncLifetime
{
    private WebApplication _app = null!;

    internal StubBackend Stub { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Stub = await StubBackend.Start();
        _app = await Start(Stub.Root.ToString(), Stub.DaemonAddress);
        Client.BaseAddress = _app.Services.GetRequiredService<OwnAddress>().Root;
        // The rules come at the start; until then the sampler has its fallback, which traces one request a second.
        await Waiting.UntilAsync(() => _app.Services.GetRequiredService<RuleSampler>().HasRules, "the sampling rules");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Stub.DisposeAsync();
    }

    internal static async Task<WebApplication> Start(string backend, string daemon, params string[] more)
    {
        var app = CruddurApp.Build(
            [
                "--urls=http://127.0.0.1:0",
                $"--AWS_XRAY_DAEMON_ADDRESS={daemon}",
                $"--AWS_ENDPOINT_URL={backend}",
                $"--ROLLBAR_ENDPOINT={backend.TrimEnd('/')}/api/1/item/",
                "--ROLLBAR_ACCESS_TOKEN=token-of-the-test",
                $"--OTEL_EXPORTER_OTLP_ENDPOINT={backend}",
                "--OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=key-of-the-test",
                "--OTEL_BSP_SCHEDULE_DELAY=100",
                "--CRUDDUR_LOG_INTERVAL=0.1",
                .. more,
            ],
            TimeProvider.System);
        await app.StartAsync();
        return app;
    }
}
