using System.Globalization;
using System.Text;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Rollbar;
using Weir.Protocols.Rollbar.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Rollbar;

public sealed class ItemDecoderTests
{
    private static readonly ItemArrival At = new(RollbarHost.Now.ToUnixTimeSeconds() * 1_000_000_000, "192.0.2.7", new RollbarOptions());

    public static TheoryData<string> Fixtures => [.. PostedFixture.Names().Where(n => !n.EndsWith("preflight", StringComparison.Ordinal))];

    /// <summary>The row of each fixture, column by column, as the engine would get it.</summary>
    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Fixtures_become_rows(string name)
    {
        var block = Block(PostedFixture.Read(name).Body);
        block.Rows.ShouldBe(1);
        var described = block.Describe(0, "payload", "received_at") + "\n";
        if (!name.Contains("uuid", StringComparison.Ordinal) && Item(PostedFixture.Read(name).Body).Uuid is var uuid && !Encoding.UTF8.GetString(PostedFixture.Read(name).Body).Contains(uuid))
            described = described.Replace(block.Text(0, "occurrence_id"), "(new)", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("WEIR_WRITE_EXPECTED") == "1")
            File.WriteAllText(PostedFixture.Expected(name), described);
        described.ShouldBe(File.ReadAllText(PostedFixture.Expected(name)));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void The_payload_is_kept_without_the_token(string name)
    {
        var fixture = PostedFixture.Read(name);
        var payload = Block(fixture.Body).Text(0, "payload");
        payload.ShouldNotContain(RollbarHost.Token);
        if (fixture.Body[0] == '{' && !name.Contains("nan", StringComparison.Ordinal))
            payload.Replace(new string('*', 32), RollbarHost.Token, StringComparison.Ordinal).ShouldBe(Encoding.UTF8.GetString(fixture.Body));
    }

    [Theory]
    [InlineData("""{"body":{"message":{"body":"x"}}}""", "info")]
    [InlineData("""{"body":{"trace":{}}}""", "error")]
    [InlineData("""{"body":{"trace":{}},"level":"warn"}""", "warning")]
    [InlineData("""{"body":{"trace":{}},"level":"CRITICAL"}""", "critical")]
    [InlineData("""{"body":{"trace":{}},"level":"odd"}""", "error")]
    [InlineData("""{"body":{"message":{"body":"x"}},"level":null}""", "info")]
    public void Levels(string data, string level) => Decode(data).Level.ShouldBe(level);

    // The arrival is second 1795176000.
    [Theory]
    [InlineData("1795176000", "1795176000000000000")]
    [InlineData("1795175998", "1795175998999999999")]
    [InlineData("1795175998.25", "1795175998250000000")]
    [InlineData("\"1795175998\"", "1795175998999999999")]
    [InlineData("1795175998123", "1795175998123000000")]
    [InlineData("\"2026-11-20T12:00:00.5Z\"", "1795176000000000000")]
    [InlineData("\"2026-11-20T11:59:58.5Z\"", "1795175998500000000")]
    [InlineData("1795179600", "1795176000000000000")]
    [InlineData("1", "1795176000000000000")]
    [InlineData("-1e300", "1795176000000000000")]
    [InlineData("\"soon\"", "1795176000000000000")]
    [InlineData("{}", "1795176000000000000")]
    public void Times(string timestamp, string expected) =>
        Decode($$$$$$"""{"body":{"message":{"body":"x"}},"timestamp":{{{{{{timestamp}}}}}}}""").Time.ToString(CultureInfo.InvariantCulture).ShouldBe(expected);

    [Theory]
    [InlineData("\"$remote_ip\"", "192.0.2.7")]
    [InlineData("\"$remote_ip_anonymize\"", "192.0.2.0")]
    [InlineData("\"10.1.2.3, 10.0.0.1\"", "10.1.2.3")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    public void User_addresses(string ip, string expected) =>
        Decode($$$"""{"body":{"message":{"body":"x"}},"request":{"user_ip":{{{ip}}}}}""").UserIp.ShouldBe(expected);

    [Fact]
    public void IPv6_addresses_keep_three_groups() =>
        UserIp.Of(Root("""{"request":{"user_ip":"$remote_ip_anonymize"}}"""), "2001:db8:1:2:3:4:5:6").ShouldBe("2001:db8:1::");

    private const string Id = "5759e988bd862e3fe1be46a994272793";

    [Theory]
    [InlineData("\"custom\":{\"trace_id\":\"5759e988bd862e3fe1be46a994272793\",\"span_id\":\"53995c3f42cd8ad8\"}", Id, "53995c3f42cd8ad8", "Field")]
    [InlineData("\"custom\":{\"trace\":{\"id\":\"5759E988BD862E3FE1BE46A994272793\"}}", Id, "0000000000000000", "Field")]
    [InlineData("\"custom\":{\"traceparent\":\"00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01\"}", Id, "53995c3f42cd8ad8", "Field")]
    [InlineData("\"custom\":{\"xray_trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\"}", Id, "0000000000000000", "Field")]
    [InlineData("\"request\":{\"headers\":{\"TraceParent\":\"00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01\"}}", Id, "0000000000000000", "Field")]
    [InlineData("\"request\":{\"headers\":{\"X-AMZN-TRACE-ID\":\"Self=1-67891234-12456789abcdef012345678;Root=1-5759e988-bd862e3fe1be46a994272793\"}}", Id, "0000000000000000", "Field")]
    [InlineData("\"request\":{\"headers\":{\"X-Amzn-Trace-Id\":\"Root=1-11111111-222222222222222222222222\",\"traceparent\":[\"00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01\"]}}", Id, "0000000000000000", "Field")]
    [InlineData("\"attributes\":[{\"key\":\"trace_id\",\"value\":\"5759e988bd862e3fe1be46a994272793\"},{\"key\":\"span_id\",\"value\":\"53995c3f42cd8ad8\"}]", Id, "53995c3f42cd8ad8", "Field")]
    [InlineData("\"custom\":{\"trace_id\":\"00000000000000000000000000000000\"}", "00000000000000000000000000000000", "0000000000000000", "None")]
    [InlineData("\"custom\":{\"trace_id\":\"no\"}", "00000000000000000000000000000000", "0000000000000000", "None")]
    [InlineData("\"custom\":{\"order\":\"5759e988bd862e3fe1be46a994272793\"}", "00000000000000000000000000000000", "0000000000000000", "None")]
    public void Trace_ids(string fields, string trace, string span, string from)
    {
        var link = Decode($$$"""{"body":{"message":{"body":"x"}},{{{fields}}}}""").Link;
        link.TraceId.ToHex().ShouldBe(trace);
        link.SpanId.ToHex().ShouldBe(span);
        link.From.ToString().ShouldBe(from);
    }

    [Fact]
    public void A_trace_id_in_the_message_is_found_as_text()
    {
        var link = Decode("""{"body":{"message":{"body":"failed, trace_id=5759e988bd862e3fe1be46a994272793"}}}""").Link;
        link.TraceId.ToHex().ShouldBe(Id);
        link.From.ShouldBe(TraceIdFrom.Text);
    }

    [Theory]
    [InlineData("""{"custom":{"service":"backend-flask"}}""", "backend-flask")]
    [InlineData("""{"custom":{"service.name":"a","service":"b"}}""", "a")]
    [InlineData("""{"custom":{"service":{"name":"d"}}}""", "d")]
    [InlineData("""{"server":{"service":"c"}}""", "c")]
    [InlineData("""{"platform":"browser"}""", "browser")]
    [InlineData("""{"platform":"linux"}""", "rollbar")]
    [InlineData("""{"custom":{"service":{}}}""", "rollbar")]
    public void Services(string fields, string service) =>
        Decode($$$$$$"""{"body":{"message":{"body":"x"}},{{{{{{fields[1..^1]}}}}}}}""").Service.ShouldBe(service);

    [Fact]
    public void Frames_run_from_the_throwing_call_outwards_whatever_the_sdk_sends()
    {
        foreach (var name in PostedFixture.Names().Where(n => n.Contains("exception", StringComparison.Ordinal) || n.Contains("node", StringComparison.Ordinal)))
        {
            var item = Item(PostedFixture.Read(name).Body);
            if (item.Exceptions.Count > 0)
                item.Exceptions[0].Frames[0].InProject.ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Custom_fields_keep_their_types_and_are_bounded()
    {
        var many = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"k{i}\":{i}"));
        var json = Block(Bytes($$$$$$"""{"data":{"body":{"message":{"body":"x"}},"custom":{"a":{"b":{"c":1}},"d":1.5,"e":true,"f":[1,2],"g":null,"h":99999999999999999999,{{{{{{many}}}}}}}}}""")).Json(0);
        json["a.b.c"].ShouldBe(1L);
        json["d"].ShouldBe(1.5);
        json["e"].ShouldBe(true);
        json["f"].ShouldBe("[1,2]");
        json["h"].ShouldBe(1e20);
        json.ContainsKey("g").ShouldBeFalse();
        json.Count.ShouldBe(256);
    }

    [Theory]
    [InlineData("\"half \\ud83d cut\"", "half \uFFFD cut")]
    [InlineData("\"\\uDE00 alone\"", "\uFFFD alone")]
    [InlineData("\"\\ud83d\\ude00 whole\"", "\U0001F600 whole")]
    [InlineData("\"\\\\ud83d is text\"", "\\ud83d is text")]
    [InlineData("\"\\ud83d\\ud83d\\ude00\"", "\uFFFD\U0001F600")]
    [InlineData("\"nul \\u0000\"", "nul \0")]
    public void Broken_characters_are_replaced(string text, string expected) =>
        Decode($$$$$$"""{"body":{"message":{"body":{{{{{{text}}}}}}}}}""").Message.ShouldBe(expected);

    [Fact]
    public void Bytes_that_are_no_text_are_replaced()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. "  {\"data\":{\"body\":{\"message\":{\"body\":\"a"u8, 0xFF, .. "b\"}}}}"u8];
        Item(body).Message.ShouldBe("a\uFFFDb");
    }

