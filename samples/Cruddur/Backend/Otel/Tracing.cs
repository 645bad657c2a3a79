// OpenTelemetry for the backend, on .NET's own ActivitySources. ASP.NET Core and HttpClient already make the
// activities; `RequestTags` and `ClientTags` give them their attributes.
// The official packages a reader would use instead: OpenTelemetry.Extensions.Hosting,
// OpenTelemetry.Instrumentation.AspNetCore, OpenTelemetry.Instrumentation.Http and OpenTelemetry.Exporter.Console.
using Cruddur.Activities;
using Cruddur.Data;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cruddur.Otel;

/// <summary>
/// The tracer provider, alive as long as the host. The SDK reads OTEL_EXPORTER_OTLP_ENDPOINT (a base URL; the exporter
/// appends `/v1/traces`), OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_BSP_* itself.
/// </summary>
internal sealed class Tracing(IConfiguration settings) : IHostedService, IDisposable
{
    private const string ServiceName = "backend-flask";
    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault();
        if (string.IsNullOrEmpty(settings["OTEL_SERVICE_NAME"]))
            resource.AddService(ServiceName, serviceVersion: CruddurVersion.Text);
        else
            resource.AddService(settings["OTEL_SERVICE_NAME"]!, serviceVersion: CruddurVersion.Text);

        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(settings))
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", HomeActivities.TracerName, DataSource.TracerName)
            .AddProcessor(new ClientTags())
            .AddOtlpExporter(options =>
            {
                // The SDK's own default is gRPC; the walkthrough's is HTTP with protobuf.
                if (string.IsNullOrEmpty(settings["OTEL_EXPORTER_OTLP_PROTOCOL"]))
                    options.Protocol = OtlpExportProtocol.HttpProtobuf;
            });
        if (settings.GetValue<bool>("CRUDDUR_CONSOLE_SPANS"))
            builder.AddProcessor(new SimpleActivityExportProcessor(new ConsoleSpans()));
        _provider = builder.Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _provider?.Shutdown(2000);
        return Task.CompletedTask;
    }

    public void Dispose() => _provider?.Dispose();
}
