using Weir.Core.Ingest;

namespace Weir.Protocols.Otlp.In;

/// <summary>Input of a request's decoder in addition to the bytes.</summary>
/// <param name="Environment">The environment of the sender's key.</param>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="Dataset">The x-honeycomb-dataset header, or empty.</param>
/// <param name="IsClassic">The header determines the dataset of the sender's traces and metrics, independent of their service.</param>
/// <param name="Retention">Maximum age of records; null accepts any age.</param>
internal readonly record struct DecodeContext(
    string Environment, long ReceivedAt, string Dataset = "", bool IsClassic = false, RetentionWindow? Retention = null);

/// <summary>The result of decoding a request.</summary>
internal struct DecodeResult
{
    /// <summary>The bytes are not a request; nothing of it counts.</summary>
    public bool IsMalformed;

    /// <summary>Why the request exceeds a limit; nothing of it is stored.</summary>
    public string? TooLarge;

    /// <summary>Spans, log records or data points met, rejected ones included.</summary>
    public int Records;

    /// <summary>Rejected records, including expired ones.</summary>
    public int Rejected;

    /// <summary>Of the rejected, those older than the retention.</summary>
    public int Expired;

    /// <summary>Why the first record that was not expired was rejected; null when none was.</summary>
    public string? FirstRejection;

    /// <summary>Name or field number of an unknown part of the request that may contain records; null when there was none.</summary>
    public string? Unknown;

    /// <summary>Span events that are older than the retention of events; their span still contains them.</summary>
    public int ExpiredEvents;

    /// <summary>Records whose time was not in nanoseconds.</summary>
    public int CorrectedTimes;

    /// <summary>Keys of resources that were cut to their limit.</summary>
    public int CutKeys;

    /// <summary>Records whose time was too far in the future and was replaced by the time of receipt.</summary>
    public int TimesAhead;
}
