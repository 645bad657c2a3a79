using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>Segments that do not load at once: every row is loaded once, others are not blocked, also after crashes and damage.</summary>
public sealed class SegmentLoadTests : IDisposable
{
    private const long Day = 86_400_000_000_000;
    private const long Now = 20_700 * Day;
    private static readonly Fault NoMemory = new(FaultKind.LimitExceeded, "the engine has not enough memory");
    private static readonly Fault TooManyParts = new(FaultKind.Busy, "too many parts");
    private static readonly Fault Invalid = new(FaultKind.Invalid, "a value the engine does not take");
    private static readonly Fault Down = new(FaultKind.Unavailable, "the engine does not answer");
    private static readonly Fault Unexplained = new(FaultKind.Internal, "something");

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-load-").FullName;
    private readonly IngestBatchPool _pool = new();
    private readonly IngestCounters _counters = new(TimeProvider.System);
    private readonly MemoryEngine _engine = new();
    private readonly List<string> _snapshots = [];
    private int _next;

    public void Dispose()
    {
        foreach (var folder in _snapshots.Append(_folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_insert_that_needs_too_much_memory_is_loaded_in_parts_and_others_go_first()
    {
        _engine.Fault = (_, rows, _) => rows.Count > 10 ? NoMemory : null;
        await using var pipeline = Open();
        pipeline.Start();
        await CommitAsync(pipeline, Spans(300));
        await UntilAsync(() => pipeline.Waiting.Segments == 1);
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync(pipeline, Spans(1));
            await UntilAsync(() => _engine.Rows(Signal.Spans).ContainsKey($"{_next - 1}"));
        }
        await DrainAsync(pipeline);
        Once(_engine, _next);
    }

    [Fact]
    public async Task Rows_of_thousands_of_days_are_loaded_some_days_at_a_time()
    {
        var most = 0;
        _engine.Fault = (_, _, days) =>
        {
            most = Math.Max(most, days);
            return null;
        };
        await using var pipeline = Open();
        pipeline.Start();
        await CommitAsync(pipeline, Spans(1_000, i => (100 + i) * Day));
        await DrainAsync(pipeline);
        Once(_engine, 1_000);
        most.ShouldBe(LoadPlan.MostDays);
    }

    [Fact]
    public async Task Rows_with_times_outside_every_partition_are_stored_once()
    {
        _engine.Fault = (_, rows, days) => days > 2 || (rows.Count > 4 && !rows.Contains("0")) ? TooManyParts : null;
        await using var pipeline = Open();
        pipeline.Start();
        await CommitAsync(pipeline, Spans(12, i => i % 3 == 0 ? -Day : i % 3 == 1 ? 90_000 * Day : Now));
        await DrainAsync(pipeline);
        Once(_engine, 12);
    }

    [Fact]
    public async Task Of_rows_that_the_engine_refuses_only_those_are_set_aside_and_counted_by_signal_and_reason()
    {
        _engine.Fault = (signal, rows, _) => signal == Signal.Spans && rows.Contains("7") ? Invalid : signal == Signal.Logs ? Invalid : null;
        await using var pipeline = Open();
        pipeline.Start();
        var batch = Spans(40);
        AddLogs(batch, 3);
        await CommitAsync(pipeline, batch);
        await DrainAsync(pipeline);
        var spans = _engine.Rows(Signal.Spans);
        spans.Count.ShouldBe(39);
        spans.Keys.ShouldNotContain("7");
        var aside = pipeline.SetAside.ShouldHaveSingleItem();
        aside.Rows.Select(r => (r.Signal, r.Reason, r.Rows, r.Message)).ShouldBe(
            [(Signal.Spans, "refused-by-engine", 1, Invalid.Message), (Signal.Logs, "refused-by-engine", 3, Invalid.Message)], ignoreOrder: true);
        Dropped("journal", Signal.Spans, "refused-by-engine").ShouldBe(1);
        Dropped("journal", Signal.Logs, "refused-by-engine").ShouldBe(3);

        _engine.Fault = static (_, _, _) => null;
        pipeline.Retry("../" + aside.Name).ShouldBeFalse();
        pipeline.Retry(aside.Name).ShouldBeTrue();
        await DrainAsync(pipeline);
        pipeline.SetAside.ShouldBeEmpty();
        Once(_engine, 40);
        _engine.Rows(Signal.Logs).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Set_aside_segments_survive_a_restart_and_can_be_dropped()
    {
        _engine.Fault = static (_, _, _) => Invalid;
        await using (var pipeline = Open())
        {
            pipeline.Start();
            await CommitAsync(pipeline, Spans(2));
            await DrainAsync(pipeline);
        }
        await using var again = Open();
        again.Start();
        var aside = again.SetAside.ShouldHaveSingleItem();
        aside.Rows.Sum(r => r.Rows).ShouldBe(2);
        again.Drop("other.seg").ShouldBeFalse();
        again.Drop(aside.Name).ShouldBeTrue();
        again.SetAside.ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(_folder, "refused")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Past_the_bound_the_segments_that_were_set_aside_first_are_deleted_and_counted()
    {
        _engine.Fault = static (_, _, _) => Invalid;
        long one;
        await using (var pipeline = Open())
        {
            pipeline.Start();
            await CommitAsync(pipeline, Spans(3));
            await UntilAsync(() => pipeline.SetAside.Count == 1);
            one = pipeline.SetAsideSize.Bytes;
            one.ShouldBe(pipeline.SetAside.Sum(s => s.Bytes));
            for (var i = 2; i <= 5; i++)
            {
                await CommitAsync(pipeline, Spans(3));
                await UntilAsync(() => pipeline.SetAside.Count == i);
            }
            pipeline.SetAsideSize.DeletedRows.ShouldBe(0);
        }
        // A bound for about three of the five.
        await using var bounded = Open(maxSetAsideBytes: (one * 3) + (one / 2));
        bounded.Start();
        bounded.SetAside.Count.ShouldBe(3);
        bounded.SetAsideSize.DeletedRows.ShouldBe(6);
        var oldest = bounded.SetAside[0].Name;
        await CommitAsync(bounded, Spans(3));
        await UntilAsync(() => bounded.SetAsideSize.DeletedRows == 9);
        bounded.SetAside.Count.ShouldBe(3);
        bounded.SetAside.ShouldNotContain(s => s.Name == oldest);
        bounded.SetAsideSize.Bytes.ShouldBe(bounded.SetAside.Sum(s => s.Bytes));
        Directory.GetFiles(Path.Combine(_folder, "refused")).Length.ShouldBe(6, "a plan beside each");
    }

    [Theory]
    [InlineData(FaultKind.LimitExceeded, "over-engine-limit")]
    [InlineData(FaultKind.Internal, "engine-failed")]
    [InlineData(FaultKind.Unavailable, "engine-failed")]
    public async Task A_row_that_fails_while_others_load_is_tried_often_and_then_set_aside(FaultKind kind, string reason)
    {
        _engine.Fault = (_, rows, _) => rows.Contains("0") ? new Fault(kind, "it failed") : null;
        await using var pipeline = Open();
        pipeline.Start();
        await CommitAsync(pipeline, Spans(1));
        await UntilAsync(() => _engine.Inserts > 0);
        for (var i = 0; i < 3_000 && pipeline.SetAside.Count == 0; i++)
        {
            await CommitAsync(pipeline, Spans(1));
            await Task.Delay(2);
        }
        pipeline.SetAside.ShouldHaveSingleItem().Rows.ShouldHaveSingleItem().Reason.ShouldBe(reason);
        await DrainAsync(pipeline);
        _engine.Rows(Signal.Spans).Count.ShouldBe(_next - 1);
    }

    [Fact]
    public async Task An_engine_that_is_down_costs_few_attempts_and_no_row()
    {
        var down = true;
        _engine.Fault = (_, _, _) => down ? Down : null;
        await using var pipeline = Open(speed: 20);
        pipeline.Start();
        for (var i = 0; i < 40; i++)
        {
            await CommitAsync(pipeline, Spans(1));
            // Closes the segment, so that there are many.
            await Should.ThrowAsync<OperationCanceledException>(() => pipeline.DrainAsync(new CancellationToken(canceled: true)));
        }
        await UntilAsync(() => pipeline.LoadTrouble is not null);
        _engine.Inserts.ShouldBeLessThan(40, "one attempt at a time finds out whether it answers again");
        down = false;
        await DrainAsync(pipeline);
        Once(_engine, 40);
        pipeline.LoadTrouble.ShouldBeNull();
        pipeline.SetAside.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(OutOfMemoryException))]
    public async Task No_exception_ends_a_worker(Type type)
    {
        var fails = 6;
        _engine.Around = _ =>
        {
            if (Interlocked.Decrement(ref fails) >= 0)
                throw (Exception)Activator.CreateInstance(type)!;
        };
        await using var pipeline = Open();
        pipeline.Start();
        for (var i = 0; i < 8; i++)
            await CommitAsync(pipeline, Spans(1));
        await DrainAsync(pipeline);
        Once(_engine, 8);
    }

    [Fact]
    public async Task A_segment_that_can_not_be_set_aside_waits_and_is_in_nobodys_way()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "refused"), "a file where the folder belongs");
        _engine.Fault = (_, rows, _) => rows.Contains("0") ? Invalid : null;
        await using var pipeline = Open();
        pipeline.Start();
        await CommitAsync(pipeline, Spans(1));
        await UntilAsync(() => pipeline.Waiting.Segments == 1);
        for (var i = 0; i < 4; i++)
            await CommitAsync(pipeline, Spans(1));
        await UntilAsync(() => _engine.Rows(Signal.Spans).Count == 4);
        File.Delete(Path.Combine(_folder, "refused"));
        await DrainAsync(pipeline);
        pipeline.SetAside.ShouldHaveSingleItem();
    }

