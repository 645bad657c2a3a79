using Shouldly;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class SpanDecoderTests
{
    [Fact]
    public void Every_field_lands_in_its_column()
    {
        var span = Span().Text(3, "vendor=x").Bytes(4, [1, 2, 3, 4, 5, 6, 7, 8]).Fixed32(16, 257)
            .Message(9, KeyValue("http.status_code", Int(200)))
            .Message(15, ProtobufMessage.New().Text(2, "boom").Varint(3, 2));
        var scope = ProtobufMessage.New().Text(1, "home.activities").Text(2, "1.2").Message(3, KeyValue("scope.key", Bool(true)));
        var decoded = Decode(Request(Resource(KeyValue("service.name", String(" cart ")), KeyValue("n", Int(1))), scope, span));
        decoded.Result.Records.ShouldBe(1);
        decoded.Result.Rejected.ShouldBe(0);
        var rows = decoded.Spans;
        rows.Rows.ShouldBe(1);
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[0, "span_id"].ShouldBe("53995c3f42cd8ad8");
        rows[0, "parent_span_id"].ShouldBe("0102030405060708");
        rows[0, "start_time"].ShouldBe((long)Start);
        rows[0, "duration_ns"].ShouldBe(5_000_000ul);
        rows[0, "received_at"].ShouldBe(Decoded.ReceivedAt);
        rows[0, "environment"].ShouldBe("production");
        rows[0, "protocol"].ShouldBe("otlp");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "name"].ShouldBe("GET /");
        rows[0, "kind"].ShouldBe("server");
        rows[0, "status"].ShouldBe("error");
        rows[0, "status_message"].ShouldBe("boom");
        rows[0, "trace_state"].ShouldBe("vendor=x");
        rows[0, "flags"].ShouldBe(257ul);
        rows[0, "scope_name"].ShouldBe("home.activities");
        rows[0, "scope_version"].ShouldBe("1.2");
        rows[0, "sample_rate"].ShouldBe(0ul);
        rows[0, "resource"].ShouldBe("""{"service.name":" cart ","n":1}""");
        rows[0, "events"].ShouldBe("");
        rows[0, "links"].ShouldBe("");
        rows.Json(0).ShouldBe(new Dictionary<string, object> { ["http.status_code"] = 200L, ["scope.key"] = true }, ignoreOrder: true);
    }

    [Fact]
    public void Fields_may_come_in_any_order()
    {
        var usual = ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Text(5, "n").Fixed64(7, Start).Fixed64(8, Start + 1)
            .Message(9, KeyValue("a", Int(1))).Message(9, KeyValue("b", String("x")));
        var odd = ProtobufMessage.New().Message(9, KeyValue("a", Int(1))).Fixed64(8, Start + 1).Bytes(2, SpanIdBytes)
            .Fixed64(7, Start).Bytes(1, TraceIdBytes).Message(9, KeyValue("b", String("x"))).Text(5, "n");
        var resource = Resource(KeyValue("service.name", String("late")));
        var scope = ProtobufMessage.New().Text(1, "lib");
        var reversed = ProtobufMessage.New().Message(1, ProtobufMessage.New()
            .Message(2, ProtobufMessage.New().Message(2, odd).Message(1, scope)).Message(1, resource)).ToArray();
        Decode(reversed).Spans.Describe(0).ShouldBe(Decode(Request(resource, scope, usual)).Spans.Describe(0));
    }

    [Fact]
    public void Schema_urls_stay_with_resource_and_record()
    {
        var scopes = ProtobufMessage.New().Text(3, "https://scope").Message(2, Span());
        var rows = Decode(ProtobufMessage.New().Message(1, ProtobufMessage.New().Text(3, "https://resource").Message(2, scopes)).ToArray()).Spans;
        rows[0, "resource"].ShouldBe("""{"resource.schema_url":"https://resource"}""");
        rows.Json(0).ShouldBe(new Dictionary<string, object> { ["scope.schema_url"] = "https://scope" });
    }

    public static TheoryData<string, object?> Attributes => new()
    {
        { "string", "x" },
        { "int", -9L },
        { "double", 0.5 },
        { "bool", false },
        { "bytes", "AQIDBA==" },
        { "array", """["one",true,3,null,{"k":"AQ=="}]""" },
        { "map.custom.name", "deep" },
        { "six.l6.l5.l4.l3.l2", """{"l1":"v"}""" },
        { "quoted", """[" \" \\ \n <b> é"]""" },
        { "nan", """["NaN","-Infinity"]""" },
        { "empty", null },
        { "map.null", null },
        { "", null },
    };

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Attribute_values_keep_their_type(string key, object? expected)
    {
        var six = KeyValue("six", Map(KeyValue("l6", Map(KeyValue("l5", Map(KeyValue("l4", Map(KeyValue("l3", Map(
            KeyValue("l2", Map(KeyValue("l1", String("v"))))))))))))));
        var span = Span()
            .Message(9, KeyValue("string", String("x")))
            .Message(9, KeyValue("int", Int(-9)))
            .Message(9, KeyValue("double", Double(0.5)))
            .Message(9, KeyValue("bool", Bool(false)))
            .Message(9, KeyValue("bytes", Bytes(1, 2, 3, 4)))
            .Message(9, KeyValue("array", Array(String("one"), Bool(true), Int(3), ProtobufMessage.New(), Map(KeyValue("k", Bytes(1))))))
            .Message(9, KeyValue("map", Map(KeyValue("custom", Map(KeyValue("name", String("deep")))), KeyValue("null", null))))
            .Message(9, six)
            .Message(9, KeyValue("quoted", Array(String(" \" \\ \n <b> é"))))
            .Message(9, KeyValue("nan", Array(Double(double.NaN), Double(double.NegativeInfinity))))
            .Message(9, KeyValue("empty", null))
            .Message(9, KeyValue("", String("no key")))
            .Message(9, KeyValue("string", String("a second value loses")));
        var decoded = Decode(RequestOf(span));
        decoded.Spans.Rows.ShouldBe(1);
        decoded.Spans.Json(0).GetValueOrDefault(key).ShouldBe(expected);
    }

    [Theory]
    [InlineData(5u, 4u, 0ul, true)]
    [InlineData(5u, 5u, 0ul, false)]
    [InlineData(5u, 0u, 0ul, true)]
    [InlineData(0u, 5u, 0ul, true)]
    [InlineData(5u, 9u, 4ul, false)]
    public void A_duration_is_never_negative(uint start, uint end, ulong duration, bool invalid)
    {
        var span = ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Fixed64(7, start).Fixed64(8, end);
        var rows = Decode(RequestOf(span)).Spans;
        rows[0, "duration_ns"].ShouldBe(duration);
        rows[0, "start_time"].ShouldBe(start == 0 ? Decoded.ReceivedAt : start);
        rows.Json(0).ContainsKey("meta.invalid_duration").ShouldBe(invalid);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_400, true)]
    [InlineData(86_401, false)]
    [InlineData(9_000_000_000, false)]
    public void A_start_over_a_day_ahead_is_the_time_of_receipt(long secondsAhead, bool isKept)
    {
        var start = (ulong)Decoded.ReceivedAt + ((ulong)secondsAhead * 1_000_000_000);
        var span = ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Fixed64(7, start).Fixed64(8, start + 7);
        var rows = Decode(RequestOf(span)).Spans;
        rows[0, "start_time"].ShouldBe(isKept ? (long)start : Decoded.ReceivedAt);
        rows[0, "duration_ns"].ShouldBe(7ul);
    }

    [Theory]
    [InlineData("", "53995c3f42cd8ad8", "trace_id")]
    [InlineData("00000000000000000000000000000000", "53995c3f42cd8ad8", "trace_id")]
    [InlineData("5759e988bd862e3f", "53995c3f42cd8ad8", "trace_id")]
    [InlineData("5759e988bd862e3fe1be46a994272793", "", "span_id")]
    [InlineData("5759e988bd862e3fe1be46a994272793", "0000000000000000", "span_id")]
    [InlineData("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad853", "span_id")]
    public void Spans_with_unusable_ids_are_rejected_alone(string traceId, string spanId, string named)
    {
        var bad = ProtobufMessage.New().Bytes(1, Convert.FromHexString(traceId)).Bytes(2, Convert.FromHexString(spanId))
            .Message(9, KeyValue("lost", Int(1)));
        var decoded = Decode(RequestOf(Span(), bad, Span().Message(9, KeyValue("kept", Int(2)))));
        decoded.Result.Records.ShouldBe(3);
        decoded.Result.Rejected.ShouldBe(1);
        decoded.Result.FirstRejection.ShouldNotBeNull().ShouldContain(named);
        decoded.Spans.Rows.ShouldBe(2);
        decoded.Spans.Json(0).ShouldBeEmpty();
        decoded.Spans.Json(1).ShouldBe(new Dictionary<string, object> { ["kept"] = 2L });
    }

    [Theory]
    [InlineData("my-service", "my-service")]
    [InlineData(" leading", "leading")]
    [InlineData(" \t", "unknown_service")]
    [InlineData("unknown_service:go", "unknown_service")]
    [InlineData("so_unknown_service:go", "so_unknown_service:go")]
    [InlineData(null, "unknown_service")]
    public void The_service_is_the_trimmed_name(string? name, string service)
    {
        var resource = name is null ? Resource(KeyValue("service.name", Int(5))) : Resource(KeyValue("service.name", String(name)));
        Decode(Request(resource, null, Span()), dataset: "header").Spans[0, "service"].ShouldBe(service);
    }

    [Theory]
    [InlineData("sampleRate", 100L, 100u)]
    [InlineData("SampleRate", 100L, 100u)]
    [InlineData("sampleRate", "100.6", 101u)]
    [InlineData("sampleRate", 2.5, 3u)]
    [InlineData("sampleRate", "-100", 1u)]
    [InlineData("sampleRate", "invalid", 1u)]
    [InlineData("sampleRate", 0L, 1u)]
    [InlineData("sampleRate", long.MaxValue, 2147483647u)]
    [InlineData("samplerate", 100L, 0u)]
    [InlineData("sample_rate", 100L, 0u)]
    public void The_sample_rate_is_read_from_its_attribute(string key, object value, uint expected)
    {
        var attribute = KeyValue(key, value switch { long l => Int(l), double d => Double(d), _ => String((string)value) });
        var rows = Decode(RequestOf(Span().Message(9, attribute))).Spans;
        rows[0, "sample_rate"].ShouldBe((ulong)expected);
        rows.Json(0).Count.ShouldBe(expected == 0 ? 1 : 0);
        var ofResource = Decode(Request(Resource(attribute), null, Span())).Spans;
        ofResource[0, "sample_rate"].ShouldBe((ulong)expected);
        ofResource.Text(0, "resource").Length.ShouldBe(expected == 0 ? ofResource.Text(0, "resource").Length : 0);
    }

    [Theory]
    [InlineData("ot=th:c", 4u)]
    [InlineData("ot=th:8", 2u)]
    [InlineData("ot=th:0", 1u)]
    [InlineData("vendor=x,ot=p:8;th:c;r:62", 4u)]
    [InlineData("ot=th:xyz", 0u)]
    [InlineData("tenant@ot=th:c", 0u)]
    [InlineData("th=c,other=v", 0u)]
    [InlineData("ot=th:c00000000000000", 0u)]
    [InlineData("ot=th:ffffffffffffff", 2147483647u)]
    public void The_sample_rate_may_come_from_the_trace_state(string traceState, uint expected)
    {
        Decode(RequestOf(Span().Text(3, traceState))).Spans[0, "sample_rate"].ShouldBe((ulong)expected);
        Decode(RequestOf(Span().Text(3, traceState).Message(9, KeyValue("sampleRate", Int(7))))).Spans[0, "sample_rate"].ShouldBe(7ul);
    }

    [Fact]
    public void Events_and_links_are_json_texts()
    {
        var span = Span()
            .Message(11, ProtobufMessage.New().Fixed64(1, Start).Text(2, "cache \"miss\"").Message(3, KeyValue("n", Int(1))))
            .Message(11, ProtobufMessage.New().Fixed64(1, Start + 1).Text(2, "second"))
            .Message(13, ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Message(4, KeyValue("k", String("v"))));
        var rows = Decode(RequestOf(span, Span())).Spans;
        rows[0, "events"].ShouldBe(
            """[{"time":1700000000000000000,"name":"cache \"miss\"","attributes":{"n":1}},{"time":1700000000000000001,"name":"second","attributes":{}}]""");
        rows[0, "links"].ShouldBe(
            """[{"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","attributes":{"k":"v"}}]""");
        rows[1, "events"].ShouldBe("");
    }

    [Fact]
    public void The_first_exception_is_also_on_the_span()
    {
        ProtobufMessage Exception(string type) => ProtobufMessage.New().Fixed64(1, Start).Text(2, "exception")
            .Message(3, KeyValue("exception.type", String(type))).Message(3, KeyValue("exception.message", String("m")))
            .Message(3, KeyValue("other", Int(1)));
        var span = Span().Message(9, KeyValue("exception.message", String("mine"))).Message(11, Exception("First")).Message(11, Exception("Second"));
        Decode(RequestOf(span)).Spans.Json(0).ShouldBe(
            new Dictionary<string, object> { ["exception.message"] = "mine", ["exception.type"] = "First" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("0A0212FF")]
    [InlineData("FF")]
    [InlineData("6C6F6C")]
    public void Bytes_that_are_no_request_are_malformed(string hex) =>
        Decode(Convert.FromHexString(hex)).Result.IsMalformed.ShouldBeTrue();

    [Fact]
    public void Every_cut_of_a_request_is_malformed_or_a_shorter_request()
    {
        var request = RequestOf(Span().Message(9, KeyValue("a", Int(1))).Message(11, ProtobufMessage.New().Fixed64(1, 1)));
        Decode(request).Result.IsMalformed.ShouldBeFalse();
        for (var length = 1; length < request.Length; length++)
            Decode(request[..length]).Result.IsMalformed.ShouldBeTrue($"cut to {length}");
        Decode([]).Result.Records.ShouldBe(0);
    }

    private static Decoded Decode(byte[] request, string dataset = "") => Decoded.From(new SpanDecoder(), request, dataset: dataset);
}
