using System.Globalization;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The engine notes an insert's token in the log of its table before the part of its rows gets its name. A process that is killed between
/// the two, or a disk on which the name can't be given, leaves a token without rows: the insert that is repeated would be taken for one
/// that was done, and its rows lost. So such tokens are struck out before the folder is opened.
/// </summary>
internal static class DeduplicationLogs
{
    private const string Folder = "deduplication_logs";
    private const string FilePrefix = "deduplication_log_";

    /// <summary>Of each log, from its end: some hundred inserts. Only the last ones of a run can be without rows.</summary>
    private const int MostBytes = 64 << 10;

    /// <summary>A part that the logs name and the table does not have.</summary>
    internal sealed record Orphan(string Table, string Part, string Block);

    /// <summary>Strikes out the tokens without rows, and cuts a last line that was not written whole. Call it while nobody has the folder open.</summary>
    /// <returns>The number of parts that were struck out.</returns>
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
    /// The tokens without rows of a folder that is open. One that is there for longer than an insert takes between the two steps is there
    /// to stay: so ask twice.
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
        // A log begins when the one before it is full: the last insert may be noted there.
        foreach (var log in Logs(table).TakeLast(2))
        {
            foreach (var line in Tail(log))
            {
                // Operation (1 noted, 2 struck out), part, token's hash.
                var fields = line.Split('\t');
                if (fields is ["1", var part, var block])
                    noted[block] = part;
                else if (fields is ["2", _, var gone])
                    noted.Remove(gone);
            }
        }

        if (noted.Count == 0)
            return [];
        // Looked at after the log: what was noted before the look and is done has its name by now.
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
    /// On a full disk the engine may give a part its name whose files are empty; it puts such a part aside at its next start. Its
    /// checksums are written last.
    /// </summary>
    private static bool IsWhole(string part) => new FileInfo(Path.Combine(part, "checksums.txt")) is { Exists: true, Length: > 0 };

    /// <summary>The whole lines at the end of a log that may be written to meanwhile.</summary>
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

    /// <summary>What is appended to half a line makes a line that the engine can't read, and it forgets all that follows.</summary>
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

    /// <summary><c>PARTITION_MIN_MAX_LEVEL</c>, and a mutation's number when there was one: <c>20261130_1_7_2</c>.</summary>
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

        /// <summary>This one, or one that it was merged into.</summary>
        public bool Covers(PartName other) => Min <= other.Min && other.Max <= Max;
    }
}
