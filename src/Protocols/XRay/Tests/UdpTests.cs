using System.Net.Sockets;
using System.Text;
using Shouldly;
using Weir.Core.Model;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class UdpTests
{
    [Theory]
    [InlineData("{\"format\":\"json\",\"version\":1}\n{}", "")]
    [InlineData("{\"format\": \"json\", \"version\": 1}\n{}", "")]
    [InlineData(" { \"version\" : 1 , \"format\" : \"jSoN\", \"more\":[1] } \n{}\n\n", "")]
    [InlineData("{\"format\":\"json\",\"version\":1}", DaemonHeader.MissingHeader)]
    [InlineData("", DaemonHeader.MissingHeader)]
    [InlineData("{\"format\":\"json\",\"version\":1}\n", DaemonHeader.MissingSegment)]
    [InlineData("{\"format\":\"json\",\"version\":1}\n \n", DaemonHeader.MissingSegment)]
    [InlineData("{\"format\":\"json\",\"version\":2}\n{}", DaemonHeader.BadHeader)]
    [InlineData("{\"format\":\"json\",\"version\":1.5}\n{}", DaemonHeader.BadHeader)]
    [InlineData("{\"format\":\"json\",\"version\":\"1\"}\n{}", DaemonHeader.BadHeader)]
    [InlineData("{\"format\":\"xml\",\"version\":1}\n{}", DaemonHeader.BadHeader)]
    [InlineData("{\"format\":\"json\"}\n{}", DaemonHeader.BadHeader)]
    [InlineData("[]\n{}", DaemonHeader.BadHeader)]
    [InlineData("{\n{}", DaemonHeader.BadHeader)]
    [InlineData("\n{}", DaemonHeader.BadHeader)]
    public void Headers(string datagram, string reason)
    {
        DaemonHeader.TryStrip(Encoding.UTF8.GetBytes(datagram), out var document, out var found).ShouldBe(reason.Length == 0);
        found.ShouldBe(reason);
        if (reason.Length == 0)
            Encoding.UTF8.GetString(document).ShouldStartWith("{}");
    }

    [Fact]
    public async Task RecordedDatagramsAndTrashAreStoredOrCounted()
    {
        await using var host = await XRayHost.StartAsync();
        using var socket = new UdpClient();
        socket.Connect(host.Udp);
        foreach (var fixture in Decoding.DatagramFixtures())
            await socket.SendAsync(Decoding.Fixture(fixture));
        string[] trash = ["no newline", "{}\n{}", "{\"format\":\"json\",\"version\":1}\n", "{\"format\":\"json\",\"version\":1}\n{]", "{\"format\":\"json\",\"version\":1}\n{}"];
        foreach (var datagram in trash)
            await socket.SendAsync(Encoding.UTF8.GetBytes(datagram));
        var largest = Largest();
        largest.Length.ShouldBe(65_507);
        await socket.SendAsync(largest);
        var fixtures = Decoding.DatagramFixtures().Count();
        await UntilAsync(() => Documents(host) == fixtures + 1);
        Documents(host).ShouldBe(fixtures + 1);
        host.Counters.Snapshot().Single(c => c.Signal == Signal.Spans).Drops.Select(d => $"{d.Reason}={d.Count}")
            .ShouldBe(["bad-header=1", "missing-header=1", "missing-id=1", "missing-segment=1", "parse-error=1"]);
    }

    [Fact]
    public async Task ATakenPortNamesPortAndOption()
    {
        using var taken = new UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)taken.Client.LocalEndPoint!).Port;
        var error = await Should.ThrowAsync<FaultException>(() => XRayHost.StartAsync(new XRayOptions { UdpPort = port }));
        error.Message.ShouldContain($"UDP port {port}");
        error.Message.ShouldContain("--xray-port");
    }

    [Fact]
    public async Task AFullSinkLosesDatagramsNotTheDaemon()
    {
        await using var host = await XRayHost.StartAsync();
        using var socket = new UdpClient();
        socket.Connect(host.Udp);
        host.Sink.Fault = new Fault(FaultKind.Busy, "full");
        await socket.SendAsync(Decoding.Fixture("python-0.95-flask-404.bin"));
        await UntilAsync(() => host.Counters.Snapshot().Count > 0);
        host.Sink.Fault = null;
        await socket.SendAsync(Decoding.Fixture("python-0.95-flask-404.bin"));
        await UntilAsync(() => Documents(host) == 1);
        Documents(host).ShouldBe(1);
    }

    [Fact]
    public void WhatTheSystemDropsIsKnown()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.ReceiveBufferSize = 4096;
        receiver.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var losses = new KernelLosses(receiver, TimeProvider.System);
        losses.Now().ShouldBe(0);
        using var sender = new UdpClient();
        sender.Connect((System.Net.IPEndPoint)receiver.LocalEndPoint!);
        for (var i = 0; i < 200; i++)
            sender.Send(new byte[1000]);
        losses.Now().ShouldBeInRange(100, 199);
        losses.Now().ShouldBe(0);
    }

    private static byte[] Largest()
    {
        const string Header = "{\"format\":\"json\",\"version\":1}\n";
        var empty = Header + Decoding.Segment("\"user\":\"\"");
        return Encoding.UTF8.GetBytes(Header + Decoding.Segment($"\"user\":\"{new string('x', 65_507 - empty.Length)}\""));
    }

    private static int Documents(XRayHost host) => host.Sink.Blocks
        .Where(b => b.Signal == Signal.Spans)
        .Sum(b => Enumerable.Range(0, b.Block.Rows).Count(row => b.Block.Text(row, "document").Length > 0));

    private static Task UntilAsync(Func<bool> done, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(done))] string what = "") =>
        Waiting.UntilAsync(done, what);
}
