using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>Options of Honeycomb's API.</summary>
public sealed class HoneycombOptions
{
    /// <summary>Largest request as sent, in bytes.</summary>
    public int MaxRequestBytes { get; set; } = BodyLimits.DefaultBytes;

    /// <summary>Largest request after decompression, in bytes.</summary>
    public int MaxDecompressedBytes { get; set; } = BodyLimits.DefaultBytes;

    internal BodyLimits Limits => new(MaxRequestBytes, MaxDecompressedBytes);
}
