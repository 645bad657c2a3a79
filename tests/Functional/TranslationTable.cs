using System.Globalization;
using Weir.Core.Query;
using Weir.Protocols.Api;

namespace Weir.Tests.Functional;

/// <param name="Words">The behaviour.</param>
/// <param name="Header">The dataset header, or empty.</param>
/// <param name="Dataset">Whom to ask.</param>
/// <param name="Spec">A query specification.</param>
/// <param name="Expected">The data of each result, in order, separated by a space.</param>
public sealed record Behaviour(string Words, string Path, string Body, string Key, string Header, string Dataset, string Spec, string Expected);

/// <summary>Honeycomb's translation of OTLP and of events, as its clients see it. Where Weir differs on purpose, the words say so.</summary>
internal sealed class TranslationTable
{
    private const string Classic = "0123456789abcdef0123456789abcdef";
    private const string Environment = "translation";
    private readonly long _now;
    private readonly List<Behaviour> _table = [];

    /// <param name="now">When the rows are sent. Whatever it is, the same words stand in the table.</param>
    public TranslationTable(DateTimeOffset now)
    {
        _now = (now.ToUnixTimeMilliseconds() - 60_000) * 1_000_000;
        Datasets();
        Spans();
        Values();
        SampleRates();
        Logs();
        Metrics();
        Events();
        OddEvents();
        Times();
    }

    public IReadOnlyList<Behaviour> Behaviours => _table;

    private void Datasets()
    {
        Add("a classic key: traces go to the dataset of the header", Traces(Service("classic-service"), Span("a")), "classic-traces",
            Grouped("name"), Counted("name", "\"a\""), key: Classic, header: "Classic Traces");
        Add("a classic key: events of spans go there too", Traces(Service("classic-service-2"), Span("a", Event("e"))), "classic-events",
            Grouped("meta.annotation_type"), """{"meta.annotation_type":"span_event","COUNT":1} {"meta.annotation_type":null,"COUNT":1}""", key: Classic, header: "classic-events");
        Add("a classic key: the dataset is found whatever its case", Traces(Service("classic-service-3"), Span("a")), "CLASSIC-cAsE",
            Grouped("service.name"), Counted("service.name", "\"classic-service-3\""), key: Classic, header: "Classic-Case");
        Add("an environment key: traces go to service.name, the header is ignored", Traces(Service("header-ignored"), Span("a")), "header-ignored",
            Grouped("name"), Counted("name", "\"a\""), header: "elsewhere");
        foreach (var (words, value) in new[]
        {
            ("blank", """{"stringValue":" \t"}"""), ("a number", """{"intValue":"5"}"""), ("a boolean", """{"boolValue":true}"""),
            ("made up by the SDK", """{"stringValue":"unknown_service:go"}"""),
        })
        {
            var name = "of-" + words.Replace(' ', '-');
            Add($"service.name {words}: unknown_service", Traces(Attribute("service.name", value), Span(name)), "unknown_service",
                Grouped("name", Is("name", name)), Counted("name", $"\"{name}\""));
        }
        Add("service.name absent: unknown_service", Traces("", Span("absent")), "unknown_service", Grouped("name", Is("name", "absent")), Counted("name", "\"absent\""));
        Add("a name that only ends in unknown_service is a name", Traces(Service("so_unknown_service:go"), Span("a")), "so_unknown_service-go",
            Grouped("name"), Counted("name", "\"a\""));
        Add("service.name is trimmed", Traces(Service(" leading"), Span("a")), "leading", Grouped("name"), Counted("name", "\"a\""));
        Add("service.name of a span does not change its dataset", Traces(Service("of-resource"), Span("a", Attributes(Text("service.name", "of-span")))), "of-resource",
            Grouped("name"), Counted("name", "\"a\""));
        Add("datasets are found by their slug", Traces(Service("My Shop/Cart!"), Span("a")), "my-shop-cart-", Grouped("service.name"), Counted("service.name", "\"My Shop/Cart!\""));
        Add("logs without a service go to the header's dataset", LogsOf("", Log("a")), "log-header", Grouped("body"), Counted("body", "\"a\""), header: "log-header");
        Add("logs without service and header: unknown_log_source", LogsOf("", Log("nowhere")), "unknown_log_source", Grouped("body"), Counted("body", "\"nowhere\""));
        Add("logs with both: service.name", LogsOf(Service("log-service"), Log("a")), "log-service", Grouped("body"), Counted("body", "\"a\""), header: "log-other");
        Add("logs of unknown_service go to the header's dataset", LogsOf(Service("unknown_service:x"), Log("a")), "log-header-2", Grouped("body"), Counted("body", "\"a\""), header: "log-header-2");
        Add("a classic key: logs need no header", LogsOf(Service("classic-logs"), Log("a")), "classic-logs", Grouped("body"), Counted("body", "\"a\""), key: Classic);
        Add("metrics go to the header's dataset", MetricsOf(Service("metric-service"), Gauge("m", 1)), "metric-header", Metric("MAX", "value"), """{"MAX(value)":1}""", header: "metric-header");
        Add("metrics without service and header: unknown_metrics", MetricsOf("", Gauge("m", 2)), "unknown_metrics", Metric("MAX", "value"), """{"MAX(value)":2}""");
    }

