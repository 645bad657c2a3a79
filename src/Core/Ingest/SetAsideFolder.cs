using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Rows of a segment that the engine refused, of one signal and for one reason.</summary>
public sealed record SetAsideRows(Signal Signal, string Reason, long Rows, string Message);

/// <summary>A set-aside segment.</summary>
/// <param name="Name">Name of the file, without its folder.</param>
/// <param name="Bytes">Size of the file, which also contains loaded rows.</param>
/// <param name="At">When it was set aside.</param>
/// <param name="Rows">The rows that are not loaded.</param>
public sealed record SetAsideSegment(string Name, long Bytes, DateTimeOffset At, IReadOnlyList<SetAsideRows> Rows);

/// <summary>
/// Segments with refused rows, in <c>refused</c> below the journal: neither lost nor blocking others. The plan beside each segment
/// lists its rows that are not loaded. Limited in bytes and number: above a limit the oldest are deleted and returned to the caller, so
/// that data of one sender that the store refuses can't fill the disk. Calls from several threads are serialised.
/// </summary>
public sealed class SetAsideFolder
{
    /// <summary>Maximum number of segments.</summary>
    public const int MostSegments = 10_000;

    private readonly string _journal;
    private readonly string _folder;
    private readonly Action<string> _syncFolder;
    private readonly Lock _lock = new();
    private List<SetAsideSegment>? _listed;
    private long _bytes;
    private long _deletedRows;

    /// <param name="journalFolder">Only the process that has locked the journal may change its set-aside segments.</param>
    /// <param name="syncFolder">Syncs a folder to disk.</param>
    /// <param name="maxBytes">Limit for all segments; the newest segment is kept even when it is larger.</param>
    public SetAsideFolder(string journalFolder, Action<string> syncFolder, long maxBytes = long.MaxValue)
    {
        MaxBytes = maxBytes;
        _journal = journalFolder;
        _folder = Path.Combine(journalFolder, "refused");
        _syncFolder = syncFolder;
    }

    public long MaxBytes { get; }

