using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>What can be set about OTLP.</summary>
public sealed class OtlpOptions
{
    /// <summary>Largest request as it comes over the wire, in bytes.</summary>
    public int MaxRequestBytes { get; set; } = BodyLimits.DefaultBytes;

    /// <summary>Largest request after decompression, in bytes.</summary>
    public int MaxDecompressedBytes { get; set; } = BodyLimits.DefaultBytes;

    internal BodyLimits Limits => new(MaxRequestBytes, MaxDecompressedBytes);
}
