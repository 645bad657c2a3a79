using Microsoft.Extensions.Logging;

namespace Weir.Core.Ingest;

internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "journal: replaying {Segments} segments, {Bytes} bytes, left by the last run")]
    public static partial void Replaying(ILogger log, int segments, long bytes);

    [LoggerMessage(101, LogLevel.Error, "journal: can't be written, clients are told to retry: {Message}")]
    public static partial void JournalFailed(ILogger log, string message);

    [LoggerMessage(102, LogLevel.Warning, "journal: segment {Segment} not loaded yet, next try in {Seconds} s: {Message}")]
    public static partial void LoadDelayed(ILogger log, long segment, string message, double seconds);

    [LoggerMessage(103, LogLevel.Error, "journal: the engine refuses segment {Segment}; it was put aside as {Path}: {Message}")]
    public static partial void SegmentRefused(ILogger log, long segment, string path, string message);

    [LoggerMessage(104, LogLevel.Error, "journal: segment {Segment} is damaged in the middle, {Bytes} bytes skipped")]
    public static partial void SegmentDamaged(ILogger log, long segment, long bytes);

    [LoggerMessage(105, LogLevel.Information, "journal: segment {Segment} ends in {Bytes} bytes that were never acknowledged; skipped")]
    public static partial void TornTail(ILogger log, long segment, long bytes);

    [LoggerMessage(106, LogLevel.Warning, "journal: {Bytes} bytes are left for the next start to replay")]
    public static partial void LeftForReplay(ILogger log, long bytes);
}
