using Shouldly;
using Weir.Core.Ingest;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class LogDecoderTests
{
    [Fact]
    public void Every_field_lands_in_its_column()
    {
        var record = ProtobufMessage.New().Fixed64(1, Start).Varint(2, 17).Text(3, "ERROR").Message(5, String("failed"))
            .Message(6, KeyValue("k", Int(1))).Fixed32(8, 1).Bytes(9, TraceIdBytes).Bytes(10, SpanIdBytes).Fixed64(11, Start + 1).Text(12, "my.event");
        var rows = Decode(Request(
            Resource(KeyValue("service.name", String("cart"))), ProtobufMessage.New().Text(1, "lib"), record, record)).Logs;
        rows.Rows.ShouldBe(2);
        rows[0, "time"].ShouldBe((long)Start);
        rows[0, "received_at"].ShouldBe(Decoded.ReceivedAt);
        rows[0, "environment"].ShouldBe("production");
        rows[0, "protocol"].ShouldBe("otlp");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "severity_number"].ShouldBe(17ul);
        rows[0, "severity"].ShouldBe("error");
        rows[0, "body"].ShouldBe("failed");
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[0, "span_id"].ShouldBe("53995c3f42cd8ad8");
        rows[0, "trace_id_from"].ShouldBe("field");
        rows[0, "event_name"].ShouldBe("my.event");
        rows[0, "scope_name"].ShouldBe("lib");
        rows[0, "flags"].ShouldBe(1ul);
        rows[0, "resource"].ShouldBe("""{"service.name":"cart"}""");
        rows.Json(0).ShouldBe(new Dictionary<string, object> { ["k"] = 1L });
        ((ulong)rows[1, "sequence"]!).ShouldBe((ulong)rows[0, "sequence"]! + 1);
    }

    [Theory]
    [InlineData(5ul, 7ul, 5L)]
    [InlineData(0ul, 7ul, 7L)]
    [InlineData(0ul, 0ul, Decoded.ReceivedAt)]
    [InlineData(ulong.MaxValue, 7ul, 7L)]
    public void Time_falls_back_to_observed_then_received(ulong time, ulong observed, long expected) =>
        Decode(RequestOf(ProtobufMessage.New().Fixed64(1, time).Fixed64(11, observed))).Logs[0, "time"].ShouldBe(expected);

    [Theory]
    [InlineData(0u, null, 0ul, "", null)]
    [InlineData(1u, null, 1ul, "trace", null)]
    [InlineData(4u, null, 4ul, "trace", null)]
    [InlineData(5u, null, 5ul, "debug", null)]
    [InlineData(12u, "INFO", 12ul, "info", null)]
    [InlineData(13u, "careful", 13ul, "warn", "careful")]
    [InlineData(20u, null, 20ul, "error", null)]
    [InlineData(24u, null, 24ul, "fatal", null)]
    [InlineData(100u, null, 0ul, "", null)]
    [InlineData(0u, "WARNING", 13ul, "warn", "WARNING")]
    [InlineData(0u, "Critical", 21ul, "fatal", "Critical")]
    [InlineData(0u, "odd", 0ul, "", "odd")]
    public void Severity_is_a_number_and_a_word(uint number, string? text, ulong expected, string word, string? kept)
    {
        var record = ProtobufMessage.New().Varint(2, number);
        if (text is not null)
            record.Text(3, text);
        var rows = Decode(RequestOf(record)).Logs;
        rows[0, "severity_number"].ShouldBe(expected);
        rows[0, "severity"].ShouldBe(word);
        rows.Json(0).GetValueOrDefault("severity_text").ShouldBe(kept);
    }

    [Fact]
    public void Bodies_are_text()
    {
        ProtobufMessage Body(ProtobufMessage value) => ProtobufMessage.New().Message(5, value);
        var rows = Decode(RequestOf(
            Body(String("plain \"text\"")), Body(Int(-5)), Body(Double(1.5)), Body(Bool(true)), Body(Bytes(1, 2, 3, 4)),
            Body(Array(String("a"), Int(1))), Body(Map(KeyValue("key1", String("v")), KeyValue("n", Map(KeyValue("x", Int(1)))))),
            ProtobufMessage.New())).Logs;
        Enumerable.Range(0, rows.Rows).Select(row => rows.Text(row, "body")).ShouldBe(
            ["plain \"text\"", "-5", "1.5", "true", "AQIDBA==", """["a",1]""", """{"key1":"v","n":{"x":1}}""", ""]);
        rows.Json(6).ShouldBe(new Dictionary<string, object> { ["body.key1"] = "v", ["body.n.x"] = 1L }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("svc", "h", "svc")]
    [InlineData(null, "h", "h")]
    [InlineData(null, "", "unknown_log_source")]
    [InlineData("unknown_service:x", "h", "h")]
    [InlineData(" ", "h", "h")]
    public void Logs_without_a_service_take_the_dataset(string? service, string dataset, string expected)
    {
        var resource = service is null ? Resource() : Resource(KeyValue("service.name", String(service)));
        Decode(Request(resource, null, ProtobufMessage.New()), dataset).Logs[0, "service"].ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0102")]
    public void A_log_with_an_invalid_trace_id_has_no_trace_id(string traceId)
    {
        var rows = Decode(RequestOf(ProtobufMessage.New().Bytes(9, Convert.FromHexString(traceId)))).Logs;
        rows[0, "trace_id"].ShouldBe("");
        rows[0, "trace_id_from"].ShouldBe("none");
    }

    private const string Trace = "5759e988bd862e3fe1be46a994272793";
    private const string SpanText = "53995c3f42cd8ad8";

    public static TheoryData<ProtobufMessage, string, string, string, string> Told => new()
    {
        { Attribute("trace_id", String(Trace)).Message(6, KeyValue("span_id", String(SpanText))).Message(6, KeyValue("level", String("warn"))), Trace, SpanText, "field", "warn" },
        { Attribute("traceId", String(Trace)).Message(6, KeyValue("severity_number", Int(21))), Trace, "", "field", "fatal" },
        { Attribute("dd.trace_id", Int(255)).Message(6, KeyValue("levelno", Int(40))), "000000000000000000000000000000ff", "", "field", "error" },
        { Attribute("traceparent", String($"00-{Trace}-{SpanText}-01")), Trace, SpanText, "field", "" },
        { Attribute("X-Amzn-Trace-Id", String($"Root=1-{Trace[..8]}-{Trace[8..]};Parent={SpanText};Sampled=1")), Trace, SpanText, "field", "" },
        { Attribute("level", Int(50)), "", "", "none", "error" },
        { Body(String($"ERROR trace_id={Trace} span_id={SpanText}")), Trace, SpanText, "text", "error" },
        { Body(String($$"""{"level":"error","trace_id":"{{Trace}}"}""")), Trace, "", "field", "error" },
        { Body(Map(KeyValue("level", String("debug")), KeyValue("trace_id", String(Trace)))), Trace, "", "field", "debug" },
        { Body(Map(KeyValue("msg", String($"trace_id={Trace}")))), Trace, "", "text", "" },
        { Body(String("GET http /x 500 OOPS")), "", "", "none", "" },
        { Body(String("10.0.0.7 GET /health 503")), "", "", "none", "error" },
        // What the record itself says goes first.
        { Body(String("ERROR x")).Varint(2, 9), "", "", "none", "info" },
        { Body(String("ERROR x")).Varint(2, 100), "", "", "none", "" },
        { Body(String("x")).Text(3, "CRIT"), "", "", "none", "fatal" },
        { Body(String("x")).Text(3, "INFO2"), "", "", "none", "info" },
        { Attribute("trace_id", String("00000000000000000000000000000001")).Bytes(9, TraceIdBytes).Bytes(10, SpanIdBytes), Trace, SpanText, "field", "" },
        { Attribute("level", String("warn")).Message(5, String("ERROR x")), "", "", "none", "warn" },
    };

    private static ProtobufMessage Attribute(string key, ProtobufMessage value) => ProtobufMessage.New().Message(6, KeyValue(key, value));

    private static ProtobufMessage Body(ProtobufMessage value) => ProtobufMessage.New().Message(5, value);

    [Theory]
    [MemberData(nameof(Told))]
    public void Severity_and_trace_are_read_from_fields_attributes_and_body(ProtobufMessage record, string trace, string span, string from, string severity)
    {
        var rows = Decode(RequestOf(record)).Logs;
        (rows.Text(0, "trace_id"), rows.Text(0, "span_id"), rows.Text(0, "trace_id_from"), rows.Text(0, "severity")).ShouldBe((trace, span, from, severity));
    }

    [Fact]
    public void Values_that_do_not_fit_into_columns_are_kept_as_attributes()
    {
        var version = ProtobufMessage.New().Text(1, "lib").Text(2, "1.4");
        var rows = Decode(Request(
            Resource(), version, Body(Int(-5)).Varint(2, unchecked((ulong)-100L)), Body(Double(1.5)).Varint(2, 25), Body(Bool(true)),
            Attribute("event.name", String("clicked")))).Logs;
        Enumerable.Range(0, 3).Select(row => rows.Json(row)["body"]).ShouldBe([-5L, 1.5, true]);
        (rows.Json(0)["severity_code"], rows.Json(1)["severity_code"]).ShouldBe((-100L, 25L));
        rows.Json(2).ContainsKey("severity_code").ShouldBeFalse();
        rows.Json(3)["library.version"].ShouldBe("1.4");
        rows[3, "event_name"].ShouldBe("clicked");
    }

    [Fact]
    public void An_exception_is_an_occurrence_too()
    {
        var record = ProtobufMessage.New().Fixed64(1, Start).Varint(2, 21).Message(5, String("Request failed")).Bytes(9, TraceIdBytes).Bytes(10, SpanIdBytes)
            .Message(6, KeyValue("exception.type", String("ZeroDivisionError"))).Message(6, KeyValue("exception.message", String("division by zero")))
            .Message(6, KeyValue("exception.stacktrace", String(
                "Traceback (most recent call last):\n  File \"/app/home.py\", line 42, in run\n    1 / 0\nZeroDivisionError: division by zero\n")))
            .Message(6, KeyValue("http.request.method", String("get"))).Message(6, KeyValue("url.path", String("/api"))).Message(6, KeyValue("other", Int(1)));
        var resource = Resource(KeyValue("service.name", String("cart")), KeyValue("telemetry.sdk.language", String("python")),
            KeyValue("host.name", String("web-1")), KeyValue("service.version", String("1.0")));
        var decoded = Decode(Request(resource, null, record));
        decoded.Logs.Rows.ShouldBe(1);
        var rows = decoded.Occurrences;
        rows.Rows.ShouldBe(1);
        rows[0, "level"].ShouldBe("critical");
        rows[0, "protocol"].ShouldBe("otlp");
        rows[0, "title"].ShouldBe("ZeroDivisionError: division by zero");
        rows[0, "exception_class"].ShouldBe("ZeroDivisionError");
        rows[0, "message"].ShouldBe("division by zero");
        rows.Text(0, "exceptions").ShouldContain("/app/home.py");
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[0, "span_id"].ShouldBe("53995c3f42cd8ad8");
        rows[0, "method"].ShouldBe("GET");
        rows[0, "url"].ShouldBe("/api");
        rows[0, "host"].ShouldBe("web-1");
        rows[0, "language"].ShouldBe("python");
        rows[0, "code_version"].ShouldBe("1.0");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "time"].ShouldBe((long)Start);
        rows.Text(0, "fingerprint").Length.ShouldBe(40);
        rows.Json(0).Keys.ShouldBe(["http.request.method", "url.path", "other"], ignoreOrder: true);
        Decode(Request(resource, null, record)).Occurrences[0, "occurrence_id"].ShouldBe(rows[0, "occurrence_id"]);
    }

    [Theory]
    [InlineData("sampleRate", 10ul)]
    [InlineData("SampleRate", 10ul)]
    [InlineData("samplerate", 0ul)]
    public void The_sample_rate_has_a_column(string key, ulong expected)
    {
        var rows = Decode(RequestOf(ProtobufMessage.New().Message(6, KeyValue(key, Int(10))))).Logs;
        rows[0, "sample_rate"].ShouldBe(expected);
        rows.Json(0).ContainsKey(key).ShouldBe(expected == 0);
        Decode(Request(Resource(KeyValue(key, Int(10))), null, ProtobufMessage.New())).Logs[0, "sample_rate"].ShouldBe(expected);
    }

    private static Decoded Decode(byte[] request, string dataset = "") =>
        Decoded.From(new LogDecoder(new LogSequence(TimeProvider.System)), request, dataset: dataset);
}