    /// <summary>Bytes of the segments.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                Listed();
                return _bytes;
            }
        }
    }

    /// <summary>Rows that this run deleted because of a limit.</summary>
    public long DeletedRows => Interlocked.Read(ref _deletedRows);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SetAsideSegment> List()
    {
        lock (_lock)
            return [.. Listed()];
    }

    /// <summary>Deletes the oldest segments above a limit and returns them. Throws <see cref="IOException"/>.</summary>
    internal IReadOnlyList<SetAsideSegment> DeleteOldest()
    {
        lock (_lock)
        {
            var listed = Listed();
            var bytes = _bytes;
            var count = 0;
            while (count < listed.Count - 1 && (bytes > MaxBytes || listed.Count - count > MostSegments))
                bytes -= listed[count++].Bytes;
            if (count == 0)
                return [];
            var deleted = listed.GetRange(0, count);
            foreach (var segment in deleted)
            {
                Delete(segment.Name);
                Interlocked.Add(ref _deletedRows, segment.Rows.Sum(r => r.Rows));
            }
            return deleted;
        }
    }

    /// <summary>Moves a segment here, with its plan. After a crash in between, <see cref="Recover"/> completes the move.</summary>
    internal string Add(JournalSegment segment, LoadPlan plan)
    {
        lock (_lock)
        {
            plan.Write(_syncFolder);
            Directory.CreateDirectory(_folder);
            var path = Path.Combine(_folder, Path.GetFileName(segment.Path));
            File.Move(segment.Path, path, overwrite: true);
            File.Move(LoadPlan.PathOf(segment.Path), LoadPlan.PathOf(path), overwrite: true);
            _syncFolder(_folder);
            _syncFolder(_journal);
            Added(path);
            return path;
        }
    }

    /// <summary>Moves a completely unreadable segment here.</summary>
    internal string Add(JournalSegment segment)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(_folder);
            var path = Path.Combine(_folder, Path.GetFileName(segment.Path));
            File.Move(segment.Path, path, overwrite: true);
            if (File.Exists(LoadPlan.PathOf(segment.Path)))
                File.Move(LoadPlan.PathOf(segment.Path), LoadPlan.PathOf(path), overwrite: true);
            _syncFolder(_folder);
            Added(path);
            return path;
        }
    }

    /// <summary>
    /// Moves a segment back to the journal, with its refused rows marked as waiting, so that the next load tries them again. Returns its path there,
    /// or null when there is none with this name. Throws <see cref="IOException"/>.
    /// </summary>
    public string? Retry(string name)
    {
        lock (_lock)
        {
            if (!Has(name))
                return null;
            var from = Path.Combine(_folder, name);
            var to = Path.Combine(_journal, name);
            if (ReadPlan(from) is { } plan)
            {
                foreach (var piece in plan.Pieces.Where(p => p.State == PieceState.Refused))
                    (piece.State, piece.Rows, piece.Reason, piece.Message) = (PieceState.Waiting, 0, "", "");
                LoadPlan.Write(LoadPlan.PathOf(from), plan, _syncFolder);
                // The plan first: a segment without its plan would be loaded completely.
                File.Move(LoadPlan.PathOf(from), LoadPlan.PathOf(to), overwrite: true);
                _syncFolder(_journal);
            }
            File.Move(from, to);
            _syncFolder(_journal);
            _listed = null;
            return to;
        }
    }

    /// <summary>Deletes a segment; false when there is none with this name. Throws <see cref="IOException"/>.</summary>
    public bool Drop(string name)
    {
        lock (_lock)
        {
            if (!Has(name))
                return false;
            Delete(name);
            return true;
        }
    }

    /// <summary>Completes moves that a crash interrupted, and deletes plans without a segment.</summary>
    internal void Recover()
    {
        foreach (var plan in Directory.EnumerateFiles(_journal, "*.plan").ToList())
        {
            if (File.Exists(Path.ChangeExtension(plan, Journal.Suffix)))
                continue;
            var there = Path.Combine(_folder, Path.GetFileName(plan));
            if (File.Exists(Path.ChangeExtension(there, Journal.Suffix)))
                File.Move(plan, there, overwrite: true);
            else
                File.Delete(plan);
        }
        foreach (var plan in Directory.Exists(_folder) ? Directory.GetFiles(_folder, "*.plan") : [])
        {
            if (!File.Exists(Path.ChangeExtension(plan, Journal.Suffix)))
                File.Delete(plan);
        }
        foreach (var draft in Directory.EnumerateFiles(_journal, "*.plan.tmp").ToList())
            File.Delete(draft);
    }

    private bool Has(string name) => Path.GetFileName(name) == name && name.EndsWith(Journal.Suffix, StringComparison.Ordinal) && File.Exists(Path.Combine(_folder, name));

    private void Delete(string name)
    {
        // The segment first: the next start deletes a plan without a segment.
        File.Delete(Path.Combine(_folder, name));
        File.Delete(LoadPlan.PathOf(Path.Combine(_folder, name)));
        Remove(name);
    }

    private List<SetAsideSegment> Listed()
    {
        if (_listed is not null)
            return _listed;
        _listed = Directory.Exists(_folder)
            ? [.. Directory.EnumerateFiles(_folder, "*" + Journal.Suffix).Select(Read).OrderBy(s => s.At).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : [];
        _bytes = _listed.Sum(s => s.Bytes);
        return _listed;
    }

    /// <summary>Reads only new files, because there may be thousands.</summary>
    private void Added(string path)
    {
        if (_listed is null)
            return;
        Remove(Path.GetFileName(path));
        var added = Read(path);
        _listed.Add(added);
        _bytes += added.Bytes;
    }

    private void Remove(string name)
    {
        if (_listed?.FindIndex(s => s.Name == name) is not (>= 0 and var at))
            return;
        _bytes -= _listed[at].Bytes;
        _listed.RemoveAt(at);
    }

    private static SetAsideSegment Read(string path)
    {
        var file = new FileInfo(path);
        return new SetAsideSegment(file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero), RowsOf(path));
    }

    private static List<SetAsideRows> RowsOf(string path)
    {
        if (ReadPlan(path) is { } plan)
        {
            return [.. plan.Pieces.Where(p => p.State == PieceState.Refused).GroupBy(p => (p.Signal, p.Reason))
                .Select(g => new SetAsideRows(g.Key.Signal, g.Key.Reason, g.Sum(p => p.Rows), g.Last().Message))];
        }
        // Set aside by an older version, or unreadable.
        var content = JournalFormat.Read(File.ReadAllBytes(path));
        return [.. SignalTable.All.Where(s => content.RowsOf(s) > 0).Select(s => new SetAsideRows(s, "refused-by-engine", content.RowsOf(s), ""))];
    }

    private static LoadPlanFile? ReadPlan(string segment)
    {
        try
        {
            return LoadPlan.TryRead(LoadPlan.PathOf(segment));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
