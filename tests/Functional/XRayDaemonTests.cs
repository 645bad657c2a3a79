using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>The daemon's UDP port under a sender that is faster than its reader.</summary>
public sealed class XRayDaemonTests
{
    private const int Datagrams = 3_000;
    private const int Bytes = 60_000;

    /// <summary>
    /// The server is stopped while more arrives than its socket holds: what the system dropped meanwhile is known, by reason, wherever
    /// Weir tells of drops, and together with what is stored it is everything that was sent.
    /// </summary>
    [Fact]
    public async Task What_the_system_dropped_while_nobody_read_is_counted_and_shown()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var weir = await WeirProcess.StartAsync();
        await weir.SignalAsync("STOP");
        using var socket = new UdpClient();
        socket.Connect("127.0.0.1", weir.XRayPort);
        for (var i = 0; i < Datagrams; i++)
            await socket.SendAsync(Datagram(i));
        await weir.SignalAsync("CONT");
        var status = await weir.JsonAsync("/api/status", answer => Dropped(answer) + Stored(answer) == Datagrams, seconds: 60);
        var dropped = Dropped(status);
        dropped.ShouldBeGreaterThan(0);
        Stored(status).ShouldBeGreaterThan(0);
        Spans(status)!.List("dropped").Single()!.Text("reason").ShouldBe("socket-buffer-full");
        var metrics = await weir.Client.GetStringAsync("/metrics");
        Regex.Match(metrics, "(?m)^weir_ingest_dropped_total\\{protocol=\"xray\",signal=\"spans\",reason=\"socket-buffer-full\"\\} (\\d+)$").Groups[1].Value
            .ShouldBe(dropped.ToString(CultureInfo.InvariantCulture));
    }

    private static byte[] Datagram(int i)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var head = string.Create(CultureInfo.InvariantCulture, $"{{\"format\":\"json\",\"version\":1}}\n{{\"trace_id\":\"1-{now:x8}-{i:x24}\",\"id\":\"{i + 1:x16}\",\"name\":\"flood\",\"start_time\":{now},\"end_time\":{now},\"metadata\":{{\"default\":{{\"filler\":\"");
        return Encoding.UTF8.GetBytes(head + new string('x', Bytes - head.Length) + "\"}}}");
    }

    private static JsonNode? Spans(JsonNode status) =>
        status.List("ingest").SingleOrDefault(entry => entry!.Text("protocol") == "xray" && entry!.Text("signal") == "spans");

    private static long Stored(JsonNode status) => (long?)Spans(status)?["stored"] ?? 0;

    private static long Dropped(JsonNode status) => Spans(status)?.List("dropped").Sum(drop => (long)drop!["count"]!) ?? 0;
}
