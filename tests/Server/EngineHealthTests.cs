using Shouldly;
using Weir.Core.Query;
using Weir.Protocols.Api;
using Weir.Server.Hosting;
using Weir.Store;
using Weir.Store.Engine;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>A busy engine is not a dead one.</summary>
public sealed class EngineHealthTests
{
    private readonly SlowEngine _engine = new();

    [Fact]
    public async Task An_engine_that_answers_is_healthy_even_with_an_error()
    {
        var health = new EngineHealth(_engine, new EngineActivity(TimeProvider.System));
        _engine.Look = Task.FromResult<QueryProgress?>(null);
        (await health.CheckAsync(CancellationToken.None)).ShouldBeNull();
        _engine.Look = Task.FromException<QueryProgress?>(new EngineException(EngineFault.MemoryLimit, "no memory"));
        (await health.CheckAsync(CancellationToken.None)).ShouldBeNull();
        _engine.Look = Task.FromException<QueryProgress?>(new EngineException(EngineFault.Unavailable, "it is gone"));
        (await health.CheckAsync(CancellationToken.None)).ShouldBe("the engine does not answer: it is gone");
    }

    [Fact]
    public async Task A_busy_engine_is_healthy_until_no_statement_has_ended_for_a_while()
    {
        var time = new HandClock();
        var activity = new EngineActivity(time);
        var health = new EngineHealth(_engine, activity);
        _engine.Look = new TaskCompletionSource<QueryProgress?>().Task;
        (await health.CheckAsync(CancellationToken.None)).ShouldBeNull();
        time.Seconds = 80;
        (await health.CheckAsync(CancellationToken.None)).ShouldBe("no answer for 80 s");
        activity.Answered();
        (await health.CheckAsync(CancellationToken.None)).ShouldBeNull();
        // One look, however often it was asked for.
        _engine.Looks.ShouldBe(1);
    }

    private sealed class HandClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class SlowEngine : IEngine
    {
        public Task<QueryProgress?> Look { get; set; } = Task.FromResult<QueryProgress?>(null);

        public int Looks { get; private set; }

        public string Version => "test";

        public EngineStatus Status { get; } = new(EngineState.Ready, DateTimeOffset.UnixEpoch, "", 0);

        public Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct)
        {
            Looks++;
            return Look;
        }

        public Task<EngineResult> QueryAsync(string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct) => throw new NotSupportedException();

        public Task InsertAsync(
            string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
