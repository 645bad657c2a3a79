using System.Collections.Concurrent;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Ingest;

/// <summary>A frame ready to be written.</summary>
internal sealed class EncodedFrame
{
    private readonly byte[] _header = new byte[JournalFormat.FrameHeaderSize];
    private readonly ByteBuffer _payload = new();

    /// <summary>Null for frames without rows.</summary>
    public Signal? Signal { get; private set; }

    public int Rows { get; private set; }

    public ReadOnlyMemory<byte> Header => _header;

    public ReadOnlyMemory<byte> Payload => _payload.WrittenMemory;

    /// <summary>Memory it keeps for the next frame.</summary>
    public int Capacity => _payload.Capacity;

    public void Encode(Block block)
    {
        _payload.Clear();
        block.WriteNative(_payload);
        (Signal, Rows) = (block.Signal, block.Rows);
        JournalFormat.WriteFrameHeader(_header, (FrameKind)block.Signal, block.Rows, _payload.Written);
    }

    public void EncodeFacts(ColumnFacts facts, int from)
    {
        _payload.Clear();
        _payload.Append(facts.Written(from).Span);
        Finish(FrameKind.ColumnFacts, facts.Count - from);
    }

    /// <param name="kind">Requests or documents.</param>
    /// <param name="keys">Received at <paramref name="unixMilliseconds"/>.</param>
    public void EncodeKeys(FrameKind kind, IReadOnlyList<UInt128> keys, long unixMilliseconds)
    {
        _payload.Clear();
        foreach (var key in keys)
            RecentKeys.Write(_payload, key, unixMilliseconds);
        Finish(kind, keys.Count);
    }

    public void EncodeEnd(ReadOnlySpan<long> rowsOfSignals)
    {
        _payload.Clear();
        foreach (var rows in rowsOfSignals)
            _payload.AppendFixed(rows);
        Finish(FrameKind.End, 0);
    }

    private void Finish(FrameKind kind, int rows)
    {
        (Signal, Rows) = (null, rows);
        JournalFormat.WriteFrameHeader(_header, kind, rows, _payload.Written);
    }
}

/// <summary>Keeps a few frames with their buffers for the next requests, except those that an unusual request made large.</summary>
internal sealed class FramePool
{
    private const int Kept = 32;
    private const int LargestKept = 8 << 20;
    private readonly ConcurrentBag<EncodedFrame> _free = [];

    public PoolFigures Figures => new("ingest_encoded_blocks", _free.Count, Kept, _free.Sum(static f => (long)f.Capacity), (long)Kept * LargestKept);

    /// <summary>Releases the pooled frames.</summary>
    public void Trim() => _free.Clear();

    public EncodedFrame Rent() => _free.TryTake(out var free) ? free : new EncodedFrame();

    public void Return(EncodedFrame frame)
    {
        if (frame.Capacity <= LargestKept && _free.Count < Kept)
            _free.Add(frame);
    }
}
