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

    /// <summary>Growth since the last collection that is not worth one.</summary>
    private const long SmallGrowth = 32 << 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var allocated = GC.GetTotalAllocatedBytes();
        var kept = Environment.WorkingSet;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = GC.GetTotalAllocatedBytes();
                var isQuiet = now - allocated < QuietBytes;
                allocated = now;
                var working = Environment.WorkingSet;
                if (!isQuiet || working - kept < SmallGrowth)
                {
                    kept = Math.Min(kept, working);
                    continue;
                }
                batches.Trim();
                pipeline.Trim();
                foreach (var pool in pools)
                    pool.Trim();
                // Aggressive collections compact large objects too, and decommit what is free.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                allocated = GC.GetTotalAllocatedBytes();
                kept = Environment.WorkingSet;
            }
        }
        catch (OperationCanceledException)
        {
            // The stop itself.
        }
    }
}
