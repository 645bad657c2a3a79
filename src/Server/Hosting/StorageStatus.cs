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

/// <summary>The engine's part of <c>/healthz</c>.</summary>
internal sealed class EngineHealth(ClickHouseStore store) : IHealth
{
    public string Name => "engine";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        // What is known already: a process that is being started again says why.
        if (store.Engine.Status is { IsReady: false } status)
            return $"{(status.State == EngineState.Restarting ? "it is being started again" : "it does not answer")} since {status.Since:u}: {status.Reason}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await new StoredTables(store.Engine).ReadAsync(patience.Token);
            return null;
        }
        catch (Exception error) when (error is Core.Model.FaultException or OperationCanceledException)
        {
            return "the engine does not answer: " + error.Message;
        }
    }
}
