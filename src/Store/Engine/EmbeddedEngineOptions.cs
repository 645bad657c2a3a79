using System.Net;

namespace Weir.Store.Engine;

/// <summary>Options of <see cref="EmbeddedEngine"/>. The defaults suit 2 cores and 4 GB.</summary>
/// <param name="DataFolder">Created when absent. One process at a time may have it open.</param>
public sealed record EmbeddedEngineOptions(string DataFolder)
{
    /// <summary>The database that unqualified names mean; created when absent.</summary>
    public string Database { get; init; } = "weir";

    /// <summary>Queries that run side by side; further ones wait.</summary>
    public int ReadConnections { get; init; } = 4;

    /// <summary>Block inserts that run in parallel, in addition to queries.</summary>
    public int InsertConnections { get; init; } = 2;

    /// <summary>Statements of ExecuteAsync that run in parallel, in addition to queries and inserts.</summary>
    public int StatementConnections { get; init; } = 2;

    /// <summary>Bytes the engine may use for everything: queries, inserts, merges and caches.</summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of each of the mark and primary index caches.</summary>
    public long IndexCacheBytes { get; init; } = 128L << 20;

    /// <summary>Threads for background merges.</summary>
    public int MergeThreads { get; init; } = 2;

    /// <summary>How long a start waits for a folder that another process has open; a killed process releases it within a second.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After this long without any answer the process counts as hanging and is killed and restarted.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The process also listens here, as a ClickHouse server does, for <see cref="ListenUser"/> with <see cref="ListenPassword"/>.</summary>
    public IPEndPoint? Listen { get; init; }

    public string ListenUser { get; init; } = "default";

    public string ListenPassword { get; init; } = "";

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
            throw new InvalidOperationException("DataFolder is empty");
        SqlNames.RequireIdentifier(Database);
        SqlNames.RequirePositive(ReadConnections);
        SqlNames.RequirePositive(InsertConnections);
        SqlNames.RequirePositive(StatementConnections);
        SqlNames.RequirePositive(MaxMemoryBytes);
        SqlNames.RequirePositive(IndexCacheBytes);
        SqlNames.RequirePositive(MergeThreads);
    }

    /// <summary>The library's own defaults are for servers: 22 GB of caches in total.</summary>
    internal IReadOnlyList<string> Arguments() =>
    [
        "clickhouse",
        $"--path={Path.GetFullPath(DataFolder)}",
        $"--max_server_memory_usage={MaxMemoryBytes}",
        $"--mark_cache_size={IndexCacheBytes}",
        $"--primary_index_cache_size={IndexCacheBytes}",
        $"--index_mark_cache_size={IndexCacheBytes / 4}",
        $"--text_index_tokens_cache_size={IndexCacheBytes / 4}",
        $"--text_index_header_cache_size={IndexCacheBytes / 4}",
        $"--text_index_postings_cache_size={IndexCacheBytes / 4}",
        $"--vector_similarity_index_cache_size={1 << 20}",
        $"--iceberg_metadata_files_cache_size={1 << 20}",
        $"--parquet_metadata_cache_size={1 << 20}",
        $"--compiled_expression_cache_size={32 << 20}",
        $"--query_condition_cache_size={32 << 20}",
        "--uncompressed_cache_size=0",
        $"--background_pool_size={MergeThreads}",
        "--max_thread_pool_size=1000",
    ];
}
