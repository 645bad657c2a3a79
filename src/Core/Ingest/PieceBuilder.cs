using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>The rows of a part of a segment, ready to be inserted.</summary>
/// <param name="Blocks">One Native block; several only for segments of the first versions.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Cells">Rows times attribute keys, which determines the engine's memory for the attributes, independent of their values.</param>
/// <param name="Days">The days of the rows that a partition can hold, in order.</param>
/// <param name="HasOutOfRange">Some rows have days that no partition can hold.</param>
/// <param name="Frames">The frames of the rows.</param>
internal sealed record BuiltPiece(
    IReadOnlyList<ReadOnlyMemory<byte>> Blocks, long Rows, long Cells, IReadOnlyList<int> Days, bool HasOutOfRange, IReadOnlyList<JournalFrame> Frames)
{
    public long Bytes => Blocks.Sum(static b => (long)b.Length);
}

/// <summary>
/// Merges the frames of a part into one block, which the engine recognises by its token alone. Keeps its memory for the next part;
/// not thread-safe. The result of <see cref="Build"/> is valid until the next call.
/// </summary>
internal sealed class PieceBuilder
{
    private const int LargestKept = 80 << 20;

    /// <summary>Frames with at least this many rows are inserted without checking their keys.</summary>
    private const int SmallFrame = 32_768;

    private readonly Dictionary<Signal, (string Structure, StoredBlock Block)> _blocks = [];
    private ByteBuffer _output = new();

    /// <summary>Releases memory when there is nothing to load.</summary>
    public void Trim()
    {
        _blocks.Clear();
        _output = new ByteBuffer();
    }

    /// <exception cref="InvalidDataException">The segment's blocks do not have the layout of its header.</exception>
    public BuiltPiece Build(JournalContent content, LoadPiece piece, bool isFirstAttempt)
    {
        var frames = content.Frames.Where(f => f.Signal == piece.Signal && piece.Frames?.Contains(f.Id) != false).ToList();
        var days = new SortedSet<int>();
        var isOutOfRange = false;
        if (piece is { Frames: null, FromDay: null, IsOutOfRange: false } && (frames is [{ Rows: <= SmallFrame }] || (content.IsFirstFormat && isFirstAttempt)))
        {
            foreach (var frame in frames)
                isOutOfRange |= AddDays(Times(frame), [], days);
            return new BuiltPiece([.. frames.Select(f => f.Block)], frames.Sum(f => (long)f.Rows), 0, [.. days], isOutOfRange, frames);
        }
        if (_output.Capacity > LargestKept)
            Trim();
        var block = Begin(piece.Signal, content);
        var used = new List<JournalFrame>();
        foreach (var frame in frames)
        {
            var times = Times(frame);
            var keep = Selection(piece, times);
            if (keep is not null && !keep.AsSpan().Contains((byte)1))
                continue;
            isOutOfRange |= AddDays(times, keep, days);
            block.AppendNative(frame.Block.Span, keep);
            used.Add(frame);
        }
        _output.Clear();
        if (block.Rows == 0)
            return new BuiltPiece([], 0, 0, [], false, used);
        block.WriteNative(_output);
        var built = new BuiltPiece([_output.WrittenMemory], block.Rows, (long)block.Rows * block.Paths, [.. days], isOutOfRange, used);
        block.Clear();
        return built;
    }

    /// <summary>The column facts of the segment's rows, for segments that do not contain them.</summary>
    public void AddFacts(JournalContent content, ColumnFacts facts)
    {
        foreach (var frame in content.Frames)
        {
            var block = Begin(frame.Signal, content);
            block.AppendNative(frame.Block.Span, []);
            facts.Add(block);
            block.Clear();
        }
    }

    private StoredBlock Begin(Signal signal, JournalContent content)
    {
        var layout = content.LayoutOf(signal);
        if (!_blocks.TryGetValue(signal, out var known) || known.Structure != layout.Structure)
            _blocks[signal] = known = (layout.Structure, StoredBlock.Of(signal, layout.Structure));
        known.Block.Clear();
        return known.Block;
    }

    /// <summary>One byte per row; null when the part contains all rows of the frame.</summary>
    private static byte[]? Selection(LoadPiece piece, ReadOnlySpan<byte> times)
    {
        if (piece is { FromDay: null, IsOutOfRange: false, FromRow: null })
            return null;
        var keep = new byte[times.Length / sizeof(long)];
        var (from, to) = (piece.FromRow ?? 0, Math.Min(piece.ToRow ?? keep.Length, keep.Length));
        for (var row = from; row < to; row++)
        {
            var day = DayOf(times, row);
            var isOut = IsOut(day);
            var isMeant = piece.IsOutOfRange ? isOut : piece.FromDay is null || (!isOut && day >= piece.FromDay && day <= piece.ToDay);
            keep[row] = isMeant ? (byte)1 : (byte)0;
        }
        return keep;
    }

    /// <summary>Adds the days of rows; true when some have days that no partition can hold.</summary>
    private static bool AddDays(ReadOnlySpan<byte> times, byte[]? keep, SortedSet<int> days)
    {
        var isOutOfRange = false;
        var last = -1;
        for (var row = 0; row < times.Length / sizeof(long); row++)
        {
            if (keep is { Length: > 0 } && keep[row] == 0)
                continue;
            var day = DayOf(times, row);
            if (day == last)
                continue;
            last = day;
            if (IsOut(day))
                isOutOfRange = true;
            else
                days.Add(day);
        }
        return isOutOfRange;
    }

    private static int DayOf(ReadOnlySpan<byte> times, int row) =>
        ColumnFacts.Day(System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(times[(row * sizeof(long))..]));

    private static bool IsOut(int day) => day is <= 0 or >= ushort.MaxValue;

    /// <summary>The values of the block's time column, which is preceded only by columns of fixed width.</summary>
    private static ReadOnlySpan<byte> Times(JournalFrame frame)
    {
        var reader = new NativeReader(frame.Block.Span);
        var columns = reader.Length();
        var rows = reader.Length();
        var wanted = ColumnFacts.TimeColumn(frame.Signal);
        for (; columns > 0; columns--)
        {
            var (name, type) = (reader.Text(), reader.Text());
            var width = type switch
            {
                _ when type.StartsWith("FixedString(", StringComparison.Ordinal) => int.Parse(type.AsSpan(12, type.Length - 13)),
                _ when type.StartsWith("DateTime64", StringComparison.Ordinal) => 8,
                "UInt64" or "Int64" or "Float64" => 8,
                "UInt32" or "Int32" => 4,
                "UInt8" => 1,
                _ => throw new InvalidDataException($"a block has a column of type {type} before its times"),
            };
            var values = reader.Take(checked(rows * width));
            if (name == wanted)
                return values;
        }
        throw new InvalidDataException("a block has no times");
    }
}
