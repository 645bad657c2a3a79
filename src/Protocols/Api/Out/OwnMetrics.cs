using System.Runtime.InteropServices;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Api.Out;

/// <summary>Weir's own metrics for Prometheus.</summary>
internal sealed class OwnMetrics(
    ServerIdentity identity,
    IngestCounters counters,
    IngestPipeline pipeline,
    AlertCounters alerts,
    IStorageStatus storage,
    ResourceWatch resources,
    GcHandles handles,
    IEnumerable<IPoolStatus> pools)
{
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        StorageFigures? figures;
        try
        {
            figures = await storage.ReadAsync(cancellationToken);
        }
        catch (FaultException)
        {
            // An engine that does not answer must not hide the counters that show why.
            figures = null;
        }
        var text = new PrometheusText();
        text.Family("weir_build_info", "gauge", "Always 1; the labels say what runs.")
            .Sample(1, ("version", identity.Version), ("engine", figures?.EngineKind ?? ""), ("engine_version", figures?.EngineVersion ?? ""),
                ("runtime", RuntimeInformation.FrameworkDescription));
        Ingest(text, counters.Snapshot());
        Journal(text, pipeline);
        Alerts(text, alerts);
        text.Family("weir_engine_up", "gauge", "1 if the engine answered during this scrape.").Sample(figures is null ? 0 : 1);
        if (figures is not null)
            Storage(text, figures);
        Process(text);
        Resources(text, resources.Read(), resources.MappingLimit);
        Pools(text, [.. pools.SelectMany(p => p.Pools)]);
        return text.ToString();
    }

    internal static void Ingest(PrometheusText text, IReadOnlyList<IngestCounter> counters)
    {
        text.Family("weir_ingest_received_total", "counter", "Records that arrived.");
        foreach (var counter in counters)
            text.Sample(counter.Received, ("protocol", counter.Protocol), ("signal", SignalTable.Name(counter.Signal)));
        text.Family("weir_ingest_stored_total", "counter", "Records that are synced to disk.");
        foreach (var counter in counters)
            text.Sample(counter.Stored, ("protocol", counter.Protocol), ("signal", SignalTable.Name(counter.Signal)));
        text.Family("weir_ingest_dropped_total", "counter", "Records that were not stored, by reason.");
        foreach (var counter in counters)
        {
            foreach (var drop in counter.Drops)
            {
                text.Sample(
                    drop.Count, ("protocol", counter.Protocol), ("signal", SignalTable.Name(counter.Signal)), ("reason", drop.Reason));
            }
        }
        Repairs(text, counters);
    }

    private static void Repairs(PrometheusText text, IReadOnlyList<IngestCounter> counters)
    {
        text.Family("weir_ingest_repaired_total", "counter", "Records that were stored after a repair, by kind of repair.");
        foreach (var counter in counters)
        {
            foreach (var repair in counter.Repairs)
            {
                text.Sample(
                    repair.Count, ("protocol", counter.Protocol), ("signal", SignalTable.Name(counter.Signal)), ("reason", repair.Reason));
            }
        }
    }

    private static void Journal(PrometheusText text, IngestPipeline pipeline)
    {
        text.Family("weir_ingest_repeats_forgotten_total", "counter", "Keys of requests that were removed before 15 minutes because there were too many.")
            .Sample(pipeline.RequestsForgotten);
        text.Family("weir_journal_waiting_segments", "gauge", "Segments that failed to load and will be tried again.").Sample(pipeline.Waiting.Segments);
        var size = pipeline.SetAsideSize;
        text.Family("weir_journal_set_aside_bytes", "gauge", "Bytes of segments with rows that the engine refused.").Sample(size.Bytes);
        text.Family("weir_journal_set_aside_limit_bytes", "gauge", "Limit of these bytes; above it the oldest segments are deleted.").Sample(size.LimitBytes);
        text.Family("weir_journal_set_aside_deleted_rows_total", "counter", "Refused rows that were deleted because of the limit.").Sample(size.DeletedRows);
        text.Family("weir_journal_set_aside_rows", "gauge", "Acknowledged rows that the engine refused, by table and reason.");
        foreach (var rows in pipeline.SetAside.SelectMany(s => s.Rows).GroupBy(r => (r.Signal, r.Reason)))
            text.Sample(rows.Sum(r => r.Rows), ("table", SignalTable.Name(rows.Key.Signal)), ("reason", rows.Key.Reason));
    }

    private static void Alerts(PrometheusText text, AlertCounters alerts)
    {
        text.Family("weir_alert_evaluations_total", "counter", "Evaluations of triggers and burn alerts, by result.");
        foreach (var (kind, result, count) in alerts.Evaluations)
            text.Sample(count, ("kind", kind), ("result", result));
        text.Family("weir_alert_deliveries_total", "counter", "Attempts to deliver notifications, by type of recipient and result.");
        foreach (var (type, result, count) in alerts.Deliveries)
            text.Sample(count, ("type", type), ("result", result));
    }

    private static void Storage(PrometheusText text, StorageFigures figures)
    {
        text.Family("weir_engine_statements_total", "counter", "Statements sent to the engine, by kind; failed ones are included.");
        foreach (var (kind, count) in figures.EngineStatements)
            text.Sample(count, ("kind", kind));
        text.Family("weir_journal_bytes", "gauge", "Acknowledged bytes that are not yet in the engine.").Sample(figures.JournalBytes);
        text.Family("weir_journal_limit_bytes", "gauge", "Limit of the journal in bytes; above it clients get an error and retry.")
            .Sample(figures.JournalLimitBytes);
        text.Family("weir_storage_free_bytes", "gauge", "Free bytes on the disk of the data folder.").Sample(figures.FreeBytes);
        text.Family("weir_storage_rows", "gauge", "Rows stored, by table.");
        foreach (var table in figures.Tables)
            text.Sample(table.Rows, ("table", SignalTable.Name(table.Signal)));
        text.Family("weir_storage_bytes", "gauge", "Bytes on disk, compressed, by table.");
        foreach (var table in figures.Tables)
            text.Sample(table.Bytes, ("table", SignalTable.Name(table.Signal)));
    }

    private void Process(PrometheusText text)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        text.Family("process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.")
            .Sample(identity.StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        text.Family("process_cpu_seconds_total", "counter", "Processor time used.").Sample(process.TotalProcessorTime.TotalSeconds);
        text.Family("process_resident_memory_bytes", "gauge", "Resident memory.").Sample(process.WorkingSet64);
        text.Family("process_threads", "gauge", "Threads of the operating system.").Sample(process.Threads.Count);
        text.Family("dotnet_gc_heap_bytes", "gauge", "Managed heap, garbage included.").Sample(GC.GetTotalMemory(forceFullCollection: false));
        text.Family("dotnet_gc_committed_bytes", "gauge", "Memory that the garbage collector got from the system, at the last collection.")
            .Sample(GC.GetGCMemoryInfo().TotalCommittedBytes);
        text.Family("dotnet_gc_pinned_objects", "gauge", "Objects that could not be moved by the last collection.").Sample(GC.GetGCMemoryInfo().PinnedObjectsCount);
        if (handles.Count is { } held)
            text.Family("dotnet_gc_handles", "gauge", "Handles of the garbage collector, at the end of the last collection.").Sample(held);
        text.Family("dotnet_gc_collections_total", "counter", "Garbage collections, by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            text.Sample(GC.CollectionCount(generation), ("generation", generation.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        text.Family("dotnet_gc_pause_seconds_total", "counter", "Time for which collections paused the process.")
            .Sample(GC.GetTotalPauseDuration().TotalSeconds);
        text.Family("dotnet_threadpool_queue_length", "gauge", "Work items that wait for a thread.").Sample(ThreadPool.PendingWorkItemCount);
    }

    /// <summary>Resources limited by the kernel, for the server and its child processes; empty on systems without <c>/proc</c>.</summary>
    internal static void Resources(PrometheusText text, IReadOnlyList<ProcessResources> processes, long mappingLimit)
    {
        if (processes.Count == 0)
            return;
        Each("weir_process_memory_mappings", "Memory mappings.", p => p.Mappings);
        text.Family("weir_process_memory_mappings_limit", "gauge", "Maximum number of mappings of a process; the process ends when it needs more.").Sample(mappingLimit);
        Each("weir_process_threads", "Threads of the operating system.", p => p.Threads);
        Each("weir_process_open_fds", "Open file descriptors.", p => p.Descriptors);
        Each("weir_process_max_fds", "Limit of open file descriptors.", p => p.DescriptorLimit);
        Each("weir_process_resident_memory_bytes", "Resident memory.", p => p.ResidentBytes);

        void Each(string name, string help, Func<ProcessResources, long> value)
        {
            text.Family(name, "gauge", help + " Of the server and each of its child processes.");
            foreach (var process in processes)
                text.Sample(value(process), ("process", process.Role), ("pid", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Pools, caches and queues of the product's own.</summary>
    internal static void Pools(PrometheusText text, IReadOnlyList<PoolFigures> pools)
    {
        Each("weir_pool_items", "Number of items in a pool, cache or queue.", p => p.Items);
        Each("weir_pool_limit_items", "Maximum number of items.", p => p.Limit);
        Each("weir_pool_bytes", "Memory of the items.", p => p.Bytes);
        Each("weir_pool_limit_bytes", "Maximum memory of the items.", p => p.LimitBytes);
        Each("weir_pool_emptied_total", "How often it was full and was emptied.", p => p.Emptied, "counter");

        void Each(string name, string help, Func<PoolFigures, long?> value, string type = "gauge")
        {
            text.Family(name, type, help);
            foreach (var pool in pools)
            {
                if (value(pool) is { } figure)
                    text.Sample(figure, ("pool", pool.Name));
            }
        }
    }
}
