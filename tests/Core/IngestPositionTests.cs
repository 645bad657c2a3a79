using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>Who reads waits for what was acknowledged before, and not for long.</summary>
public sealed class IngestPositionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-position-").FullName;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Reads_wait_for_acknowledged_rows_until_the_engine_has_them()
    {
        var pool = new IngestBatchPool();
        await using var pipeline = new IngestPipeline(
            new JournalOptions { Folder = _folder, SegmentAge = TimeSpan.FromMilliseconds(10), StopPatience = TimeSpan.FromMilliseconds(50) },
            new GatedLoader(_open.Task), new IngestCounters(TimeProvider.System), TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        pipeline.Start();
        (await pipeline.WaitLoadedAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBeTrue();
        var batch = pool.Rent(WireProtocol.Otlp);
        batch.Spans.Name.Append("x");
        batch.Spans.EndRow();
        (await pipeline.CommitAsync(batch, CancellationToken.None)).ShouldBeNull();
        (await pipeline.WaitLoadedAsync(TimeSpan.FromMilliseconds(30), CancellationToken.None)).ShouldBeFalse();
        var waiting = pipeline.WaitLoadedAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();
        _open.SetResult();
        (await waiting).ShouldBeTrue();
        (await pipeline.WaitLoadedAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Reads_do_not_wait_for_later_rows()
    {
        var unloaded = new UnloadedSegments(TimeProvider.System);
        unloaded.Opened(1);
        unloaded.Opened(2);
        var waiting = unloaded.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None).AsTask();
        unloaded.Opened(3);
        unloaded.Ended(2);
        waiting.IsCompleted.ShouldBeFalse();
        unloaded.Ended(1);
        (await waiting).ShouldBeTrue();
        unloaded.Ended(1);
        (await unloaded.WaitAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None)).ShouldBeFalse();
        using var gone = new CancellationTokenSource();
        var cancelled = unloaded.WaitAsync(TimeSpan.FromMinutes(1), gone.Token).AsTask();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
    }

    private sealed class GatedLoader(Task open) : IBlockLoader
    {
        public Task LoadAsync(Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken) =>
            open.WaitAsync(cancellationToken);
    }
}
