using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Puts journal blocks into the engine; the Store's side of ingest.</summary>
public interface IBlockLoader
{
    /// <summary>
    /// Inserts Native blocks of one signal's table as one unit. A call repeated with the same <paramref name="token"/> stores no row of a
    /// partition twice for which it succeeded before: one block that lost rows, or gained some of other partitions, is still recognised.
    /// (Several blocks are recognised as they are only.) Returns when the rows can be queried and a crash of the process keeps them.
    /// Throws <see cref="FaultException"/>, of kind
    /// <list type="bullet">
    /// <item>Unavailable: the engine takes nothing now;</item>
    /// <item>Busy: it has too many parts, or this brings too many;</item>
    /// <item>LimitExceeded: it has not enough memory or time for this;</item>
    /// <item>Internal: it does not say why;</item>
    /// <item>anything else: these rows will never load.</item>
    /// </list>
    /// </summary>
    Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken);

    /// <summary>Tells the column directory what the rows of a segment have, before they are loaded. Throws as <see cref="LoadAsync"/> does. A loader without a directory has nothing to note.</summary>
    Task NoteColumnsAsync(IReadOnlySet<ColumnFact> facts, string token, CancellationToken cancellationToken) => Task.CompletedTask;
}
