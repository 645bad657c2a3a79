using System.Text;
using System.Text.Json;
using Cruddur.XRay;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class XRayDocumentTests
{
    private static readonly DateTimeOffset Start = new(2023, 2, 27, 1, 9, 0, 123, TimeSpan.Zero);

    [Fact]
    public void A_datagram_is_the_header_a_line_feed_and_one_document()
    {
        var segment = new Entity("backend-flask", "1-5759e988-bd862e3fe1be46a994272793", Start, null) { End = Start.AddTicks(1_234_567) };
        var datagram = SegmentDocument.Datagram(segment);
        var text = Encoding.UTF8.GetString(datagram);
        text.ShouldStartWith("{\"format\":\"json\",\"version\":1}\n{\"name\":\"backend-flask\",\"id\":\"" + segment.Id + "\",\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"start_time\":1677460140.123,\"end_time\":1677460140.246457,");
        datagram.Count(b => b == (byte)'\n').ShouldBe(1);
    }

    [Fact]
    public void Flags_http_and_cause_follow_the_status_and_the_exception()
    {
        var segment = new Entity("s", "1-5759e988-bd862e3fe1be46a994272793", Start, null)
        {
            End = Start,
            UpstreamId = "53995c3f42cd8ad8",
            SamplingRule = "Cruddur",
            Http = new HttpBlock("GET", "http://h/p") { ClientIp = "172.18.0.1", XForwardedFor = true, Status = 500, ContentLength = 12 },
        };
        segment.PutStatus(500);
        segment.PutException(new InvalidOperationException("outer", new TimeoutException("inner")));
        var json = Parse(segment);
        json.GetProperty("fault").GetBoolean().ShouldBeTrue();
        json.TryGetProperty("error", out _).ShouldBeFalse();
        json.GetProperty("parent_id").GetString().ShouldBe("53995c3f42cd8ad8");
        json.GetProperty("aws").GetProperty("xray").GetProperty("sampling_rule_name").GetString().ShouldBe("Cruddur");
        json.GetProperty("http").GetProperty("request").GetProperty("x_forwarded_for").GetBoolean().ShouldBeTrue();
        json.GetProperty("http").GetProperty("response").GetProperty("content_length").GetInt32().ShouldBe(12);
        var exceptions = json.GetProperty("cause").GetProperty("exceptions");
        exceptions.GetArrayLength().ShouldBe(2);
        exceptions[0].GetProperty("cause").GetString().ShouldBe(exceptions[1].GetProperty("id").GetString());
        exceptions[1].GetProperty("message").GetString().ShouldBe("inner");
    }

    [Theory]
    [InlineData(200, false, false, false)]
    [InlineData(404, true, false, false)]
    [InlineData(429, true, true, false)]
    [InlineData(503, false, false, true)]
    public void A_status_sets_the_flags_of_the_spec(int status, bool error, bool throttle, bool fault)
    {
        var segment = new Entity("s", "1-5759e988-bd862e3fe1be46a994272793", Start, null) { End = Start };
        segment.PutStatus(status);
        (segment.Error, segment.Throttle, segment.Fault).ShouldBe((error, throttle, fault));
    }

    [Fact]
    public void A_subsegment_left_open_ends_with_its_segment()
    {
        var segment = new Entity("s", "1-5759e988-bd862e3fe1be46a994272793", Start, null) { End = Start.AddSeconds(2) };
        segment.Subsegments.Add(new Entity("forgotten", segment.TraceId, Start.AddSeconds(1), segment));
        var child = Parse(segment).GetProperty("subsegments")[0];
        child.GetProperty("end_time").GetDecimal().ShouldBe(Parse(segment).GetProperty("end_time").GetDecimal());
        child.TryGetProperty("in_progress", out _).ShouldBeFalse();
        child.TryGetProperty("trace_id", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1:2001", "127.0.0.1", 2001, "127.0.0.1", 2001)]
    [InlineData("tcp:a:1 udp:b:2", "a", 1, "b", 2)]
    [InlineData("udp:b:2 tcp:a:1", "a", 1, "b", 2)]
    [InlineData("TCP:xray.local:2000  UDP:xray.local:2000", "xray.local", 2000, "xray.local", 2000)]
    public void The_daemon_address_is_read_in_both_forms(string text, string tcpHost, int tcpPort, string udpHost, int udpPort)
    {
        DaemonAddress.TryParse(text, out var address).ShouldBeTrue();
        address!.Tcp.ShouldBe(new HostPort(tcpHost, tcpPort));
        address.Udp.ShouldBe(new HostPort(udpHost, udpPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:0")]
    [InlineData("localhost:70000")]
    [InlineData("::1:2000")]
    [InlineData("tcp:a:1 tcp:b:2")]
    [InlineData("tcp:a:1 udp:b")]
    [InlineData("a:1 b:2 c:3")]
    public void A_bad_daemon_address_is_refused(string text) => DaemonAddress.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("*4567-green-otter.gitpod.io*", "4567-green-otter.gitpod.io", "4567-green-otter.gitpod.io")]
    [InlineData("*4567-green-otter.gitpod.io*", "localhost:4567", "from-the-environment")]
    [InlineData("", "localhost:4567", "from-the-environment")]
    public void A_segment_is_named_by_the_host_when_it_fits_the_pattern(string pattern, string host, string name)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AWS_XRAY_URL", pattern), new("AWS_XRAY_TRACING_NAME", "from-the-environment")])
            .Build();
        new SegmentNaming(settings).For(host).ShouldBe(name);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_text_as_trace_header_gives_a_header_that_can_be_sent_again()
    {
        const string good = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Self=x;k=v";
        var header = TraceHeader.Parse(good);
        header.ToString().ShouldBe("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
        var random = Fuzz.Random(20260227);
        for (var i = 0; i < 20_000; i++)
        {
            var text = good.ToCharArray();
            for (var k = random.Next(1, 6); k > 0; k--)
                text[random.Next(text.Length)] = (char)random.Next(0, 0x180);
            var mutated = TraceHeader.Parse(new string(text, 0, random.Next(text.Length + 1)));
            if (mutated.Root is not null)
                TraceHeader.Parse(mutated.ToString()).ShouldBe(mutated);
            else
                mutated.Parent.ShouldBeNull();
        }
    }

    private static JsonElement Parse(Entity segment)
    {
        var datagram = SegmentDocument.Datagram(segment);
        return JsonDocument.Parse(datagram.AsMemory(Array.IndexOf(datagram, (byte)'\n') + 1)).RootElement;
    }
}