    /// <summary>At every insert of a load that goes wrong in each way, a crash, and then a start with what was there.</summary>
    [Theory]
    [InlineData("memory")]
    [InlineData("memory of one day")]
    [InlineData("days")]
    [InlineData("half of the days came in")]
    [InlineData("one row")]
    [InlineData("down now and then")]
    public async Task A_crash_at_any_insert_loses_and_doubles_nothing(string trouble)
    {
        var call = 0;
        Func<Signal, IReadOnlyList<string>, int, Fault?> fault = trouble switch
        {
            "memory" => static (_, rows, _) => rows.Count > 10 ? NoMemory : null,
            "memory of one day" => static (_, rows, _) => rows.Count > 4 && rows.Contains("3") ? NoMemory : null,
            "days" => static (_, _, days) => days > 1 ? TooManyParts : null,
            "half of the days came in" => static (_, _, days) => days > 1 ? TooManyParts : null,
            "one row" => static (_, rows, _) => rows.Contains("5") ? Invalid : null,
            _ => (_, _, _) => call++ % 3 != 0 ? Down : null,
        };
        _engine.Fault = fault;
        _engine.PartitionsBeforeFault = trouble.StartsWith("half", StringComparison.Ordinal) ? 2 : 0;
        var crashes = new List<(string Folder, MemoryEngine Engine)>();
        _engine.Around = _ =>
        {
            if (crashes.Count < 40)
                crashes.Add((Snapshot(), _engine.Clone()));
        };
        // One worker, so that a snapshot is of one moment.
        await using (var pipeline = Open(loaders: 1, age: TimeSpan.FromMinutes(100)))
        {
            pipeline.Start();
            for (var request = 0; request < 5; request++)
                await CommitAsync(pipeline, WithLogs(Spans(12, i => Now - (i % 4 * Day)), 2));
            await DrainAsync(pipeline);
        }
        var refused = trouble == "one row" ? 1 : 0;
        crashes.Count.ShouldBeGreaterThan(2);
        foreach (var (folder, engine) in crashes)
        {
            engine.Fault = fault;
            await ReplayAsync(folder, engine);
            var spans = engine.Rows(Signal.Spans);
            spans.Count.ShouldBe(60 - refused, $"{trouble}: {folder}");
            spans.ShouldAllBe(r => r.Value == 1);
            engine.Rows(Signal.Logs).ShouldAllBe(r => r.Value == 1);
            engine.Rows(Signal.Logs).Count.ShouldBe(10);
        }
    }

