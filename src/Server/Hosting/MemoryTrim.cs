using Weir.Core.Ingest;

namespace Weir.Server.Hosting;

/// <summary>
/// Gives memory back to the operating system after large requests. The collector runs when something is allocated, so a process that has
/// just become quiet would keep for hours what its largest request took.
/// </summary>
internal sealed class MemoryTrim(IngestPipeline pipeline, IngestBatchPool batches, IEnumerable<IMemoryPool> pools, TimeProvider time) : BackgroundService
{
    /// <summary>How often it looks, and at least so long between two collections.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Less than this allocated in a period is quiet.</summary>
    private const long QuietBytes = 64 << 20;

    /// <summary>Growth of the heap since the last time that is not worth a collection.</summary>
    private const long SmallGrowth = 16 << 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var allocated = GC.GetTotalAllocatedBytes();
        var kept = Committed();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = GC.GetTotalAllocatedBytes();
                var isQuiet = now - allocated < QuietBytes;
                allocated = now;
                if (!isQuiet || Committed() - kept < SmallGrowth)
                    continue;
                batches.Trim();
                pipeline.Trim();
                foreach (var pool in pools)
                    pool.Trim();
                // Aggressive collections compact large objects too, and decommit what is free.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                allocated = GC.GetTotalAllocatedBytes();
                kept = Committed();
            }
        }
        catch (OperationCanceledException)
        {
            // The stop itself.
        }
    }

    /// <summary>What the heap has of the operating system, free or in use; as of the last collection, so what was allocated since comes on top.</summary>
    private static long Committed() => Math.Max(GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, GC.GetTotalMemory(forceFullCollection: false));
}
