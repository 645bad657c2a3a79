using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Server.Configuration;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Store.Read;

namespace Weir.Server.Hosting;

/// <summary>Store, journal and disk together, for <c>/api/status</c>.</summary>
internal sealed class StorageStatus(ClickHouseStore store, IngestPipeline pipeline, WeirOptions options) : IStorageStatus
{
    private readonly StoredTables _tables = new(store.Engine);

    public async Task<StorageFigures> ReadAsync(CancellationToken cancellationToken)
    {
        var status = store.Engine.Status;
        var (tables, bytes) = status.IsReady ? await _tables.ReadAsync(cancellationToken) : ([], 0);
        return new StorageFigures(
            options.RemoteStore is null ? "embedded" : "remote",
            store.Engine.Version,
            bytes,
            pipeline.JournalBytes,
            pipeline.JournalLimitBytes,
            new DriveInfo(options.DataFolder).AvailableFreeSpace,
            tables)
        {
            EngineState = status.State switch
            {
                EngineState.Ready => "ready",
                EngineState.Restarting => "restarting",
                EngineState.Silent => "silent",
                _ => "closed",
            },
            EngineReason = status.Reason,
            EngineRestarts = status.Restarts,
            EngineStatements = [("query", status.Statements.Queries), ("insert", status.Statements.Inserts), ("other", status.Statements.Others)],
        };
    }
}