    private void Spans()
    {
        Add("a span with an event and a link is three events", Traces(Service("three"), Span("a", Event("e") + Link)), "three", Grouped("meta.annotation_type"),
            """{"meta.annotation_type":"link","COUNT":1} {"meta.annotation_type":"span_event","COUNT":1} {"meta.annotation_type":null,"COUNT":1}""");
        Add("an event of a span: its parent, name and time", Traces(Service("event"), Span("up", Event("e", 1_000_000))), "event",
            Grouped("name,parent_name,trace.parent_id,trace.span_id,meta.time_since_span_start_ms,meta.signal_type", Is("meta.annotation_type", "span_event")),
            """{"name":"e","parent_name":"up","trace.parent_id":"00f067aa0ba902b7","trace.span_id":null,"meta.time_since_span_start_ms":1,"meta.signal_type":"trace","COUNT":1}""");
        Add("a link: what it leads to", Traces(Service("link"), Span("up", Link)), "link",
            Grouped("name,trace.link.trace_id,trace.link.span_id,trace.parent_id", Is("meta.annotation_type", "link")),
            """{"name":null,"trace.link.trace_id":"aaf7651916cd43dd8448eb211c80319c","trace.link.span_id":"b7ad6b7169203331","trace.parent_id":"00f067aa0ba902b7","COUNT":1}""");
        Add("ids are lower-case hex; 64-bit trace ids keep their 32 digits (differs)", Traces(Service("ids"), Span("a", trace: "0000000000000000CBE4DECD12429177")), "ids",
            Grouped("trace.trace_id,trace.span_id"), """{"trace.trace_id":"0000000000000000cbe4decd12429177","trace.span_id":"00f067aa0ba902b7","COUNT":1}""");
        Add("an empty parent is none", Traces(Service("root"), Span("a", "\"parentSpanId\":\"\",")), "root", Grouped("trace.parent_id,is_root"), """{"trace.parent_id":null,"is_root":true,"COUNT":1}""");
        Add("a parent is there", Traces(Service("child"), Span("a", "\"parentSpanId\":\"b7ad6b7169203331\",")), "child", Grouped("trace.parent_id,is_root"),
            """{"trace.parent_id":"b7ad6b7169203331","is_root":false,"COUNT":1}""");
        Add("no status: code 0, and error is absent", Traces(Service("unset"), Span("a")), "unset", Grouped("status_code,error"), """{"status_code":0,"error":null,"COUNT":1}""");
        Add("an error is told by span, events and links", Traces(Service("failed"), Span("a", "\"status\":{\"code\":2,\"message\":\"boom\"}," + Event("e") + Link)), "failed",
            Grouped("error,status_message"), """{"error":true,"status_message":"boom","COUNT":1} {"error":true,"status_message":null,"COUNT":2}""");
        Add("an end before the start: no duration, and marked", Traces(Service("negative"), Span("a", length: -5_000_000)), "negative",
            Grouped("duration_ms,meta.invalid_duration"), """{"duration_ms":0,"meta.invalid_duration":true,"COUNT":1}""");
        Add("an event before its span: no time since, and marked", Traces(Service("early"), Span("a", Event("e", -5))), "early",
            Grouped("meta.time_since_span_start_ms,meta.invalid_time_since_span_start", Is("name", "e")),
            """{"meta.time_since_span_start_ms":0,"meta.invalid_time_since_span_start":true,"COUNT":1}""");
        Add("durations are milliseconds", Traces(Service("duration"), Span("a", length: 5_250_000)), "duration", Grouped("duration_ms"), Counted("duration_ms", "5.25"));
        Add("the kind has two names", Traces(Service("kind"), Span("a", "\"kind\":3,")), "kind", Grouped("type,span.kind"), """{"type":"client","span.kind":"client","COUNT":1}""");
        Add("kinds may be words", Traces(Service("kind-word"), Span("a", "\"kind\":\"SPAN_KIND_SERVER\",")), "kind-word", Grouped("span.kind"), Counted("span.kind", "\"server\""));
        Add("the first exception is told by the span, its own attributes first",
            Traces(Service("exception"), Span("a", Attributes(Text("exception.message", "mine")) + Exceptions("First", "Second"))), "exception",
            Grouped("exception.type,exception.message", Is("name", "a")), """{"exception.type":"First","exception.message":"mine","COUNT":1}""");
        Add("how many events and links", Traces(Service("numbers"), Span("a", Event("e") + Link)), "numbers", Grouped("span.num_events,span.num_links", Is("name", "a")),
            """{"span.num_events":1,"span.num_links":1,"COUNT":1}""");
        Add("scopes: name, version, attributes, and whether it instruments", Traces(Service("scope"), Span("a"), Scope("io.opentelemetry.http", "2")), "scope",
            Grouped("library.name,library.version,scope.key,telemetry.instrumentation_library"),
            """{"library.name":"io.opentelemetry.http","library.version":"2","scope.key":"v","telemetry.instrumentation_library":true,"COUNT":1}""");
        Add("scopes: no version and no instrumentation are absent", Traces(Service("scope-plain"), Span("a"), "\"scope\":{\"name\":\"First\"},"), "scope-plain",
            Grouped("library.name,library.version,telemetry.instrumentation_library"),
            """{"library.name":"First","library.version":null,"telemetry.instrumentation_library":null,"COUNT":1}""");
        Add("schema URLs", Traces(Service("schema"), Span("a"), "\"schemaUrl\":\"https://s\",", "\"schemaUrl\":\"https://r\","), "schema",
            Grouped("resource.schema_url,scope.schema_url"), """{"resource.schema_url":"https://r","scope.schema_url":"https://s","COUNT":1}""");
        Add("unknown fields are ignored", Traces(Service("unknown-fields"), Span("a", "\"entirelyNew\":{\"x\":[1]},")), "unknown-fields", Grouped("name"), Counted("name", "\"a\""));
        Add("traces without a root", Traces(Service("rootless"), Span("a", "\"parentSpanId\":\"b7ad6b7169203331\",", trace: "00000000000000000000000000c0ffee")), "rootless",
            Grouped("name", """{"column":"none.trace.parent_id","op":"does-not-exist"}"""), Counted("name", "\"a\""));
        Add("traces with a root are not among them", Traces(Service("rooted"), Span("a", trace: "00000000000000000000000000c0ffef")), "rooted",
            Grouped("name", """{"column":"none.trace.parent_id","op":"does-not-exist"}"""), "");
        Add("the trace state", Traces(Service("state"), Span("a", "\"traceState\":\"vendor=x\",")), "state", Grouped("trace.trace_state"), Counted("trace.trace_state", "\"vendor=x\""));
    }

