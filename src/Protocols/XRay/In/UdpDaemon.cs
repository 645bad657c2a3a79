using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// The X-Ray daemon's UDP port. One loop empties the socket into buffers, a few decode them and commit many datagrams together. UDP has
/// no acknowledgement: what can't be taken is counted.
/// </summary>
internal sealed partial class UdpDaemon(
    XRayOptions options,
    OwnerCache owners,
    SeenSegments seen,
    IngestCounters counters,
    RefusedCalls calls,
    IngestBatchPool batches,
    ITelemetrySink sink,
    RetentionWindow retention,
    TimeProvider time,
    ILogger<UdpDaemon> log) : BackgroundService, IPoolStatus
{
    private const long SlabBytes = 1 << 20;
    private const int SlabDocuments = 2_000;
    private const long CommitBytes = 8 << 20;
    private const int FreeSlabs = 64;
    private readonly Channel<DocumentBatch> _queue = Channel.CreateUnbounded<DocumentBatch>();
    private readonly System.Collections.Concurrent.ConcurrentBag<DocumentBatch> _free = [];
    private readonly HeldDocuments _held = new(TimeSpan.FromSeconds(options.UdpHoldSeconds), options.UdpQueueBytes / 4);
    private Socket? _socket;
    private long _queued;

    public IReadOnlyList<PoolFigures> Pools =>
    [
        new PoolFigures("xray_datagram_slabs", _free.Count, FreeSlabs, _free.Count * SlabBytes),
        new PoolFigures("xray_datagram_queue", _queue.Reader.Count, Bytes: Interlocked.Read(ref _queued), LimitBytes: options.UdpQueueBytes),
        new PoolFigures("xray_held_documents", _held.Count, Bytes: _held.Bytes, LimitBytes: _held.MostBytes),
    ];

    /// <summary>Where it listens, once started; null when it is off.</summary>
    public IPEndPoint? Endpoint => _socket?.LocalEndPoint as IPEndPoint;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Udp)
            return Task.CompletedTask;
        _socket = Bind();
        LogListening(log, _socket.LocalEndPoint);
        return base.StartAsync(cancellationToken);
    }

    private Socket Bind()
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(options.UdpAddress), options.UdpPort);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            UdpSocketOptions.SetReceiveBuffer(socket, options.UdpSocketBufferBytes);
            // How often the loop checks whether it should stop.
            socket.ReceiveTimeout = 250;
            socket.Bind(endpoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is taken by another process" : $"can't be opened ({e.Message})";
            throw new FaultException(
                new Fault(FaultKind.Unavailable, $"UDP port {options.UdpPort} on {options.UdpAddress} {why}; choose another with --xray-port"),
                e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var decoders = new Task[options.UdpDecoders];
        for (var i = 0; i < decoders.Length; i++)
            decoders[i] = DecodeLoopAsync();
        var reminder = RemindAsync(stoppingToken);
        // A thread of its own: on a busy machine, waiting for the pool costs more datagrams than the socket's buffer holds.
        var receiver = Task.Factory.StartNew(
            () => Receive(_socket!, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await receiver;
        }
        finally
        {
            // What was received before the stop is still committed.
            _queue.Writer.TryComplete();
            await Task.WhenAll(decoders);
            await reminder;
        }
    }

    /// <summary>Wakes a decoder now and then while documents are held, when nothing else does.</summary>
    private async Task RemindAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!_held.IsEmpty)
                    _queue.Writer.TryWrite(new DocumentBatch());
            }
        }
        catch (OperationCanceledException)
        {
            // The stop itself.
        }
    }

    private void Receive(Socket socket, CancellationToken stoppingToken)
    {
        using var receiver = new DatagramReceiver();
        var losses = new KernelLosses(socket, time);
        var slab = new DocumentBatch();
        while (!stoppingToken.IsCancellationRequested)
        {
            var count = receiver.Receive(socket, out var error);
            CountLost(losses.SinceLastLook());
            if (error == SocketError.TimedOut || error == SocketError.WouldBlock || error == SocketError.Interrupted)
                continue;
            if (error != SocketError.Success)
            {
                // A single bad receive (an ICMP answer, a datagram over the buffer) must not end the daemon.
                counters.Received(WireProtocol.XRay, Signal.Spans, 1);
                counters.Dropped(WireProtocol.XRay, Signal.Spans, "socket-error", 1, error.ToString());
                LogReceiveFailed(log, error);
                continue;
            }
            for (var i = 0; i < count; i++)
                slab.Add(receiver[i]);
            // A full result means that more datagrams are waiting.
            if (count == DatagramReceiver.Most && slab.Bytes < SlabBytes && slab.Count < SlabDocuments)
                continue;
            Enqueue(slab);
            slab = _free.TryTake(out var free) ? free : new DocumentBatch();
        }
        CountLost(losses.Now());
    }

    private void CountLost(long datagrams)
    {
        if (datagrams <= 0)
            return;
        counters.Received(WireProtocol.XRay, Signal.Spans, datagrams);
        counters.Dropped(
            WireProtocol.XRay, Signal.Spans, "socket-buffer-full", datagrams,
            "the operating system had no room for these datagrams: they came faster than they were read, or net.core.rmem_max is small");
    }

    private void Enqueue(DocumentBatch slab)
    {
        if (Interlocked.Add(ref _queued, slab.Bytes) > options.UdpQueueBytes)
        {
            Interlocked.Add(ref _queued, -slab.Bytes);
            counters.Received(WireProtocol.XRay, Signal.Spans, slab.Count);
            counters.Dropped(WireProtocol.XRay, Signal.Spans, "queue-full", slab.Count, "datagrams came faster than they could be stored");
            Recycle(slab);
            return;
        }
        _queue.Writer.TryWrite(slab);
    }

    /// <summary>While one batch is on its way to the disk the next is decoded.</summary>
    private async Task DecodeLoopAsync()
    {
        var intake = new SegmentIntake(options, owners, counters, seen, retention, calls);
        var slabs = new List<DocumentBatch>();
        var commit = Task.CompletedTask;
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // Small batches wait for more datagrams, because a commit costs nearly the same for any size.
            if (Interlocked.Read(ref _queued) < SlabBytes)
                await commit;
            long bytes = 0;
            while (bytes < CommitBytes && _queue.Reader.TryRead(out var slab))
            {
                slabs.Add(slab);
                bytes += slab.Bytes;
            }
            if (slabs.Count == 0)
                continue;
            var rows = Decode(intake, slabs);
            Interlocked.Add(ref _queued, -bytes);
            foreach (var slab in slabs)
                Recycle(slab);
            slabs.Clear();
            await commit;
            if (rows is not null)
                commit = CommitAsync(rows, intake.TakenKeys());
        }
        await commit;
        if (Decode(intake, [], last: true) is { } rest)
            await CommitAsync(rest, intake.TakenKeys());
    }

    /// <summary>Null when there is nothing to store.</summary>
    private IngestBatch? Decode(SegmentIntake intake, List<DocumentBatch> slabs, bool last = false)
    {
        var rows = batches.Rent(WireProtocol.XRay);
        try
        {
            intake.Decode(slabs, datagrams: true, rows, XRayRoom.DefaultEnvironment, time.UnixNanoseconds(), onReject: null, _held, last);
            if (rows.Rows > 0)
                return rows;
        }
#pragma warning disable CA1031 // The loop must outlive any defect in a decoder: datagrams are hostile input.
        catch (Exception e)
#pragma warning restore CA1031
        {
            counters.Dropped(WireProtocol.XRay, Signal.Spans, "internal", slabs.Sum(s => s.Count), "a defect while decoding datagrams");
            LogDecodeFailed(log, e);
        }
        rows.Dispose();
        return null;
    }

    private async Task CommitAsync(IngestBatch rows, ulong[] keys)
    {
        try
        {
            rows.DocumentKeys = SeenSegments.Documents(keys);
            // The sink counts what it refuses.
            if (await sink.CommitAsync(rows, CancellationToken.None) is { } fault)
                LogNotStored(log, fault.Message);
            else
                seen.Add(keys);
        }
#pragma warning disable CA1031 // As above: a defect in one commit must not end the loop.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDecodeFailed(log, e);
        }
    }

    private void Recycle(DocumentBatch slab)
    {
        slab.Clear();
        if (_free.Count < FreeSlabs)
            _free.Add(slab);
    }

    public override void Dispose()
    {
        _socket?.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "x-ray daemon listens on udp {Endpoint}")]
    private static partial void LogListening(ILogger log, EndPoint? endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a datagram could not be received: {Error}")]
    private static partial void LogReceiveFailed(ILogger log, SocketError error);

    [LoggerMessage(Level = LogLevel.Error, Message = "datagrams could not be decoded")]
    private static partial void LogDecodeFailed(ILogger log, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "segments from datagrams were not stored: {Reason}")]
    private static partial void LogNotStored(ILogger log, string reason);
}
