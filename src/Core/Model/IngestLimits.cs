namespace Weir.Core.Model;

/// <summary>
/// What one request may bring, whatever its protocol. A request is decoded as it is read, so each bound stops the work where it is passed;
/// docs/limits.md lists them with the words of each refusal.
/// </summary>
public static class IngestLimits
{
    /// <summary>Rows of one request: records, and what becomes rows beside them (span events, span links, exceptions).</summary>
    public const int MostRows = 100_000;

    /// <summary>Events of one batch of Honeycomb's API; its answer has an entry for each.</summary>
    public const int MostBatchEvents = 50_000;

    /// <summary>Messages and values of one OTLP/JSON request, which become at least three times their text as protobuf.</summary>
    public const int MostJsonElements = 4_000_000;

    /// <summary>Records of one request whose bytes can't be read before all of it counts as unreadable.</summary>
    public const int MostUnreadable = 100;

    /// <summary>Bytes of a key of an attribute or field; longer ones are cut.</summary>
    public const int MostKeyBytes = 1_024;

    /// <summary>Bytes of the name of a span, metric, scope, service or dataset; longer ones are cut.</summary>
    public const int MostNameBytes = 4_096;

    /// <summary>What a request may grow by in memory beyond its own size: rows share what their resource and scope have, and may repeat it.</summary>
    public const int FreeGrowthBytes = 8 << 20;

    /// <summary>Rows may be this many times the request they were in, beside <see cref="FreeGrowthBytes"/>.</summary>
    public const int MostGrowth = 2;

    /// <summary>Bytes a body may unpack to whatever its size.</summary>
    public const int FreeUnpackedBytes = 8 << 20;

    /// <summary>A body may unpack to this many times its size, beside <see cref="FreeUnpackedBytes"/>.</summary>
    public const int MostUnpacked = 128;

    /// <summary>Bytes of rows that a request of so many bytes may become.</summary>
    public static long GrowthOf(int requestBytes) => FreeGrowthBytes + ((long)MostGrowth * requestBytes);

    /// <summary>Bytes that a packed body may unpack to, at most <paramref name="limit"/>.</summary>
    public static int UnpackedOf(int packedBytes, int limit) => (int)Math.Min(limit, FreeUnpackedBytes + ((long)MostUnpacked * packedBytes));
}