    private void Values()
    {
        Value("bytes are base64 without quotes (differs)", """{"bytesValue":"AQIDBA=="}""", "\"AQIDBA==\"");
        Value("arrays are JSON text without a line feed (differs)", """{"arrayValue":{"values":[{"stringValue":"one"},{"boolValue":true},{"intValue":"3"}]}}""", "\"[\\u0022one\\u0022,true,3]\"");
        Value("HTML in JSON text is not escaped", """{"arrayValue":{"values":[{"stringValue":"<b>&"}]}}""", "\"[\\u0022\\u003Cb\\u003E\\u0026\\u0022]\"");
        Value("a whole number stays one", """{"intValue":"123"}""", "123");
        Value("a whole number may come as a number", """{"intValue":123}""", "123");
        Value("digits in a text stay text", """{"stringValue":"200"}""", "\"200\"");
        Value("broken numbers", """{"doubleValue":0.5}""", "0.5");
        Value("NaN is text", """{"doubleValue":"NaN"}""", "\"NaN\"");
        Value("infinities are text", """{"doubleValue":"-Infinity"}""", "\"-Infinity\"");
        Value("booleans", """{"boolValue":false}""", "false");
        Value("no value is no attribute", "{}", "null");
        Add("maps are flattened with dots", Traces(Service("map"), Span("a", Attributes(Attribute("attr", Map(Attribute("custom", Map(Text("name", "x")))))))), "map",
            Grouped("attr.custom.name"), Counted("attr.custom.name", "\"x\""));
        Add("six levels down a map is JSON text", Traces(Service("six"), Span("a", Attributes(Attribute("m6", Map(Attribute("l6", Map(Attribute("l5", Map(Attribute("l4",
            Map(Attribute("l3", Map(Attribute("l2", Map(Text("level1", "v")))))))))))))))), "six", Grouped("m6.l6.l5.l4.l3.l2"),
            Counted("m6.l6.l5.l4.l3.l2", "\"{\\u0022level1\\u0022:\\u0022v\\u0022}\""));
        Add("a span's attribute goes before its scope's and its resource's", Traces(Service("clash") + "," + Text("scope.key", "resource"), Span("a", Attributes(Text("scope.key", "span"))), Scope("x", "1")), "clash",
            Grouped("scope.key"), Counted("scope.key", "\"span\""));
        Add("resource attributes are on every span", Traces(Service("resource") + "," + Text("host.name", "h1"), Span("a")), "resource", Grouped("host.name"), Counted("host.name", "\"h1\""));
    }

