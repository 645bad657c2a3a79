using System.Globalization;
using System.Text;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// The resources of one process whose number the kernel limits, from <c>/proc</c>. Resident memory may be small while one
/// of these numbers is about to end the process.
/// </summary>
/// <param name="Id">The process id.</param>
/// <param name="Role"><c>server</c> for the process itself, otherwise the name of the child process.</param>
/// <param name="Mappings">Memory mappings; the kernel refuses one more than <see cref="MappingLimit"/>, and the process then ends.</param>
/// <param name="Threads">Threads of the operating system.</param>
/// <param name="Descriptors">Open file descriptors: files, sockets, pipes.</param>
/// <param name="DescriptorLimit">Soft limit of open file descriptors; 0 when there is none.</param>
/// <param name="ResidentBytes">Resident memory.</param>
public sealed record ProcessResources(int Id, string Role, long Mappings, long Threads, long Descriptors, long DescriptorLimit, long ResidentBytes)
{
    public const string ServerRole = "server";
    private const string Proc = "/proc";

    /// <summary>Maximum memory mappings of a process (<c>vm.max_map_count</c>); 0 when unknown.</summary>
    public static long MappingLimit { get; } = ReadNumber("/proc/sys/vm/max_map_count");

    /// <summary>The process and all that descend from it, it first. Empty on a system without <c>/proc</c>, or when it has ended.</summary>
    public static IReadOnlyList<ProcessResources> ReadTree(int id)
    {
        if (!Directory.Exists(Proc) || Read(id, ServerRole) is not { } server)
            return [];
        var tree = new List<ProcessResources> { server };
        var parents = Parents();
        for (var i = 0; i < tree.Count; i++)
        {
            foreach (var (child, _) in parents.Where(p => p.Value == tree[i].Id).OrderBy(p => p.Key))
            {
                if (Read(child, RoleOf(child)) is { } process)
                    tree.Add(process);
            }
        }
        return tree;
    }

    /// <summary>Null when the process has ended, or belongs to somebody else.</summary>
    public static ProcessResources? Read(int id, string role)
    {
        var folder = $"{Proc}/{id}";
        try
        {
            var status = File.ReadAllLines($"{folder}/status");
            return new ProcessResources(
                id,
                role,
                CountLines($"{folder}/maps"),
                Field(status, "Threads:"),
                Directory.EnumerateFileSystemEntries($"{folder}/fd").LongCount(),
                DescriptorLimitOf($"{folder}/limits"),
                Field(status, "VmRSS:") * 1024);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Dictionary<int, int> Parents()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories(Proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                // "1234 (any name, even with spaces) S 1 …"; the parent follows the state.
                var stat = File.ReadAllText($"{folder}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                parents[id] = int.Parse(fields[1], CultureInfo.InvariantCulture);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended between the listing and the reading.
            }
        }
        return parents;
    }

    /// <summary>A child of Weir is Weir again, in another role: the command that follows the program's name.</summary>
    private static string RoleOf(int id)
    {
        try
        {
            var arguments = Encoding.UTF8.GetString(File.ReadAllBytes($"{Proc}/{id}/cmdline")).Split('\0');
            if (arguments.Contains("engine", StringComparer.Ordinal))
                return "engine";
            return File.ReadAllText($"{Proc}/{id}/comm").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "ended";
        }
    }

    /// <summary>Counted in place: a process near its limit has four megabytes of them.</summary>
    private static long CountLines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var lines = 0L;
        for (int read; (read = file.Read(buffer)) > 0;)
            lines += buffer[..read].Count((byte)'\n');
        return lines;
    }

    private static long DescriptorLimitOf(string path)
    {
        var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        return line is not null && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var limit)
            ? limit : 0;
    }

    private static long Field(string[] status, string name)
    {
        var line = status.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static long ReadNumber(string path)
    {
        try
        {
            return long.Parse(File.ReadAllText(path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
