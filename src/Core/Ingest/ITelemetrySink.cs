using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Where rooms put what they decoded.</summary>
public interface ITelemetrySink
{
    /// <summary>
    /// Makes the batch durable. When this returns null, every row is in the journal and the journal is synced to disk: the room may
    /// acknowledge. Otherwise nothing of the batch was kept and the fault says why: <see cref="FaultKind.Busy"/> (journal or queue
    /// full, with RetryAfter) or <see cref="FaultKind.Unavailable"/> (disk). The sink owns the batch from the call on and counts its
    /// rows as stored or dropped. Rows can be queried within a second. Cancelling gives up the wait, not the rows.
    /// </summary>
    ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken);
}
