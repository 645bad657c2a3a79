using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Store.Engine.Host;

/// <summary>The C interface of libchdb 26.5 (chdb.h). Lengths are bytes; strings need no terminator in the _n functions.</summary>
internal static unsafe partial class EngineNative
{
    internal const string Library = "chdb";

    /// <summary>Null on failure; the reason goes to stderr only.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_connect")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint* Connect(int count, byte** arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void Close(nint* connection);

    [LibraryImport(Library, EntryPoint = "chdb_query_with_params_n")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint Query(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint parameterCount);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void DestroyResult(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ResultBuffer(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nuint ResultLength(nint result);

    /// <summary>Null when the statement succeeded.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ResultError(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_elapsed")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial double ResultElapsed(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_rows_read")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial ulong ResultRowsRead(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_bytes_read")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial ulong ResultBytesRead(nint result);

    /// <summary>0 before the first connect: the library installs no fault handlers, but resets them to the system's default.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void SetSignalHandlersEnabled(int enabled);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SigAction(int signal, byte* action, byte* previous);

    [LibraryImport("libc", EntryPoint = "sigaltstack", SetLastError = true)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SigAltStack(nint* stack, nint* previous);

    /// <summary>Ends the process at once: no exit handlers and no static destructors run.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ExitNow(int status);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int MemFdCreate(byte* name, uint flags);

    /// <summary>struct rlimit: soft and hard limit, 8 bytes each.</summary>
    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetResourceLimit(int resource, ulong* limits);
}
