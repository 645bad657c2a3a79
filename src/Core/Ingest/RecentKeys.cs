using System.Buffers.Binary;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Keys of requests or documents that were stored in the last minutes, to recognise repeated ones, also after a restart. A key is known from the
/// moment its request is about to be stored; a repeated request in the meantime waits for the result. Keys of failed requests are
/// removed. A key is written to the journal with its rows, and to the file when those leave the journal. Thread-safe.
/// </summary>
internal sealed class RecentKeys
{
    public const string RequestsFile = "requests.log";
    public const string DocumentsFile = "documents.log";

    /// <summary>How long a key is known.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    private const int EntrySize = 24;
    private readonly Lock _lock = new();
    private readonly Lock _fileLock = new();
    private readonly Dictionary<UInt128, Entry> _known = [];
    private readonly Queue<(UInt128 Key, long At)> _order = new();
    private readonly string _path;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private long _forgottenEarly;

    private readonly record struct Entry(long At, Task<Fault?> Outcome);

    private static readonly Task<Fault?> Stored = Task.FromResult<Fault?>(null);

    /// <param name="path">The file; it is read at once, without expired keys.</param>
    /// <param name="capacity">Maximum number of keys.</param>
    /// <param name="time">The clock.</param>
    public RecentKeys(string path, int capacity, TimeProvider time)
    {
        (_path, _capacity, _time) = (path, capacity, time);
        if (File.Exists(path))
            Remember(File.ReadAllBytes(path));
        Rewrite();
    }

    /// <summary>Keys that were removed early because there were too many.</summary>
    public long ForgottenEarly => Interlocked.Read(ref _forgottenEarly);

    /// <summary>True when the key is new, with <paramref name="outcome"/> for its result; otherwise returns the outcome of the earlier request.</summary>
    public bool TryBegin(UInt128 key, Task<Fault?> outcome, out Task<Fault?> earlier)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(key, out var known) && known.At > Now() - (long)Span.TotalMilliseconds)
            {
                earlier = known.Outcome;
                return false;
            }
            Add(key, Now(), outcome);
            earlier = outcome;
            return true;
        }
    }

    /// <summary>Sets the result of a key that <see cref="TryBegin"/> reported as new.</summary>
    public void Finish(UInt128 key, Fault? fault)
    {
        lock (_lock)
        {
            if (fault is not null)
                _known.Remove(key);
            else if (_known.TryGetValue(key, out var entry))
                _known[key] = entry with { Outcome = Stored };
        }
    }

    /// <summary>Records a key as stored.</summary>
    public void Add(UInt128 key)
    {
        lock (_lock)
            Add(key, Now(), Stored);
    }

    /// <summary>All known keys.</summary>
    public IReadOnlyList<UInt128> All()
    {
        lock (_lock)
            return [.. _known.Keys];
    }

    /// <summary>Reads keys that <see cref="Write"/> wrote.</summary>
    public void Remember(ReadOnlySpan<byte> entries)
    {
        var oldest = Now() - (long)Span.TotalMilliseconds;
        lock (_lock)
        {
            for (; entries.Length >= EntrySize; entries = entries[EntrySize..])
            {
                var at = BinaryPrimitives.ReadInt64LittleEndian(entries[16..]);
                if (at > oldest && at <= Now() + 60_000)
                    Add(BinaryPrimitives.ReadUInt128LittleEndian(entries), at, Stored);
            }
        }
    }

    /// <summary>Writes the keys of a segment that leaves the journal to the file. Throws <see cref="IOException"/>.</summary>
    public void Keep(ReadOnlySpan<byte> entries)
    {
        if (entries.IsEmpty)
            return;
        lock (_fileLock)
        {
            using (var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1))
            {
                file.Write(entries[..(entries.Length / EntrySize * EntrySize)]);
                if (file.Length < 2L * _capacity * EntrySize)
                    return;
            }
            Rewrite();
        }
    }

    public static void Write(ByteBuffer output, UInt128 key, long unixMilliseconds)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(output.Reserve(16), key);
        output.AppendFixed(unixMilliseconds);
    }

    /// <summary>Rewrites the file with the keys that are still valid, so that it does not grow without limit and an incomplete last entry disappears.</summary>
    private void Rewrite()
    {
        var output = new ByteBuffer();
        lock (_lock)
        {
            foreach (var (key, entry) in _known)
            {
                if (entry.Outcome.IsCompletedSuccessfully)
                    Write(output, key, entry.At);
            }
        }
        if (output.Length == 0 && !File.Exists(_path))
            return;
        using (var file = new FileStream(_path + ".tmp", FileMode.Create, FileAccess.Write, FileShare.None))
            file.Write(output.Written);
        File.Move(_path + ".tmp", _path, overwrite: true);
    }

    private void Add(UInt128 key, long at, Task<Fault?> outcome)
    {
        _known[key] = new Entry(at, outcome);
        _order.Enqueue((key, at));
        var oldest = Now() - (long)Span.TotalMilliseconds;
        while (_order.TryPeek(out var first) && (first.At <= oldest || _known.Count > _capacity || _order.Count > 2 * _capacity))
        {
            _order.Dequeue();
            if (!_known.TryGetValue(first.Key, out var entry) || entry.At != first.At)
                continue;
            _known.Remove(first.Key);
            if (first.At > oldest)
                Interlocked.Increment(ref _forgottenEarly);
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
