using Microsoft.Extensions.Logging;

namespace Weir.Store.Engine;

internal static partial class EngineLog
{
    [LoggerMessage(200, LogLevel.Information, "engine: process {Process} is ready after {Seconds:0.00} s, ClickHouse {Version}")]
    public static partial void Started(ILogger log, int process, double seconds, string version);

    [LoggerMessage(201, LogLevel.Error, "engine: its process {Reason}; it will be restarted in {Seconds:0.0} s, acknowledged rows wait in the journal")]
    public static partial void Restarting(ILogger log, string reason, double seconds);

    [LoggerMessage(202, LogLevel.Error, "engine: {Reason}; its running statements failed")]
    public static partial void Silent(ILogger log, string reason);

    [LoggerMessage(203, LogLevel.Information, "engine: it answers again")]
    public static partial void AnswersAgain(ILogger log);

    [LoggerMessage(204, LogLevel.Warning, "engine: {Line}")]
    public static partial void Said(ILogger log, string line);

    [LoggerMessage(205, LogLevel.Warning, "engine: {Lines} more log lines of this second are not shown")]
    public static partial void SaidMore(ILogger log, int lines);

    [LoggerMessage(206, LogLevel.Warning, "engine: its process did not end within {Seconds:0} s and was killed")]
    public static partial void KilledAtStop(ILogger log, double seconds);

    [LoggerMessage(207, LogLevel.Warning, "engine: the stopped process {Process} of an earlier server still held the folder; it was killed")]
    public static partial void OrphanEnded(ILogger log, int process);
}
