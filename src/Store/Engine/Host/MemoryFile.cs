using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The body of an insert under a file name that only this process can read. libchdb reads binary data correctly from files only: inline
/// data of INSERT ... FORMAT is cut at the first byte that looks like a delimiter. On Linux the file is in memory, elsewhere a temporary
/// file. It is mapped, so that a socket is read directly into it, and reused by its connection for the next body.
/// </summary>
internal sealed unsafe class MemoryFile : IDisposable
{
    /// <summary>Kept for the next body; memory above this size is freed.</summary>
    private const long MostKept = 64L << 20;
    private const long Least = 1L << 20;

    private readonly SafeFileHandle _handle;
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private byte* _start;
    private long _capacity;
    private bool _cut;

    private MemoryFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    internal string Path { get; }

    internal long Length { get; private set; }

    internal static MemoryFile Create()
    {
        if (!OperatingSystem.IsLinux())
            return OnDisk();
        const uint closeOnExec = 1;
        int descriptor;
        // The u8 literal is NUL-terminated in memory.
        fixed (byte* name = "weir-block"u8)
            descriptor = EngineNative.MemFdCreate(name, closeOnExec);
        return descriptor >= 0
            ? new MemoryFile(new SafeFileHandle(descriptor, ownsHandle: true), $"/proc/self/fd/{descriptor}")
            : throw new EngineException(
                EngineFault.Unavailable, $"memfd_create failed with errno {Marshal.GetLastPInvokeError()}; is the limit of open files reached?", 210);
    }

    /// <summary>Reserves this many bytes after the appended ones; the span is valid until the next call of any member.</summary>
    internal Span<byte> Room(int size)
    {
        if (Length + size > _capacity)
            Grow(Length + size);
        else if (_cut)
            RandomAccess.SetLength(_handle, _capacity);
        _cut = false;
        return new Span<byte>(_start + Length, size);
    }

    internal void Append(int written) => Length += written;

    /// <summary>Truncates the file to the appended bytes, because its reader reads to the end. The mapping stays; nothing after the end is accessed.</summary>
    internal void Finish()
    {
        RandomAccess.SetLength(_handle, Length);
        _cut = true;
    }

    /// <summary>Empties it for the next body.</summary>
    internal void Reset()
    {
        Length = 0;
        if (_capacity <= MostKept)
            return;
        Unmap();
        RandomAccess.SetLength(_handle, 0);
    }

    public void Dispose()
    {
        Unmap();
        _handle.Dispose();
    }

    private void Grow(long needed)
    {
        var capacity = Math.Max(Math.Max(Least, needed), Math.Min(_capacity * 2, _capacity + MostKept));
        Unmap();
        try
        {
            RandomAccess.SetLength(_handle, capacity);
            _map = MemoryMappedFile.CreateFromFile(_handle, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, capacity, MemoryMappedFileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(EngineFault.NoSpace, $"the block cannot be handed to the engine: {e.Message}", 243, e);
        }

        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _capacity = capacity;
    }

    private void Unmap()
    {
        if (_view is null)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
        (_view, _map, _capacity) = (null, null, 0);
        _start = null;
    }

    private static MemoryFile OnDisk()
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"weir-{Guid.NewGuid():N}.native");
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        return new MemoryFile(handle, path);
    }
}
