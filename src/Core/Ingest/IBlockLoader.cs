using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Loads journal blocks into the engine; implemented by the Store.</summary>
public interface IBlockLoader
{
    /// <summary>
    /// Inserts Native blocks of one signal's table as one unit. A call repeated with the same <paramref name="token"/> does not store rows of a
    /// partition again for which it succeeded before; one block is recognised even if it has lost rows or gained rows of other partitions.
    /// (Several blocks are recognised only when unchanged.) Returns when the rows can be queried and survive a crash of the process.
    /// Throws <see cref="FaultException"/> of kind
    /// <list type="bullet">
    /// <item>Unavailable: the engine accepts nothing at the moment;</item>
    /// <item>Busy: the table has too many parts, or this insert creates too many;</item>
    /// <item>LimitExceeded: the engine has not enough memory or time for this insert;</item>
    /// <item>Internal: the engine gives no reason;</item>
    /// <item>any other kind: these rows can never be loaded.</item>
    /// </list>
    /// </summary>
    Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken);

    /// <summary>Records the columns of a segment's rows in the column directory, before the rows are loaded. Throws like <see cref="LoadAsync"/>. A loader without a directory records nothing.</summary>
    Task NoteColumnsAsync(IReadOnlySet<ColumnFact> facts, string token, CancellationToken cancellationToken) => Task.CompletedTask;
}
