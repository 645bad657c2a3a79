using System.Diagnostics;
using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Protocols.Api;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The engine's process ends or hangs, and the server that started it goes on.</summary>
public sealed class EngineProcessTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-process-").FullName;
    private ClickHouseEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await EmbeddedEngine.OpenAsync(
        new EmbeddedEngineOptions(Path.Combine(_folder, "data")) { Patience = TimeSpan.FromSeconds(3) }, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Statements_during_a_kill_succeed_or_fail_as_unavailable_and_the_next_process_answers()
    {
        await _engine.ExecuteAsync("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 1000", [], CancellationToken.None);
        using var rows = await _engine.QueryAsync("SELECT number AS a FROM numbers(1000)", [], "Native", QueryLimits.Default, CancellationToken.None);
        for (var round = 0; round < 4; round++)
        {
            var killed = _engine.Process!.ProcessId;
            var reads = Enumerable.Range(0, 4).Select(_ => AnsweredAsync("SELECT count() FROM numbers(20000000) WHERE sipHash64(number) = 1")).ToList();
            var insert = InsertAsync(rows.Bytes, $"round-{round}");
            await Task.Delay(50 * round);
            await WeirProcess.SignalAsync("KILL", killed);
            await Task.WhenAll(reads);
            await insert;
            await EventuallyAsync("SELECT 1");
            _engine.Process.ProcessId.ShouldNotBe(killed);
        }

        _engine.Status.Restarts.ShouldBe(4);
        (await EventuallyAsync("SELECT count(), uniqExact(a) FROM t")).ShouldBe("4000\t1000");

        // As the journal's loader does: again until it is taken, with the same token.
        async Task InsertAsync(ReadOnlyMemory<byte> block, string token)
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2); await Task.Delay(50))
            {
                try
                {
                    await _engine.InsertAsync("t", "a", "a UInt64", [block], token, CancellationToken.None);
                    return;
                }
                catch (EngineException e)
                {
                    e.Kind.ShouldBe(EngineFault.Unavailable);
                }
            }
        }
    }

    [Fact]
    public async Task A_hanging_process_is_killed_and_restarted()
    {
        var hung = _engine.Process!.ProcessId;
        await WeirProcess.SignalAsync("STOP", hung);
        var read = AnsweredAsync("SELECT 1");
        await read.WaitAsync(TimeSpan.FromMinutes(2));
        (await EventuallyAsync("SELECT 1")).ShouldBe("1");
        _engine.Process.ProcessId.ShouldNotBe(hung);
        WeirProcess.IsAlive(hung).ShouldBeFalse();
    }

    [Fact]
    public async Task Closing_ends_the_process_and_frees_the_folder()
    {
        var process = _engine.Process!.ProcessId;
        await _engine.DisposeAsync();
        WeirProcess.IsAlive(process).ShouldBeFalse();
        (await Should.ThrowAsync<EngineException>(_engine.QueryAsync("SELECT 1", [], "TSV", QueryLimits.Default, CancellationToken.None)))
            .Kind.ShouldBe(EngineFault.Unavailable);
        await InitializeAsync();
        (await EventuallyAsync("SELECT 1")).ShouldBe("1");
    }

    private async Task AnsweredAsync(string sql)
    {
        try
        {
            using var result = await _engine.QueryAsync(sql, [], "TSV", QueryLimits.Default with { MaxTime = TimeSpan.FromMinutes(5) }, CancellationToken.None);
        }
        catch (EngineException e)
        {
            e.Kind.ShouldBe(EngineFault.Unavailable);
        }
    }

    private async Task<string> EventuallyAsync(string sql)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                using var result = await _engine.QueryAsync(sql, [], "TSVRaw", QueryLimits.Default, CancellationToken.None);
                return Encoding.UTF8.GetString(result.Bytes.Span).Trim();
            }
            catch (EngineException) when (clock.Elapsed < TimeSpan.FromMinutes(2))
            {
                // Not yet.
            }
        }
    }
}