    private void SampleRates()
    {
        foreach (var (words, value, count) in new[]
        {
            ("of 100", """{"intValue":"100"}""", 100L), ("of 100.6 as text", """{"stringValue":"100.6"}""", 101), ("below zero", """{"stringValue":"-100"}""", 1),
            ("that is no number", """{"stringValue":"invalid"}""", 1), ("of 0", """{"intValue":"0"}""", 1), ("past 32 bits", """{"intValue":"9223372036854775807"}""", 2147483647),
        })
        {
            var name = "rate-" + words.Replace(' ', '-').Replace('.', '-');
            Add($"a sampleRate {words}", Traces(Service(name), Span("a", Attributes(Attribute("sampleRate", value)))), name, Grouped("sampleRate"),
                string.Create(CultureInfo.InvariantCulture, $"{{\"sampleRate\":null,\"COUNT\":{count}}}"));
        }
        Add("a sampleRate of the resource weighs spans, events and links", Traces(Service("rate-resource") + "," + Attribute("sampleRate", """{"intValue":"5"}"""), Span("a", Event("e") + Link)),
            "rate-resource", Grouped("sampleRate"), """{"sampleRate":null,"COUNT":15}""");
        foreach (var key in new[] { "samplerate", "SAMPLERATE", "sample_rate" })
        {
            var name = "rate-" + key.Replace('_', '-') + (key == "SAMPLERATE" ? "-upper" : "");
            Add($"{key} is an ordinary attribute", Traces(Service(name), Span("a", Attributes(Attribute(key, """{"intValue":"5"}""")))), name, Grouped(key), $$"""{"{{key}}":5,"COUNT":1}""");
        }
        foreach (var (state, count) in new[] { ("ot=th:c", 4), ("ot=th:8", 2), ("vendor=x,ot=p:8;th:c;r:62", 4), ("ot=th:xyz", 1), ("tenant@ot=th:c", 1), ("th=c,other=v", 1) })
        {
            var name = "state-" + string.Concat(state.Select(c => char.IsLetterOrDigit(c) ? c : '-'));
            Add($"the trace state {state}", Traces(Service(name), Span("a", $"\"traceState\":\"{state}\",")), name, """{"calculations":[{"op":"COUNT"}],"time_range":7200}""",
                string.Create(CultureInfo.InvariantCulture, $"{{\"COUNT\":{count}}}"));
        }
        Add("an attribute goes before the trace state", Traces(Service("state-beaten"), Span("a", "\"traceState\":\"ot=th:c\"," + Attributes(Attribute("sampleRate", """{"intValue":"7"}""")))),
            "state-beaten", """{"calculations":[{"op":"COUNT"}],"time_range":7200}""", """{"COUNT":7}""");
        Add("a sampleRate of a log line", LogsOf(Service("rate-log"), Log("a", Attributes(Attribute("sampleRate", """{"intValue":"10"}""")))), "rate-log", Grouped("sampleRate"), """{"sampleRate":null,"COUNT":10}""");
        Add("rates weigh COUNT, AVG and SUM, not COUNT_DISTINCT", """[{"samplerate":10,"data":{"v":200}},{"samplerate":10,"data":{"v":1100}}]""", "rates",
            """{"calculations":[{"op":"COUNT"},{"op":"AVG","column":"v"},{"op":"SUM","column":"v"},{"op":"COUNT_DISTINCT","column":"v"}],"time_range":7200}""",
            """{"COUNT":20,"AVG(v)":650,"SUM(v)":13000,"COUNT_DISTINCT(v)":2}""", path: "/1/batch/rates");
    }

