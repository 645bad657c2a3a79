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
    public async Task Datagrams_dropped_by_the_system_are_counted_and_shown()
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
        var status = await weir.JsonAsync("/api/status", answer => Dropped(answer) + Stored(answer) == Datagrams);
        var dropped = Dropped(status);
        dropped.ShouldBeGreaterThan(0);
        Stored(status).ShouldBeGreaterThan(0);
        Spans(status)!.List("dropped").Single()!.Text("reason").ShouldBe("socket-buffer-full");
        var metrics = await weir.Client.GetStringAsync("/metrics");
        Regex.Match(metrics, "(?m)^weir_ingest_dropped_total\\{protocol=\"xray\",signal=\"spans\",reason=\"socket-buffer-full\"\\} (\\d+)$").Groups[1].Value
            .ShouldBe(dropped.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Recorded datagrams with bytes changed, cut, or put together: the daemon takes or counts them and goes on.</summary>
    [Fact]
    [Trait("kind", "fuzz")]
    public async Task Mangled_datagrams_stop_nothing()
    {
        await using var weir = await WeirProcess.StartAsync();
        var fixtures = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Protocols", "XRay", "Fixtures"), "*.bin").Select(File.ReadAllBytes).ToArray();
        var random = Fuzz.Random(2_000);
        using var socket = new UdpClient();
        socket.Connect("127.0.0.1", weir.XRayPort);
        for (var i = 0; i < 3_000; i++)
        {
            var datagram = (byte[])fixtures[random.Next(fixtures.Length)].Clone();
            for (var change = random.Next(6); change > 0; change--)
                datagram[random.Next(datagram.Length)] = random.Next(2) == 0 ? "\"{}[],:\n\\0"u8[random.Next(10)] : (byte)random.Next(256);
            var length = random.Next(6) == 0 ? random.Next(datagram.Length + 1) : datagram.Length;
            await socket.SendAsync(datagram.AsMemory(0, Math.Min(length, 65_507)));
        }
        var good = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"format\":\"json\",\"version\":1}}\n{{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"53995c3f42cd8ad8\",\"name\":\"after\",\"start_time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"in_progress\":true}}"));
        await socket.SendAsync(good);
        await weir.JsonAsync("/api/story/1-5759e988-bd862e3fe1be46a994272793", story => story.List("spans").Any(s => s!.Text("name") == "after"));
        var reasons = Spans(await weir.JsonAsync("/api/status", _ => true))!.List("dropped").Select(drop => drop!.Text("reason")).ToList();
        reasons.ShouldContain("parse-error");
        reasons.ShouldNotContain("internal");
        weir.Output.ShouldNotContain("datagrams could not be decoded");
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
