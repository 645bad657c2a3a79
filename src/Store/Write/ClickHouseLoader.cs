using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>Loads journal blocks into the engine's tables, and records their columns.</summary>
public sealed class ClickHouseLoader(IEngine engine, TimeProvider time, NewestRows? newest = null) : IBlockLoader, IPoolStatus
{
    private readonly ColumnKeys _columns = new(engine, time);

    public IReadOnlyList<PoolFigures> Pools => _columns.Pools;

    /// <summary>How often the known column facts exceeded their limit and were removed.</summary>
    public long ColumnFactsForgotten => _columns.Forgotten;

    public async Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken)
    {
        newest?.Begin(signal);
        try
        {
            await FaultsAsync(engine.InsertAsync(SignalTable.Name(signal), layout.Columns, layout.Structure, blocks, token, cancellationToken));
        }
        finally
        {
            // An insert that failed may have been done all the same.
            newest?.End(signal);
        }
    }

    public Task NoteColumnsAsync(IReadOnlySet<ColumnFact> facts, string token, CancellationToken cancellationToken) =>
        FaultsAsync(_columns.NoteAsync(facts, token, cancellationToken));

    private static async Task FaultsAsync(Task insert)
    {
        try
        {
            await insert;
        }
        catch (EngineException error)
        {
            throw new FaultException(EngineFaults.OfInsert(error), error);
        }
    }
}