    private void Logs()
    {
        Add("the body of a map is JSON text, and its keys are columns", LogsOf(Service("log-map"), Log("", """ "body":{"kvlistValue":{"values":[{"key":"key1","value":{"stringValue":"v"}}]}},""")), "log-map",
            Grouped("body,body.key1"), """{"body":"{\u0022key1\u0022:\u0022v\u0022}","body.key1":"v","COUNT":1}""");
        Add("a line without a trace is annotated as nothing", LogsOf(Service("log-plain"), Log("a")), "log-plain", Grouped("meta.annotation_type,meta.signal_type"),
            """{"meta.annotation_type":null,"meta.signal_type":"log","COUNT":1}""");
        Add("a line of a span: its parent is the span", LogsOf(Service("log-span"), Log("a", "\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"spanId\":\"00f067aa0ba902b7\",")), "log-span",
            Grouped("meta.annotation_type,trace.parent_id,trace.span_id"), """{"meta.annotation_type":"span_event","trace.parent_id":"00f067aa0ba902b7","trace.span_id":null,"COUNT":1}""");
        Add("severity: a word and a number", LogsOf(Service("log-error"), Log("a", "\"severityNumber\":18,")), "log-error", Grouped("severity,severity_code"), """{"severity":"error","severity_code":18,"COUNT":1}""");
        Add("a severity there is not is unspecified, its number is kept", LogsOf(Service("log-odd"), Log("a", "\"severityNumber\":100,")), "log-odd", Grouped("severity,severity_code"), """{"severity":"unspecified","severity_code":100,"COUNT":1}""");
        Add("a line without a time has the observed one", LogsOf(Service("log-observed"), $"{{\"observedTimeUnixNano\":\"{_now}\",\"body\":{{\"stringValue\":\"a\"}}}}"), "log-observed", Grouped("body"), Counted("body", "\"a\""));
    }

