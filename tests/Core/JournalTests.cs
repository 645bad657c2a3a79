using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>The journal's promises, with a loader that remembers instead of an engine.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-journal-").FullName;
    private readonly IngestBatchPool _pool = new();
    private readonly IngestCounters _counters = new(TimeProvider.System);
    private readonly RememberingLoader _loader = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Acknowledged_rows_are_loaded_once_and_the_journal_is_empty_afterwards()
    {
        await using (var pipeline = Open())
        {
            pipeline.Start();
            var faults = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => pipeline.CommitAsync(Spans(i % 2 == 0 ? 3 : 400), CancellationToken.None).AsTask()));
            faults.ShouldAllBe(f => f == null);
            await pipeline.DrainAsync(CancellationToken.None);
            _loader.Rows.ShouldBe(25 * 403);
        }
        Segments().ShouldBeEmpty();
        _counters.Snapshot().ShouldHaveSingleItem().Stored.ShouldBe(25 * 403);
    }

    [Fact]
    public async Task Segments_after_a_clean_stop_are_not_mistaken_for_earlier_ones()
    {
        for (var start = 1; start <= 3; start++)
        {
            await using var pipeline = Open();
            pipeline.Start();
            (await pipeline.CommitAsync(Spans(5), CancellationToken.None)).ShouldBeNull();
            await pipeline.DrainAsync(CancellationToken.None);
            _loader.Rows.ShouldBe(5 * start);
        }
    }

    [Fact]
    public async Task A_segment_of_the_first_versions_is_loaded_with_the_token_it_had()
    {
        _loader.Fail = new Fault(FaultKind.Unavailable, "not now");
        await using (var pipeline = Open())
        {
            pipeline.Start();
            (await pipeline.CommitAsync(Spans(5), CancellationToken.None)).ShouldBeNull();
            await UntilAsync(() => _loader.Tokens.Count > 0);
            Copy();
        }
        Restore();
        File.Move(Segments().ShouldHaveSingleItem(), Path.Combine(_folder, "00000000000000000041.seg"));
        (_loader.Fail, _loader.Rows) = (null, 0);
        await using var again = Open();
        again.Start();
        await again.DrainAsync(CancellationToken.None);
        _loader.Rows.ShouldBe(5);
        _loader.Tokens.Last().ShouldBe($"{File.ReadAllText(Path.Combine(_folder, "journal.id"))}-41-spans");
    }

    [Fact]
    public async Task Unconfirmed_segments_are_replayed_with_the_same_token()
    {
        _loader.Fail = new Fault(FaultKind.Unavailable, "not now");
        await using (var pipeline = Open())
        {
            pipeline.Start();
            (await pipeline.CommitAsync(Spans(5), CancellationToken.None)).ShouldBeNull();
            await UntilAsync(() => _loader.Tokens.Count > 0);
            Copy();
        }
        var token = _loader.Tokens.First();
        Restore();
        (_loader.Fail, _loader.Rows) = (null, 0);
        await using var again = Open();
        again.Start();
        await again.DrainAsync(CancellationToken.None);
        _loader.Rows.ShouldBe(5);
        _loader.Tokens.Last().ShouldBe(token);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(19)]
    [InlineData(60)]
    public async Task A_torn_tail_is_skipped_and_the_frames_before_it_are_kept(int bytesCut)
    {
        var segment = await SegmentAsync(4, 6);
        var whole = File.ReadAllBytes(segment);
        File.WriteAllBytes(segment, whole[..^bytesCut]);
        (await ReplayAsync()).ShouldBe(4);
        _counters.Snapshot().SelectMany(c => c.Drops).ShouldBeEmpty("a torn tail was never acknowledged");
    }

    [Fact]
    public async Task Damage_in_the_middle_costs_one_frame_and_is_reported()
    {
        var segment = await SegmentAsync(4, 6, 8);
        var bytes = File.ReadAllBytes(segment);
        var second = Frames(bytes).ElementAt(1);
        bytes[second + JournalFormat.FrameHeaderSize + 40] ^= 0xff;
        File.WriteAllBytes(segment, bytes);
        (await ReplayAsync()).ShouldBe(4 + 8);
        _counters.Snapshot().SelectMany(c => c.Drops).ShouldContain(d => d.Reason == "journal-damaged");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(300)]
    public async Task A_segment_cut_in_its_head_is_no_obstacle(int length)
    {
        var segment = await SegmentAsync(4);
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..length]);
        (await ReplayAsync()).ShouldBe(0);
        Segments().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_journal_returns_a_time_to_retry_and_loses_nothing()
    {
        _loader.Fail = new Fault(FaultKind.Unavailable, "not now");
        await using var pipeline = Open(maxPending: 20_000);
        pipeline.Start();
        Fault? fault = null;
        var accepted = 0;
        while (fault is null && accepted < 1000)
        {
            fault = await pipeline.CommitAsync(Spans(50), CancellationToken.None);
            accepted += fault is null ? 1 : 0;
        }
        fault.ShouldNotBeNull().Kind.ShouldBe(FaultKind.Busy);
        fault.RetryAfter.ShouldNotBeNull();
        _counters.Snapshot().Single().Drops.ShouldContain(d => d.Reason == "busy" && d.Count == 50);
        _loader.Fail = null;
        await pipeline.DrainAsync(CancellationToken.None);
        _loader.Rows.ShouldBe(accepted * 50);
    }

    [Fact]
    public async Task A_segment_the_engine_refuses_for_good_is_put_aside_and_the_next_one_loads()
    {
        _loader.Fail = new Fault(FaultKind.Invalid, "no such column");
        await using var pipeline = Open();
        pipeline.Start();
        (await pipeline.CommitAsync(Spans(5), CancellationToken.None)).ShouldBeNull();
        await UntilAsync(() => Directory.Exists(Path.Combine(_folder, "refused")) && Directory.GetFiles(Path.Combine(_folder, "refused"), "*.seg").Length == 1);
        _loader.Fail = null;
        (await pipeline.CommitAsync(Spans(7), CancellationToken.None)).ShouldBeNull();
        await pipeline.DrainAsync(CancellationToken.None);
        _loader.Rows.ShouldBe(7);
        _counters.Snapshot().SelectMany(c => c.Drops).ShouldContain(d => d.Reason == "refused-by-engine" && d.Count == 5);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Reading_any_damaged_segment_never_throws()
    {
        var random = Fuzz.Random(7);
        var header = JournalFormat.FileHeader();
        var block = new EncodedFrame();
        using var batch = Spans(20);
        block.Encode(batch.Spans);
        byte[] whole = [.. header, .. block.Header.Span, .. block.Payload.Span, .. block.Header.Span, .. block.Payload.Span];
        JournalFormat.Read(whole).Rows.ShouldBe(40);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            JournalFormat.Read(bytes).Rows.ShouldBeOneOf(0, 20, 40);
        }
    }

    private async Task<string> SegmentAsync(params int[] rows)
    {
        _loader.Fail = new Fault(FaultKind.Unavailable, "not now");
        await using (var pipeline = Open(age: TimeSpan.FromMinutes(1)))
        {
            pipeline.Start();
            foreach (var count in rows)
                (await pipeline.CommitAsync(Spans(count), CancellationToken.None)).ShouldBeNull();
            Copy();
        }
        Restore();
        _loader.Fail = null;
        return Segments().ShouldHaveSingleItem();
    }

    /// <summary>Takes the folder's state as a crash would leave it.</summary>
    private void Copy()
    {
        Directory.CreateDirectory(_folder + ".crash");
        foreach (var file in Directory.GetFiles(_folder).Where(f => Path.GetFileName(f) != "journal.lock"))
            File.Copy(file, Path.Combine(_folder + ".crash", Path.GetFileName(file)), overwrite: true);
    }

    private void Restore()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Move(_folder + ".crash", _folder);
    }

    private async Task<int> ReplayAsync()
    {
        _loader.Rows = 0;
        await using var pipeline = Open();
        pipeline.Start();
        await pipeline.DrainAsync(CancellationToken.None);
        return _loader.Rows;
    }

    private string[] Segments() => Directory.GetFiles(_folder, "*.seg");

    private static IEnumerable<int> Frames(byte[] bytes)
    {
        var magic = "WFRM"u8.ToArray().Reverse().ToArray();
        for (var at = 0; at < bytes.Length - 4; at++)
        {
            if (bytes.AsSpan(at, 4).SequenceEqual(magic) || bytes.AsSpan(at, 4).SequenceEqual("WFRM"u8))
                yield return at;
        }
    }

    private IngestPipeline Open(long maxPending = 1 << 30, TimeSpan? age = null) => new(
        new JournalOptions { Folder = _folder, MaxPendingBytes = maxPending, SegmentAge = age ?? TimeSpan.FromMilliseconds(20), StopPatience = TimeSpan.FromMilliseconds(50) },
        _loader,
        _counters,
        TimeProvider.System,
        NullLogger<IngestPipeline>.Instance);

    private IngestBatch Spans(int count)
    {
        var batch = _pool.Rent(WireProtocol.Otlp);
        for (var i = 0; i < count; i++)
        {
            batch.Spans.TraceId.Append(new TraceId(1, 2));
            batch.Spans.Name.Append("work");
            batch.Spans.Attributes.Add("n"u8, i);
            batch.Spans.EndRow();
        }
        return batch;
    }

    private static Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "") =>
        Waiting.UntilAsync(condition, what);

    /// <summary>Counts rows by the head of each Native block; stores a token once, as the engine does.</summary>
    private sealed class RememberingLoader : IBlockLoader
    {
        private readonly HashSet<string> _stored = [];

        public Fault? Fail { get; set; }

        public int Rows { get; set; }

        public List<string> Tokens { get; } = [];

        public Task LoadAsync(Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken)
        {
            lock (_stored)
            {
                Tokens.Add(token);
                if (Fail is { } fault)
                    throw new FaultException(fault);
                if (_stored.Add(token))
                    Rows += blocks.Sum(block => RowsOf(block.Span));
            }
            return Task.CompletedTask;
        }

        private static int RowsOf(ReadOnlySpan<byte> block)
        {
            var (value, shift) = (0, 0);
            var at = 1; // one byte of column count
            do
            {
                value |= (block[at] & 0x7f) << shift;
                shift += 7;
            }
            while (block[at++] >= 0x80);
            return value;
        }
    }
}
