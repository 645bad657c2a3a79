using System.Net;
using System.Net.Sockets;
using Cruddur.Delivery;

namespace Cruddur.XRay;

/// <summary>Sends datagrams to the daemon, off the request's path. UDP: what the network loses nobody is told.</summary>
internal sealed class DaemonEmitter(DaemonAddress address, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromMinutes(1);
    private readonly Outbox<byte[]> _outbox = new("the X-Ray recorder", 4096);
    private EndPoint? _target;
    private DateTimeOffset _resolvedAt;

    public long Dropped => _outbox.Dropped;

    public void Send(byte[] datagram)
    {
        if (datagram.Length > SegmentDocument.DatagramLimit)
            _outbox.Drop($"a document of {datagram.Length} bytes does not fit a datagram");
        else
            _outbox.TryAdd(datagram);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await foreach (var datagram in _outbox.Reader.ReadAllAsync(stoppingToken))
                await Emit(socket, datagram, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            while (!grace.IsCancellationRequested && _outbox.Reader.TryRead(out var datagram))
                await Emit(socket, datagram, CancellationToken.None);
        }
        _outbox.Close();
    }

    private async Task Emit(Socket socket, byte[] datagram, CancellationToken stop)
    {
        try
        {
            if (_target is null || time.GetUtcNow() - _resolvedAt > ResolveAgain)
            {
                var found = await Dns.GetHostAddressesAsync(address.Udp.Host, AddressFamily.InterNetwork, stop);
                _target = found is [var first, ..] ? new IPEndPoint(first, address.Udp.Port) : null;
                _resolvedAt = time.GetUtcNow();
            }
            if (_target is null)
                _outbox.Drop($"{address.Udp.Host} has no IPv4 address");
            else
                await socket.SendToAsync(datagram, _target, stop);
        }
        catch (SocketException error)
        {
            _outbox.Drop($"cannot send to {address.Udp.Host}:{address.Udp.Port}: {error.Message}");
        }
    }
}
