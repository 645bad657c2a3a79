using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shouldly;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The contract in this process, and what only a library in the process can do wrong.</summary>
// One after another: some tests occupy every connection for a moment.
[Collection("engine")]
public sealed class EmbeddedEngineTests(SharedEngine shared) : EngineContract
{
    protected override IEngine Engine => shared.Engine;

    /// <summary>libchdb takes the fault handlers away; without them the first of these kills the process.</summary>
    [Fact]
    public async Task Null_references_stay_exceptions_on_every_thread_after_queries_ran()
    {
        for (var i = 0; i < 8; i++)
            await ScalarAsync("SELECT sum(number) FROM numbers(1000000)");
        var caught = 0;
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    LengthOf(null!);
                }
                catch (NullReferenceException)
                {
                    Interlocked.Increment(ref caught);
                }
            }
        })).ToList();
        threads.ForEach(static t => t.Start());
        var queries = Enumerable.Range(0, 8).Select(_ => ScalarAsync("SELECT count() FROM numbers(3000000) WHERE sipHash64(number) % 3 = 0")).ToList();
        threads.ForEach(static t => t.Join());
        await Task.WhenAll(queries);
        caught.ShouldBe(400);
    }

    [Fact]
    public async Task A_second_data_folder_is_refused_by_name()
    {
        var fault = await Should.ThrowAsync<EngineException>(
            EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions("/tmp/weir-second"), TimeProvider.System, CancellationToken.None));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain(shared.DataFolder);
        fault.Message.ShouldContain("/tmp/weir-second");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.GetTempFileName();
        foreach (var folder in new[] { "/proc/weir", Path.Combine(file, "data") })
        {
            var fault = Should.Throw<EngineException>(() => DataFolder.Check(folder));
            fault.Kind.ShouldBe(EngineFault.Unavailable);
            fault.Message.ShouldContain(folder);
        }

        File.Delete(file);
    }

    [Fact]
    public void A_folder_in_use_is_named()
    {
        // The shared engine holds the lock of its own folder; another process would meet the same lock.
        var fault = Should.Throw<EngineException>(() => DataFolder.Check(shared.DataFolder));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain($"{shared.DataFolder} is in use by another process");
    }

    [Fact]
    public async Task More_queries_than_connections_all_end()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ScalarAsync($"SELECT {i}")));
        answers.ShouldBe(Enumerable.Range(0, 40).Select(static i => i.ToString()));
    }

    [Fact]
    public async Task Whoever_waits_for_a_connection_can_give_up()
    {
        using var cancel = new CancellationTokenSource();
        var limits = QueryLimits.Default with { MaxTime = 10 * Waiting.Patience };
        var slow = Enumerable.Range(0, 4).Select(_ => Engine.QueryAsync(Endless, [], "TSV", limits, cancel.Token)).ToList();
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        await Should.ThrowAsync<OperationCanceledException>(Engine.QueryAsync("SELECT 1", [], "TSV", limits, impatient.Token));
        await cancel.CancelAsync();
        foreach (var query in slow)
            await Should.ThrowAsync<OperationCanceledException>(query);
        (await ScalarAsync("SELECT 1")).ShouldBe("1");
    }

    [Fact]
    public async Task A_result_is_not_readable_after_its_end()
    {
        var result = await Engine.QueryAsync("SELECT 1", [], "TSV", QueryLimits.Default, CancellationToken.None);
        var bytes = result.Bytes;
        result.Dispose();
        Should.Throw<ObjectDisposedException>(() => bytes.Span.Length);
    }

    [Fact]
    public async Task The_engine_keeps_no_logs_of_its_own() =>
        (await ScalarAsync("SELECT count() FROM system.tables WHERE database = 'system' AND name LIKE '%_log'")).ShouldBe("0");

    [Fact]
    public async Task Server_options_reach_the_engine() =>
        (await ScalarAsync("SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'")).ShouldBe((2L << 30).ToString());

    /// <summary>Runs alone in a process of its own too: see <see cref="A_token_holds_after_a_restart"/>.</summary>
    [Fact]
    public async Task A_token_stores_its_rows_once()
    {
        const string table = "restart_tokens";
        await Engine.ExecuteAsync(
            $"""
            CREATE TABLE IF NOT EXISTS {table} (t DateTime64(9), n UInt64, service LowCardinality(String), attrs JSON(max_dynamic_paths=32))
            ENGINE = MergeTree PARTITION BY toDate(t) ORDER BY (service, t) SETTINGS non_replicated_deduplication_window = 1000
            """,
            [], CancellationToken.None);
        await InsertAsync(table, [await NativeRowsAsync(0, 100, 2)], "the-same-each-time");
        (await ScalarAsync($"SELECT count() FROM {table}")).ShouldBe("100");
    }

    [Fact]
    public async Task A_token_holds_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("weir-restart-").FullName;
        for (var start = 0; start < 2; start++)
        {
            var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Weir.Tests"))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                ArgumentList = { "--filter-method", $"{typeof(EmbeddedEngineTests).FullName}.{nameof(A_token_stores_its_rows_once)}" },
                Environment = { [SharedEngine.FolderVariable] = folder },
            };
            using var child = Process.Start(info)!;
            var output = await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            child.ExitCode.ShouldBe(0, output);
        }

        Directory.Delete(folder, recursive: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string text) => text.Length;

    /// <summary>What was written before the failure stays in the connection otherwise, and comes before the next answer.</summary>
    [Fact]
    public async Task What_a_failed_query_had_written_is_not_in_the_next_result()
    {
        for (var i = 0; i < 8; i++)
        {
            var grouped = FaultOf("SELECT number AS n FROM numbers(200000) GROUP BY n ORDER BY n", Limits with { MaxGroups = 1000 });
            (await grouped).Kind.ShouldBe(EngineFault.RowLimit);
            using var next = await Engine.QueryAsync("SELECT 7", [], "RowBinaryWithNamesAndTypes", Limits, CancellationToken.None);
            next.Bytes.ToArray().ShouldBe([1, 1, (byte)'7', 5, .. "UInt8"u8, 7]);
        }
    }
}
