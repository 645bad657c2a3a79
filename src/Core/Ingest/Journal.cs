using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// The write-ahead journal: segments of frames, synced before anything is acknowledged. One writer (the committer thread) appends;
/// a closed segment is passed to the loaders and is deleted when the engine has stored it.
/// </summary>
internal sealed class Journal : IDisposable
{
    public const string Suffix = ".seg";
    private const string IdFile = "journal.id";
    private static readonly string[] OwnFiles = [IdFile, JournalLock.FileName, RecentKeys.RequestsFile, RecentKeys.DocumentsFile];
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _header = JournalFormat.FileHeader();
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];

    // Numbers restart when the journal is empty; this value distinguishes their segments from earlier ones, whose tokens the engine remembers.
    private readonly string _session = Guid.NewGuid().ToString("n")[..16];
    private SafeFileHandle? _file;
    private JournalSegment? _open;
    private long _openedAt;
    private long _length;
    private int _rows;
    private long _number;
    private long _pendingBytes;
    private JournalSegment? _failed;
    private readonly long[] _rowsOf = new long[SignalTable.All.Count];
    private readonly EncodedFrame _end = new();
    private readonly IDisposable _lock;

    /// <summary>Bytes that the engine has not stored yet.</summary>
    public UnloadedSegments Unloaded { get; }

    public Journal(JournalOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Unloaded = new UnloadedSegments(time);
        Directory.CreateDirectory(options.Folder);
        _lock = JournalLock.Take(options.Folder);
        Id = ReadOrCreateId();
        SetAside = new SetAsideFolder(options.Folder, options.SyncFolder, options.MaxSetAsideBytes);
        SetAside.Recover();
        List<JournalSegment> left = [.. Directory.EnumerateFiles(options.Folder, "*" + Suffix).Select(Segment).OfType<JournalSegment>().OrderBy(s => s.Number)];
        // Only the newest segment of each run may have been open when it ended.
        Left = [.. left.Select((s, i) => s with { WasClosed = left.Skip(i + 1).Any(next => SessionOf(next) == SessionOf(s)) })];
        Unknown = [.. Directory.EnumerateFiles(options.Folder)
            .Where(path => !OwnFiles.Contains(Path.GetFileName(path)) && Path.GetExtension(path) is not (".plan" or ".tmp") && Segment(path) is null)
            .Select(path => Path.GetFileName(path))];
        _number = Left.Count == 0 ? 0 : Left[^1].Number;
        _pendingBytes = Left.Sum(s => s.Bytes);
        foreach (var segment in Left)
            Unloaded.Opened(segment.Number);
    }

    public Action<string> SyncFolder => _options.SyncFolder;

    /// <summary>Unknown files in the folder; a segment that somebody renamed is one of them and is not loaded.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Segments with refused rows.</summary>
    public SetAsideFolder SetAside { get; }

    /// <summary>Part of every deduplication token, so that segment 1 of a new journal is not mistaken for that of an old one.</summary>
    public string Id { get; }

    /// <summary>Segments found at start, oldest first: acknowledged before the last stop, perhaps not loaded.</summary>
    public IReadOnlyList<JournalSegment> Left { get; }

    /// <summary>Bytes in segments that the engine has not confirmed.</summary>
    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    public bool IsFull => PendingBytes >= _options.MaxPendingBytes;

    /// <summary>
    /// Appends the frames and syncs. After an exception (no space, a broken disk) none of them is in the journal.
    /// </summary>
    public void Append(IReadOnlyList<EncodedFrame> frames)
    {
        OpenSegment();
        _pieces.Clear();
        long added = 0;
        foreach (var frame in frames)
        {
            _pieces.Add(frame.Header);
            _pieces.Add(frame.Payload);
            added += frame.Header.Length + frame.Payload.Length;
        }
        try
        {
            RandomAccess.Write(_file!, _pieces, _length);
            RandomAccess.FlushToDisk(_file!);
        }
        catch
        {
            Abandon();
            throw;
        }
        if (_rows == 0)
            Unloaded.Opened(_open!.Number);
        _length += added;
        foreach (var frame in frames)
        {
            if (frame.Signal is not { } signal)
                continue;
            _rows += frame.Rows;
            _rowsOf[(int)signal] += frame.Rows;
        }
        Interlocked.Add(ref _pendingBytes, added);
    }

    /// <summary>Time until the open segment is due; null when it has no rows.</summary>
    public TimeSpan? DueIn => _rows == 0 ? null : _options.SegmentAge - _time.GetElapsedTime(_openedAt);

    /// <summary>Closes the open segment when it is due (or <paramref name="force"/>d) and returns it.</summary>
    public JournalSegment? Roll(bool force = false)
    {
        if (_open is null || _rows == 0)
            return null;
        if (!force && _rows < _options.SegmentRows && _length < _options.SegmentBytes && DueIn > TimeSpan.Zero)
            return null;
        WriteEnd();
        var segment = _open with { Bytes = _length, WasClosed = true };
        _file!.Dispose();
        (_file, _open, _rows, _length) = (null, null, 0, 0);
        return segment;
    }

    /// <summary>Records the number of rows of the segment, so that missing rows can be counted later. Not synced, because nothing depends on it.</summary>
    private void WriteEnd()
    {
        _end.EncodeEnd(_rowsOf);
        Array.Clear(_rowsOf);
        try
        {
            RandomAccess.Write(_file!, [_end.Header, _end.Payload], _length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
        _length += _end.Header.Length + _end.Payload.Length;
        Interlocked.Add(ref _pendingBytes, _end.Header.Length + _end.Payload.Length);
    }

    /// <summary>Deletes a segment that the engine has stored.</summary>
    public void Remove(JournalSegment segment)
    {
        File.Delete(segment.Path);
        File.Delete(LoadPlan.PathOf(segment.Path));
        Interlocked.Add(ref _pendingBytes, -segment.Bytes);
        Unloaded.Ended(segment.Number);
    }

    /// <summary>Sets a segment aside that the engine refuses permanently, or that can't be read, so that it is neither lost nor blocking others.</summary>
    public string PutAside(JournalSegment segment, LoadPlan? plan)
    {
        var path = plan is null ? SetAside.Add(segment) : SetAside.Add(segment, plan);
        Interlocked.Add(ref _pendingBytes, -segment.Bytes);
        Unloaded.Ended(segment.Number);
        return path;
    }

    /// <summary>Moves a set-aside segment back; null when there is none with this name. The caller loads it.</summary>
    public JournalSegment? TakeBack(string name)
    {
        if (SetAside.Retry(name) is not { } path || Segment(path) is not { } segment)
            return null;
        Interlocked.Add(ref _pendingBytes, segment.Bytes);
        return segment;
    }

    private void OpenSegment()
    {
        if (_file is not null)
        {
            if (_rows == 0)
                _openedAt = _time.GetTimestamp();
            return;
        }
        var number = _number + 1;
        var path = Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"{number:d20}-{_session}{Suffix}"));
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        Array.Clear(_rowsOf);
        _number = number;
        try
        {
            RandomAccess.Write(_file, _header, 0);
            _options.SyncFolder(_options.Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _file.Dispose();
            _file = null;
            File.Delete(path);
            throw;
        }
        _open = new JournalSegment(path, number, 0, TokenOf(number, _session));
        _openedAt = _time.GetTimestamp();
        _length = _header.Length;
        Interlocked.Add(ref _pendingBytes, _header.Length);
    }

    /// <summary>
    /// A failed write may have left part of the frames. They were not acknowledged, so they must not be replayed either: truncate them,
    /// and if that fails too, close the file; readers skip the incomplete end by its checksum.
    /// </summary>
    private void Abandon()
    {
        try
        {
            RandomAccess.SetLength(_file!, _length);
        }
        catch (IOException)
        {
            // Truncating failed as well; the next append opens a new segment.
            if (_rows > 0)
                WriteEnd();
            _failed = _rows > 0 ? _open! with { Bytes = _length } : null;
            _file!.Dispose();
            (_file, _open, _rows, _length) = (null, null, 0, 0);
        }
    }

    /// <summary>A segment that had to be closed early after a failed write; it holds acknowledged rows.</summary>
    public JournalSegment? TakeFailed()
    {
        var failed = _failed;
        _failed = null;
        return failed;
    }

    private string ReadOrCreateId()
    {
        var path = Path.Combine(_options.Folder, IdFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 32 } known)
            return known;
        var id = Guid.NewGuid().ToString("n");
        using (var file = File.Create(path))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(id));
            file.Flush(flushToDisk: true);
        }
        _options.SyncFolder(_options.Folder);
        return id;
    }

    private static JournalSegment? Segment(string path) => Path.GetExtension(path) == Suffix && TryName(path, out var number, out var token)
        ? new JournalSegment(path, number, new FileInfo(path).Length, token) : null;

    private static string SessionOf(JournalSegment segment) =>
        segment.Token.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? segment.Token[dash..] : segment.Token;

    /// <summary>Reads <c>00000000000000000007-0123456789abcdef.seg</c>; segments of the first versions have no second part.</summary>
    private static bool TryName(string path, out long number, out string token)
    {
        var parts = Path.GetFileNameWithoutExtension(path).Split('-');
        token = "";
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out number) || parts.Length > 2)
            return false;
        token = TokenOf(number, parts.Length == 2 ? parts[1] : "");
        return true;
    }

    private static string TokenOf(long number, string session) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}{(session.Length == 0 ? "" : "-")}{session}");

    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }
}

/// <summary>A closed segment file.</summary>
/// <param name="Number">Position in the order of writing, among the waiting segments.</param>
/// <param name="Token">Unique among all segments of the journal, and stable across restarts.</param>
/// <param name="WasClosed">It was closed normally, so it has its end frame unless it is damaged.</param>
internal sealed record JournalSegment(string Path, long Number, long Bytes, string Token, bool WasClosed = false);
