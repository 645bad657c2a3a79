using System.Buffers;
using System.Runtime.InteropServices;

namespace Weir.Store.Engine;

/// <summary>
/// The bytes of a large result outside the managed heap: they are freed when the result is disposed, whereas an array of 100 MB would stay until
/// a full collection. A result that nobody disposes is freed by its finalizer.
/// </summary>
internal sealed unsafe class ResultMemory : MemoryManager<byte>
{
    private readonly Block _block;
    private readonly int _length;

    internal ResultMemory(int length)
    {
        _block = new Block(length);
        _length = length;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_block.IsClosed, typeof(EngineResult));
        return new Span<byte>((void*)_block.Address, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_block.IsClosed, typeof(EngineResult));
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, _length);
        return new MemoryHandle((byte*)_block.Address + elementIndex, default, this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _block.Dispose();

    // Invariant: the address is valid until the handle is released, which happens once.
    private sealed class Block : SafeHandle
    {
        internal Block(int length)
            : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.Alloc((nuint)length));

        public override bool IsInvalid => handle == 0;

        internal nint Address => handle;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }
}
