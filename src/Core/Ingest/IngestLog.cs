using Microsoft.Extensions.Logging;

namespace Weir.Core.Ingest;

internal static partial class IngestLog
{
    [LoggerMessage(100, LogLevel.Information, "journal: replaying {Segments} segments, {Bytes} bytes, left by the last run")]
    public static partial void Replaying(ILogger log, int segments, long bytes);

    [LoggerMessage(101, LogLevel.Error, "journal: can't be written, clients are told to retry: {Message}")]
    public static partial void JournalFailed(ILogger log, string message);

    [LoggerMessage(102, LogLevel.Warning, "journal: segment {Segment} not loaded yet, next try in {Seconds} s: {Message}")]
    public static partial void LoadDelayed(ILogger log, long segment, string message, double seconds);

    [LoggerMessage(103, LogLevel.Error, "journal: segment {Segment} was set aside as {Path}, the rest of it is loaded; see `weir journal list`")]
    public static partial void SegmentSetAside(ILogger log, long segment, string path);

    [LoggerMessage(104, LogLevel.Error, "journal: segment {Segment} is damaged: {Bytes} bytes can't be read, {Rows} acknowledged rows are lost")]
    public static partial void SegmentDamaged(ILogger log, long segment, long bytes, string rows);

    [LoggerMessage(105, LogLevel.Information, "journal: segment {Segment} ends in {Bytes} bytes that were never acknowledged; skipped")]
    public static partial void TornTail(ILogger log, long segment, long bytes);

    [LoggerMessage(106, LogLevel.Warning, "journal: {Bytes} bytes are left for the next start to replay")]
    public static partial void LeftForReplay(ILogger log, long bytes);

    [LoggerMessage(107, LogLevel.Warning, "journal: the engine takes no rows, segment {Segment} and all others wait: {Message}")]
    public static partial void EngineTakesNothing(ILogger log, long segment, string message);

    [LoggerMessage(108, LogLevel.Information, "journal: the engine takes rows again")]
    public static partial void LoadsAgain(ILogger log);

    [LoggerMessage(109, LogLevel.Warning, "journal: {Table} of segment {Segment} can't be loaded in one piece and are split, {Pieces} pieces now: {Message}")]
    public static partial void SegmentSplit(ILogger log, long segment, string table, int pieces, string message);

    [LoggerMessage(110, LogLevel.Error, "journal: {Rows} rows of {Table} in segment {Segment} are refused: {Message}")]
    public static partial void RowsRefused(ILogger log, long segment, long rows, string table, string message);

    [LoggerMessage(111, LogLevel.Error, "journal: segment {Segment} was not loaded because of a defect; it is tried again")]
    public static partial void LoadDefect(ILogger log, Exception error, long segment);

    [LoggerMessage(112, LogLevel.Error, "journal: the file of segment {Segment} is gone; what was not loaded of it is lost")]
    public static partial void SegmentGone(ILogger log, long segment);

    [LoggerMessage(113, LogLevel.Error, "journal: what columns the rows of segment {Segment} have can't be noted, so they are listed late: {Message}")]
    public static partial void ColumnsUnlisted(ILogger log, long segment, string message);

    [LoggerMessage(114, LogLevel.Warning, "journal: segment {Segment} has no end, {Bytes} bytes of its last record are there: rows may be missing (a power cut, or the file was cut)")]
    public static partial void SegmentCut(ILogger log, long segment, long bytes);

    [LoggerMessage(115, LogLevel.Error, "journal: {Path} is not a file of the journal under this name; what it holds is not loaded")]
    public static partial void UnknownFile(ILogger log, string path);

    [LoggerMessage(116, LogLevel.Warning, "journal: {Segments} segments with {Rows} rows that are not loaded are set aside; see `weir journal list`")]
    public static partial void StillSetAside(ILogger log, int segments, long rows);

    [LoggerMessage(117, LogLevel.Error, "journal: requests could not be written because of a defect; clients are told so")]
    public static partial void CommitDefect(ILogger log, Exception error);

    [LoggerMessage(118, LogLevel.Error, "journal: segment {Segment}, {Rows} rows of which the engine refused, is deleted: what is set aside takes more than {Bytes} bytes, or is too many segments")]
    public static partial void SetAsideDeleted(ILogger log, string segment, long rows, long bytes);

    [LoggerMessage(119, LogLevel.Error, "journal: what is set aside is past its bound, and the oldest of it can't be deleted: {Message}")]
    public static partial void SetAsideKept(ILogger log, string message);
}
