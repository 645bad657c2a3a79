namespace Weir.Features.Requests.Facts;

/// <summary>
/// Calls by which an instrumented program sends its telemetry to Weir. They are traced like any other call, each often as a trace of its
/// own, and are no requests of the application.
/// </summary>
public static class ExporterCalls
{
    private static readonly HashSet<string> Doors = new(StringComparer.Ordinal)
    {
        "/api/1/item", "/api/1/items", "/v1/traces", "/v1/metrics", "/v1/logs", "/v1development/profiles", "/TraceSegments", "/TelemetryRecords",
        "/GetSamplingRules", "/SamplingTargets",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    };

    /// <param name="kind">The span's kind; only what a client records is a call.</param>
    public static bool Is(string kind, string? method, string? target) =>
        kind == "client" && string.Equals(method, "POST", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(target)
        && Doors.Contains(RequestPath.Of(target));
}