    private void Metrics() =>
        Add("a metric's name, value and attributes", MetricsOf(Service("metrics"), Gauge("queue.length", 7)), "metrics",
            """{"calculations":[{"op":"MAX","column":"value"}],"breakdowns":["metric.name","queue"],"signals":["metrics"],"time_range":7200}""",
            """{"metric.name":"queue.length","queue":"q","MAX(value)":7}""");

    private void Events()
    {
        Add("events: types are kept, null is absent, objects are text", """[{"data":{"i":1,"f":1.5,"b":true,"s":"x","n":null,"o":{"a":[1]}}}]""", "events-types", Grouped("i,f,b,s,n,o"),
            """{"i":1,"f":1.5,"b":true,"s":"x","n":null,"o":"{\u0022a\u0022:[1]}","COUNT":1}""", path: "/1/batch/events-types");
        Add("events: one dataset whatever the case", """[{"data":{"a":1}}]""", "mydataset", Grouped("dataset"), Counted("dataset", "\"MyDatasET\""), path: "/1/batch/MyDatasET");
        Add("events: escaped slashes of names", """[{"data":{"a":1}}]""", "foo-bar", Grouped("dataset"), Counted("dataset", "\"foo/bar\""), path: "/1/batch/foo%2Fbar");
        Add("events: brackets of names", """[{"data":{"a":1}}]""", "foo-baz-", Grouped("dataset"), Counted("dataset", "\"foo(baz)\""), path: "/1/batch/foo%28baz%29");
    }

