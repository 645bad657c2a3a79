using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>The columns of the blocks of each signal, in block order.</summary>
public static class TableLayouts
{
    /// <summary>Names and ClickHouse types.</summary>
    public static IReadOnlyList<(string Name, string Type)> ColumnsOf(Signal signal)
    {
        using var batch = new IngestBatchPool().Rent("");
        return batch.BlockOf(signal).Columns;
    }

    public static TableLayout Of(Signal signal)
    {
        using var batch = new IngestBatchPool().Rent("");
        var block = batch.BlockOf(signal);
        return new TableLayout(block.ColumnNames, block.Structure);
    }
}
