using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>A result of libchdb, read in place: the memory belongs to the library until this is disposed.</summary>
internal sealed unsafe class NativeResult : SafeHandle
{
    internal NativeResult(nint result)
        : base(0, ownsHandle: true) => SetHandle(result);

    public override bool IsInvalid => handle == 0;

    /// <summary>Null when the statement succeeded.</summary>
    internal string? Error
    {
        get
        {
            var error = EngineNative.ResultError(handle);
            return error == null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
        }
    }

    /// <summary>Valid until this is disposed. A null buffer is an empty result, not an error.</summary>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            var buffer = EngineNative.ResultBuffer(handle);
            var length = buffer == null ? 0 : EngineNative.ResultLength(handle);
            if (length > int.MaxValue)
                throw new EngineException(EngineFault.RowLimit, $"the result has {length} bytes; at most {int.MaxValue} are supported", 396);
            return new ReadOnlySpan<byte>(buffer, (int)length);
        }
    }

    internal long RowsRead => (long)EngineNative.ResultRowsRead(handle);

    internal long BytesRead => (long)EngineNative.ResultBytesRead(handle);

    internal long ElapsedNanoseconds => (long)(EngineNative.ResultElapsed(handle) * 1e9);

    protected override bool ReleaseHandle()
    {
        EngineNative.DestroyResult(handle);
        return true;
    }
}