    private void OddEvents()
    {
        var many = string.Join(",", Enumerable.Range(0, 2000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"a{i}\":{i}")));
        Add("odd: 2,000 fields are kept, past 1,024 keys of a block as text of one", $$"""[{"data":{ {{many}} } }]""", "odd-many",
            Grouped("a1023", """{"column":"meta.more_attributes","op":"contains","value":"\"a1999\":1999"}"""), Counted("a1023", "1023"), path: "/1/batch/odd-many");
        Add("odd: a text of 64 kB is kept whole", $$"""[{"data":{"s":"{{new string('x', 65_536)}}end"} }]""", "odd-long",
            """{"calculations":[{"op":"COUNT"}],"breakdowns":["length"],"calculated_fields":[{"name":"length","expression":"LENGTH($s)"}],"time_range":7200}""",
            """{"length":65539,"COUNT":1}""", path: "/1/batch/odd-long");
        Add("odd: NaN and infinities are text, and no part of sums", "hex:93" + Item("CB7FF8000000000000") + Item("CB7FF0000000000000") + Item("CB3FF8000000000000"), "odd-nan",
            """{"calculations":[{"op":"COUNT"},{"op":"SUM","column":"v"},{"op":"MAX","column":"v"}],"time_range":7200}""", """{"COUNT":3,"SUM(v)":1.5,"MAX(v)":1.5}""", path: "/1/batch/odd-nan");
        Add("odd: a negative duration stays as it is", """[{"data":{"duration_ms":-5}}]""", "odd-duration", Grouped("duration_ms"), Counted("duration_ms", "-5"), path: "/1/batch/odd-duration");
        Add("odd: one key of several types: each row keeps its own, sums take the numbers", """[{"data":{"k":1}},{"data":{"k":"1"}},{"data":{"k":true}},{"data":{"k":2.5}},{"data":{"k":"x"}}]""", "odd-types",
            """{"calculations":[{"op":"COUNT"},{"op":"SUM","column":"k"},{"op":"COUNT_DISTINCT","column":"k"}],"time_range":7200}""", """{"COUNT":5,"SUM(k)":3.5,"COUNT_DISTINCT(k)":4}""",
            path: "/1/batch/odd-types");
        Add("odd: a number is not found by its text", """[{"data":{"k":1}},{"data":{"k":"1"}}]""", "odd-number",
            """{"calculations":[{"op":"COUNT"}],"filters":[{"column":"k","op":">","value":0}],"time_range":7200}""", """{"COUNT":1}""", path: "/1/batch/odd-number");
        Add("odd: whole numbers past 64 bits are broken ones", """[{"data":{"n":18446744073709551615}}]""", "odd-large", Grouped("n"), Counted("n", "1.8446744073709552E+19"), path: "/1/batch/odd-large");
        Add("odd: the same key twice: the first", """[{"data":{"k":"first","k":"second"}}]""", "odd-twice", Grouped("k"), Counted("k", "\"first\""), path: "/1/batch/odd-twice");
        Add("odd: deep nesting is text", """[{"data":{"o":{"a":{"b":{"c":[[[[1]]]]}}}}}]""", "odd-deep", Grouped("o"), Counted("o", "\"{\\u0022a\\u0022:{\\u0022b\\u0022:{\\u0022c\\u0022:[[[[1]]]]}}}\""), path: "/1/batch/odd-deep");
        Add("odd: binary is base64, an extension too", "hex:9181A46461746182A162C4020102A165D4070A", "odd-binary", Grouped("b,e"), """{"b":"AQI=","e":"Cg==","COUNT":1}""", path: "/1/batch/odd-binary");
        Add("odd: rates that are none are 1", """[{"samplerate":0,"data":{"a":1}},{"samplerate":-5,"data":{"a":1}},{"samplerate":"x","data":{"a":1}},{"data":{"a":1}}]""", "odd-rates", Grouped("a"), """{"a":1,"COUNT":4}""",
            path: "/1/batch/odd-rates");
    }

    private string Item(string value) => "81A46461746181A176" + value;

    /// <summary>One moment in every form that is accepted, and what becomes of the others.</summary>
    private void Times()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds((_now / 1_000_000_000) - 600);
        var seconds = at.ToUnixTimeSeconds();
        var expected = Counted("at", $"\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}\"");
        foreach (var (words, form) in new[]
        {
            ("RFC 3339", $"\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z\""), ("RFC 3339 with two digits of a fraction", $"\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}.99Z\""),
            ("RFC 3339 with nine digits of a fraction", $"\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}.123456789Z\""), ("RFC 3339 with an offset", $"\"{at.UtcDateTime.AddHours(1):yyyy-MM-dd'T'HH:mm:ss}+01:00\""),
            ("seconds", $"{seconds}"), ("seconds in a text", $"\"{seconds}\""), ("milliseconds", $"{seconds}927"), ("milliseconds in a text", $"\"{seconds}927\""),
            ("microseconds", $"{seconds}927123"), ("nanoseconds", $"{seconds}927123456"), ("seconds and a fraction", $"{seconds}.5"), ("seconds and a fraction in a text", $"\"{seconds}.5\""),
        })
        {
            var name = "time-" + words.ToLowerInvariant().Replace(' ', '-').Replace('.', '-');
            Add($"a time written as {words}", $$"""[{"time":{{form}},"data":{"a":1} }]""", name,
                """{"calculations":[{"op":"COUNT"}],"breakdowns":["at"],"calculated_fields":[{"name":"at","expression":"FORMAT_TIME(\"%Y-%m-%dT%H:%M:%S\", EVENT_TIMESTAMP())"}],"time_range":7200}""",
                expected, path: $"/1/batch/{name}");
        }
        var ahead = at.AddHours(20).ToUnixTimeSeconds();
        foreach (var (words, form) in new[] { ("twenty hours ahead", $"{ahead}"), ("that is none", "\"soon\""), ("before 1970", "-5"), ("of null", "null"), ("that is an object", "{}") })
        {
            var name = "time-" + words.Replace(' ', '-');
            Add($"a time {words}: that of receipt", $$"""[{"time":{{form}},"data":{"a":1} }]""", name, """{"calculations":[{"op":"COUNT"}],"time_range":7200}""", """{"COUNT":1}""", path: $"/1/batch/{name}");
        }
    }

    private void Value(string words, string value, string expected)
    {
        var name = "value-" + string.Concat(words.Select(c => char.IsLetterOrDigit(c) ? c : '-'));
        Add(words, Traces(Service(name), Span("a", Attributes(Attribute("v", value)))), name, Grouped("v"), Counted("v", expected));
    }

    private void Add(
        string words, string body, string dataset, string spec, string expected, string? path = null, string key = Environment, string header = "") => _table.Add(new Behaviour(
        words,
        path ?? (body.StartsWith("{\"resourceSpans", StringComparison.Ordinal) ? "/v1/traces" : body.StartsWith("{\"resourceLogs", StringComparison.Ordinal) ? "/v1/logs" : "/v1/metrics"),
        body, key, header, dataset, spec, expected));

    private string Grouped(string columns, params string[] filters) =>
        $$"""{"calculations":[{"op":"COUNT"}],"breakdowns":["{{columns.Replace(",", "\",\"", StringComparison.Ordinal)}}"],"filters":[{{string.Join(",", filters)}}],"orders":[{{string.Join(",", columns.Split(',').Select(c => $$"""{"column":"{{c}}"}"""))}}],"time_range":7200,"signals":["spans","logs","events"]}""";

    private string Metric(string op, string column) => $$"""{"calculations":[{"op":"{{op}}","column":"{{column}}"}],"signals":["metrics"],"time_range":7200}""";

    private string Counted(string column, string value) => $$"""{"{{column}}":{{value}},"COUNT":1}""";

    private string Is(string column, string value) => $$"""{"column":"{{column}}","op":"=","value":"{{value}}"}""";

    private string Traces(string resource, string span, string scope = "", string more = "") =>
        $$"""{"resourceSpans":[{{{more}}"resource":{"attributes":[{{resource}}]},"scopeSpans":[{{{scope}}"spans":[{{span}}]}]}]}""";

    private string Span(string name, string more = "", string trace = "4bf92f3577b34da6a3ce929d0e0e4736", long length = 5_000_000) =>
        $$"""{{{more}}"traceId":"{{trace}}","spanId":"00f067aa0ba902b7","name":"{{name}}","startTimeUnixNano":"{{_now}}","endTimeUnixNano":"{{_now + length}}"}""";

    private string Event(string name, long offset = 0) => $$"""
        "events":[{"timeUnixNano":"{{_now + offset}}","name":"{{name}}"}],
        """;

    private string Exceptions(params string[] types) => $$"""
        "events":[{{string.Join(",", types.Select(type => $$"""{"timeUnixNano":"{{_now}}","name":"exception","attributes":[{{Text("exception.type", type)}},{{Text("exception.message", type)}}]}"""))}}],
        """;

    private const string Link = """
        "links":[{"traceId":"aaf7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}],
        """;

    private string Scope(string name, string version) => $$"""
        "scope":{"name":"{{name}}","version":"{{version}}","attributes":[{{Text("scope.key", "v")}}]},
        """;

    private string LogsOf(string resource, string record) =>
        $$"""{"resourceLogs":[{"resource":{"attributes":[{{resource}}]},"scopeLogs":[{"logRecords":[{{record}}]}]}]}""";

    private string Log(string body, string more = "") =>
        $$"""{{{more}}{{(body.Length > 0 ? $"\"body\":{{\"stringValue\":\"{body}\"}}," : "")}}"timeUnixNano":"{{_now}}"}""";

    private string MetricsOf(string resource, string metric) =>
        $$"""{"resourceMetrics":[{"resource":{"attributes":[{{resource}}]},"scopeMetrics":[{"metrics":[{{metric}}]}]}]}""";

    private string Gauge(string name, int value) =>
        $$"""{"name":"{{name}}","gauge":{"dataPoints":[{"timeUnixNano":"{{_now}}","asInt":"{{value}}","attributes":[{{Text("queue", "q")}}]}]} }""";

    private string Service(string name) => Text("service.name", name);

    private string Text(string key, string value) => Attribute(key, $$"""{"stringValue":"{{value}}"}""");

    private string Attribute(string key, string value) => $$"""{"key":"{{key}}","value":{{value}}}""";

    private string Attributes(string attributes) => $"\"attributes\":[{attributes}],";

    private string Map(string attributes) => $$"""{"kvlistValue":{"values":[{{attributes}}]} }""";
}
