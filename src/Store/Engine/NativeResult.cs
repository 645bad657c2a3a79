using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Store.Engine;

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

    internal EngineResult ToEngineResult()
    {
        // A null buffer is an empty result, not an error.
        var buffer = EngineNative.ResultBuffer(handle);
        var length = buffer == null ? 0 : EngineNative.ResultLength(handle);
        if (length > int.MaxValue)
        {
            Dispose();
            throw new EngineException(EngineFault.RowLimit, $"the result has {length} bytes; at most {int.MaxValue} are supported");
        }

        return new EngineResult(
            length == 0 ? default : new Window(this, buffer, (int)length).Memory,
            (long)EngineNative.ResultRowsRead(handle),
            (long)EngineNative.ResultBytesRead(handle),
            TimeSpan.FromSeconds(EngineNative.ResultElapsed(handle)),
            this);
    }

    protected override bool ReleaseHandle()
    {
        EngineNative.DestroyResult(handle);
        return true;
    }

    // Invariant: buffer points to length bytes owned by result, and stays valid while result is not closed, which is checked on
    // every access. The window keeps result reachable, so it is not finalized while the bytes are in use.
    private sealed class Window(NativeResult result, byte* buffer, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(result.IsClosed, typeof(EngineResult));
            return new Span<byte>(buffer, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(result.IsClosed, typeof(EngineResult));
            ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, Memory.Length);
            return new MemoryHandle(buffer + elementIndex, default, this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
