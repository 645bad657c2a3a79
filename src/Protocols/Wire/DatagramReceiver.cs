using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Protocols.Wire;

/// <summary>
/// Takes datagrams off a blocking socket: on 64-bit Linux many with one call of the system (recvmmsg), elsewhere one by one. One thread.
/// </summary>
internal sealed unsafe partial class DatagramReceiver : IDisposable
{
    /// <summary>Datagrams of one call.</summary>
    public const int Most = 64;

    private const int MaxDatagram = 65_536;
    private const int WaitForOne = 0x10000;
    private const int Interrupted = 4;
    private const int Again = 11;
    private readonly bool _many = OperatingSystem.IsLinux() && Environment.Is64BitProcess;
    private readonly byte[] _bytes;
    private readonly int[] _lengths;
    private readonly Vector* _vectors;
    private readonly Slot* _slots;

    // bits/socket.h, for 64 bits
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Bytes;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>mmsghdr: a message and the number of bytes received.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public Message Message;
        public uint Length;
    }

    public DatagramReceiver()
    {
        var count = _many ? Most : 1;
        _lengths = new int[count];
        // Pinned permanently, so that the vectors can point into it.
        _bytes = GC.AllocateUninitializedArray<byte>(count * MaxDatagram, pinned: true);
        if (!_many)
            return;
        _vectors = (Vector*)NativeMemory.AllocZeroed(Most, (nuint)sizeof(Vector));
        _slots = (Slot*)NativeMemory.AllocZeroed(Most, (nuint)sizeof(Slot));
        for (var i = 0; i < Most; i++)
        {
            _vectors[i] = new Vector { Bytes = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, i * MaxDatagram), Length = MaxDatagram };
            _slots[i].Message = new Message { Vectors = &_vectors[i], VectorCount = 1 };
        }
    }

    /// <summary>The datagrams of the last call; valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(index * MaxDatagram, _lengths[index]);

    /// <summary>
    /// Waits for a datagram, takes those that are there and returns how many. 0 with <see cref="SocketError.TimedOut"/> when none came in
    /// the socket's receive timeout, or with what went wrong.
    /// </summary>
    public int Receive(Socket socket, out SocketError error)
    {
        if (!_many)
        {
            var length = socket.Receive(_bytes, SocketFlags.None, out error);
            _lengths[0] = length;
            return error == SocketError.Success ? 1 : 0;
        }
        var count = ReceiveMany((int)socket.SafeHandle.DangerousGetHandle(), _slots, Most, WaitForOne, null);
        error = count > 0 ? SocketError.Success : Marshal.GetLastPInvokeError() switch
        {
            Again => SocketError.TimedOut,
            Interrupted => SocketError.Interrupted,
            _ => SocketError.SocketError,
        };
        for (var i = 0; i < count; i++)
            _lengths[i] = (int)_slots[i].Length;
        return Math.Max(0, count);
    }

    public void Dispose()
    {
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_slots);
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(int socket, Slot* slots, uint count, int flags, void* timeout);
}
