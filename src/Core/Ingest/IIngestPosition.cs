namespace Weir.Core.Ingest;

/// <summary>How far what was acknowledged can be queried.</summary>
public interface IIngestPosition
{
    /// <summary>How long a reading operation waits for what was written before it.</summary>
    static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Waits until every row that was acknowledged before the call can be queried, at most so long. False when some can't yet: the engine is behind, or
    /// does not take them. Costs nothing when nothing waits.
    /// </summary>
    ValueTask<bool> WaitLoadedAsync(TimeSpan atMost, CancellationToken cancellationToken);
}
