using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>Which silent engine is taken for dead, and after how long. The clock runs 200 times as fast.</summary>
public sealed class EngineWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0.0, 1, "it hangs or is stopped")]
    [InlineData(0.1, 1, "it does next to nothing")]
    [InlineData(0.5, 10, "it works, and the machine is crowded")]
    public async Task A_silent_engine_is_ended_after_its_patience_and_a_working_one_after_ten_times_as_long(double work, int times, string because)
    {
        var clock = new FastClock();
        await using var server = new SilentServer(clock, work);
        server.Become(EngineState.Ready, "");
        var began = clock.GetUtcNow();
        await using (var watch = new EngineWatch(server, ct => Task.Delay(Timeout.Infinite, ct), Patience, clock, NullLogger.Instance))
        {
            watch.Start();
            await server.Dead.Task.WaitAsync(Waiting.Patience);
        }

        // Later on a slow machine, never before.
        (clock.GetUtcNow() - began).ShouldBeGreaterThan(Patience * times, because);
        if (times == 1)
            server.Asked.ShouldBeLessThan(5, because);
    }

    [Fact]
    public void The_work_of_a_process_grows_while_it_runs_and_is_zero_when_it_has_ended()
    {
        var before = ProcessWork.Of(Environment.ProcessId);
        for (var clock = Stopwatch.StartNew(); ProcessWork.Of(Environment.ProcessId) - before < TimeSpan.FromMilliseconds(50);)
            clock.Elapsed.ShouldBeLessThan(Waiting.Patience);
        ProcessWork.Of(int.MaxValue).ShouldBe(TimeSpan.Zero);
    }

    private sealed class SilentServer(FastClock clock, double work) : EngineServer(clock)
    {
        private readonly DateTimeOffset _began = clock.GetUtcNow();

        public TaskCompletionSource Dead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked { get; private set; }

        public override TimeSpan Work
        {
            get
            {
                Asked++;
                return (clock.GetUtcNow() - _began) * work;
            }
        }

        public override Task SettleAsync(CancellationToken ct) => Task.CompletedTask;

        public override void TakenForDead(string reason) => Dead.TrySetResult();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
