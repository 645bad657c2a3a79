using Weir.Core.Ingest;

namespace Weir.Protocols.Otlp.In;

/// <summary>What a request's decoder is told besides the bytes.</summary>
/// <param name="Environment">Where the sender's key belongs.</param>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="Dataset">The x-honeycomb-dataset header, or empty.</param>
/// <param name="IsClassic">The dataset is where the sender's traces and metrics go, whatever their service.</param>
/// <param name="Retention">How far back records are taken; null takes any age.</param>
internal readonly record struct DecodeContext(
    string Environment, long ReceivedAt, string Dataset = "", bool IsClassic = false, RetentionWindow? Retention = null);

/// <summary>What became of a request's records.</summary>
internal struct DecodeResult
{
    /// <summary>The bytes are not a request; nothing of it counts.</summary>
    public bool IsMalformed;

    /// <summary>Why the request is more than one may be; nothing of it is kept.</summary>
    public string? TooLarge;

    /// <summary>Spans, log records or data points met, rejected ones included.</summary>
    public int Records;

    /// <summary>Records that are not taken, expired ones included.</summary>
    public int Rejected;

    /// <summary>Of the rejected, those older than the retention.</summary>
    public int Expired;

    /// <summary>Why the first record was rejected that was not expired; null when none was.</summary>
    public string? FirstRejection;

    /// <summary>A part of the request that is not known and may have held records, by its name or field number; null when there was none.</summary>
    public string? Unknown;

    /// <summary>Events of spans that are older than events are kept; the span tells of them all the same.</summary>
    public int ExpiredEvents;

    /// <summary>Records whose time was in another unit than nanoseconds.</summary>
    public int CorrectedTimes;

    /// <summary>Keys of resources that were cut to their limit.</summary>
    public int CutKeys;

    /// <summary>Records whose time lay too far ahead, which have that of receipt.</summary>
    public int TimesAhead;
}
