using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class DecoderLimitsTests
{
    [Fact]
    public void A_warm_decoder_allocates_next_to_nothing_for_a_thousand_spans()
    {
        var spans = Enumerable.Range(0, 1000).Select(i => Span()
            .Message(9, KeyValue("http.route", String("/api/" + i))).Message(9, KeyValue("n", Int(i))).Message(9, KeyValue("d", Double(i)))
            .Message(9, KeyValue("list", Array(Int(i)))).Message(9, KeyValue("map", Map(KeyValue("k", Bool(true)))))
            .Message(11, ProtobufMessage.New().Fixed64(1, Start).Text(2, "e").Message(3, KeyValue("k", Int(1))))).ToArray();
        var request = RequestOf(spans);
        var pool = new IngestBatchPool();
        var decoder = new SpanDecoder();
        for (var i = 0; i < 5; i++)
            Decode();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decode();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000);

        void Decode()
        {
            using var batch = pool.Rent(WireProtocol.Otlp);
            decoder.Decode(request, batch, new DecodeContext("default", 1));
            batch.Spans.Rows.ShouldBe(1000);
        }
    }

    [Fact]
    public void Keys_above_the_limit_are_stored_as_text()
    {
        var span = Span();
        for (var i = 0; i < 1200; i++)
            span.Message(9, KeyValue($"key{i}", Int(i)));
        var rows = Decoded.From(new SpanDecoder(), RequestOf(span, Span().Message(9, KeyValue("key1199", String("é\"")))
            .Message(9, KeyValue("key1", Bool(true))))).Spans;
        rows.Rows.ShouldBe(2);
        rows.Json(0).Count.ShouldBe(1025);
        rows.Json(0)["key1023"].ShouldBe(1023L);
        rows.Json(0)["meta.more_attributes"].ShouldBe("{" + string.Join(',', Enumerable.Range(1024, 176).Select(i => $"\"key{i}\":{i}")) + "}");
        rows.Json(1).ShouldBe(new Dictionary<string, object> { ["key1"] = true, ["meta.more_attributes"] = """{"key1199":"é\""}""" }, ignoreOrder: true);
    }

    [Fact]
    public void A_flood_of_keys_uses_bounded_memory()
    {
        var spans = Enumerable.Range(0, 20_000).Select(i => Span().Message(9, KeyValue($"key{i}", Int(i)))).ToArray();
        var request = RequestOf(spans);
        using var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        var before = GC.GetTotalAllocatedBytes();
        new SpanDecoder().Decode(request, batch, new DecodeContext("default", 1)).IsMalformed.ShouldBeFalse();
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(100L << 20);
        batch.Bytes.ShouldBeLessThan(40L << 20);
    }

    [Fact]
    public void A_value_nested_past_protobufs_limit_costs_its_span()
    {
        Nested(90).Result.Rejected.ShouldBe(0);
        var result = Nested(2_000).Result;
        (result.IsMalformed, result.Records, result.Rejected, result.FirstRejection).ShouldBe((false, 1, 1, "a record's bytes can't be read"));

        static Decoded Nested(int depth)
        {
            var value = Int(1);
            for (var i = 0; i < depth; i++)
                value = Array(value);
            return Decoded.From(new SpanDecoder(), RequestOf(Span().Message(9, KeyValue("deep", value))));
        }
    }

    [Fact]
    public void Deep_json_is_malformed() =>
        JsonTests.Json(string.Concat(Enumerable.Repeat("{\"resourceSpans\":", 100_000)), Signal.Spans).Result.IsMalformed.ShouldBeTrue();

    [Fact]
    public void Bytes_that_are_not_utf8_are_kept_out_of_json()
    {
        var bad = ProtobufMessage.New().Bytes(1, [0x61, 0xff, 0xc3]);
        var rows = Decoded.From(new SpanDecoder(), Request(
            Resource(ProtobufMessage.New().Text(1, "k").Message(2, bad)), null, Span().Message(9, KeyValue("a", Array(bad))))).Spans;
        rows[0, "resource"].ShouldBe("{\"k\":\"a\uFFFD\uFFFD\"}");
        rows.Json(0)["a"].ShouldBe("[\"a\uFFFD\uFFFD\"]");
    }
}
