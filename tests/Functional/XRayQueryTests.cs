using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>X-Ray's traces where questions of any attribute are asked, and both protocols where X-Ray's are.</summary>
public sealed class XRayQueryTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const string Service = "asked-of-xray";
    private static readonly SemaphoreSlim Sending = new(1, 1);
    private static bool _sent;
    private readonly WeirProcess _weir = running.Weir;

    /// <summary>Every field of a document has a name that questions find it by.</summary>
    [Theory]
    [InlineData("annotation.plan", "=", "\"gold\"", 2)]
    [InlineData("annotation.items", ">", "1", 1)]
    [InlineData("annotation.vip", "=", "true", 2)]
    [InlineData("annotation.a.b", "exists", null, 1)]
    [InlineData("metadata.default.note", "contains", "\"blue\"", 1)]
    [InlineData("metadata.cart.size", ">=", "2", 1)]
    [InlineData("http.response.status_code", "=", "503", 1)]
    [InlineData("http.response.status_code", "<", "400", 2)]
    [InlineData("http.request.method", "=", "\"POST\"", 1)]
    [InlineData("url.path", "starts-with", "\"/orders\"", 3)]
    [InlineData("client.address", "=", "\"10.0.0.1\"", 3)]
    [InlineData("enduser.id", "=", "\"alice\"", 1)]
    [InlineData("aws.table_name", "=", "\"orders\"", 1)]
    [InlineData("db.system", "=", "\"PostgreSQL\"", 1)]
    [InlineData("db.statement", "contains", "\"select\"", 1)]
    [InlineData("aws.xray.fault", "=", "true", 1)]
    [InlineData("error", "=", "true", 1)]
    [InlineData("duration_ms", ">", "1500", 1)]
    [InlineData("name", "=", "\"DynamoDB\"", 1)]
    [InlineData("root.annotation.plan", "=", "\"gold\"", 3)]
    public async Task A_question_finds(string column, string op, string? value, int count)
    {
        await SendAsync();
        var filter = new JsonObject { ["column"] = column, ["op"] = op };
        if (value is not null)
            filter["value"] = JsonNode.Parse(value);
        (await CountAsync(filter)).ShouldBe(count);
        if (column.StartsWith("root.", StringComparison.Ordinal) || column is "error")
            return;
        // The query page offers the name.
        var listed = await _weir.JsonAsync($"/api/columns?q={Uri.EscapeDataString(column)}", found => found.List("columns").Any(c => c!.Text("name") == column));
        listed.List("columns").Of("name", column).List("signals").Select(s => (string?)s).ShouldContain("spans");
    }

    /// <summary>The same kind of exception, reported by OpenTelemetry with its namespace and by X-Ray's SDK without, is one row.</summary>
    [Fact]
    public async Task Both_protocols_name_an_exception_alike()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 20;
        const string Exception = "OutOfOrdersException";
        await PutAsync($$$"""{"trace_id":"1-{{{now:x8}}}-e0000000000000000000000a","id":"00000000000000e1","name":"orders-xray","start_time":{{{now}}},"end_time":{{{now + 1}}},"fault":true,"cause":{"exceptions":[{"id":"00000000000000ee","type":"{{{Exception}}}","message":"none left"}]}}""");
        var spans = $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"orders-otel"}}]},"scopeSpans":[{"spans":[{"traceId":"e1{{{now:x30}}}","spanId":"00000000000000e2","name":"GET /orders","kind":2,
             "startTimeUnixNano":"{{{now}}}000000000","endTimeUnixNano":"{{{now + 1}}}000000000","status":{"code":2},"links":[{"traceId":"{{{now:x8}}}e0000000000000000000000a","spanId":"00000000000000e1"}],
             "events":[{"timeUnixNano":"{{{now}}}500000000","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"Shop.Orders.{{{Exception}}}"}},{"key":"exception.message","value":{"stringValue":"none left"}},
              {"key":"exception.stacktrace","value":{"stringValue":"Shop.Orders.{{{Exception}}}: none left\n   at Shop.Orders.Book.Take(Int32 count) in /src/Book.cs:line 12"}}]}]}]}]}]}
            """;
        using var sent = await _weir.Client.PostAsync($"http://127.0.0.1:{_weir.OtlpHttpPort}/v1/traces", new StringContent(spans, Encoding.UTF8, "application/json"));
        ((int)sent.StatusCode).ShouldBe(200);
        static JsonNode? Row(JsonNode answer) => answer.List("tables").FirstOrDefault(t => t!.Text("by") == "exception")?.List("rows").FirstOrDefault(r => r!.Text("value") == Exception);
        var analytics = await _weir.JsonAsync($"/api/xray/analytics?start={now - 10}&end={now + 30}", answer => Row(answer) is { } row && (long)row["selected"]! + (long)row["rest"]! == 2);
        analytics.List("tables").Of("by", "exception").List("rows").ShouldHaveSingleItem();
        var filter = Uri.EscapeDataString($"rootcause.fault.exception {{ name = \"{Exception}\" }}");
        (await _weir.JsonAsync($"/api/xray/traces?start={now - 10}&end={now + 30}&filter={filter}", answer => answer.List("traces").Count == 2)).List("traces").Count.ShouldBe(2);

        // The span as a document: its link and where the exception was thrown.
        using var batch = await _weir.Client.PostAsJsonAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray($"e1{now:x30}") });
        var document = JsonNode.Parse(JsonNode.Parse(await batch.Content.ReadAsStringAsync())!["Traces"]![0]!["Segments"]![0]!.Text("Document"))!;
        document.List("links").ShouldHaveSingleItem()!.Text("trace_id").ShouldBe($"1-{now:x8}-e0000000000000000000000a");
        document["cause"]!.List("exceptions").ShouldHaveSingleItem()!.List("stack").ShouldHaveSingleItem()!.ToJsonString()
            .ShouldBe("""{"path":"/src/Book.cs","line":12,"label":"Shop.Orders.Book.Take(Int32 count)"}""");
    }

    private async Task SendAsync()
    {
        await Sending.WaitAsync();
        try
        {
            if (_sent)
                return;
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 20;
            string Segment(int n, string more) =>
                $"{{\"trace_id\":\"1-{now:x8}-{n:x24}\",\"id\":\"00000000000000a1\",\"name\":\"{Service}\",\"start_time\":{now},\"end_time\":{now + n},{more}}}";
            string Http(string method, int status) =>
                $"\"http\":{{\"request\":{{\"method\":\"{method}\",\"url\":\"http://shop.example/orders/1?x=y\",\"client_ip\":\"10.0.0.1\"}},\"response\":{{\"status\":{status}}}}}";
            await PutAsync(
                Segment(1, Http("GET", 200) + ",\"user\":\"alice\",\"annotations\":{\"plan\":\"gold\",\"items\":3,\"vip\":true,\"a.b\":\"x\"},\"metadata\":{\"default\":{\"note\":\"a blue one\"},\"cart\":{\"size\":2}},"
                    + $"\"subsegments\":[{{\"id\":\"00000000000000b1\",\"name\":\"DynamoDB\",\"namespace\":\"aws\",\"aws\":{{\"table_name\":\"orders\"}},\"start_time\":{now},\"end_time\":{now + 1}}}]"),
                Segment(1, Http("GET", 200) + ",\"annotations\":{\"plan\":\"gold\",\"items\":1,\"vip\":true}").Replace("-000000000000000000000001", "-000000000000000000000009", StringComparison.Ordinal),
                Segment(2, Http("POST", 503) + ",\"fault\":true,\"annotations\":{\"plan\":\"free\",\"items\":\"3\",\"vip\":false},"
                    + $"\"subsegments\":[{{\"id\":\"00000000000000b1\",\"name\":\"orders@db\",\"namespace\":\"remote\",\"sql\":{{\"database_type\":\"PostgreSQL\",\"sanitized_query\":\"select 1\"}},\"start_time\":{now},\"end_time\":{now + 1}}}]"));
            await Waiting.UntilAsync(async () => await CountAsync() >= 5, "the five spans");
            _sent = true;
        }
        finally
        {
            Sending.Release();
        }
    }

    private async Task PutAsync(params string[] documents)
    {
        using var put = await _weir.Client.PostAsJsonAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. documents.Select(d => (JsonNode)d)]) });
        JsonNode.Parse(await put.Content.ReadAsStringAsync())!["UnprocessedTraceSegments"]!.ToJsonString().ShouldBe("[]");
    }

    private async Task<long> CountAsync(JsonObject? filter = null)
    {
        var filters = new JsonArray(new JsonObject { ["column"] = "service.name", ["op"] = "=", ["value"] = Service }, new JsonObject { ["column"] = "meta.signal_type", ["op"] = "=", ["value"] = "trace" });
        if (filter is not null)
            filters.Add(filter);
        using var asked = await _weir.Client.PostAsJsonAsync("/api/query", new JsonObject
        {
            ["query"] = new JsonObject { ["calculations"] = new JsonArray(new JsonObject { ["op"] = "COUNT" }), ["filters"] = filters, ["time_range"] = 7200 },
            ["waitMs"] = 20_000,
        });
        var answer = JsonNode.Parse(await asked.Content.ReadAsStringAsync())!;
        answer["result"].ShouldNotBeNull(answer.ToJsonString());
        return (long)answer["result"]!["total"]!["COUNT"]!;
    }
}
