using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Store;

namespace Weir.Tests.Support;

/// <summary>A sink that loads each batch into the store before it answers, so that a test can ask for it at once.</summary>
public sealed class LoadingSink(ClickHouseStore store) : ITelemetrySink
{
    public async ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        foreach (var signal in SignalTable.All)
        {
            if (batch.Peek(signal) is { } block)
                await store.Loader.LoadAsync(block, Guid.NewGuid().ToString("N"), cancellationToken);
        }
        batch.Dispose();
        return null;
    }
}
