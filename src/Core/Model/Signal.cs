namespace Weir.Core.Model;

/// <summary>The kind of telemetry; each has its own table.</summary>
public enum Signal
{
    Spans,
    Logs,
    Occurrences,
    Metrics,
    Events,
}

/// <summary>The wire protocol of a record, as stored in the <c>protocol</c> columns and shown in the UI.</summary>
public static class WireProtocol
{
    public const string Otlp = "otlp";
    public const string Honeycomb = "honeycomb";
    public const string XRay = "xray";
    public const string CloudWatchLogs = "cloudwatch-logs";
    public const string Rollbar = "rollbar";
}

/// <summary>Table names of the signals.</summary>
public static class SignalTable
{
    public static readonly IReadOnlyList<Signal> All = Enum.GetValues<Signal>();

    public static string Name(Signal signal) => signal switch
    {
        Signal.Spans => "spans",
        Signal.Logs => "logs",
        Signal.Occurrences => "occurrences",
        Signal.Metrics => "metrics",
        Signal.Events => "events",
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };
}
