using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class JsonTests
{
    private const string SpanJson = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}],"droppedAttributesCount":0},
        "scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[{
        "traceId":"5759E988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","parentSpanId":"","flags":257,"unknown":{"a":[1,{"b":2}]},
        "name":"GET /\u00e9 \"x\"","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":1700000000005000000,
        "attributes":[{"key":"i","value":{"intValue":"-5"}},{"key":"n","value":{"intValue":7}},{"key":"d","value":{"doubleValue":0.25}},
        {"key":"b","value":{"boolValue":true}},{"key":"y","value":{"bytesValue":"AQIDBA=="}},{"key":"none","value":null},
        {"key":"a","value":{"arrayValue":{"values":[{"stringValue":"one"},null,{}]}}},
        {"key":"m","value":{"kvlistValue":{"values":[{"key":"x","value":{"stringValue":"y"}}]}}}],
        "events":[{"timeUnixNano":"1700000000000000001","name":"e","attributes":[]}],
        "links":[{"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8"}],
        "status":{"code":2,"message":"boom"}}]}]}]}
        """;

    [Fact]
    public void A_json_request_gives_the_rows_of_its_protobuf_twin()
    {
        var span = ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Text(5, "GET /é \"x\"").Varint(6, 2).Fixed64(7, Start)
            .Fixed64(8, Start + 5_000_000).Fixed32(16, 257)
            .Message(9, KeyValue("i", Int(-5))).Message(9, KeyValue("n", Int(7))).Message(9, KeyValue("d", Double(0.25)))
            .Message(9, KeyValue("b", Bool(true))).Message(9, KeyValue("y", Bytes(1, 2, 3, 4)))
            .Message(9, KeyValue("a", Array(String("one"), ProtobufMessage.New(), ProtobufMessage.New())))
            .Message(9, KeyValue("m", Map(KeyValue("x", String("y")))))
            .Message(11, ProtobufMessage.New().Fixed64(1, Start + 1).Text(2, "e"))
            .Message(13, ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes))
            .Message(15, ProtobufMessage.New().Text(2, "boom").Varint(3, 2));
        var protobuf = Decoded.From(new SpanDecoder(), Request(
            Resource(KeyValue("service.name", String("cart"))), ProtobufMessage.New().Text(1, "lib").Text(2, "1"), span));
        var json = Json(SpanJson, Signal.Spans);
        json.Result.IsMalformed.ShouldBeFalse();
        json.Spans.Rows.ShouldBe(1);
        json.Spans.Describe(0).ShouldBe(protobuf.Spans.Describe(0));
    }

    [Theory]
    [InlineData("\"SPAN_KIND_CLIENT\"", "client")]
    [InlineData("\"CLIENT\"", "client")]
    [InlineData("3", "client")]
    [InlineData("99", "unspecified")]
    [InlineData("\"odd\"", "unspecified")]
    public void Enums_are_numbers_or_names(string kind, string expected) =>
        Json(SpanJson.Replace("\"kind\":2", "\"kind\":" + kind), Signal.Spans).Spans[0, "kind"].ShouldBe(expected);

    [Theory]
    [InlineData("V1npiL2GLj/hvkaplCcnkw==", "5759e988bd862e3fe1be46a994272793")]
    [InlineData("5759E988BD862E3FE1BE46A994272793", "5759e988bd862e3fe1be46a994272793")]
    [InlineData("5759e988bd862e3fe1be46a99427279", null)]
    [InlineData("zz59e988bd862e3fe1be46a994272793", null)]
    [InlineData("", null)]
    public void Ids_are_hex_or_base64(string traceId, string? expected)
    {
        var decoded = Json(SpanJson.Replace("5759E988bd862e3fe1be46a994272793", traceId), Signal.Spans);
        decoded.Result.IsMalformed.ShouldBeFalse();
        decoded.Result.Rejected.ShouldBe(expected is null ? 1 : 0);
        if (expected is not null)
            decoded.Spans[0, "trace_id"].ShouldBe(expected);
    }

    [Fact]
    public void Logs_and_metrics_are_read()
    {
        var logs = Json("""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeLogs":[{"scope":{"name":"l"},
            "logRecords":[{"timeUnixNano":"5","observedTimeUnixNano":"6","severityNumber":"SEVERITY_NUMBER_WARN2","severityText":"warn",
            "body":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":"9007199254740993"}}]}},"traceId":"5759e988bd862e3fe1be46a994272793",
            "spanId":"53995c3f42cd8ad8","eventName":"ev","flags":1,"attributes":[{"key":"a","value":{"doubleValue":"NaN"}}]}]}]}]}
            """, Signal.Logs).Logs;
        logs[0, "severity_number"].ShouldBe(14ul);
        logs[0, "body"].ShouldBe("""{"k":9007199254740993}""");
        logs[0, "event_name"].ShouldBe("ev");
        logs.Json(0)["a"].ShouldBe("NaN");
        var metrics = Json("""
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
            {"name":"s","unit":"1","sum":{"dataPoints":[{"asInt":"-3","timeUnixNano":"5","startTimeUnixNano":"4"}],"aggregationTemporality":2,"isMonotonic":true}},
            {"name":"h","histogram":{"dataPoints":[{"count":"3","sum":4.5,"bucketCounts":["1",2],"explicitBounds":[5],"min":0.5,"max":3}],"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"}},
            {"name":"x","exponentialHistogram":{"dataPoints":[{"count":1,"scale":-1,"positive":{"offset":-2,"bucketCounts":["1"]}}]}},
            {"name":"q","summary":{"dataPoints":[{"count":"1","quantileValues":[{"quantile":0.5,"value":2}]}]}},
            {"name":"g","gauge":{"dataPoints":[{"asDouble":1.5},{"asDouble":"Infinity"}]}}]}]}]}
            """, Signal.Metrics).Metrics;
        metrics.Rows.ShouldBe(6);
        metrics[0, "value"].ShouldBe(-3.0);
        metrics[0, "temporality"].ShouldBe("cumulative");
        metrics[1, "temporality"].ShouldBe("delta");
        metrics[1, "detail"].ShouldBe("""{"counts":[1,2],"bounds":[5]}""");
        metrics.Text(2, "detail").ShouldStartWith("""{"scale":-1,"zeroCount":0,"zeroThreshold":0,"positive":{"offset":-2,"counts":[1]}""");
        metrics.Text(3, "detail").ShouldStartWith("""{"quantiles":[{"quantile":0.5,"value":2}]""");
        metrics[5, "value"].ShouldBe(double.PositiveInfinity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("null")]
    [InlineData("{\"resourceSpans\":5}")]
    [InlineData("{\"resourceSpans\":[5]}")]
    [InlineData("{\"resourceSpans\":[[]]}")]
    public void Text_that_is_no_request_is_malformed(string text) => Json(text, Signal.Spans).Result.IsMalformed.ShouldBeTrue();

    [Fact]
    public void Null_means_not_there()
    {
        var decoded = Json("""{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"spans":null}]}]}""", Signal.Spans);
        decoded.Result.ShouldBe(default);
    }

    internal static Decoded Json(string text, Signal signal) => Json(Encoding.UTF8.GetBytes(text), signal);

    internal static Decoded Json(byte[] text, Signal signal)
    {
        RecordDecoder decoder = signal switch
        {
            Signal.Logs => new LogDecoder(new LogSequence(TimeProvider.System)),
            Signal.Metrics => new MetricDecoder(),
            _ => new SpanDecoder(),
        };
        return new JsonTranscoder().TryTranscode(text, OtlpSchema.Of(signal), out var protobuf)
            ? Decoded.From(decoder, protobuf.ToArray())
            : Decoded.Malformed;
    }
}
