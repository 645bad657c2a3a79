using System.Globalization;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The engine writes an insert's token to the log of its table before it renames the part with the rows. When the process is killed in
/// between, or the disk is full, a token without rows remains: the repeated insert would count as a duplicate, and
/// its rows would be lost. So such tokens are removed before the folder is opened.
/// </summary>
internal static class DeduplicationLogs
{
    private const string Folder = "deduplication_logs";
    private const string FilePrefix = "deduplication_log_";

    /// <summary>Bytes read from the end of each log: some hundred inserts. Only the last inserts of a run can be without rows.</summary>
    private const int MostBytes = 64 << 10;

    /// <summary>A part that the logs contain and the table does not have.</summary>
    internal sealed record Orphan(string Table, string Part, string Block);

    /// <summary>Removes the tokens without rows, and truncates an incomplete last line. Must be called while no process has the folder open.</summary>
    /// <returns>The number of removed parts.</returns>
    public static int Repair(string dataFolder)
    {
        var parts = 0;
        foreach (var table in Tables(dataFolder))
        {
            if (Logs(table) is not [.., var last])
                continue;
            CutTornLine(last);
            var orphans = Orphans(table);
            if (orphans.Count == 0)
                continue;
            using var file = new FileStream(last, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(Encoding.UTF8.GetBytes(string.Concat(orphans.Select(static o => $"2\t{o.Part}\t{o.Block}\n"))));
            file.Flush(flushToDisk: true);
            parts += orphans.DistinctBy(static o => o.Part).Count();
        }

        return parts;
    }

    /// <summary>
    /// The tokens without rows of an open folder. An insert in progress may be between the two steps for a moment; tokens found by two
    /// calls are permanent.
    /// </summary>
    public static IReadOnlySet<Orphan> Find(string dataFolder) => Tables(dataFolder).SelectMany(Orphans).ToHashSet();

    private static IEnumerable<string> Tables(string dataFolder)
    {
        var store = Path.Combine(dataFolder, "store");
        return Directory.Exists(store)
            ? Directory.EnumerateDirectories(store).SelectMany(Directory.EnumerateDirectories).Where(static t => Directory.Exists(Path.Combine(t, Folder)))
            : [];
    }

    /// <summary>In the order they were begun.</summary>
    private static List<string> Logs(string table) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(table, Folder), FilePrefix + "*.txt")
            .Select(static path => (Path: path, Number: long.TryParse(
                Path.GetFileNameWithoutExtension(path)[FilePrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1))
            .Where(static log => log.Number >= 0)
            .OrderBy(static log => log.Number)
            .Select(static log => log.Path),
    ];

    private static List<Orphan> Orphans(string table)
    {
        var noted = new Dictionary<string, string>(StringComparer.Ordinal);
        // A new log begins when the previous one is full: the last insert may be recorded there.
        foreach (var log in Logs(table).TakeLast(2))
        {
            foreach (var line in Tail(log))
            {
                // Operation (1 added, 2 removed), part, hash of the token.
                var fields = line.Split('\t');
                if (fields is ["1", var part, var block])
                    noted[block] = part;
                else if (fields is ["2", _, var gone])
                    noted.Remove(gone);
            }
        }

        if (noted.Count == 0)
            return [];
        // Read after the log: inserts that were recorded before and have finished have their parts by now.
        var parts = Directory.EnumerateDirectories(table).Select(static d => PartName.Parse(Path.GetFileName(d))).OfType<PartName>()
            .ToLookup(static p => p.Partition, StringComparer.Ordinal);
        bool IsThere(PartName part) => parts[part.Partition].Any(p => p.Covers(part) && IsWhole(Path.Combine(table, p.Name)));
        return
        [
            .. noted.Where(n => PartName.Parse(n.Value) is { } part && !IsThere(part))
                .Select(n => new Orphan(table, n.Value, n.Key)),
        ];
    }

    /// <summary>
    /// On a full disk the engine may rename a part whose files are empty; it detaches such a part at its next start. Its
    /// checksums are written last.
    /// </summary>
    private static bool IsWhole(string part) => new FileInfo(Path.Combine(part, "checksums.txt")) is { Exists: true, Length: > 0 };

    /// <summary>The complete lines at the end of a log that may be written to at the same time.</summary>
    private static string[] Tail(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var begin = Math.Max(0, file.Length - MostBytes);
        file.Position = begin;
        var bytes = new byte[(int)(file.Length - begin)];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return begin == 0 ? lines : lines[1..];
    }

    /// <summary>Text appended to an incomplete line makes a line that the engine can't read, and the engine then ignores everything after it.</summary>
    private static void CutTornLine(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var begin = Math.Max(0, file.Length - MostBytes);
        file.Position = begin;
        var bytes = new byte[(int)(file.Length - begin)];
        file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole < bytes.Length && (whole > 0 || begin == 0))
            file.SetLength(begin + whole);
    }

    /// <summary><c>PARTITION_MIN_MAX_LEVEL</c>, and the number of a mutation if there was one: <c>20261130_1_7_2</c>.</summary>
    private sealed record PartName(string Name, string Partition, long Min, long Max)
    {
        public static PartName? Parse(string name)
        {
            var words = name.Split('_');
            if (words.Length is not (4 or 5) || words[0].Length == 0)
                return null;
            var numbers = new long[words.Length - 1];
            for (var i = 0; i < numbers.Length; i++)
            {
                if (!long.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                    return null;
            }

            return new PartName(name, words[0], numbers[0], numbers[1]);
        }

        /// <summary>This part, or one that it was merged into.</summary>
        public bool Covers(PartName other) => Min <= other.Min && other.Max <= Max;
    }
}
