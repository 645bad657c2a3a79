using System.Diagnostics;
using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Engine.Host;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The engine notes an insert's token before its part has a name; what fails between the two is inserted when it is repeated.</summary>
public sealed class DeduplicationLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-tokens-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1\tall_1_1_0\ta\n", "all_1_1_0", "")]
    [InlineData("1\tall_1_1_0\ta\n1\tall_2_2_0\tb\n1\tall_2_2_0\tc\n", "all_1_1_0", "2\tall_2_2_0\tb\n2\tall_2_2_0\tc\n")]
    // A part that was merged, mutated, or dropped in order.
    [InlineData("1\tall_2_2_0\ta\n1\tall_3_3_0\tb\n", "all_1_3_1", "")]
    [InlineData("1\tall_2_2_0\ta\n", "all_2_2_0_7", "")]
    [InlineData("1\tall_1_1_0\ta\n2\tall_1_1_0\ta\n", "", "")]
    // A part of another partition with the same number, one that is being written, one that was taken out.
    [InlineData("1\t20261130_2_2_0\ta\n", "20261129_2_2_0", "2\t20261130_2_2_0\ta\n")]
    [InlineData("1\tall_2_2_0\ta\n", "tmp_insert_all_2_2_0", "2\tall_2_2_0\ta\n")]
    [InlineData("1\tall_2_2_0\ta\n", "delete_tmp_all_2_2_0", "2\tall_2_2_0\ta\n")]
    // Repeated after it was struck out.
    [InlineData("1\tall_2_2_0\ta\n2\tall_2_2_0\ta\n1\tall_3_3_0\ta\n", "all_3_3_0", "")]
    public void Tokens_without_rows_are_struck_out(string log, string part, string added)
    {
        var (file, _) = Table(log, part);
        DeduplicationLogs.Find(Path.Combine(_folder, "data")).Count.ShouldBe(added.Count(c => c == '\n'));
        DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(added.Length == 0 ? 0 : 1);
        File.ReadAllText(file).ShouldBe(log + added);
        DeduplicationLogs.Find(Path.Combine(_folder, "data")).ShouldBeEmpty();
        DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(0);
    }

    [Theory]
    [InlineData("1\tall_1_1_0\ta\n1\tall_2_", "1\tall_1_1_0\ta\n")]
    [InlineData("1\tall_1", "")]
    [InlineData("", "")]
    public void A_last_line_that_was_not_written_whole_is_cut(string log, string left)
    {
        var (file, _) = Table(log, "all_1_1_0");
        DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(0);
        File.ReadAllText(file).ShouldBe(left);
    }

    [Fact]
    public void A_log_that_has_just_begun_is_read_together_with_the_one_before_it_and_a_long_one_from_its_end()
    {
        var parts = Enumerable.Range(1, 5000).Select(i => $"1\tall_{i}_{i}_0\tblock_{i}\n");
        var (file, table) = Table(string.Concat(parts), "all_1_4999_3");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, "deduplication_log_10.txt"), "");
        DeduplicationLogs.Find(Path.Combine(_folder, "data")).ShouldBe([new DeduplicationLogs.Orphan(table, "all_5000_5000_0", "block_5000")]);
        DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(1);
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "deduplication_log_10.txt")).ShouldBe("2\tall_5000_5000_0\tblock_5000\n");
    }

    /// <summary>As a full disk leaves it.</summary>
    [Fact]
    public void A_part_whose_files_are_empty_has_no_rows()
    {
        var (file, table) = Table("1\tall_1_1_0\ta\n", "all_1_1_0");
        File.WriteAllText(Path.Combine(table, "all_1_1_0", "checksums.txt"), "");
        DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(1);
        File.ReadAllText(file).ShouldBe("1\tall_1_1_0\ta\n2\tall_1_1_0\ta\n");
    }

    [Fact]
    public void A_new_folder_has_no_tokens_without_rows() => DeduplicationLogs.Repair(Path.Combine(_folder, "data")).ShouldBe(0);

    /// <summary>The folder that a process leaves which is killed after the token was noted.</summary>
    [Fact]
    public async Task An_insert_killed_before_its_part_was_renamed_is_repeated_once()
    {
        await using (var engine = await OpenAsync())
        {
            await CreateAsync(engine);
            await InsertAsync(engine, "first", 0);
            await InsertAsync(engine, "second", 100);
        }
        Directory.Delete(Path.Combine(TableFolder(), "all_2_2_0"), recursive: true);
        await using (var engine = await OpenAsync())
        {
            (await RowsAsync(engine)).ShouldBe("100\t100");
            await InsertAsync(engine, "second", 100);
            (await RowsAsync(engine)).ShouldBe("200\t200");
            await InsertAsync(engine, "second", 100);
            await InsertAsync(engine, "first", 0);
            (await RowsAsync(engine)).ShouldBe("200\t200");
        }
    }

    [Fact]
    public async Task An_insert_whose_part_could_not_be_renamed_is_repeated_once_although_the_engine_remembers_its_token()
    {
        await using var engine = await OpenAsync();
        await CreateAsync(engine);
        await InsertAsync(engine, "first", 0);
        var obstacle = Path.Combine(TableFolder(), "all_2_2_0");
        await File.WriteAllTextAsync(obstacle, "in the way");
        var process = engine.Process!.ProcessId;
        (await Should.ThrowAsync<EngineException>(InsertAsync(engine, "second", 100))).Kind.ShouldBe(EngineFault.Unavailable);
        File.Delete(obstacle);
        // As the journal's loader does: again until it is taken.
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                await InsertAsync(engine, "second", 100);
                break;
            }
            catch (EngineException) when (clock.Elapsed < Waiting.Patience)
            {
                // It is being started again.
            }
        }
        engine.Process.ProcessId.ShouldNotBe(process);
        (await RowsAsync(engine)).ShouldBe("200\t200");
    }

    private (string File, string Table) Table(string log, string part)
    {
        var table = Path.Combine(_folder, "data", "store", "abc", "abcdef");
        var logs = Directory.CreateDirectory(Path.Combine(table, "deduplication_logs")).FullName;
        if (part.Length > 0)
        {
            Directory.CreateDirectory(Path.Combine(table, part));
            File.WriteAllText(Path.Combine(table, part, "checksums.txt"), "checksums format version: 4\n");
        }
        // Numbers are compared as such: 9 before 10.
        var file = Path.Combine(logs, "deduplication_log_9.txt");
        File.WriteAllText(file, log);
        return (file, table);
    }

    private string TableFolder() => Directory.GetDirectories(Path.Combine(_folder, "data", "store"))
        .SelectMany(Directory.GetDirectories).Single(t => Directory.Exists(Path.Combine(t, "deduplication_logs")));

    private Task<ClickHouseEngine> OpenAsync() =>
        EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(Path.Combine(_folder, "data")), TimeProvider.System, CancellationToken.None);

    private static Task CreateAsync(ClickHouseEngine engine) => engine.ExecuteAsync(
        "CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1",
        [], CancellationToken.None);

    private static async Task InsertAsync(ClickHouseEngine engine, string token, int from)
    {
        using var rows = await engine.QueryAsync($"SELECT number + {from} AS a FROM numbers(100)", [], "Native", QueryLimits.Default, CancellationToken.None);
        await engine.InsertAsync("t", "a", "a UInt64", [rows.Bytes], token, CancellationToken.None);
    }

    private static async Task<string> RowsAsync(ClickHouseEngine engine)
    {
        using var result = await engine.QueryAsync("SELECT count(), uniqExact(a) FROM t", [], "TSVRaw", QueryLimits.Default, CancellationToken.None);
        return Encoding.UTF8.GetString(result.Bytes.Span).Trim();
    }
}
