using System.Net;
using System.Text;
using Shouldly;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Honeycomb;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Honeycomb;

public sealed class HoneycombTests
{
    [Theory]
    [InlineData("production", "production")]
    [InlineData(null, "default")]
    public async Task Auth_returns_team_environment_and_permissions(string? key, string environment)
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(server, HttpMethod.Get, "/1/auth", null, key is null ? [] : [("X-Honeycomb-Team", key)]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var text = await TextAsync(response);
        text.ShouldStartWith("{\"id\":\"weir-" + environment + "\",\"type\":\"configuration\",\"api_key_access\":{\"events\":true,");
        text.ShouldContain("\"createDatasets\":true,\"create_datasets\":true");
        text.ShouldEndWith("\"environment\":{\"name\":\"" + environment + "\",\"slug\":\"" + environment + "\"},\"team\":{\"name\":\"weir\",\"slug\":\"weir\"}}");
    }

    [Theory]
    [InlineData("GET", "/1/auth")]
    [InlineData("POST", "/1/events/x")]
    [InlineData("POST", "/1/batch/x")]
    public async Task Unknown_keys_are_refused_when_keys_are_required(string method, string path)
    {
        await using var server = await StartAsync(new AccessKeys { Required = true });
        using var response = await SendAsync(server, new HttpMethod(method), path, method == "POST" ? "[]" : null, [("x-honeycomb-team", "wrong")]);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await TextAsync(response)).ShouldBe("""{"error":"unknown API key - check your credentials"}""");
    }

    [Fact]
    public async Task A_batch_is_answered_event_by_event()
    {
        await using var server = await StartAsync();
        const string body = """
            [{"data":{"name":"GET /","duration_ms":1.5,"trace.trace_id":"5759e988bd862e3fe1be46a994272793","trace.span_id":"53995c3f42cd8ad8",
            "service_name":"cart","n":1,"f":1.0,"b":true,"none":null,"o":{"a":[1, "é"]},"s":"tab\t\u00e9"},"time":"2006-01-02T15:04:05.99Z","samplerate":5},
            {"data":{}}, 7, {"data":null,"time":5}, {"time":1452759330927,"data":{"name":"second"}}]
            """;
        using var response = await SendAsync(server, HttpMethod.Post, "/1/batch/my%20data%2Fset", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TextAsync(response)).ShouldBe("""
            [{"status":202},{"status":400,"error":"Request body should not be empty."},{"status":400,"error":"Request body is malformed and cannot be read."},{"status":400,"error":"Request body should not be empty."},{"status":202}]
            """);
        var rows = server.Sink.Single(Signal.Events);
        rows.Rows.ShouldBe(2);
        rows[0, "time"].ShouldBe(1136214245990000000L);
        rows[0, "dataset"].ShouldBe("my data/set");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "name"].ShouldBe("GET /");
        rows[0, "duration_ns"].ShouldBe(1_500_000ul);
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[0, "span_id"].ShouldBe("53995c3f42cd8ad8");
        rows[0, "parent_span_id"].ShouldBe("");
        rows[0, "sample_rate"].ShouldBe(5ul);
        rows[0, "protocol"].ShouldBe("honeycomb");
        var attributes = rows.Json(0);
        attributes["n"].ShouldBe(1L);
        attributes["f"].ShouldBe(1.0);
        attributes["b"].ShouldBe(true);
        attributes["o"].ShouldBe("""{"a":[1, "é"]}""");
        attributes["s"].ShouldBe("tab\té");
        attributes.ContainsKey("none").ShouldBeFalse();
        rows[1, "time"].ShouldBe(1452759330927000000L);
        rows[1, "service"].ShouldBe("my data/set");
        var counter = server.Counters.Single(c => c.Signal == Signal.Events);
        counter.Received.ShouldBe(5);
        counter.Drops.Sum(d => d.Count).ShouldBe(3);
        server.Counters.Single(c => c.Signal == Signal.Spans).Received.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"meta.span_type":"root","request.method":"GET","request.path":"/cart","response.status_code":500,"error":"boom"}""", "server", "error", "boom")]
    [InlineData("""{"meta.type":"http_client","error":false}""", "client", "unset", "")]
    [InlineData("""{"type":"grpc_server","error":"false"}""", "server", "unset", "")]
    [InlineData("""{"meta.type":"db","error":true,"error_detail":"no such table"}""", "client", "error", "no such table")]
    [InlineData("""{"span.kind":"consumer","type":"http_client","status_code":2,"status_message":"late"}""", "consumer", "error", "late")]
    [InlineData("""{"status_code":1}""", "internal", "ok", "")]
    public async Task An_event_with_a_trace_and_a_span_id_is_a_span_too(string fields, string kind, string status, string message)
    {
        await using var server = await StartAsync();
        var body = """{"trace.trace_id":"a1","trace.span_id":"b","trace.parent_id":"c","name":"n","service_name":"shop","duration_ms":1.5,"f":0.5,"b":true,"s":"text",""" + fields[1..];
        using var response = await SendAsync(server, HttpMethod.Post, "/1/events/ds", body, [("x-honeycomb-samplerate", "3")]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var rows = server.Sink.Single(Signal.Spans);
        rows.Rows.ShouldBe(1);
        rows[0, "trace_id"].ShouldBe(ClientIds.Trace("a1"u8).ToHex());
        rows[0, "span_id"].ShouldBe(ClientIds.Span("b"u8).ToHex());
        rows[0, "parent_span_id"].ShouldBe(ClientIds.Span("c"u8).ToHex());
        rows[0, "duration_ns"].ShouldBe(1_500_000ul);
        rows[0, "service"].ShouldBe("shop");
        rows[0, "name"].ShouldBe("n");
        rows[0, "protocol"].ShouldBe("honeycomb");
        rows[0, "sample_rate"].ShouldBe(3ul);
        (rows.Text(0, "kind"), rows.Text(0, "status"), rows.Text(0, "status_message")).ShouldBe((kind, status, message));
        var sent = server.Sink.Single(Signal.Events).Json(0);
        var attributes = rows.Json(0);
        sent.ShouldBeSubsetOf(attributes);
        attributes.Keys.Except(sent.Keys).ShouldBe(
            fields.Contains("request.", StringComparison.Ordinal) ? ["http.request.method", "url.path", "http.response.status_code"] : [], ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_that_is_read_twice_brings_its_spans_once()
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(
            server, HttpMethod.Post, "/1/batch/ds",
            """[{"data":{"trace.trace_id":"t","trace.span_id":"a","s":"x"}},{"data":{"trace.trace_id":"t","trace.span_id":"b","n":NaN}}]""");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var rows = server.Sink.Single(Signal.Spans);
        rows.Rows.ShouldBe(2);
        (rows.Json(0)["s"], rows.Json(1)["n"]).ShouldBe(("x", "NaN"));
    }

    [Theory]
    [InlineData("""{"trace.trace_id":"a1"}""")]
    [InlineData("""{"trace.span_id":"a1"}""")]
    [InlineData("""{"trace.trace_id":"a1","trace.span_id":""}""")]
    [InlineData("""{"trace.trace_id":"a1","trace.span_id":"b","meta.annotation_type":"span_event"}""")]
    [InlineData("""{"meta.annotation_type":"link","trace.trace_id":"a1","trace.span_id":"b"}""")]
    public async Task Other_events_are_no_spans(string body)
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(server, HttpMethod.Post, "/1/events/ds", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Sink.Blocks.ShouldAllBe(block => block.Signal == Signal.Events);
    }

    [Theory]
    [InlineData("1452759330", 1452759330000000000L)]
    [InlineData("1452759330927", 1452759330927000000L)]
    [InlineData("1452759330927123456", 1452759330927123456L)]
    [InlineData("1452759330.5", 1452759330500000000L)]
    [InlineData("2006-01-02T15:04:05Z", 1136214245000000000L)]
    [InlineData("2006-01-02T15:04:05.1Z", 1136214245100000000L)]
    [InlineData("2006-01-02T15:04:05.123456789+01:00", 1136210645123456789L)]
    [InlineData("2006-01-02T15:04:05.1234567891234Z", 1136214245123456789L)]
    [InlineData("{0:2024-01-02Z}", null)]
    [InlineData("2999-01-01T00:00:00Z", null)]
    [InlineData("", null)]
    public async Task An_event_takes_time_and_sample_rate_from_headers(string time, long? expected)
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(
            server, HttpMethod.Post, "/1/events/ds", """{"a":1}""", [("X-Honeycomb-Event-Time", time), ("X-Honeycomb-Samplerate", "4")]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TextAsync(response)).ShouldBe("");
        var rows = server.Sink.Single(Signal.Events);
        rows[0, "sample_rate"].ShouldBe(4ul);
        rows[0, "time"].ShouldBe(expected ?? rows[0, "received_at"]);
    }

    /// <summary>As JSON in a batch, as the header of one event, and what the event then stands for; 0 is itself.</summary>
    [Theory]
    [InlineData("7", "7", 7u)]
    [InlineData("1", "1", 1u)]
    [InlineData("0", "0", 0u)]
    [InlineData("-5", "-5", 0u)]
    [InlineData("0.25", "0.25", 0u)]
    [InlineData("2.5", "2.5", 3u)]
    [InlineData("4.0", "4.0", 4u)]
    [InlineData("1e3", "1e3", 1000u)]
    [InlineData("\"12\"", "12", 12u)]
    [InlineData("\"many\"", "many", 0u)]
    [InlineData("\"\"", "", 0u)]
    [InlineData("\"NaN\"", "NaN", 0u)]
    [InlineData("\"Infinity\"", "Infinity", 0u)]
    [InlineData("4294967296", "4294967296", 2147483647u)]
    [InlineData("1099511627776", "1099511627776", 2147483647u)]
    [InlineData("1e300", "1e300", 2147483647u)]
    [InlineData("true", "true", 0u)]
    [InlineData("null", "null", 0u)]
    [InlineData("{\"a\":[1]}", "{}", 0u)]
    public async Task A_sample_rate_is_a_whole_number_or_none(string json, string header, uint expected)
    {
        await using var server = await StartAsync();
        using var batch = await SendAsync(server, HttpMethod.Post, "/1/batch/ds", $$$"""[{"data":{"a":1},"samplerate":{{{json}}}}]""", []);
        (await TextAsync(batch)).ShouldBe("""[{"status":202}]""");
        server.Sink.Single(Signal.Events)[0, "sample_rate"].ShouldBe((ulong)expected);
        await using var other = await StartAsync();
        using var one = await SendAsync(other, HttpMethod.Post, "/1/events/ds", """{"a":1}""", [("X-Honeycomb-Samplerate", header)]);
        one.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.Sink.Single(Signal.Events)[0, "sample_rate"].ShouldBe((ulong)expected);
    }

    [Theory]
    [InlineData("/1/batch/x", "", 400, "Request body should not be empty.")]
    [InlineData("/1/batch/x", "{}", 400, "Request body is malformed and cannot be read.")]
    [InlineData("/1/batch/x", "[{\"data\":{\"a\":1}}", 400, "Request body is malformed and cannot be read.")]
    [InlineData("/1/events/x", "[]", 400, "Request body is malformed and cannot be read.")]
    [InlineData("/1/events/x", "{}", 400, "Request body should not be empty.")]
    [InlineData("/1/events/x", "lol", 400, "Request body is malformed and cannot be read.")]
    public async Task Invalid_requests_get_the_error_of_the_api(string path, string body, int status, string error)
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(server, HttpMethod.Post, path, body);
        ((int)response.StatusCode).ShouldBe(status);
        (await TextAsync(response)).ShouldBe("{\"error\":\"" + error + "\"}");
        server.Sink.Blocks.ShouldBeEmpty();
        server.Counters.ShouldHaveSingleItem().Drops.ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_recorded_from_libhoney_js_is_accepted()
    {
        await using var server = await StartAsync();
        using var response = await server.ReplayAsync("libhoney-js-4.3.1-batch.bin");
        (await TextAsync(response)).ShouldBe("""[{"status":202},{"status":202}]""");
        var rows = server.Sink.Single(Signal.Events);
        rows[0, "environment"].ShouldBe("production");
        rows[0, "dataset"].ShouldBe("my dataset");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "time"].ShouldBe(1795176000123000000L);
        rows[0, "duration_ns"].ShouldBe(12_500_000ul);
        rows.Json(0)["nested"].ShouldBe("""{"a":[1]}""");
        rows[1, "service"].ShouldBe("my dataset");
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", "")]
    [InlineData("hcaic_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl", "")]
    [InlineData("hcaik_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl", "default")]
    [InlineData("aBcDeFgHiJkLmNoPqRsTuV", "default")]
    public async Task A_classic_key_has_an_environment_without_a_name(string key, string name)
    {
        await using var server = await StartAsync();
        using var response = await SendAsync(server, HttpMethod.Get, "/1/auth", null, [("x-honeycomb-team", key)]);
        (await TextAsync(response)).ShouldContain($"\"environment\":{{\"name\":\"{name}\",\"slug\":\"{name}\"}}");
    }

    [Fact]
    public async Task A_dataset_keeps_its_first_spelling()
    {
        await using var server = await StartAsync();
        foreach (var dataset in new[] { "MyDatasET", "mydataset", "MYDATASET", "foo%28bar%29" })
        {
            using var response = await SendAsync(server, HttpMethod.Post, "/1/events/" + dataset, """{"a":1}""");
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        server.Sink.Blocks.Select(b => (string)b.Block[0, "dataset"]!).ShouldBe(["MyDatasET", "MyDatasET", "MyDatasET", "foo(bar)"]);
    }

    [Theory]
    [InlineData(0, """{"a":{"b":{"c":1}},"l":[1]}""", """a={"b":{"c":1}} l=[1]""")]
    [InlineData(1, """{"a":{"b":{"c":1},"n":null},"l":[1]}""", """a.b={"c":1} l=[1]""")]
    [InlineData(2, """{"a":{"b":{"c":1},"d":{}},"x":2}""", "a.b.c=1 x=2")]
    public void Nested_objects_are_columns_up_to_the_depth_of_the_dataset(int depth, string json, string expected)
    {
        using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
        var decoder = new Weir.Protocols.Honeycomb.In.EventDecoder();
        decoder.DecodeEvent(Encoding.UTF8.GetBytes(json), batch.Events, new("default", "ds", 1, depth), "", "").ShouldBeNull();
        string.Join(' ', NativeBlock.Of(batch.Events).Json(0).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")).ShouldBe(expected);
    }

    [Fact]
    public async Task Busy_is_429_and_too_many_columns_is_an_error()
    {
        await using var server = await StartAsync();
        var wide = "{" + string.Join(',', Enumerable.Range(0, 2001).Select(i => $"\"k{i}\":1")) + "}";
        using var refused = await SendAsync(server, HttpMethod.Post, "/1/batch/x", $"[{{\"data\":{wide}}},{{\"data\":{{\"a\":1}}}}]");
        (await TextAsync(refused)).ShouldBe("""[{"status":400,"error":"Event has too many columns."},{"status":202}]""");
        server.Sink.Fault = new Fault(FaultKind.Busy, "the journal is full", TimeSpan.FromSeconds(3));
        using var busy = await SendAsync(server, HttpMethod.Post, "/1/events/x", """{"a":1}""");
        busy.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        busy.Headers.RetryAfter!.ToString().ShouldBe("3");
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Mutated_batches_are_read_or_refused()
    {
        var random = Fuzz.Random(5);
        var decoder = new Weir.Protocols.Honeycomb.In.EventDecoder();
        var whole = Encoding.UTF8.GetBytes("""[{"data":{"name":"x","duration_ms":1.5,"o":{"a":[1]},"s":"\u00e9"},"time":"2006-01-02T15:04:05.99Z","samplerate":5},{"data":{"b":true}}]""");
        var read = 0;
        for (var i = 0; i < 5000; i++)
        {
            var text = whole.ToArray();
            for (var flips = random.Next(0, 4); flips > 0; flips--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
            var statuses = new List<Fault?>();
            if (decoder.DecodeBatch(text, batch.Events, new("default", "ds", 1), statuses) is not null)
                continue;
            read++;
            NativeBlock.Of(batch.Events).Rows.ShouldBe(statuses.Count(s => s is null));
        }
        read.ShouldBeInRange(1, 4999);
    }

    private static Task<HoneycombServer> StartAsync(AccessKeys? keys = null) => HoneycombServer.StartAsync(keys);

    private static Task<HttpResponseMessage> SendAsync(
        HoneycombServer server, HttpMethod method, string path, string? body, (string Name, string Value)[]? headers = null) =>
        server.SendAsync(method, path, body, headers);

    private static async Task<string> TextAsync(HttpResponseMessage response) => Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
}
