using System.Net;
using System.Net.Sockets;

namespace Weir.Store.Engine.Host;

/// <summary>Accepts connections and gives each a long-lived thread, because the library's signal stack and the engine's thread state belong to threads.</summary>
internal sealed class HostListener : IDisposable
{
    /// <summary>Maximum connections, each with a thread; further ones are closed at once and logged.</summary>
    private const int MostConnections = 128;

    /// <summary>Socket buffer size in bytes; the system limits it.</summary>
    private const int SocketBuffer = 4 << 20;

    private readonly Socket _listener;
    private readonly Action<Socket> _serve;
    private int _open;

    private HostListener(Socket listener, Action<Socket> serve)
    {
        _listener = listener;
        _serve = serve;
    }

    public int Port => (_listener.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>Listens on a Unix socket that only this user can connect to.</summary>
    public static HostListener OnFile(string path, Action<Socket> serve)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        // Nobody can connect before Listen.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Start(socket, serve);
    }

    public static HostListener OnPort(IPEndPoint address, Action<Socket> serve)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(address);
        return Start(socket, serve);
    }

    public void Dispose() => _listener.Dispose();

    private static HostListener Start(Socket socket, Action<Socket> serve)
    {
        socket.Listen(MostConnections);
        var listener = new HostListener(socket, serve);
        new Thread(listener.Accept) { IsBackground = true, Name = "engine accept" }.Start();
        return listener;
    }

    private void Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = _listener.Accept();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                Thread.Yield();
                continue;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (Interlocked.Increment(ref _open) > MostConnections)
            {
                Interlocked.Decrement(ref _open);
                client.Dispose();
                Console.Error.WriteLine($"more than {MostConnections} connections; one was closed");
                continue;
            }

            client.SendBufferSize = SocketBuffer;
            client.ReceiveBufferSize = SocketBuffer;
            if (client.AddressFamily != AddressFamily.Unix)
                client.NoDelay = true;
            new Thread(() => Serve(client)) { IsBackground = true, Name = "engine connection" }.Start();
        }
    }

    private void Serve(Socket client)
    {
        try
        {
            _serve(client);
        }
#pragma warning disable CA1031 // One client's connection must not end what serves all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"a connection failed: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}
