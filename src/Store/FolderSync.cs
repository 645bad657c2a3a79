using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Store;

/// <summary>Syncs a folder to disk, so that a file created in it survives a power failure; the runtime can't open folders.</summary>
public static partial class FolderSync
{
    private const int ReadOnly = 0;

    /// <summary>Does nothing where the system has no such call.</summary>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = Open(folder, ReadOnly);
        if (handle.IsInvalid || FSync(handle) != 0)
            throw new IOException($"folder {folder} can't be synced: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);
}