    /// <summary>The same, and the segment lost its end to the disk on the way: what had come in before is not stored again.</summary>
    [Theory]
    [InlineData("whole", 1)]
    [InlineData("whole", 2)]
    [InlineData("memory", 1)]
    [InlineData("memory", 2)]
    public async Task A_segment_that_was_loaded_and_is_found_damaged_is_not_doubled(string trouble, int framesCut)
    {
        _engine.Fault = trouble == "whole" ? static (_, _, _) => null : static (_, rows, _) => rows.Count > 10 ? NoMemory : null;
        var crashes = new List<(string Folder, MemoryEngine Engine)>();
        _engine.Around = isAfter =>
        {
            if (isAfter)
                crashes.Add((Snapshot(), _engine.Clone()));
        };
        await using (var pipeline = Open(loaders: 1, age: TimeSpan.FromMinutes(100)))
        {
            pipeline.Start();
            for (var i = 0; i < 5; i++)
                await CommitAsync(pipeline, Spans(12));
            await DrainAsync(pipeline);
        }
        foreach (var (folder, engine) in crashes)
        {
            var before = engine.Rows(Signal.Spans).Count;
            foreach (var segment in Directory.GetFiles(folder, "*.seg"))
            {
                var content = JournalFormat.Read(File.ReadAllBytes(segment));
                var cut = content.Frames.TakeLast(framesCut).Sum(f => f.Block.Length + JournalFormat.FrameHeaderSize) + JournalFormat.FrameHeaderSize + 40;
                using var file = new FileStream(segment, FileMode.Open);
                file.SetLength(file.Length - cut);
            }
            engine.Fault = _engine.Fault;
            await ReplayAsync(folder, engine);
            var rows = engine.Rows(Signal.Spans);
            rows.ShouldAllBe(r => r.Value == 1);
            rows.Count.ShouldBeGreaterThanOrEqualTo(Math.Max(before, 60 - (12 * framesCut)));
        }
    }

