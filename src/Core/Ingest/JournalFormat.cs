using System.Buffers.Binary;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// The bytes of a journal segment:
/// <code>
/// "WEIRJNL2"  u32 length of the layout  layout (JSON: the columns and structure of each table at the time of writing)  u32 CRC-32C of it
/// then frames: u32 magic  u32 kind  u32 rows  u32 length  u32 CRC-32C of these 16 bytes and the payload  payload
/// </code>
/// All numbers are little-endian. Kinds below 16 are signals, whose payload is a Native block; the others are <see cref="FrameKind"/>s.
/// "WEIRJNL1" has only signals and no checksum after the layout. A frame is complete or missing. Bytes that are not a frame are either the
/// rest of a write that a crash cut off (short, and at the end of the file), which was never acknowledged, or damage, which is reported.
/// </summary>
internal static class JournalFormat
{
    public const int FrameHeaderSize = 20;
    private const uint FrameMagic = 0x4d52_4657; // "WFRM"
    private const int MagicLength = 8;
    private static ReadOnlySpan<byte> FirstFileMagic => "WEIRJNL1"u8;
    private static ReadOnlySpan<byte> FileMagic => "WEIRJNL2"u8;

    public static byte[] FileHeader()
    {
        var layouts = SignalTable.All.ToDictionary(SignalTable.Name, TableLayouts.Of);
        var json = JsonSerializer.SerializeToUtf8Bytes(layouts, JournalJson.Default.DictionaryStringTableLayout);
        var header = new byte[FileMagic.Length + sizeof(uint) + json.Length + sizeof(uint)];
        FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(FileMagic.Length), (uint)json.Length);
        json.CopyTo(header.AsSpan(FileMagic.Length + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(^sizeof(uint)), ~Crc32C.Append(Crc32C.Start, json));
        return header;
    }

