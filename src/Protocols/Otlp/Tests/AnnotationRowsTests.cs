using Shouldly;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

/// <summary>A span's events and links as rows of events.</summary>
public sealed class AnnotationRowsTests
{
    private static readonly ProtobufMessage Failed = ProtobufMessage.New().Text(2, "boom").Varint(3, 2);

    [Fact]
    public void An_event_is_a_row_below_its_span()
    {
        var scope = ProtobufMessage.New().Text(1, "io.opentelemetry.http").Text(2, "2").Message(3, KeyValue("scope.key", Bool(true)));
        var span = Span().Message(9, KeyValue("sampleRate", Int(7)))
            .Message(11, Event("retry", Start + 1_000_000, KeyValue("attempt", Int(2)), KeyValue("parent_name", String("own"))))
            .Message(15, Failed);
        var decoded = Decode(Request(Resource(KeyValue("service.name", String(" cart "))), scope, span));
        decoded.Spans.Rows.ShouldBe(1);
        var rows = decoded.Events;
        rows.Rows.ShouldBe(1);
        rows[0, "time"].ShouldBe((long)Start + 1_000_000);
        rows[0, "received_at"].ShouldBe(Decoded.ReceivedAt);
        rows[0, "environment"].ShouldBe("production");
        rows[0, "protocol"].ShouldBe("otlp");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "dataset"].ShouldBe("cart");
        rows[0, "name"].ShouldBe("retry");
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[0, "span_id"].ShouldBe("");
        rows[0, "parent_span_id"].ShouldBe("53995c3f42cd8ad8");
        rows[0, "sample_rate"].ShouldBe(7ul);
        rows[0, "resource"].ShouldBe("""{"service.name":" cart "}""");
        rows.Json(0).ShouldBe(
            new Dictionary<string, object>
            {
                ["attempt"] = 2L,
                ["parent_name"] = "own",
                ["meta.annotation_type"] = "span_event",
                ["meta.time_since_span_start_ms"] = 1.0,
                ["error"] = true,
                ["library.name"] = "io.opentelemetry.http",
                ["library.version"] = "2",
                ["telemetry.instrumentation_library"] = true,
                ["scope.key"] = true,
            },
            ignoreOrder: true);
    }

    [Fact]
    public void A_link_is_a_row_at_the_start_of_its_span()
    {
        var link = ProtobufMessage.New().Bytes(1, Convert.FromHexString("00112233445566778899aabbccddeeff")).Bytes(2, Convert.FromHexString("0011223344556677"))
            .Message(4, KeyValue("k", String("v")));
        var rows = Decode(RequestOf(Span().Message(13, link).Message(13, ProtobufMessage.New()))).Events;
        rows.Rows.ShouldBe(2);
        rows[0, "time"].ShouldBe((long)Start);
        rows[0, "name"].ShouldBe("");
        rows[0, "parent_span_id"].ShouldBe("53995c3f42cd8ad8");
        rows.Json(0).ShouldBe(
            new Dictionary<string, object>
            {
                ["k"] = "v",
                ["meta.annotation_type"] = "link",
                ["trace.link.trace_id"] = "00112233445566778899aabbccddeeff",
                ["trace.link.span_id"] = "0011223344556677",
                ["parent_name"] = "GET /",
            },
            ignoreOrder: true);
        rows.Json(1).Keys.ShouldBe(["meta.annotation_type", "parent_name"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(2_500_000L, 2.5, false)]
    [InlineData(0L, 0.0, false)]
    [InlineData(-1L, 0.0, true)]
    public void The_time_since_the_span_began_is_never_negative(long offset, double expected, bool isInvalid)
    {
        var row = Decode(RequestOf(Span().Message(11, Event("e", Start + (ulong)offset)))).Events.Json(0);
        row["meta.time_since_span_start_ms"].ShouldBe(expected);
        row.ContainsKey("meta.invalid_time_since_span_start").ShouldBe(isInvalid);
    }

    [Fact]
    public void A_span_without_events_and_links_makes_no_other_row() => Decode(RequestOf(Span(), Span())).Events.Rows.ShouldBe(0);

    [Fact]
    public void An_event_without_a_time_has_the_spans()
    {
        var rows = Decode(RequestOf(Span().Message(11, ProtobufMessage.New().Text(2, "when")))).Events;
        rows[0, "time"].ShouldBe((long)Start);
    }

    [Fact]
    public void Events_of_a_rejected_span_are_rejected_with_it() =>
        Decode(RequestOf(ProtobufMessage.New().Text(5, "no ids").Message(11, Event("e", Start)))).Events.Rows.ShouldBe(0);

    [Fact]
    public void A_classic_keys_dataset_stays_with_its_resource()
    {
        var decoded = Decoded.From(new SpanDecoder(), RequestOf(Span().Message(11, Event("e", Start))), dataset: "Old", isClassic: true);
        decoded.Spans[0, "resource"].ShouldBe("""{"service.name":"cart","meta.dataset":"Old"}""");
        decoded.Events[0, "resource"].ShouldBe("""{"service.name":"cart","meta.dataset":"Old"}""");
        decoded.Events[0, "dataset"].ShouldBe("cart");
    }

    private static ProtobufMessage Event(string name, ulong time, params ProtobufMessage[] attributes)
    {
        var message = ProtobufMessage.New().Fixed64(1, time).Text(2, name);
        foreach (var attribute in attributes)
            message.Message(3, attribute);
        return message;
    }

    private static Decoded Decode(byte[] request) => Decoded.From(new SpanDecoder(), request);
}
