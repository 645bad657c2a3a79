using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Server.Configuration;
using Weir.Store;
using Weir.Store.Read;

namespace Weir.Server.Hosting;

/// <summary>Store, journal and disk together, for <c>/api/status</c>.</summary>
internal sealed class StorageStatus(ClickHouseStore store, IngestPipeline pipeline, WeirOptions options) : IStorageStatus
{
    private readonly StoredTables _tables = new(store.Engine);

    public async Task<StorageFigures> ReadAsync(CancellationToken cancellationToken)
    {
        var (tables, bytes) = await _tables.ReadAsync(cancellationToken);
        return new StorageFigures(
            options.RemoteStore is null ? "embedded" : "remote",
            store.Engine.Version,
            bytes,
            pipeline.JournalBytes,
            pipeline.JournalLimitBytes,
            new DriveInfo(options.DataFolder).AvailableFreeSpace,
            tables);
    }
}
