using System.Net;
using System.Net.Sockets;
using Weir.Server.Configuration;

namespace Weir.Server.Hosting;

/// <summary>Checks whether the ports are free before anything is opened, so that the error names the port and its option.</summary>
internal static class Ports
{
    public static List<string> Taken(WeirOptions options)
    {
        var taken = new List<string>();
        foreach (var (address, port, option) in new[]
        {
            (options.Bind, options.Port, "port"),
            (options.Bind, options.OtlpHttpPort, "otlp-http-port"),
            (options.Bind, options.OtlpGrpcPort, "otlp-grpc-port"),
            (options.XRayBind, options.XRayPort, "xray-port"),
            (options.XRayBind, options.SamplingPort, "sampling-port"),
        })
        {
            if (port != 0 && !TcpIsFree(address, port))
                taken.Add($"port {port}/tcp is used by another program; choose another port with --{option}");
        }
        if (options.XRayPort != 0 && !UdpIsFree(options.XRayBind, options.XRayPort))
            taken.Add($"port {options.XRayPort}/udp is used by another program (an X-Ray daemon?); choose another port with --xray-port");
        return taken;
    }

    private static bool TcpIsFree(IPAddress address, int port)
    {
        // As Kestrel binds: address reuse lets a port in TIME_WAIT be taken again.
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        return Binds(socket, address, port, listen: true);
    }

    private static bool UdpIsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return Binds(socket, address, port, listen: false);
    }

    private static bool Binds(Socket socket, IPAddress address, int port, bool listen)
    {
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            if (listen)
                socket.Listen(1);
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
