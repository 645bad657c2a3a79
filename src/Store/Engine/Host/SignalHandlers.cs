using System.Runtime.InteropServices;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The .NET runtime turns SIGSEGV into NullReferenceException and needs SIGABRT, SIGFPE and others too. libchdb replaces or
/// resets their handlers when it starts, after which a plain NullReferenceException kills or hangs the process.
/// So: save before the library is loaded, restore after it has started.
/// </summary>
internal sealed unsafe class SignalHandlers
{
    // struct sigaction is 152 bytes with glibc and 16 on macOS; it is copied, never looked into.
    private const int ActionSize = 256;

    private static readonly int[] Signals = OperatingSystem.IsMacOS() ? [4, 5, 6, 8, 10, 11] : [4, 5, 6, 7, 8, 11];

    private readonly byte[] _saved = new byte[ActionSize * Signals.Length];

    private SignalHandlers()
    {
    }

    internal static SignalHandlers Save()
    {
        var handlers = new SignalHandlers();
        // Invariant: each call writes at most ActionSize bytes, into its own slice of _saved.
        fixed (byte* saved = handlers._saved)
        {
            for (var i = 0; i < Signals.Length; i++)
                Check(EngineNative.SigAction(Signals[i], null, saved + (i * ActionSize)), Signals[i]);
        }

        return handlers;
    }

    internal void Restore()
    {
        fixed (byte* saved = _saved)
        {
            for (var i = 0; i < Signals.Length; i++)
                Check(EngineNative.SigAction(Signals[i], saved + (i * ActionSize), null), Signals[i]);
        }
    }

    private static void Check(int result, int signal)
    {
        if (result != 0)
            throw new EngineException(EngineFault.Unavailable, $"sigaction for signal {signal} failed with errno {Marshal.GetLastPInvokeError()}");
    }
}
