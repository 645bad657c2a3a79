using Microsoft.Extensions.Logging;
using Shouldly;
using Weir.Features;
using Weir.Protocols.Wire;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>Loops outlive failures, log each once, and tell of them in the health report.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task A_failure_is_logged_once_and_in_the_notice_and_the_next_turn_runs()
    {
        var log = new Lines();
        var turns = 0;
        var owner = new Owner(new Loop("counts", TimeSpan.FromSeconds(1), turn: null, _ => ++turns <= 3 ? throw new InvalidOperationException($"disk {turns / 3}") : Task.CompletedTask, TimeProvider.System, log));
        using var host = new LoopHost([owner]);
        for (var i = 0; i < 2; i++)
            await owner.Loop.TakeTurnAsync(CancellationToken.None);
        log.Written.ShouldHaveSingleItem();
        host.Notice.ShouldBe("counts: disk 0");
        (await host.CheckAsync(CancellationToken.None)).ShouldBeNull();
        // Another failure is logged again.
        await owner.Loop.TakeTurnAsync(CancellationToken.None);
        log.Written.Count.ShouldBe(2);
        await owner.Loop.TakeTurnAsync(CancellationToken.None);
        host.Notice.ShouldBeNull();
        log.Written[^1].ShouldContain("works again");
    }

    [Fact]
    public async Task Work_waits_for_its_turn_and_running_work_ends_with_the_loop()
    {
        var (works, ended) = (0, false);
        var mayWork = false;
        var loop = new Loop(
            "alerts",
            TimeSpan.FromMilliseconds(5),
            _ => new ValueTask<bool>(mayWork),
            _ =>
            {
                works++;
                return Task.CompletedTask;
            },
            TimeProvider.System,
            new Lines());
        await loop.TakeTurnAsync(CancellationToken.None);
        works.ShouldBe(0);
        mayWork = true;
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token, () =>
        {
            ended = true;
            return Task.CompletedTask;
        });
        await Waiting.UntilAsync(() => works >= 2, "two turns");
        await stop.CancelAsync();
        await running;
        ended.ShouldBeTrue();
    }

    private sealed record Owner(Loop Loop) : IHasLoop;

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
