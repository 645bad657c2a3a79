namespace Weir.Protocols.Wire;

/// <summary>How large a request body may be, in bytes: as it comes over the wire, and after every Content-Encoding is undone.</summary>
internal sealed record BodyLimits(int Compressed, int Decompressed)
{
    public const int DefaultBytes = 64 << 20;

    public static BodyLimits Default { get; } = new(DefaultBytes, DefaultBytes);
}
