using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>One connection of libchdb. It runs one statement at a time; the pool sees to that.</summary>
internal sealed unsafe class NativeConnection : SafeHandle
{
    private NativeConnection(nint* connection)
        : base(0, ownsHandle: true) => SetHandle((nint)connection);

    public override bool IsInvalid => handle == 0;

    /// <summary>Null when the library refuses; it tells the reason on stderr only, so the caller checks the likely ones first.</summary>
    internal static NativeConnection? Open(IReadOnlyList<string> arguments)
    {
        var pointers = stackalloc byte*[arguments.Count];
        try
        {
            for (var i = 0; i < arguments.Count; i++)
                pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            var connection = EngineNative.Connect(arguments.Count, pointers);
            return connection == null ? null : new NativeConnection(connection);
        }
        finally
        {
            for (var i = 0; i < arguments.Count; i++)
                Marshal.FreeCoTaskMem((nint)pointers[i]);
        }
    }

    /// <summary>Blocks until the statement has ended. Throws <see cref="EngineException"/> when it failed.</summary>
    internal NativeResult Run(string sql, IReadOnlyList<EngineParameter> parameters, string format)
    {
        var count = parameters.Count;
        var pins = new MemoryHandle[count * 2];
        var pointers = new nint[count * 2];
        var lengths = new nuint[count * 2];
        try
        {
            for (var i = 0; i < count; i++)
            {
                Pin(i, Encoding.UTF8.GetBytes(parameters[i].Name));
                Pin(count + i, parameters[i].Encoded);
            }

            // Invariant: all pointers refer to pinned or fixed memory until Query returns; the library copies what it keeps.
            fixed (byte* sqlBytes = Encoding.UTF8.GetBytes(sql), formatBytes = Encoding.UTF8.GetBytes(format))
            fixed (nint* names = pointers)
            fixed (nuint* nameLengths = lengths)
            {
                var result = new NativeResult(EngineNative.Query(
                    *(nint*)handle, sqlBytes, (nuint)Encoding.UTF8.GetByteCount(sql), formatBytes, (nuint)Encoding.UTF8.GetByteCount(format),
                    (byte**)names, nameLengths, (byte**)(names + count), nameLengths + count, (nuint)count));
                if (result.IsInvalid)
                    throw new EngineException(EngineFault.Unavailable, "the engine gave no result; its connection is closed");
                if (result.Error is not { } error)
                    return result;
                result.Dispose();
                DropLeftovers();
                throw EngineException.Parse(error);
            }
        }
        finally
        {
            foreach (var pin in pins)
                pin.Dispose();
        }

        void Pin(int slot, ReadOnlyMemory<byte> memory)
        {
            // An empty value still needs an address.
            pins[slot] = (memory.IsEmpty ? new byte[1] : memory).Pin();
            pointers[slot] = (nint)pins[slot].Pointer;
            lengths[slot] = (nuint)memory.Length;
        }
    }

    /// <summary>
    /// A statement that fails while its result is being written leaves what it wrote in the connection, and the library puts that
    /// before the next result. So the next result is nobody's.
    /// </summary>
    private void DropLeftovers()
    {
        var sql = "SELECT 1"u8;
        var format = "Null"u8;
        fixed (byte* sqlBytes = sql, formatBytes = format)
        {
            using var dropped = new NativeResult(EngineNative.Query(
                *(nint*)handle, sqlBytes, (nuint)sql.Length, formatBytes, (nuint)format.Length, null, null, null, null, 0));
        }
    }

    protected override bool ReleaseHandle()
    {
        EngineNative.Close((nint*)handle);
        return true;
    }
}
