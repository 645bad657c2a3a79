using Weir.Core.Ingest;

namespace Weir.Server.Hosting;

/// <summary>
/// Returns memory to the operating system after large requests. The garbage collector runs on allocations, so a process that has
/// just become idle would keep the memory of its largest request for hours.
/// </summary>
internal sealed class MemoryTrim(IngestPipeline pipeline, IngestBatchPool batches, IEnumerable<IMemoryPool> pools, TimeProvider time) : BackgroundService
{
    /// <summary>Time between two checks, and the minimum between two collections.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>A period with fewer allocated bytes than this counts as idle.</summary>
    private const long QuietBytes = 64 << 20;

    /// <summary>Growth of the heap since the last time below which a collection is not worthwhile.</summary>
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
                // Aggressive collections also compact large objects and decommit free memory.
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

    /// <summary>Memory of the heap from the operating system, free or in use, at the last collection; later allocations are not included.</summary>
    private static long Committed() => Math.Max(GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, GC.GetTotalMemory(forceFullCollection: false));
}
