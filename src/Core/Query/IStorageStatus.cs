using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>Says what the store holds and what room it has.</summary>
public interface IStorageStatus
{
    /// <summary>
    /// Current figures, from the engine's own bookkeeping: cheap enough to ask every second. Throws <see cref="FaultException"/>
    /// (Unavailable) when the engine does not answer; of one that is known to be away it says so, with no tables.
    /// </summary>
    Task<StorageFigures> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What the store holds.</summary>
/// <param name="EngineKind"><c>embedded</c> or <c>remote</c>.</param>
/// <param name="EngineVersion">As the engine tells it.</param>
/// <param name="DataBytes">On disk, compressed, all tables.</param>
/// <param name="JournalBytes">Acknowledged and not yet in the engine.</param>
/// <param name="JournalLimitBytes">Past it clients are told to retry.</param>
/// <param name="FreeBytes">Left on the disk of the data folder; 0 when not known.</param>
/// <param name="Tables">One a signal, in the order of <see cref="Signal"/>.</param>
public sealed record StorageFigures(
    string EngineKind,
    string EngineVersion,
    long DataBytes,
    long JournalBytes,
    long JournalLimitBytes,
    long FreeBytes,
    IReadOnlyList<TableFigures> Tables)
{
    /// <summary><c>ready</c>, <c>restarting</c>, <c>silent</c> or <c>closed</c>.</summary>
    public string EngineState { get; init; } = "ready";

    /// <summary>Why it is not ready, in words for the operator.</summary>
    public string EngineReason { get; init; } = "";

    /// <summary>How often the embedded engine's process was started again.</summary>
    public int EngineRestarts { get; init; }

    /// <summary>Statements sent to the engine since the start, by kind: <c>query</c>, <c>insert</c>, <c>other</c>.</summary>
    public IReadOnlyList<(string Kind, long Count)> EngineStatements { get; init; } = [];
}

/// <summary>One signal's table.</summary>
/// <param name="Bytes">On disk, compressed.</param>
/// <param name="Oldest">Time of the oldest row, exact to the partition's day at least; null when empty.</param>
public sealed record TableFigures(Signal Signal, long Rows, long Bytes, DateTimeOffset? Oldest);
