namespace Weir.Protocols.Api.Clients;

/// <summary>How OpenTelemetry SDKs are pointed at Weir instead of Honeycomb.</summary>
internal static class OpenTelemetryClient
{
    public static IReadOnlyList<Snippet> Snippets(ClientAddresses weir) =>
    [
        new("Environment variables (every language)", "bash", $$$"""
            export OTEL_SERVICE_NAME="backend-flask"
            export OTEL_EXPORTER_OTLP_ENDPOINT="{{{weir.OtlpHttp}}}"
            export OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf"
            export OTEL_EXPORTER_OTLP_HEADERS="x-honeycomb-team=production"  # any key is accepted; a short name becomes the environment
            """),
        new("Python", "python", """
            # pip install opentelemetry-api opentelemetry-sdk opentelemetry-exporter-otlp-proto-http \
            #   opentelemetry-instrumentation-flask opentelemetry-instrumentation-requests
            from opentelemetry import trace
            from opentelemetry.instrumentation.flask import FlaskInstrumentor
            from opentelemetry.instrumentation.requests import RequestsInstrumentor
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

            provider = TracerProvider()
            provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))       # reads the environment variables
            provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))   # for debugging
            trace.set_tracer_provider(provider)

            FlaskInstrumentor().instrument_app(app)
            RequestsInstrumentor().instrument()
            """),
        new(".NET", "csharp", """
            // dotnet add package OpenTelemetry.Extensions.Hosting
            // dotnet add package OpenTelemetry.Exporter.OpenTelemetryProtocol
            // dotnet add package OpenTelemetry.Instrumentation.AspNetCore
            // dotnet add package OpenTelemetry.Instrumentation.Http
            builder.Services.AddOpenTelemetry()
                .WithTracing(tracing => tracing
                    .AddSource("home.activities")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation())
                .UseOtlpExporter();   // traces, metrics and logs; reads the environment variables
            """),
        new("Node.js", "bash", """
            npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node
            node --require @opentelemetry/auto-instrumentations-node/register app.js   # reads the environment variables
            """),
        new("Try it without an application", "bash", $$$"""
            curl -sS "{{{weir.OtlpHttp}}}/v1/traces" -H "content-type: application/json" -d '{"resourceSpans":[{"resource":{"attributes":[
              {"key":"service.name","value":{"stringValue":"hello"}}]},"scopeSpans":[{"spans":[{"traceId":"5759e988bd862e3fe1be46a994272793",
              "spanId":"53995c3f42cd8ad8","name":"hello","kind":2,"startTimeUnixNano":"'$(date +%s)'000000000",
              "endTimeUnixNano":"'$(date +%s)'250000000"}]}]}]}'
            """),
    ];
}
