using System.Buffers.Binary;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// The bytes of a journal segment:
/// <code>
/// "WEIRJNL1"  u32 length of the layout  layout (JSON: the columns and structure of each table at the time of writing)
/// then frames: u32 magic  u32 signal  u32 rows  u32 length  u32 CRC-32C of these 16 bytes and the payload  payload (a Native block)
/// </code>
/// All numbers little-endian. A frame is there wholly or not at all: one whose checksum fails was never acknowledged (a torn tail),
/// or was damaged later, which is reported.
/// </summary>
internal static class JournalFormat
{
    public const int FrameHeaderSize = 20;
    private const uint FrameMagic = 0x4d52_4657; // "WFRM"
    private static ReadOnlySpan<byte> FileMagic => "WEIRJNL1"u8;

    public static byte[] FileHeader()
    {
        var layouts = SignalTable.All.ToDictionary(SignalTable.Name, TableLayouts.Of);
        var json = JsonSerializer.SerializeToUtf8Bytes(layouts, JournalJson.Default.DictionaryStringTableLayout);
        var header = new byte[FileMagic.Length + sizeof(uint) + json.Length];
        FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(FileMagic.Length), (uint)json.Length);
        json.CopyTo(header.AsSpan(FileMagic.Length + sizeof(uint)));
        return header;
    }

    public static void WriteFrameHeader(Span<byte> header, Signal signal, int rows, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, FrameMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)signal);
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
            if (TryReadFrame(bytes[at..], out var signal, out var rows, out var length))
            {
                content.Add(signal, rows, file.Slice(at + FrameHeaderSize, length));
                at += FrameHeaderSize + length;
                continue;
            }
            // Look for the next whole frame: a torn tail has none, a cut in the middle may.
            var next = FindFrame(bytes[(at + 1)..]);
            var skipped = next < 0 ? bytes.Length - at : next + 1;
            content.DamagedBytes += skipped;
            content.DamagedInTheMiddle |= next >= 0;
            at += skipped;
        }
        return content;
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
            if (TryReadFrame(bytes[(from + at)..], out _, out _, out _))
                return from + at;
            from += at + 1;
        }
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, out Signal signal, out int rows, out int length)
    {
        (signal, rows, length) = (default, 0, 0);
        if (bytes.Length < FrameHeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FrameMagic)
            return false;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (size > bytes.Length - FrameHeaderSize)
            return false;
        length = (int)size;
        signal = (Signal)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        rows = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return Checksum(bytes[..16], bytes.Slice(FrameHeaderSize, length)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..])
            && Enum.IsDefined(signal);
    }

    /// <summary>
    /// Where the frames begin; 0 when the header can't be read. Then what follows it is looked for all the same, and taken as laid out as
    /// today: whole frames are acknowledged rows.
    /// </summary>
    private static int HeaderEnd(ReadOnlySpan<byte> bytes, JournalContent content)
    {
        var at = FileMagic.Length + sizeof(uint);
        if (bytes.Length < at || !bytes[..FileMagic.Length].SequenceEqual(FileMagic))
            return 0;
        var layoutLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileMagic.Length..]);
        return layoutLength <= bytes.Length - at && TryReadLayouts(bytes.Slice(at, (int)layoutLength), content) ? at + (int)layoutLength : 0;
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

/// <summary>What a segment holds, by table.</summary>
internal sealed class JournalContent
{
    private readonly Dictionary<Signal, List<ReadOnlyMemory<byte>>> _blocks = [];

    public Dictionary<string, TableLayout> Layouts { get; set; } = [];

    public int Rows { get; private set; }

    public long DamagedBytes { get; set; }

    /// <summary>Whole frames follow the damage: acknowledged rows were lost to the disk, not to a crash.</summary>
    public bool DamagedInTheMiddle { get; set; }

    public IReadOnlyDictionary<Signal, List<ReadOnlyMemory<byte>>> Blocks => _blocks;

    public void Add(Signal signal, int rows, ReadOnlyMemory<byte> block)
    {
        if (!_blocks.TryGetValue(signal, out var blocks))
            _blocks[signal] = blocks = [];
        blocks.Add(block);
        Rows += rows;
    }
}

/// <summary>Columns of a table as the writer of a block knew them.</summary>
public sealed record TableLayout(string Columns, string Structure);

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, TableLayout>))]
internal sealed partial class JournalJson : System.Text.Json.Serialization.JsonSerializerContext;
