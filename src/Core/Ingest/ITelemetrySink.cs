using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Receives the decoded rows of the rooms.</summary>
public interface ITelemetrySink
{
    /// <summary>
    /// Makes the batch durable. When this returns null, every row is in the journal and the journal is synced to disk, so the room may
    /// acknowledge. Otherwise no row of the batch was stored and the fault is the reason: <see cref="FaultKind.Busy"/> (journal or queue
    /// full, with RetryAfter) or <see cref="FaultKind.Unavailable"/> (disk). The sink owns the batch from this call on and counts its
    /// rows as stored or dropped. Rows can be queried within a second. Cancelling ends the wait but does not remove the rows.
    /// </summary>
    ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken);
}