    [Fact]
    public async Task Column_facts_are_recorded_before_the_rows_once_per_segment()
    {
        await using (var pipeline = Open(age: TimeSpan.FromMinutes(100)))
        {
            pipeline.Start();
            for (var i = 0; i < 3; i++)
                await CommitAsync(pipeline, Spans(i == 1 ? 400 : 2));
            await DrainAsync(pipeline);
        }
        _engine.Columns.OrderBy(c => c.Key, StringComparer.Ordinal).ShouldBe(
        [
            new ColumnFact(Signal.Spans, 20_700, "production", "shop", "", ColumnKind.None, false),
            new ColumnFact(Signal.Spans, 20_700, "production", "shop", "host", ColumnKind.String, true),
            new ColumnFact(Signal.Spans, 20_700, "production", "shop", "n", ColumnKind.Integer, false),
        ]);
    }

    private static void Once(MemoryEngine engine, int rows)
    {
        var stored = engine.Rows(Signal.Spans);
        stored.Count.ShouldBe(rows);
        stored.ShouldAllBe(r => r.Value == 1);
    }

    private long Dropped(string protocol, Signal signal, string reason) => _counters.Snapshot()
        .Where(c => c.Protocol == protocol && c.Signal == signal).SelectMany(c => c.Drops).Where(d => d.Reason == reason).Sum(d => d.Count);

    private string Snapshot()
    {
        var folder = Directory.CreateTempSubdirectory("weir-crash-").FullName;
        lock (_snapshots)
            _snapshots.Add(folder);
        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "journal.lock"))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(_folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return folder;
    }

    private static async Task ReplayAsync(string folder, MemoryEngine engine)
    {
        await using var pipeline = Open(folder, engine, new IngestCounters(TimeProvider.System));
        pipeline.Start();
        await DrainAsync(pipeline);
    }

    private static async Task DrainAsync(IngestPipeline pipeline)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await pipeline.DrainAsync(patience.Token);
    }

    private IngestPipeline Open(int loaders = 2, TimeSpan? age = null, int speed = 400, long maxSetAsideBytes = 1 << 30) =>
        Open(_folder, _engine, _counters, loaders, age, speed, maxSetAsideBytes);

    private static IngestPipeline Open(string folder, MemoryEngine engine, IngestCounters counters, int loaders = 2, TimeSpan? age = null, int speed = 400, long maxSetAsideBytes = 1 << 30) => new(
        new JournalOptions
        {
            Folder = folder,
            SegmentAge = age ?? TimeSpan.FromMilliseconds(20),
            StopPatience = TimeSpan.FromMilliseconds(50),
            Loaders = loaders,
            MaxSetAsideBytes = maxSetAsideBytes,
        },
        engine,
        counters,
        new FastClock(speed),
        NullLogger<IngestPipeline>.Instance);

    private static async Task CommitAsync(IngestPipeline pipeline, IngestBatch batch) =>
        (await pipeline.CommitAsync(batch, CancellationToken.None)).ShouldBeNull();

    private IngestBatch Spans(int count, Func<int, long>? time = null)
    {
        var batch = _pool.Rent(WireProtocol.Otlp);
        for (var i = 0; i < count; i++)
        {
            batch.Spans.StartTime.Append(time?.Invoke(i) ?? Now);
            batch.Spans.Environment.Append("production");
            batch.Spans.Service.Append("shop");
            batch.Spans.Resource.Append("""{"host":"h1"}""");
            batch.Spans.Attributes.Add("n"u8, (long)(Interlocked.Increment(ref _next) - 1));
            batch.Spans.EndRow();
        }
        return batch;
    }

    private IngestBatch WithLogs(IngestBatch batch, int count)
    {
        AddLogs(batch, count);
        return batch;
    }

    private void AddLogs(IngestBatch batch, int count)
    {
        for (var i = 0; i < count; i++)
        {
            batch.Logs.Time.Append(Now);
            batch.Logs.Attributes.Add("n"u8, $"log {Guid.NewGuid():n}");
            batch.Logs.EndRow();
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        // Asked once each time: what holds for a moment, between two tries, has held.
        for (var i = 0; i < 6_000; i++)
        {
            if (condition())
                return;
            await Task.Delay(5);
        }
        Assert.Fail("the condition did not hold within 30 seconds");
    }
}
