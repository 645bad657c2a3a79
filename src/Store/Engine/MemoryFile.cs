using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Store.Engine;

/// <summary>
/// Bytes under a file name that only this process can read. libchdb reads binary data faithfully from files only: inline data of
/// INSERT ... FORMAT is cut at the first byte that looks like a delimiter. On Linux the file is memory, elsewhere a temporary file.
/// </summary>
internal sealed class MemoryFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private MemoryFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    internal string Path { get; }

    internal static MemoryFile Write(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var file = OperatingSystem.IsLinux() ? InMemory() : OnDisk();
        try
        {
            RandomAccess.Write(file._handle, parts, 0);
            return file;
        }
        catch (IOException e)
        {
            file.Dispose();
            throw new EngineException(EngineFault.NoSpace, $"the block cannot be handed to the engine: {e.Message}", 0, e);
        }
    }

    public void Dispose() => _handle.Dispose();

    private static unsafe MemoryFile InMemory()
    {
        const uint closeOnExec = 1;
        int descriptor;
        // The u8 literal is NUL-terminated in memory.
        fixed (byte* name = "weir-block"u8)
            descriptor = EngineNative.MemFdCreate(name, closeOnExec);
        if (descriptor < 0)
        {
            throw new EngineException(
                EngineFault.Unavailable, $"memfd_create failed with errno {Marshal.GetLastPInvokeError()}; is the limit of open files reached?");
        }

        return new MemoryFile(new SafeFileHandle(descriptor, ownsHandle: true), $"/proc/self/fd/{descriptor}");
    }

    private static MemoryFile OnDisk()
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"weir-{Guid.NewGuid():N}.native");
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.DeleteOnClose);
        return new MemoryFile(handle, path);
    }
}
