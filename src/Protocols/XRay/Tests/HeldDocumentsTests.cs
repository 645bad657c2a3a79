using System.Net.Sockets;
using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Streamed subsegments that come before the segment that names their service.</summary>
public sealed class HeldDocumentsTests
{
    private const long Second = 1_000_000_000;
    private readonly IngestCounters _counters = new(TimeProvider.System);
    private readonly HeldDocuments _held = new(TimeSpan.FromSeconds(5), 10_000);
    private readonly SegmentIntake _intake;

    public HeldDocumentsTests() => _intake = new SegmentIntake(new XRayOptions(), new OwnerCache(), _counters);

    private static string Streamed(string id, string name = "step") =>
        Decoding.Segment("\"type\":\"subsegment\",\"parent_id\":\"defdfd9912dc5a56\"", id, name);

    [Fact]
    public void TheyWaitForItAndGetItsService()
    {
        Decode(1, last: false, Streamed("00000000000000b1"), Streamed("00000000000000b2")).ShouldBeEmpty();
        Decode(2, last: false, Decoding.Segment()).ShouldBe(["api/api", "step/api", "step/api"]);
        _held.IsEmpty.ShouldBeTrue();
        _counters.Snapshot().Single().Received.ShouldBe(3);
        // The service is known now.
        Decode(3, last: false, Streamed("00000000000000b3")).ShouldBe(["step/api"]);
    }

    [Fact]
    public void NotForEverAndNotOverAStop()
    {
        Decode(1, last: false, Streamed("00000000000000b1")).ShouldBeEmpty();
        Decode(5, last: false).ShouldBeEmpty();
        Decode(6, last: false).ShouldBe(["step/step"]);
        Decode(7, last: false, Streamed("00000000000000b2")).ShouldBeEmpty();
        Decode(7, last: true, Streamed("00000000000000b3")).ShouldBe(["step/step", "step/step"], ignoreOrder: true);
        _held.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void WithoutRoomNothingWaits()
    {
        var many = Enumerable.Range(1, 100).Select(i => Streamed(i.ToString("x16", System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        var taken = Decode(1, last: false, many).Count;
        taken.ShouldBeInRange(40, 60);
        Decode(2, last: false, Decoding.Segment()).Count.ShouldBe(101 - taken);
    }

    [Fact]
    public async Task OverUdpTheSegmentMayComeInAnotherBatch()
    {
        await using var host = await XRayHost.StartAsync();
        using var socket = new UdpClient();
        socket.Connect(host.Udp);
        await socket.SendAsync(Datagram(Streamed("00000000000000b1")));
        await socket.SendAsync(Datagram("{}"));
        // The bad one is counted when the batch with the subsegment was decoded.
        await UntilAsync(() => host.Counters.Snapshot().Any(c => c.Drops.Count > 0));
        host.Sink.Blocks.ShouldBeEmpty();
        await socket.SendAsync(Datagram(Decoding.Segment()));
        await UntilAsync(() => host.Sink.Blocks.Count > 0);
        var rows = host.Sink.Single(Signal.Spans);
        Enumerable.Range(0, rows.Rows).Select(i => $"{rows.Text(i, "name")}/{rows.Text(i, "service")}").ShouldBe(["api/api", "step/api"]);
    }

    [Fact]
    public async Task OverUdpNothingIsLostWhenItNeverComes()
    {
        await using var host = await XRayHost.StartAsync(new XRayOptions { UdpPort = 0, UdpDecoders = 1, UdpHoldSeconds = 0.1 });
        using var socket = new UdpClient();
        socket.Connect(host.Udp);
        await socket.SendAsync(Datagram(Streamed("00000000000000b1")));
        await UntilAsync(() => host.Sink.Blocks.Count > 0);
        host.Sink.Single(Signal.Spans).Text(0, "service").ShouldBe("step");
    }

    private List<string> Decode(long second, bool last, params string[] documents)
    {
        var batch = new DocumentBatch();
        foreach (var document in documents)
            batch.Add(Encoding.UTF8.GetBytes(document));
        using var rows = new IngestBatchPool().Rent(WireProtocol.XRay);
        _intake.Decode([batch], datagrams: false, rows, "default", second * Second, onReject: null, _held, last);
        if (rows.Spans.Rows == 0)
            return [];
        var block = NativeBlock.Of(rows.Spans);
        return [.. Enumerable.Range(0, block.Rows).Select(i => $"{block.Text(i, "name")}/{block.Text(i, "service")}")];
    }

    private static byte[] Datagram(string document) => Encoding.UTF8.GetBytes("{\"format\":\"json\",\"version\":1}\n" + document);

    private static Task UntilAsync(Func<bool> done, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(done))] string what = "") =>
        Waiting.UntilAsync(done, what);
}