    public static void WriteFrameHeader(Span<byte> header, FrameKind kind, int rows, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, FrameMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)rows);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Checksum(header[..16], payload));
    }

    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        ~Crc32C.Append(Crc32C.Append(Crc32C.Start, header), payload);

    /// <summary>Reads a whole segment; never throws on damage.</summary>
    public static JournalContent Read(ReadOnlyMemory<byte> file)
    {
        var content = new JournalContent();
        var bytes = file.Span;
        var at = HeaderEnd(bytes, content);
        if (at == 0)
            content.Layouts = SignalTable.All.ToDictionary(SignalTable.Name, TableLayouts.Of);
        while (at < bytes.Length)
        {
            if (TryReadFrame(bytes[at..], out var frame))
            {
                content.Add(frame, file.Slice(at + FrameHeaderSize, frame.Length));
                at += FrameHeaderSize + frame.Length;
                continue;
            }
            var next = FindFrame(bytes[(at + 1)..]);
            var skipped = next < 0 ? bytes.Length - at : next + 1;
            if (next < 0 && IsTorn(bytes[at..], isHead: at == 0))
                content.TornBytes += skipped;
            else
                NoteDamage(bytes.Slice(at, skipped), content, isHead: at == 0 && next >= 0 && skipped == FileHeader().Length);
            at += skipped;
        }
        content.Close();
        return content;
    }

    /// <summary>
    /// True for the rest of a write that a crash cut off: the beginning of a frame (or of the file's header) whose bytes end early. Zeros, a
    /// frame of full length with a wrong checksum, and anything else are damage.
    /// </summary>
    private static bool IsTorn(ReadOnlySpan<byte> rest, bool isHead)
    {
        if (isHead)
        {
            var magic = rest[..Math.Min(rest.Length, MagicLength)];
            if (!FileMagic.StartsWith(magic) && !FirstFileMagic.StartsWith(magic))
                return false;
            return rest.Length < MagicLength + sizeof(uint)
                || BinaryPrimitives.ReadUInt32LittleEndian(rest[MagicLength..]) + (ulong)sizeof(uint) > (ulong)(rest.Length - MagicLength - sizeof(uint));
        }
        Span<byte> frame = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, FrameMagic);
        if (!frame.StartsWith(rest[..Math.Min(rest.Length, sizeof(uint))]))
            return false;
        return rest.Length < FrameHeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(rest[12..]) > rest.Length - FrameHeaderSize;
    }

    /// <summary>Counts the rows of the damaged frames as far as their headers are readable.</summary>
    private static void NoteDamage(ReadOnlySpan<byte> damaged, JournalContent content, bool isHead)
    {
        content.DamagedBytes += damaged.Length;
        var at = 0;
        while (damaged.Length - at >= FrameHeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(damaged[at..]) == FrameMagic)
        {
            var kind = (FrameKind)BinaryPrimitives.ReadUInt32LittleEndian(damaged[(at + 4)..]);
            var rows = BinaryPrimitives.ReadUInt32LittleEndian(damaged[(at + 8)..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(damaged[(at + 12)..]);
            if (length > damaged.Length - at - FrameHeaderSize || rows > length)
                break;
            if (Enum.IsDefined((Signal)kind))
                content.Lose((Signal)kind, (int)rows);
            at += FrameHeaderSize + (int)length;
        }
        content.HasUnknownLoss |= !isHead && at < damaged.Length;
    }

    private static int FindFrame(ReadOnlySpan<byte> bytes)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, FrameMagic);
        var from = 0;
        while (true)
        {
            var at = bytes[from..].IndexOf(magic);
            if (at < 0)
                return -1;
            if (TryReadFrame(bytes[(from + at)..], out _))
                return from + at;
            from += at + 1;
        }
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, out FrameHead frame)
    {
        frame = default;
        if (bytes.Length < FrameHeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FrameMagic)
            return false;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (size > bytes.Length - FrameHeaderSize)
            return false;
        frame = new FrameHead(
            (FrameKind)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            (int)size,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]));
        return Checksum(bytes[..16], bytes.Slice(FrameHeaderSize, frame.Length)) == frame.Checksum;
    }

    /// <summary>
    /// The position of the first frame; 0 when the header can't be read. In that case frames are still searched, with the current
    /// layout, because complete frames are acknowledged rows.
    /// </summary>
    private static int HeaderEnd(ReadOnlySpan<byte> bytes, JournalContent content)
    {
        var at = MagicLength + sizeof(uint);
        if (bytes.Length < at)
            return 0;
        content.IsFirstFormat = bytes[..MagicLength].SequenceEqual(FirstFileMagic);
        if (!content.IsFirstFormat && !bytes[..MagicLength].SequenceEqual(FileMagic))
            return 0;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[MagicLength..]);
        var checksum = content.IsFirstFormat ? 0 : sizeof(uint);
        if (length > bytes.Length - at - checksum)
            return 0;
        var layout = bytes.Slice(at, (int)length);
        at += (int)length;
        if (!content.IsFirstFormat && BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) != ~Crc32C.Append(Crc32C.Start, layout))
            return 0;
        return TryReadLayouts(layout, content) ? at + checksum : 0;
    }

    private static bool TryReadLayouts(ReadOnlySpan<byte> json, JournalContent content)
    {
        try
        {
            content.Layouts = JsonSerializer.Deserialize(json, JournalJson.Default.DictionaryStringTableLayout) ?? [];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>The content of a frame. Numbers below 16 are those of <see cref="Signal"/>; readers skip unknown kinds.</summary>
internal enum FrameKind : uint
{
    /// <summary><see cref="Ingest.ColumnFacts"/> of the segment's rows that no earlier frame contains.</summary>
    ColumnFacts = 16,

    /// <summary>Keys of the requests that brought the rows, <see cref="RecentKeys"/>.</summary>
    Requests = 17,

    /// <summary>Keys of single documents.</summary>
    Documents = 18,

    /// <summary>Written when the segment is closed: u64 rows of each signal. Everything before it was acknowledged.</summary>
    End = 19,
}

internal readonly record struct FrameHead(FrameKind Kind, int Rows, int Length, uint Checksum);

/// <summary>A block of rows of a segment.</summary>
/// <param name="Id">Unique in the segment, and independent of damage elsewhere in it.</param>
internal sealed record JournalFrame(Signal Signal, int Rows, ReadOnlyMemory<byte> Block, string Id);

/// <summary>The content of a segment.</summary>
internal sealed class JournalContent
{
    private readonly List<JournalFrame> _frames = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<FrameKind, List<ReadOnlyMemory<byte>>> _others = [];
    private readonly long[] _rows = new long[SignalTable.All.Count];
    private readonly long[] _lost = new long[SignalTable.All.Count];

    public Dictionary<string, TableLayout> Layouts { get; set; } = [];

    /// <summary>The columns of the signal's blocks; the current ones when the segment does not declare them.</summary>
    public TableLayout LayoutOf(Signal signal) => Layouts.TryGetValue(SignalTable.Name(signal), out var layout) ? layout : TableLayouts.Of(signal);

    /// <summary>Written by the first versions, without column facts, and loaded by them as several blocks at once.</summary>
    public bool IsFirstFormat { get; set; }

    public int Rows { get; private set; }

    /// <summary>The end of a write that a crash cut off; never acknowledged.</summary>
    public long TornBytes { get; set; }

    /// <summary>Unreadable bytes that are not a cut-off write: acknowledged rows were lost on disk.</summary>
    public long DamagedBytes { get; set; }

    /// <summary>The number of lost rows is unknown for a part of the damage.</summary>
    public bool HasUnknownLoss { get; set; }

    /// <summary>The segment has the frame that closes it.</summary>
    public bool HasEnd { get; private set; }

    public IReadOnlyList<JournalFrame> Frames => _frames;

    public bool IsDamaged => DamagedBytes > 0 || SignalTable.All.Any(s => Lost(s) > 0);

    public long RowsOf(Signal signal) => _rows[(int)signal];

    /// <summary>Rows of the segment that can't be read, as far as their number is known.</summary>
    public long Lost(Signal signal) => _lost[(int)signal];

    public IReadOnlyList<ReadOnlyMemory<byte>> Others(FrameKind kind) => _others.TryGetValue(kind, out var payloads) ? payloads : [];

    public void Lose(Signal signal, int rows) => _lost[(int)signal] += rows;

    public void Add(FrameHead frame, ReadOnlyMemory<byte> payload)
    {
        var signal = (Signal)frame.Kind;
        if (!Enum.IsDefined(signal))
        {
            if (!_others.TryGetValue(frame.Kind, out var payloads))
                _others[frame.Kind] = payloads = [];
            payloads.Add(payload);
            return;
        }
        var id = $"{frame.Checksum:x8}{frame.Length:x}";
        var before = _ids[id] = _ids.GetValueOrDefault(id) + 1;
        _frames.Add(new JournalFrame(signal, frame.Rows, payload, before == 1 ? id : $"{id}.{before}"));
        _rows[(int)signal] += frame.Rows;
        Rows += frame.Rows;
    }

    /// <summary>Called after the last frame: compares with the number of rows that the segment declares at its end.</summary>
    public void Close()
    {
        if (Others(FrameKind.End) is not [.., var end] || end.Length < _rows.Length * sizeof(ulong))
            return;
        HasEnd = true;
        HasUnknownLoss = false;
        for (var signal = 0; signal < _rows.Length; signal++)
        {
            var written = (long)BinaryPrimitives.ReadUInt64LittleEndian(end.Span[(signal * sizeof(ulong))..]);
            _lost[signal] = Math.Max(0, written - _rows[signal]);
        }
    }
}

/// <summary>Columns of a table at the time a block was written.</summary>
public sealed record TableLayout(string Columns, string Structure);

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, TableLayout>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(LoadPlanFile))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class JournalJson : System.Text.Json.Serialization.JsonSerializerContext;
