using System.Text;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Query;
using Weir.Features.Logs;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Wire;

public sealed class LinesTests
{
    private const string Id = "5759e988bd862e3fe1be46a994272793";
    private const string Span = "53995c3f42cd8ad8";

    private static NativeBlock Row(string line)
    {
        var logs = new LogBlock();
        new LogLine().AppendTo(logs, Encoding.UTF8.GetBytes(line), "fallback"u8);
        logs.EndRow();
        return NativeBlock.Of(logs);
    }

    private static string Attributes(NativeBlock row) =>
        string.Join('|', row.Json(0).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));

    [Theory]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK", "info",
        "client.address=172.18.0.1|http.request.method=GET|http.response.status_code=200|url.path=/api/activities/home|url.scheme=http")]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/search?term=a%20b 422 UNPROCESSABLE ENTITY", "warn",
        "client.address=172.18.0.1|http.request.method=GET|http.response.status_code=422|url.path=/api/activities/search|url.query=term=a%20b|url.scheme=http")]
    [InlineData("[2023-Feb-27 01:09] ::1 POST https /api/activities? 500 INTERNAL SERVER ERROR", "error",
        "client.address=::1|http.request.method=POST|http.response.status_code=500|url.path=/api/activities|url.scheme=https")]
    [InlineData("[2023-Feb-27 01:09] None GET http /x? 404 NOT FOUND", "warn",
        "http.request.method=GET|http.response.status_code=404|url.path=/x|url.scheme=http")]
    [InlineData("10.0.0.7 GET /health 204", "info", "client.address=10.0.0.7|http.request.method=GET|http.response.status_code=204|url.path=/health")]
    [InlineData("""127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326""", "info",
        "client.address=127.0.0.1|http.request.method=GET|http.response.body.size=2326|http.response.status_code=200|url.path=/apache_pb.gif|user.name=frank")]
    [InlineData("""10.1.1.1 - - [10/Oct/2000:13:55:36 -0700] "POST /a?b=c HTTP/1.1" 503 - "http://e.com/x" "Mozilla/4.08 [en] (Win98)" """, "error",
        "client.address=10.1.1.1|http.request.header.referer=http://e.com/x|http.request.method=POST|http.response.status_code=503|url.path=/a|url.query=b=c|user_agent.original=Mozilla/4.08 [en] (Win98)")]
    [InlineData("""172.18.0.1 - - [27/Feb/2023 01:09:00] "GET /api/activities/home HTTP/1.1" 200 -""", "info",
        "client.address=172.18.0.1|http.request.method=GET|http.response.status_code=200|url.path=/api/activities/home")]
    [InlineData("""INFO:werkzeug:172.18.0.1 - - [27/Feb/2023 01:09:00] "GET /rollbar/test HTTP/1.1" 200 -""", "info",
        "client.address=172.18.0.1|http.request.method=GET|http.response.status_code=200|url.path=/rollbar/test")]
    [InlineData("""2001:db8::1 - - [10/Oct/2000:13:55:36 -0700] "GET http://example.com/p?q HTTP/1.1" 301 0""", "info",
        "client.address=2001:db8::1|http.request.method=GET|http.response.body.size=0|http.response.status_code=301|url.path=/p|url.query=q")]
    [InlineData("""INFO:     172.18.0.1:4567 - "GET /docs HTTP/1.1" 200 OK""", "info",
        "client.address=172.18.0.1|http.request.method=GET|http.response.status_code=200|url.path=/docs")]
    public void Access_lines_become_attributes(string line, string severity, string attributes)
    {
        var row = Row(line);
        row.Text(0, "severity").ShouldBe(severity);
        Attributes(row).ShouldBe(attributes);
        row.Text(0, "body").ShouldBe(line);
        row.Text(0, "service").ShouldBe("fallback");
    }

    [Theory]
    [InlineData("test log")]
    [InlineData("HomeActivities")]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /x? 20 OK")]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 FETCH http /x? 200 OK")]
    [InlineData("""127.0.0.1 - - [x] "GET" 200 1""")]
    [InlineData("""127.0.0.1 - - [x] "GET / HTTP/1.1" OK""")]
    [InlineData("he said \"GET / now\" 200 times")]
    [InlineData("10.0.0.7 GET /health 204\nsecond line")]
    public void Other_lines_do_not(string line) => Row(line).Json(0).ShouldBeEmpty();

    [Theory]
    [InlineData("2023-02-27 01:09:00,123 ERROR app: boom", "error")]
    [InlineData("2023-02-27T01:09:00Z\t8a1f\tWARN\tTask timed out", "warn")]
    [InlineData("INFO:root:started", "info")]
    [InlineData("[DEBUG] x", "debug")]
    [InlineData("[warn] low on disk", "warn")]
    [InlineData("<error> x", "error")]
    [InlineData("level=error msg=\"x\"", "error")]
    [InlineData("ts=1 lvl=debug msg=x", "debug")]
    [InlineData("severity: Warning, text", "warn")]
    [InlineData("info: Microsoft.Hosting.Lifetime[14]", "info")]
    [InlineData("fail: App[0]", "error")]
    [InlineData("crit: App[0]", "fatal")]
    [InlineData("error - message", "error")]
    [InlineData("CRITICAL out of memory", "fatal")]
    [InlineData("Traceback (most recent call last):\n  File x", "error")]
    [InlineData("no error here", "")]
    [InlineData("informational text about an error", "")]
    [InlineData("GET /ERROR/x", "")]
    [InlineData("INFORMATIVE", "")]
    [InlineData("", "")]
    public void The_level_is_read_where_levels_stand(string line, string severity) => Row(line).Text(0, "severity").ShouldBe(severity);

    [Theory]
    [InlineData($$"""{"level":"ERROR","trace_id":"{{Id}}","span_id":"{{Span}}"}""", "error", Id, Span, "field")]
    [InlineData($$"""{"severity":"warning","traceId":"{{Id}}","spanId":"{{Span}}"}""", "warn", Id, Span, "field")]
    [InlineData($$"""{"level":30,"trace.id":"{{Id}}","span.id":"{{Span}}"}""", "info", Id, Span, "field")]
    [InlineData($$"""{"level":50,"otelTraceID":"{{Id}}"}""", "error", Id, "", "field")]
    [InlineData("""{"xray_trace_id":"1-5759e988-bd862e3fe1be46a994272793@53995c3f42cd8ad8"}""", "", Id, Span, "field")]
    [InlineData($$"""{"traceparent":"00-{{Id}}-{{Span}}-01"}""", "", Id, Span, "field")]
    [InlineData("""{"dd.trace_id":"1234567890","dd.span_id":255,"status":"error"}""", "", "000000000000000000000000499602d2", "00000000000000ff", "field")]
    [InlineData($$"""{"dd":{"trace_id":"{{Id}}"},"levelname":"CRITICAL"}""", "fatal", Id, "", "text")]
    [InlineData($$"""{"message":"trace_id={{Id}} span_id={{Span}}"}""", "", Id, Span, "text")]
    [InlineData("""{"trace_id":"none"}""", "", "", "", "none")]
    [InlineData($"trace_id={Id} span_id={Span} x", "", Id, Span, "text")]
    public void Ids_and_levels_of_structured_lines(string line, string severity, string trace, string span, string from)
    {
        var row = Row(line);
        row.Text(0, "severity").ShouldBe(severity);
        row.Text(0, "trace_id").ShouldBe(trace);
        row.Text(0, "span_id").ShouldBe(span);
        row.Text(0, "trace_id_from").ShouldBe(from);
    }

    [Theory]
    [InlineData("""{"service":"checkout"}""", "checkout")]
    [InlineData("""{"service.name":"checkout"}""", "checkout")]
    [InlineData("""{"service":"","service.name":"checkout"}""", "checkout")]
    [InlineData("""{"service":{"name":"x"}}""", "fallback")]
    [InlineData("""{"service":7}""", "fallback")]
    [InlineData("plain", "fallback")]
    public void A_structured_line_may_name_its_service(string line, string service) => Row(line).Text(0, "service").ShouldBe(service);

    [Theory]
    [InlineData("""{"a":1,"b":1.5,"c":"t\u00e9","d":true,"e":null,"f":[1],"g":{"h":1},"i":12345678901234567890}""", "a=1|b=1.5|c=té|d=True|i=1.2345678901234567E+19")]
    [InlineData("""  {"a":1}  """, "a=1")]
    [InlineData("""{"a":1} {"a":2}""", "")]
    [InlineData("""{"a":1""", "")]
    [InlineData("""{'a': 1}""", "")]
    [InlineData("{}", "")]
    [InlineData("""{"":1,"a":1}""", "a=1")]
    [InlineData("""{"a":"\ud83d"}""", "a=\uFFFD")]
    public void Top_level_scalars_become_typed_attributes(string line, string attributes) => Attributes(Row(line)).ShouldBe(attributes);

    [Fact]
    public void The_number_and_size_of_attributes_is_bounded()
    {
        var many = Row("{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"k{i}\":{i}")) + "}");
        many.Json(0).Count.ShouldBe(JsonLine.MaxFields);
        Row($$"""{"long":"{{new string('x', JsonLine.MaxText + 1)}}","short":"{{new string('x', JsonLine.MaxText)}}"}""").Json(0).Keys.ShouldBe(["short"]);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_bytes_make_a_row()
    {
        var random = Fuzz.Random(20230227);
        string[] samples =
        [
            "[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK",
            """10.1.1.1 - - [10/Oct/2000:13:55:36 -0700] "POST /a?b=c HTTP/1.1" 503 - "http://e.com/x" "Mozilla/4.08" """,
            $$"""{"level":"ERROR","trace_id":"{{Id}}","n":1.5e3,"s":"\ud83d\ude00\n","dd.trace_id":1,"o":{"a":[1,2]} }""",
            "2023-02-27 01:09:00,123 ERROR app: boom level=warn",
        ];
        var logs = new LogBlock();
        var line = new LogLine();
        var rows = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var text = Encoding.UTF8.GetBytes(samples[round % samples.Length]);
            for (var change = 0; change < 1 + (round % 4); change++)
                text[random.Next(text.Length)] = round % 3 == 0 ? (byte)random.Next(256) : (byte)"\"{}[]:, -\\u"[random.Next(11)];
            line.AppendTo(logs, text.AsSpan(0, random.Next(text.Length + 1)), "s"u8);
            logs.EndRow();
            if (++rows == 1000)
            {
                NativeBlock.Of(logs).Rows.ShouldBe(1000);
                logs.Clear();
                rows = 0;
            }
        }
    }
}
