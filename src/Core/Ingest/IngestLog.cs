using Microsoft.Extensions.Logging;

namespace Weir.Core.Ingest;

internal static partial class IngestLog
{
    [LoggerMessage(100, LogLevel.Information, "journal: replaying {Segments} segments, {Bytes} bytes, from the last run")]
    public static partial void Replaying(ILogger log, int segments, long bytes);

    [LoggerMessage(101, LogLevel.Error, "journal: writing fails, clients get an error and retry: {Message}")]
    public static partial void JournalFailed(ILogger log, string message);

    [LoggerMessage(102, LogLevel.Warning, "journal: loading segment {Segment} failed, next attempt in {Seconds} s: {Message}")]
    public static partial void LoadDelayed(ILogger log, long segment, string message, double seconds);

    [LoggerMessage(103, LogLevel.Error, "journal: segment {Segment} was set aside as {Path}, its other rows are loaded; see `weir journal list`")]
    public static partial void SegmentSetAside(ILogger log, long segment, string path);

    [LoggerMessage(104, LogLevel.Error, "journal: segment {Segment} is damaged: {Bytes} bytes can't be read, {Rows} acknowledged rows are lost")]
    public static partial void SegmentDamaged(ILogger log, long segment, long bytes, string rows);

    [LoggerMessage(105, LogLevel.Information, "journal: segment {Segment} ends with {Bytes} bytes that were never acknowledged; they are skipped")]
    public static partial void TornTail(ILogger log, long segment, long bytes);

    [LoggerMessage(106, LogLevel.Warning, "journal: {Bytes} bytes will be replayed at the next start")]
    public static partial void LeftForReplay(ILogger log, long bytes);

    [LoggerMessage(107, LogLevel.Warning, "journal: the engine accepts no rows, segment {Segment} and all others wait: {Message}")]
    public static partial void EngineTakesNothing(ILogger log, long segment, string message);

    [LoggerMessage(108, LogLevel.Information, "journal: the engine accepts rows again")]
    public static partial void LoadsAgain(ILogger log);

    [LoggerMessage(109, LogLevel.Warning, "journal: {Table} of segment {Segment} can't be loaded in one insert, now split into {Pieces} parts: {Message}")]
    public static partial void SegmentSplit(ILogger log, long segment, string table, int pieces, string message);

    [LoggerMessage(110, LogLevel.Error, "journal: {Rows} rows of {Table} in segment {Segment} were refused by the engine: {Message}")]
    public static partial void RowsRefused(ILogger log, long segment, long rows, string table, string message);

    [LoggerMessage(111, LogLevel.Error, "journal: segment {Segment} was not loaded because of an internal error; it will be tried again")]
    public static partial void LoadDefect(ILogger log, Exception error, long segment);

    [LoggerMessage(112, LogLevel.Error, "journal: the file of segment {Segment} is missing; its rows that were not loaded are lost")]
    public static partial void SegmentGone(ILogger log, long segment);

    [LoggerMessage(113, LogLevel.Error, "journal: the columns of segment {Segment} can't be recorded yet, so they are listed later: {Message}")]
    public static partial void ColumnsUnlisted(ILogger log, long segment, string message);

    [LoggerMessage(114, LogLevel.Warning, "journal: segment {Segment} is incomplete, its last record has only {Bytes} bytes: rows may be missing (after a power failure or a truncation of the file)")]
    public static partial void SegmentCut(ILogger log, long segment, long bytes);

    [LoggerMessage(115, LogLevel.Error, "journal: {Path} is not the name of a journal file; its content is not loaded")]
    public static partial void UnknownFile(ILogger log, string path);

    [LoggerMessage(116, LogLevel.Warning, "journal: {Segments} segments with {Rows} rows are set aside and not loaded; see `weir journal list`")]
    public static partial void StillSetAside(ILogger log, int segments, long rows);

    [LoggerMessage(117, LogLevel.Error, "journal: requests could not be written because of an internal error; clients get an error")]
    public static partial void CommitDefect(ILogger log, Exception error);

    [LoggerMessage(118, LogLevel.Error, "journal: segment {Segment}, {Rows} rows of which the engine refused, is deleted: the set-aside segments exceed {Bytes} bytes or the maximum number")]
    public static partial void SetAsideDeleted(ILogger log, string segment, long rows, long bytes);

    [LoggerMessage(119, LogLevel.Error, "journal: the set-aside segments exceed their limit, and the oldest can't be deleted: {Message}")]
    public static partial void SetAsideKept(ILogger log, string message);
}
