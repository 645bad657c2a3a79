using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>Loads journal blocks into the engine's tables, and notes which columns they have.</summary>
public sealed class ClickHouseLoader(IEngine engine, TimeProvider time) : IBlockLoader
{
    private readonly ColumnKeys _columns = new(engine, time);

    public async Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken)
    {
        try
        {
            // Columns first: whoever finds a row is told its columns, and how they are read hangs on what is known of them.
            await _columns.NoteAsync(signal, blocks, cancellationToken);
            await engine.InsertAsync(SignalTable.Name(signal), layout.Columns, layout.Structure, blocks, token, cancellationToken);
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.Of(error), error);
        }
    }
}
