using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Bench;

/// <summary>
/// Sends datagrams at a rate from a thread of its own, up to 64 a system call, so that the load generator leaves the cores to what it
/// measures. Linux only.
/// </summary>
internal sealed unsafe partial class DatagramSender : IDisposable
{
    private const int Most = 64;
    private readonly SegmentDatagrams _datagrams;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Vector* _vectors = (Vector*)NativeMemory.AllocZeroed(Most, (nuint)sizeof(Vector));
    private readonly Slot* _slots = (Slot*)NativeMemory.AllocZeroed(Most, (nuint)sizeof(Slot));

    // bits/socket.h, for 64 bits
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Bytes;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        public ulong Sent;
    }

    public DatagramSender(int port, SegmentDatagrams datagrams)
    {
        _datagrams = datagrams;
        _socket.SendBufferSize = 4 << 20;
        _socket.Connect("127.0.0.1", port);
        for (var i = 0; i < Most; i++)
        {
            _slots[i].Vectors = &_vectors[i];
            _slots[i].VectorCount = 1;
        }
    }

    /// <summary>What is late is caught up with. Returns how many datagrams the system took, and the processor time of the thread.</summary>
    public (long Sent, double CpuSeconds) Send(int rate, TimeSpan duration)
    {
        (long, double) result = default;
        var thread = new Thread(() => result = Run(rate, duration));
        thread.Start();
        thread.Join();
        return result;
    }

    private (long, double) Run(int rate, TimeSpan duration)
    {
        var cpu = ThreadCpuSeconds();
        var clock = Stopwatch.StartNew();
        long sent = 0;
        using var pause = new ManualResetEvent(initialState: false);
        while (clock.Elapsed < duration)
        {
            var due = (long)(clock.Elapsed.TotalSeconds * rate) - sent;
            _datagrams.Tick();
            while (due > 0)
            {
                var count = (int)Math.Min(due, Most);
                for (var i = 0; i < count; i++)
                {
                    var datagram = _datagrams.Next();
                    _vectors[i] = new Vector { Bytes = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(datagram, 0), Length = (nuint)datagram.Length };
                }
                var taken = SendMany((int)_socket.SafeHandle.DangerousGetHandle(), _slots, (uint)count, 0);
                if (taken <= 0)
                    break;
                sent += taken;
                due -= taken;
            }
            pause.WaitOne(1);
        }
        return (sent, ThreadCpuSeconds() - cpu);
    }

    private static double ThreadCpuSeconds()
    {
        const int threadClock = 3;
        long* time = stackalloc long[2];
        return ClockTime(threadClock, time) == 0 ? time[0] + (time[1] / 1e9) : 0;
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_slots);
    }

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int socket, Slot* slots, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockTime(int clock, long* time);
}
