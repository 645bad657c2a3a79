using System.Runtime.InteropServices;

namespace Weir.Store;

/// <summary>Weir stores telemetry and settings, so its files are accessible to their owner only.</summary>
public static partial class PrivateFiles
{
    private const UnixFileMode OthersOrGroup =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>From now on, files and folders created by this process and its children have the modes 0600 and 0700.</summary>
    public static void Restrict()
    {
        if (!OperatingSystem.IsWindows())
            _ = UMask(0b000_111_111);
    }

    /// <summary>
    /// Creates the folder, or restricts the permissions of an existing one. Returns the number of changed files and folders; 0 for a folder
    /// that is already private. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it can't be created.
    /// </summary>
    /// <param name="folder">Weir's data folder.</param>
    /// <param name="warning">Why other users may still read it; null when they can't.</param>
    public static int Tighten(string folder, out string? warning)
    {
        warning = null;
        if (File.Exists(folder))
            throw new IOException($"the data folder {folder} is a file");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return 0;
        }
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Nobody else can access files inside a folder with mode 0700, so the walk is done only once.
        if ((File.GetUnixFileMode(folder) & OthersOrGroup) == UnixFileMode.None)
            return 0;
        var changed = 0;
        try
        {
            // Links point to other places.
            var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
            foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", all))
                changed += Tighten(path, File.GetUnixFileMode(path));
            changed += Tighten(folder, File.GetUnixFileMode(folder));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warning = error.Message;
        }
        return changed;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static int Tighten(string path, UnixFileMode mode)
    {
        if ((mode & OthersOrGroup) == UnixFileMode.None)
            return 0;
        File.SetUnixFileMode(path, mode & ~OthersOrGroup);
        return 1;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UMask(uint mask);
}
