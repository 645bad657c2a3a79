namespace Weir.Core.Ingest;

/// <summary>Which acknowledged rows can already be queried.</summary>
public interface IIngestPosition
{
    /// <summary>How long a read waits for rows that were written before it.</summary>
    static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Waits, for at most the given time, until every row that was acknowledged before the call can be queried. False when some can't yet, because the engine
    /// is behind or does not accept them. Costs nothing when no rows are waiting.
    /// </summary>
    ValueTask<bool> WaitLoadedAsync(TimeSpan atMost, CancellationToken cancellationToken);
}
