namespace Weir.Core.Ingest;

/// <summary>How the journal groups and bounds what it holds.</summary>
public sealed class JournalOptions
{
    /// <summary>Folder of the segments; created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of journal that may wait for the engine; past it clients are told to retry. Default 2 GiB.</summary>
    public long MaxPendingBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of segments that are kept after the engine refused rows of them; past it the oldest are deleted, counted and logged. Default 1 GiB.</summary>
    public long MaxSetAsideBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of requests that may wait in memory for the next sync. Default 256 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 256L << 20;

    /// <summary>A segment is handed to the engine when it has this many rows. Default 100,000.</summary>
    public int SegmentRows { get; init; } = 100_000;

    /// <summary>… or this many bytes. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>… or its first row is this old, so that what was acknowledged can soon be queried. Default 200 ms.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Segments loaded side by side. Default 2.</summary>
    public int Loaders { get; init; } = 2;

    /// <summary>Keys of requests that are remembered for 15 minutes, so that one sent again is known; past it the oldest are forgotten. Default 262,144.</summary>
    public int RememberedRequests { get; init; } = 1 << 18;

    /// <summary>The same of single documents.</summary>
    public int RememberedDocuments { get; init; } = 1 << 18;

    /// <summary>How long a stop waits for the engine to take what is left; the rest is replayed at the next start. Default 5 s.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Syncs a folder, so that a new file in it survives a power cut. The runtime has no call for it; the Store gives one.</summary>
    public Action<string> SyncFolder { get; init; } = static _ => { };
}
