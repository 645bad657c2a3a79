using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>Reading truncated, flipped or overwritten segments: a write cut off by a crash is distinguished from damage on disk.</summary>
public sealed class JournalFormatTests
{
    private readonly IngestBatchPool _pool = new();

    [Theory]
    // Nothing wrong.
    [InlineData("", true, 9, 0, false, false)]
    [InlineData("", false, 9, 0, false, false)]
    // The end of a write that a crash cut off.
    [InlineData("cut 1", false, 5, 0, true, false)]
    [InlineData("cut 60", false, 5, 0, true, false)]
    [InlineData("only 0", false, 0, 0, false, false)]
    [InlineData("only 7", false, 0, 0, true, false)]
    [InlineData("only 300", false, 0, 0, true, false)]
    // Acknowledged rows that are gone: how many the frame's own head still says, or the segment's end.
    [InlineData("flip last", false, 5, 4, false, false)]
    [InlineData("flip first", false, 6, 3, false, false)]
    [InlineData("flip first", true, 6, 3, false, false)]
    [InlineData("zero last", true, 5, 4, false, false)]
    [InlineData("zero last", false, 5, 0, false, true)]
    [InlineData("zero all", false, 0, 0, false, true)]
    [InlineData("garbage all", false, 0, 0, false, true)]
    // The head alone costs nothing.
    [InlineData("flip head", false, 9, 0, false, false)]
    public void Damage_is_distinguished_from_a_write_cut_off_by_a_crash(string damage, bool isClosed, int rows, long lost, bool isTorn, bool isUnknown)
    {
        var header = JournalFormat.FileHeader();
        var frames = new[] { 3, 2, 4 }.Select(Frame).ToList();
        byte[] bytes = [.. header, .. frames.SelectMany(f => f)];
        var last = bytes.Length - frames[2].Length;
        if (isClosed)
        {
            var end = new EncodedFrame();
            end.EncodeEnd([9, 0, 0, 0, 0]);
            bytes = [.. bytes, .. end.Header.Span, .. end.Payload.Span];
        }
        var what = damage.Split(' ');
        switch (what[0])
        {
            case "cut":
                bytes = bytes[..^int.Parse(what[1])];
                break;
            case "only":
                bytes = bytes[..int.Parse(what[1])];
                break;
            case "flip":
                bytes[what[1] switch { "last" => last + 60, "first" => header.Length + 60, _ => 20 }] ^= 0x10;
                break;
            case "zero":
                bytes.AsSpan(what[1] == "all" ? 0 : last, what[1] == "all" ? bytes.Length : frames[2].Length).Clear();
                break;
            case "garbage":
                new Random(1).NextBytes(bytes);
                break;
        }
        var content = JournalFormat.Read(bytes);
        content.Rows.ShouldBe(rows);
        content.Lost(Signal.Spans).ShouldBe(lost);
        (content.TornBytes > 0).ShouldBe(isTorn);
        content.HasUnknownLoss.ShouldBe(isUnknown);
        content.HasEnd.ShouldBe(isClosed);
    }

    [Fact]
    public void Frames_of_a_kind_that_a_later_version_writes_are_skipped()
    {
        var frame = Frame(2);
        var later = Frame(1);
        JournalFormat.WriteFrameHeader(later, (FrameKind)99, 1, later.AsSpan(JournalFormat.FrameHeaderSize));
        var content = JournalFormat.Read((byte[])[.. JournalFormat.FileHeader(), .. later, .. frame]);
        content.Rows.ShouldBe(2);
        content.IsDamaged.ShouldBeFalse();
    }

    private byte[] Frame(int rows)
    {
        using var batch = _pool.Rent(WireProtocol.Otlp);
        for (var i = 0; i < rows; i++)
        {
            batch.Spans.TraceId.Append(new TraceId(1, 2));
            batch.Spans.EndRow();
        }
        var frame = new EncodedFrame();
        frame.Encode(batch.Spans);
        return [.. frame.Header.Span, .. frame.Payload.Span];
    }
}