    [Fact]
    public void Deep_locals_are_read_and_too_deep_ones_refused()
    {
        string Nested(int depth) => $$$$$$"""{"data":{"body":{"trace":{"frames":[{"locals":{{{{{{new string('[', depth)}}}}}}{{{{{{new string(']', depth)}}}}}}}]}}}}""";
        Item(Bytes(Nested(200))).Level.ShouldBe("error");
        ItemEnvelope.Read(Bytes(Nested(5000)), out var fault).ShouldBeNull();
        fault!.Kind.ShouldBe(FaultKind.Malformed);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Mutated_fixtures_are_read_or_refused()
    {
        var random = Fuzz.Random(20261120);
        var bodies = PostedFixture.Names().Select(n => PostedFixture.Read(n).Body).Where(b => b.Length > 0).ToArray();
        var pieces = new[] { "\"", "{", "}", "[", "]", "null", "1e999", "\\ud83d", "\\", ",", ":", "\u0000", "NaN", "\"data\"", "-", "true", "\"body\"" };
        var (read, refused) = (0, 0);
        for (var i = 0; i < 8_000; i++)
        {
            var body = bodies[random.Next(bodies.Length)].ToList();
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var at = random.Next(body.Count);
                switch (random.Next(4))
                {
                    case 0:
                        body.RemoveRange(at, Math.Min(body.Count - at, random.Next(1, 30)));
                        break;
                    case 1:
                        body.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                    case 2:
                        body[at] = (byte)random.Next(256);
                        break;
                    default:
                        // A value of another type where one stands.
                        var colon = body.IndexOf((byte)':', at);
                        if (colon >= 0)
                            body.InsertRange(colon + 1, Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "7,\"x\":" : "{},\"x\":"));
                        break;
                }
                if (body.Count == 0)
                    body.Add((byte)'{');
            }
            var bytes = body.ToArray();
            using var envelope = ItemEnvelope.Read(bytes, out var fault);
            var item = envelope is null ? null : ItemDecoder.Decode(envelope.Root, At, out fault);
            if (item is null)
            {
                fault.ShouldNotBeNull();
                fault.Kind.ShouldBeOneOf(FaultKind.Malformed, FaultKind.Invalid);
                refused++;
                continue;
            }
            var rows = new OccurrenceBlock();
            ItemRows.Append(item, At.ReceivedAt, envelope!.Text, rows);
            rows.Rows.ShouldBe(1);
            read++;
        }
        read.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
    }

    internal static NativeBlock Block(byte[] body)
    {
        using var envelope = ItemEnvelope.Read(body, out var fault);
        fault.ShouldBeNull();
        var item = ItemDecoder.Decode(envelope!.Root, At, out fault);
        fault.ShouldBeNull();
        var rows = new OccurrenceBlock();
        ItemRows.Append(item!, At.ReceivedAt, envelope.Text, rows);
        return NativeBlock.Of(rows);
    }

    internal static Item Item(byte[] body)
    {
        using var envelope = ItemEnvelope.Read(body, out var fault);
        fault.ShouldBeNull();
        var item = ItemDecoder.Decode(envelope!.Root, At, out fault);
        fault.ShouldBeNull();
        return item! with { Data = default };
    }

    private static Item Decode(string data) => Item(Bytes($$"""{"data":{{data}}}"""));

    private static System.Text.Json.JsonElement Root(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
