using System.Runtime.InteropServices;

namespace Weir.Store.Engine.Host;

/// <summary>
/// Restores this thread's alternate signal stack after a native call. libchdb installs its own while it runs a statement and frees it
/// at the end, while the thread still points to it: a NullReferenceException on this thread would then run the runtime's handler on freed
/// memory.
/// </summary>
internal readonly unsafe ref struct SignalStack
{
    // stack_t: { void* pointer; int flags; size_t size } with glibc, { void* pointer; size_t size; int flags } on macOS.
    private readonly nint _pointer;
    private readonly nint _second;
    private readonly nint _third;

    private SignalStack(nint* stack) => (_pointer, _second, _third) = (stack[0], stack[1], stack[2]);

    internal static SignalStack Keep()
    {
        var stack = stackalloc nint[3];
        Check(EngineNative.SigAltStack(null, stack));
        return new SignalStack(stack);
    }

    public void Dispose()
    {
        var stack = stackalloc nint[3] { _pointer, _second, _third };
        Check(EngineNative.SigAltStack(stack, null));
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new EngineException(EngineFault.Unavailable, $"sigaltstack failed with errno {Marshal.GetLastPInvokeError()}");
    }
}
