namespace Weir.Server.Access;

/// <summary>Changes the file of keys atomically, with mode 600.</summary>
internal static class KeysFileLines
{
    /// <summary>Adds a line and removes those that match <paramref name="replaced"/>. Creates the file if it is missing.</summary>
    public static Task AddAsync(string path, string line, Func<string, bool> replaced, CancellationToken cancellationToken) =>
        WriteAsync(path, line, replaced, cancellationToken);

    /// <summary>Removes lines; returns their number.</summary>
    public static async Task<int> RemoveAsync(string path, Func<string, bool> removed, CancellationToken cancellationToken)
    {
        var count = File.Exists(path) ? (await File.ReadAllLinesAsync(path, cancellationToken)).Count(removed) : 0;
        if (count > 0)
            await WriteAsync(path, added: null, removed, cancellationToken);
        return count;
    }

    private static async Task WriteAsync(string path, string? added, Func<string, bool> replaced, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var lines = File.Exists(path) ? await File.ReadAllLinesAsync(path, cancellationToken) : ["# Keys of Weir, one per line, created with weir keys."];
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var fresh = path + ".new";
        // A file left over by a crash would keep its own mode.
        File.Delete(fresh);
        await using (var writer = new StreamWriter(fresh, options))
        {
            var kept = lines.Where(l => !replaced(l));
            foreach (var line in added is null ? kept : kept.Append(added))
                await writer.WriteLineAsync(line.AsMemory(), cancellationToken);
        }
        File.Move(fresh, path, overwrite: true);
    }
}
