namespace Weir.Core.Model;

/// <summary>
/// Limits of one request, for every protocol. A request is decoded while it is read, so processing stops where a limit is exceeded;
/// docs/limits.md lists them with the errors.
/// </summary>
public static class IngestLimits
{
    /// <summary>Rows of one request: records, and the rows derived from them (span events, span links, exceptions).</summary>
    public const int MostRows = 100_000;

    /// <summary>Events of one batch of Honeycomb's API; its response has an entry for each.</summary>
    public const int MostBatchEvents = 50_000;

    /// <summary>Messages and values of one OTLP/JSON request, which need at least three times the size of their text as protobuf.</summary>
    public const int MostJsonElements = 4_000_000;

    /// <summary>Unreadable records of one request, above which the whole request counts as unreadable.</summary>
    public const int MostUnreadable = 100;

    /// <summary>Bytes of a key of an attribute or field; longer ones are truncated.</summary>
    public const int MostKeyBytes = 1_024;

    /// <summary>Bytes of the name of a span, metric, scope, service or dataset; longer ones are truncated.</summary>
    public const int MostNameBytes = 4_096;

    /// <summary>Bytes by which a request may grow in memory beyond its own size, because rows repeat the data of their resource and scope.</summary>
    public const int FreeGrowthBytes = 8 << 20;

    /// <summary>Rows may be this many times the size of their request, in addition to <see cref="FreeGrowthBytes"/>.</summary>
    public const int MostGrowth = 2;

    /// <summary>Bytes to which a body of any size may decompress.</summary>
    public const int FreeUnpackedBytes = 8 << 20;

    /// <summary>A body may decompress to this many times its size, in addition to <see cref="FreeUnpackedBytes"/>.</summary>
    public const int MostUnpacked = 128;

    /// <summary>Maximum bytes of the rows of a request of the given size.</summary>
    public static long GrowthOf(int requestBytes) => FreeGrowthBytes + ((long)MostGrowth * requestBytes);

    /// <summary>Bytes to which a compressed body may decompress, at most <paramref name="limit"/>.</summary>
    public static int UnpackedOf(int packedBytes, int limit) => (int)Math.Min(limit, FreeUnpackedBytes + ((long)MostUnpacked * packedBytes));
}
