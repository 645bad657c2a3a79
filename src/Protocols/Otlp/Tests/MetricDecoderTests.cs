using Shouldly;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class MetricDecoderTests
{
    [Fact]
    public void A_sum_is_a_row_for_each_point()
    {
        var point = ProtobufMessage.New().Fixed64(2, Start).Fixed64(3, Start + 1).Fixed64(6, unchecked((ulong)-3L)).Message(7, KeyValue("k", String("v")));
        var other = ProtobufMessage.New().Fixed64(3, Start + 2).Double(4, 2.5);
        var metric = ProtobufMessage.New().Text(1, "requests").Text(2, "how many").Text(3, "1")
            .Message(7, ProtobufMessage.New().Message(1, point).Message(1, other).Varint(2, 2).Varint(3, 1));
        var decoded = Decode(Request(Resource(KeyValue("service.name", String("cart"))), ProtobufMessage.New().Text(1, "meter"), metric));
        decoded.Result.Records.ShouldBe(2);
        var rows = decoded.Metrics;
        rows.Rows.ShouldBe(2);
        rows[0, "time"].ShouldBe((long)Start + 1);
        rows[0, "start_time"].ShouldBe((long)Start);
        rows[0, "received_at"].ShouldBe(Decoded.ReceivedAt);
        rows[0, "service"].ShouldBe("cart");
        rows[0, "name"].ShouldBe("requests");
        rows[0, "description"].ShouldBe("how many");
        rows[0, "unit"].ShouldBe("1");
        rows[0, "type"].ShouldBe("sum");
        rows[0, "temporality"].ShouldBe("cumulative");
        rows[0, "monotonic"].ShouldBe(1ul);
        rows[0, "value"].ShouldBe(-3.0);
        rows[0, "detail"].ShouldBe("");
        rows[0, "scope_name"].ShouldBe("meter");
        rows.Json(0).ShouldBe(new Dictionary<string, object> { ["k"] = "v" });
        rows[1, "value"].ShouldBe(2.5);
        rows[1, "start_time"].ShouldBe(0L);
        rows.Json(1).ShouldBeEmpty();
    }

    [Fact]
    public void A_gauge_keeps_exemplars_and_the_missing_value()
    {
        var exemplar = ProtobufMessage.New().Fixed64(2, Start).Double(3, 1.5).Bytes(4, SpanIdBytes).Bytes(5, TraceIdBytes).Message(7, KeyValue("e", Int(1)));
        var rows = Decode(RequestOf(Metric(5, ProtobufMessage.New().Fixed64(3, Start).Message(5, exemplar), ProtobufMessage.New().Varint(8, 1)))).Metrics;
        rows[0, "type"].ShouldBe("gauge");
        rows[0, "detail"].ShouldBe(
            """{"exemplars":[{"time":1700000000000000000,"value":1.5,"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","attributes":{"e":1}}]}""");
        rows[1, "value"].ShouldBe(double.NaN);
        rows[1, "time"].ShouldBe(Decoded.ReceivedAt);
        rows[1, "detail"].ShouldBe("""{"noRecordedValue":true}""");
    }

    [Fact]
    public void A_histogram_accepts_packed_and_unpacked_buckets()
    {
        var packedCounts = Packed(p => p.Append(U64(1)).Append(U64(0)).Append(U64(2)));
        var packed = ProtobufMessage.New().Fixed64(4, 3).Double(5, 12.5).Bytes(6, packedCounts).Bytes(7, Packed(p => p.Append(U64(5.0)).Append(U64(10.5))))
            .Double(11, 1).Double(12, 9).Message(9, KeyValue("k", Int(1)));
        var single = ProtobufMessage.New().Fixed64(4, 3).Double(5, 12.5).Fixed64(6, 1).Fixed64(6, 0).Fixed64(6, 2).Double(7, 5).Double(7, 10.5);
        var rows = Decode(RequestOf(Metric(9, packed, single))).Metrics;
        rows[0, "type"].ShouldBe("histogram");
        rows[0, "count"].ShouldBe(3ul);
        rows[0, "sum"].ShouldBe(12.5);
        rows[0, "min"].ShouldBe(1.0);
        rows[0, "max"].ShouldBe(9.0);
        rows[0, "detail"].ShouldBe("""{"counts":[1,0,2],"bounds":[5,10.5]}""");
        rows[1, "detail"].ShouldBe("""{"counts":[1,0,2],"bounds":[5,10.5],"noMinMax":true}""");
        var withoutSum = Decode(RequestOf(Metric(9, ProtobufMessage.New().Fixed64(4, 3).Bytes(6, packedCounts).Double(11, 1).Double(12, 9)))).Metrics;
        withoutSum[0, "detail"].ShouldBe("""{"counts":[1,0,2],"bounds":[],"noSum":true}""");
    }

    [Fact]
    public void An_exponential_histogram_keeps_scale_and_buckets()
    {
        var buckets = ProtobufMessage.New().ZigZag(1, -4).Bytes(2, [1, 0xAC, 0x02]);
        var point = ProtobufMessage.New().Message(1, KeyValue("k", Int(1))).Fixed64(4, 302).Double(5, 40).ZigZag(6, -2).Fixed64(7, 1).Message(8, buckets)
            .Double(12, 0.5).Double(13, 4).Double(14, 0.25);
        var rows = Decode(RequestOf(Metric(10, point))).Metrics;
        rows[0, "type"].ShouldBe("exponential_histogram");
        rows[0, "count"].ShouldBe(302ul);
        rows[0, "detail"].ShouldBe(
            """{"scale":-2,"zeroCount":1,"zeroThreshold":0.25,"positive":{"offset":-4,"counts":[1,300]},"negative":{"offset":0,"counts":[]}}""");
    }

    [Fact]
    public void A_summary_keeps_its_quantiles()
    {
        var point = ProtobufMessage.New().Fixed64(4, 2).Double(5, 3).Message(6, ProtobufMessage.New().Double(1, 0.5).Double(2, 1.25))
            .Message(6, ProtobufMessage.New().Double(1, 1)).Message(7, KeyValue("k", Int(1)));
        var rows = Decode(RequestOf(Metric(11, point))).Metrics;
        rows[0, "type"].ShouldBe("summary");
        rows[0, "sum"].ShouldBe(3.0);
        rows[0, "detail"].ShouldBe("""{"quantiles":[{"quantile":0.5,"value":1.25},{"quantile":1,"value":0}],"noMinMax":true}""");
    }

    [Theory]
    [InlineData("31")]
    [InlineData("3A0101")]
    [InlineData("320101")]
    public void A_broken_point_costs_its_metric(string pointHex)
    {
        var point = ProtobufMessage.New().Append(Convert.FromHexString(pointHex));
        var good = ProtobufMessage.New();
        var decoded = Decode(RequestOf(Metric(9, good, point), Metric(9, good)));
        (decoded.Result.IsMalformed, decoded.Result.Records, decoded.Result.Rejected).ShouldBe((false, 3, 2));
        decoded.Metrics.Rows.ShouldBe(1);
    }

    private static ProtobufMessage Metric(int kind, params ProtobufMessage[] points)
    {
        var data = ProtobufMessage.New();
        foreach (var point in points)
            data.Message(1, point);
        return ProtobufMessage.New().Text(1, "m").Message(kind, data);
    }

    private static byte[] Packed(Action<ProtobufMessage> write)
    {
        var message = ProtobufMessage.New();
        write(message);
        return message.ToArray();
    }

    private static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    private static byte[] U64(double value) => BitConverter.GetBytes(value);

    private static Decoded Decode(byte[] request) => Decoded.From(new MetricDecoder(), request);
}
