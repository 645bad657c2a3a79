using System.Runtime.InteropServices;

namespace Weir.Store;

/// <summary>What Weir stores is everybody's telemetry and its settings: files for their owner alone.</summary>
public static partial class PrivateFiles
{
    private const UnixFileMode OthersOrGroup =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>From now on files and folders that this process and its children make are 0600 and 0700.</summary>
    public static void Restrict()
    {
        if (!OperatingSystem.IsWindows())
            _ = UMask(0b000_111_111);
    }

    /// <summary>
    /// Makes the folder, or takes away what others may do in one that is there. Returns how many files and folders that were; 0 on a folder
    /// that is private. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it can't be made.
    /// </summary>
    /// <param name="folder">Weir's own.</param>
    /// <param name="warning">Why others may still read it; null when they may not.</param>
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
        // Nobody reaches what lies in a folder of 0700, so the walk is done once.
        if ((File.GetUnixFileMode(folder) & OthersOrGroup) == UnixFileMode.None)
            return 0;
        var changed = 0;
        try
        {
            // Links lead elsewhere.
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
