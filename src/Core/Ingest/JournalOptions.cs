namespace Weir.Core.Ingest;

/// <summary>How the journal groups requests, and its limits.</summary>
public sealed class JournalOptions
{
    /// <summary>Folder of the segments; created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of journal that may wait for the engine; above this limit clients get an error and retry. Default 2 GiB.</summary>
    public long MaxPendingBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of segments that are kept after the engine refused some of their rows; above this limit the oldest are deleted, counted and logged. Default 1 GiB.</summary>
    public long MaxSetAsideBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of requests that may wait in memory for the next sync. Default 256 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 256L << 20;

    /// <summary>A segment is closed and loaded when it has this many rows. Default 100,000.</summary>
    public int SegmentRows { get; init; } = 100_000;

    /// <summary>… or this many bytes. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>… or when its first row is this old, so that acknowledged rows can soon be queried. Default 200 ms.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Segments loaded in parallel. Default 2.</summary>
    public int Loaders { get; init; } = 2;

    /// <summary>Keys of requests that are remembered for 15 minutes to recognise repeated ones; above this limit the oldest are removed. Default 262,144.</summary>
    public int RememberedRequests { get; init; } = 1 << 18;

    /// <summary>The same for single documents.</summary>
    public int RememberedDocuments { get; init; } = 1 << 18;

    /// <summary>How long a stop waits for the engine to load the rest; what is not loaded is replayed at the next start. Default 5 s.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Syncs a folder, so that a new file in it survives a power failure. The runtime has no call for it; the Store provides one.</summary>
    public Action<string> SyncFolder { get; init; } = static _ => { };
}
