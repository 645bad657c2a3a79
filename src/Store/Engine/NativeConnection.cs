using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// One connection of libchdb and the thread that makes its calls. Statements given to it run one after another; the pool gives it one at
/// a time.
/// </summary>
internal sealed class NativeConnection
{
    private readonly ConnectionThread _thread;
    private readonly nint _connection;

    private NativeConnection(ConnectionThread thread, nint connection)
    {
        _thread = thread;
        _connection = connection;
    }

    /// <summary>The library has closed the connection by itself; no statement can run on it any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Null when the library refuses; it tells the reason on stderr only, so the caller checks the likely ones first.</summary>
    internal static async Task<NativeConnection?> OpenAsync(string name, IReadOnlyList<string> arguments)
    {
        var thread = new ConnectionThread(name);
        var connection = await thread.RunAsync(() => Connect(arguments));
        if (connection != 0)
            return new NativeConnection(thread, connection);
        thread.Dispose();
        return null;
    }

    /// <summary>The task ends when the statement has; it fails with <see cref="EngineException"/> when the statement did.</summary>
    internal Task<NativeResult> RunAsync(string sql, IReadOnlyList<EngineParameter> parameters, string format) =>
        _thread.RunAsync(() => Run(sql, parameters, format));

    /// <summary>Closes the connection after the statement that may be running.</summary>
    internal async Task CloseAsync()
    {
        await _thread.RunAsync(() =>
        {
            Close(_connection);
            return true;
        });
        _thread.Dispose();
    }

    private static unsafe void Close(nint connection) => EngineNative.Close((nint*)connection);

    private static unsafe nint Connect(IReadOnlyList<string> arguments)
    {
        var pointers = stackalloc byte*[arguments.Count];
        try
        {
            for (var i = 0; i < arguments.Count; i++)
                pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            return (nint)EngineNative.Connect(arguments.Count, pointers);
        }
        finally
        {
            for (var i = 0; i < arguments.Count; i++)
                Marshal.FreeCoTaskMem((nint)pointers[i]);
        }
    }

    private unsafe NativeResult Run(string sql, IReadOnlyList<EngineParameter> parameters, string format)
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
                    *(nint*)_connection, sqlBytes, (nuint)Encoding.UTF8.GetByteCount(sql), formatBytes, (nuint)Encoding.UTF8.GetByteCount(format),
                    (byte**)names, nameLengths, (byte**)(names + count), nameLengths + count, (nuint)count));
                if (result.IsInvalid)
                {
                    IsBroken = true;
                    throw new EngineException(EngineFault.Unavailable, "the engine gave no result; its connection is closed");
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
    /// A statement that fails while its result is being written leaves what it wrote in the connection, and the library puts that
    /// before the next result. So the next result is nobody's.
    /// </summary>
    private unsafe void DropLeftovers()
    {
        var sql = "SELECT 1"u8;
        var format = "Null"u8;
        fixed (byte* sqlBytes = sql, formatBytes = format)
        {
            using var dropped = new NativeResult(EngineNative.Query(
                *(nint*)_connection, sqlBytes, (nuint)sql.Length, formatBytes, (nuint)format.Length, null, null, null, null, 0));
        }
    }
}
