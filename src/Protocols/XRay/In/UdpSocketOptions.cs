using System.Buffers.Binary;
using System.Net.Sockets;

namespace Weir.Protocols.XRay.In;

/// <summary>Socket options that .NET has no names for. Each falls back quietly where the system lacks it.</summary>
internal static class UdpSocketOptions
{
    // linux/asm-generic/socket.h and linux/sock_diag.h
    private const int SolSocket = 1;
    private const int SoReceiveBufferForce = 33;
    private const int SoMemInfo = 55;
    private const int DropsIndex = 8;

    /// <summary>Asks for a receive buffer past net.core.rmem_max, which a privileged process may; else for what the system allows.</summary>
    public static void SetReceiveBuffer(Socket socket, int bytes)
    {
        socket.ReceiveBufferSize = bytes;
        if (!OperatingSystem.IsLinux())
            return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, bytes);
        try
        {
            socket.SetRawSocketOption(SolSocket, SoReceiveBufferForce, value);
        }
        catch (SocketException)
        {
            // Without CAP_NET_ADMIN the usual size stays.
        }
    }

    /// <summary>Datagrams that the system dropped for this socket since it was opened; null where the system does not report it.</summary>
    public static uint? Drops(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> info = stackalloc byte[sizeof(uint) * (DropsIndex + 1)];
        try
        {
            return socket.GetRawSocketOption(SolSocket, SoMemInfo, info) == info.Length
                ? BinaryPrimitives.ReadUInt32LittleEndian(info[(sizeof(uint) * DropsIndex)..])
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

/// <summary>Reads the system's drop counter once a second.</summary>
internal sealed class KernelLosses(Socket socket, TimeProvider time)
{
    private long _lookedAt = time.GetTimestamp();
    private uint _known;

    /// <summary>Datagrams lost since the last look; 0 when that was less than a second ago.</summary>
    public long SinceLastLook()
    {
        if (time.GetElapsedTime(_lookedAt) < TimeSpan.FromSeconds(1))
            return 0;
        _lookedAt = time.GetTimestamp();
        return Now();
    }

    public long Now()
    {
        if (UdpSocketOptions.Drops(socket) is not { } drops)
            return 0;
        // The counter is 32 bits and wraps.
        var lost = unchecked(drops - _known);
        _known = drops;
        return lost;
    }
}
