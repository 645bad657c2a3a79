using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// One connection of libchdb. It runs one statement at a time, which the holder of the lease ensures. Once <see cref="IsBroken"/>, it is
/// closed and never used again.
/// </summary>
internal sealed unsafe class NativeConnection : SafeHandle
{
    private NativeConnection(nint* connection)
        : base(0, ownsHandle: true) => SetHandle((nint)connection);

    public override bool IsInvalid => handle == 0;

    /// <summary>The library returned no result, so the state of the connection is unknown.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The database of unqualified names, as set by the last USE; empty after the connection was opened.</summary>
    internal string Database { get; set; } = "";

    /// <summary>Null when the library fails; it reports the reason on stderr only, so the caller checks the likely ones first.</summary>
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
                var result = new NativeResult(Query(
                    sqlBytes, (nuint)Encoding.UTF8.GetByteCount(sql), formatBytes, (nuint)Encoding.UTF8.GetByteCount(format),
                    (byte**)names, nameLengths, (byte**)(names + count), nameLengths + count, (nuint)count));
                if (result.IsInvalid)
                {
                    IsBroken = true;
                    throw new EngineException(EngineFault.Unavailable, "the engine gave no result; its connection is closed", 210);
                }

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
    /// A statement that fails while its result is being written leaves the written bytes in the connection, and the library puts them
    /// before the next result. So the next result must be discarded.
    /// </summary>
    private void DropLeftovers()
    {
        var sql = "SELECT 1"u8;
        var format = "Null"u8;
        fixed (byte* sqlBytes = sql, formatBytes = format)
        {
            using var dropped = new NativeResult(
                Query(sqlBytes, (nuint)sql.Length, formatBytes, (nuint)format.Length, null, null, null, null, 0));
        }
    }

    private nint Query(
        byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count)
    {
        using var stack = SignalStack.Keep();
        return EngineNative.Query(*(nint*)handle, sql, sqlLength, format, formatLength, names, nameLengths, values, valueLengths, count);
    }

    protected override bool ReleaseHandle()
    {
        EngineNative.Close((nint*)handle);
        return true;
    }
}
