using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>What can be set about Honeycomb's API.</summary>
public sealed class HoneycombOptions
{
    /// <summary>Largest request as it comes over the wire, in bytes.</summary>
    public int MaxRequestBytes { get; set; } = BodyLimits.DefaultBytes;

    /// <summary>Largest request after decompression, in bytes.</summary>
    public int MaxDecompressedBytes { get; set; } = BodyLimits.DefaultBytes;

    internal BodyLimits Limits => new(MaxRequestBytes, MaxDecompressedBytes);
}
