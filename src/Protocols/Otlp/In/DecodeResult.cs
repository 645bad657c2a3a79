namespace Weir.Protocols.Otlp.In;

/// <summary>What a request's decoder is told besides the bytes.</summary>
/// <param name="Environment">Where the sender's key belongs.</param>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="Dataset">The x-honeycomb-dataset header, or empty.</param>
/// <param name="IsClassic">The dataset is where the sender's traces and metrics go, whatever their service.</param>
internal readonly record struct DecodeContext(string Environment, long ReceivedAt, string Dataset = "", bool IsClassic = false);

/// <summary>What became of a request's records.</summary>
internal struct DecodeResult
{
    /// <summary>The bytes are not a request; nothing of it counts.</summary>
    public bool IsMalformed;

    /// <summary>Spans, log records or data points met, rejected ones included.</summary>
    public int Records;

    public int Rejected;

    /// <summary>Why the first rejected record was; null when none was.</summary>
    public string? FirstRejection;

    /// <summary>A part of the request that is not known and may have held records, by its name or field number; null when there was none.</summary>
    public string? Unknown;
}
