using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Engine.Host;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The contract over the process's Unix socket, and what only a process of ours can do wrong.</summary>
// One after another: some tests occupy every connection for a moment.
[Collection("engine")]
public sealed class EmbeddedEngineTests(SharedEngine shared) : EngineContract
{
    protected override IEngine Engine => shared.Engine;

    [Fact]
    public async Task A_second_data_folder_is_served_by_a_second_process()
    {
        var folder = Directory.CreateTempSubdirectory("weir-second-").FullName;
        await using (var second = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(Path.Combine(folder, "data")), TimeProvider.System, CancellationToken.None))
        {
            second.Process!.ProcessId.ShouldNotBe(shared.Process.ProcessId);
            using var result = await second.QueryAsync("SELECT 1", [], "TSVRaw", Limits, CancellationToken.None);
            Encoding.UTF8.GetString(result.Bytes.Span).ShouldBe("1\n");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_folder_with_a_path_too_long_for_a_socket_is_served()
    {
        var root = Directory.CreateTempSubdirectory("weir-long-").FullName;
        var folder = Path.Combine(root, new string('x', 120), "data");
        await using (var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(folder), TimeProvider.System, CancellationToken.None))
        {
            engine.Version.ShouldNotBeEmpty();
            File.GetUnixFileMode(engine.Process!.Socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.GetTempFileName();
        foreach (var folder in new[] { "/proc/weir", Path.Combine(file, "data") })
        {
            var fault = await Should.ThrowAsync<EngineException>(
                EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(folder), TimeProvider.System, CancellationToken.None));
            fault.Kind.ShouldBe(EngineFault.Unavailable);
            fault.Message.ShouldContain(folder);
            fault = Should.Throw<EngineException>(() => DataFolder.Check(folder));
            fault.Message.ShouldContain(folder);
        }

        File.Delete(file);
    }

    [Fact]
    public async Task A_folder_in_use_is_named()
    {
        var options = new EmbeddedEngineOptions(shared.DataFolder) { LockPatience = TimeSpan.FromMilliseconds(100) };
        var fault = await Should.ThrowAsync<EngineException>(EmbeddedEngine.OpenAsync(options, TimeProvider.System, CancellationToken.None));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain($"{shared.DataFolder} is in use by another process");
        // The engine's own lock gives the same error to a process that does not use Weir's lock.
        Should.Throw<FolderInUseException>(() => DataFolder.Check(shared.DataFolder)).Message.ShouldContain(shared.DataFolder);
    }

    [Fact]
    public async Task More_queries_than_connections_all_end()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ScalarAsync($"SELECT {i}")));
        answers.ShouldBe(Enumerable.Range(0, 40).Select(static i => i.ToString()));
    }

    [Fact]
    public async Task Waiting_for_a_connection_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var limits = QueryLimits.Default with { MaxTime = 10 * Waiting.Patience };
        var slow = Enumerable.Range(0, 8).Select(_ => Engine.QueryAsync(Endless, [], "TSV", limits, cancel.Token)).ToList();
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
        result.Dispose();
        Should.Throw<ObjectDisposedException>(() => result.Bytes.Length);
    }

    [Fact]
    public async Task The_engine_keeps_no_logs_of_its_own() =>
        (await ScalarAsync("SELECT count() FROM system.tables WHERE database = 'system' AND name LIKE '%_log'")).ShouldBe("0");

    [Fact]
    public async Task Server_options_reach_the_engine() =>
        (await ScalarAsync("SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'")).ShouldBe((2L << 30).ToString());

    [Fact]
    public async Task A_deduplication_token_is_valid_after_a_restart()
    {
        const string table = "restart_tokens";
        var folder = Directory.CreateTempSubdirectory("weir-restart-").FullName;
        var block = await NativeRowsAsync(0, 100, 2);
        for (var start = 0; start < 2; start++)
        {
            await using var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(Path.Combine(folder, "data")), TimeProvider.System, CancellationToken.None);
            await engine.ExecuteAsync(SpanLikeTable($"IF NOT EXISTS {table}"), [], CancellationToken.None);
            await engine.InsertAsync(table, SpanLikeColumns, SpanLikeStructure, [block], "the-same-each-time", CancellationToken.None);
            using var count = await engine.QueryAsync($"SELECT count() FROM {table}", [], "TSVRaw", Limits, CancellationToken.None);
            Encoding.UTF8.GetString(count.Bytes.Span).ShouldBe("100\n");
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// The library frees the signal stack it installs on a thread, and .NET's own stays mapped when the thread ends: a statement on a new
    /// thread costs two mappings, and the process ends at the kernel's limit of 65,530.
    /// </summary>
    [Fact]
    public async Task Statements_and_cancellations_leave_mappings_threads_and_files_as_they_were()
    {
        await RunAsync(300);
        var before = Counts();
        await RunAsync(2_000);
        var after = Counts();
        after.Mappings.ShouldBeLessThan(before.Mappings + 400, $"{before} -> {after}");
        after.Threads.ShouldBeLessThan(before.Threads + 40, $"{before} -> {after}");
        after.Files.ShouldBeLessThan(before.Files + 40, $"{before} -> {after}");

        async Task RunAsync(int statements)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async lane =>
            {
                for (var i = lane; i < statements; i += 8)
                {
                    if (i % 10 != 0)
                    {
                        await ScalarAsync($"SELECT sum(number) FROM numbers({i})");
                        continue;
                    }

                    using var cancel = new CancellationTokenSource();
                    var query = Engine.QueryAsync(Endless, [], "TSV", Limits, cancel.Token);
                    await cancel.CancelAsync();
                    await Should.ThrowAsync<OperationCanceledException>(query);
                }
            }));
        }

        (int Mappings, int Threads, int Files) Counts()
        {
            var proc = $"/proc/{shared.Process.ProcessId}";
            return (File.ReadLines($"{proc}/maps").Count(), Directory.GetDirectories($"{proc}/task").Length, Directory.GetFiles($"{proc}/fd").Length);
        }
    }

    [Fact]
    public void The_process_is_the_first_to_die_and_leaves_no_core()
    {
        var proc = $"/proc/{shared.Process.ProcessId}";
        int.Parse(File.ReadAllText($"{proc}/oom_score_adj")).ShouldBe(800);
        var core = File.ReadLines($"{proc}/limits").Single(l => l.StartsWith("Max core file size", StringComparison.Ordinal));
        core.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4].ShouldBe("0");
    }

    /// <summary>What was written before the failure stays in the connection otherwise, and comes before the next answer.</summary>
    [Fact]
    public async Task Bytes_of_a_failed_query_are_not_in_the_next_result()
    {
        for (var i = 0; i < 16; i++)
        {
            var grouped = FaultOf("SELECT number AS n FROM numbers(200000) GROUP BY n ORDER BY n", Limits with { MaxGroups = 1000 });
            (await grouped).Kind.ShouldBe(EngineFault.RowLimit);
            using var next = await Engine.QueryAsync("SELECT 7", [], "RowBinaryWithNamesAndTypes", Limits, CancellationToken.None);
            next.Bytes.ToArray().ShouldBe([1, 1, (byte)'7', 5, .. "UInt8"u8, 7]);
        }
    }
}
