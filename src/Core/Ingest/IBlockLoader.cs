using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Puts journal blocks into the engine; the Store's side of ingest.</summary>
public interface IBlockLoader
{
    /// <summary>
    /// Inserts Native blocks of one signal's table as one unit. A call repeated with the same <paramref name="token"/> and blocks
    /// stores nothing twice. Returns when the rows can be queried and a crash of the process keeps them.
    /// Throws <see cref="FaultException"/>: Unavailable or Busy (try again), anything else (these blocks will never load).
    /// </summary>
    Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken);
}
