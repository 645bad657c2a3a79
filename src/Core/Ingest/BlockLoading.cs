using Weir.Core.Columns;

namespace Weir.Core.Ingest;

/// <summary>Loads rows that do not come from the journal.</summary>
public static class BlockLoading
{
    /// <summary>Records the columns of a block and loads it, as <see cref="IBlockLoader.LoadAsync"/> does.</summary>
    public static async Task LoadAsync(this IBlockLoader loader, Block block, string token, CancellationToken cancellationToken)
    {
        var facts = new ColumnFacts();
        facts.Add(block);
        var columns = new HashSet<ColumnFact>();
        ColumnFacts.Read(facts.Written(0).Span, columns);
        await loader.NoteColumnsAsync(columns, token + "-columns", cancellationToken);
        var native = new ByteBuffer();
        block.WriteNative(native);
        await loader.LoadAsync(block.Signal, new TableLayout(block.ColumnNames, block.Structure), [native.WrittenMemory], token, cancellationToken);
    }
}
