using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Api;
using Weir.Protocols.Otlp;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class OtlpHttpTests
{
    private static readonly HttpClient Client = new();

    [Theory]
    [InlineData("/v1/traces", "application/x-protobuf")]
    [InlineData("/v1/traces/", "application/protobuf")]
    [InlineData("/v1/traces", "application/x-protobuf; charset=utf-8")]
    [InlineData("/v1/traces", "application/json")]
    [InlineData("/v1/logs", "application/json")]
    [InlineData("/v1/metrics", "application/x-protobuf")]
    public async Task Success_is_an_empty_message_of_the_same_type(string path, string contentType)
    {
        await using var server = await OtlpServer.StartAsync();
        var json = contentType.Contains("json", StringComparison.Ordinal);
        using var response = await Post(server, path, json ? "{}"u8.ToArray() : [], contentType);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(contentType.Split(';')[0]);
        (await Text(response)).ShouldBe(json ? "{}" : "");
        server.Sink.Blocks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("production", "production")]
    [InlineData("", "default")]
    [InlineData("a-22-char-KEY-1234", "default")]
    [InlineData(null, "default")]
    public async Task In_open_mode_a_name_as_key_is_the_environment(string? key, string environment)
    {
        await using var server = await OtlpServer.StartAsync();
        using var response = await Post(server, "/v1/traces", RequestOf(Span()), headers: key is null ? [] : [("x-honeycomb-team", key)]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Sink.Single(Signal.Spans)[0, "environment"].ShouldBe(environment);
        var counter = server.Counters.ShouldHaveSingleItem();
        counter.Received.ShouldBe(1);
        counter.Drops.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Packed_requests_are_unpacked(string encoding)
    {
        await using var server = await OtlpServer.StartAsync();
        var packed = new MemoryStream();
        using (Stream pack = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest) : new ZLibStream(packed, CompressionLevel.Fastest))
            pack.Write(RequestOf(Span(), Span()));
        using var response = await Post(server, "/v1/traces", packed.ToArray(), headers: [("content-encoding", encoding)]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Sink.Single(Signal.Spans).Rows.ShouldBe(2);
    }

    public static TheoryData<string?, byte[], string?, int, string> Refusals => new()
    {
        { null, [], null, 415, OtlpFaults.ContentTypes },
        { "text/plain", [], null, 415, OtlpFaults.ContentTypes },
        { "application/json", "lol"u8.ToArray(), null, 400, """{"code":3,"message":"failed to parse OTLP request body"}""" },
        { "application/json", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"not-a-number"}]}]}]}}"""u8.ToArray(), null, 400, """{"code":3,"message":"failed to parse OTLP request body"}""" },
        { "application/json", "lol"u8.ToArray(), "gzip", 400, """{"code":3,"message":"the request body is not complete, valid gzip data"}""" },
        { "application/json", "lol"u8.ToArray(), "zstd", 400, """{"code":3,"message":"the request body is not complete, valid zstd data"}""" },
        { "application/json", "{}"u8.ToArray(), "br", 415, """{"code":12,"message":"unsupported content-encoding, valid encodings are: gzip, deflate, zstd, identity"}""" },
        { "application/x-protobuf", "lol"u8.ToArray(), null, 400, "\b\u0003\u0012!failed to parse OTLP request body" },
        { "application/json", new byte[2000], null, 413, """{"code":8,"message":"the request body is larger than the limit of 1000 bytes"}""" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Errors_have_the_encoding_of_the_request(string? contentType, byte[] body, string? encoding, int status, string text)
    {
        await using var server = await OtlpServer.StartAsync(new OtlpOptions { MaxRequestBytes = 1000 });
        using var response = await Post(server, "/v1/traces", body, contentType, encoding is null ? [] : [("content-encoding", encoding)]);
        ((int)response.StatusCode).ShouldBe(status);
        (await Text(response)).ShouldBe(text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(text == OtlpFaults.ContentTypes ? "text/plain" : contentType);
        var drop = server.Counters.ShouldHaveSingleItem().Drops.ShouldHaveSingleItem();
        drop.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Rejected_records_are_reported_in_both_encodings()
    {
        await using var server = await OtlpServer.StartAsync();
        var bad = ProtobufMessage.New().Bytes(1, [1, 2]).Bytes(2, SpanIdBytes);
        using var protobuf = await Post(server, "/v1/traces", RequestOf(Span(), bad));
        protobuf.StatusCode.ShouldBe(HttpStatusCode.OK);
        const string message = "a span's trace_id is not 16 bytes, or all zeros";
        (await protobuf.Content.ReadAsByteArrayAsync())
            .ShouldBe(ProtobufMessage.New().Message(1, ProtobufMessage.New().Varint(1, 1).Text(2, message)).ToArray());
        using var json = await Post(
            server, "/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"},{"spanId":""}]}]}]}"""u8.ToArray(), "application/json");
        (await Text(json)).ShouldBe("{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"" + message + "\"}}");
        var counter = server.Counters.ShouldHaveSingleItem();
        counter.Received.ShouldBe(4);
        counter.Drops.ShouldHaveSingleItem().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(FaultKind.Busy, 503, "7")]
    [InlineData(FaultKind.Unavailable, 503, "7")]
    public async Task Requests_that_are_not_on_disk_get_a_retryable_error(FaultKind kind, int status, string retryAfter)
    {
        await using var server = await OtlpServer.StartAsync();
        server.Sink.Fault = new Fault(kind, "the journal is full", TimeSpan.FromSeconds(6.5));
        using var response = await Post(server, "/v1/traces", RequestOf(Span()));
        ((int)response.StatusCode).ShouldBe(status);
        response.Headers.RetryAfter!.ToString().ShouldBe(retryAfter);
        (await Text(response)).ShouldEndWith("the journal is full");
    }

    [Theory]
    [InlineData(null, "missing 'x-honeycomb-team' header")]
    [InlineData("wrong", "unknown API key - check your credentials")]
    public async Task A_missing_key_is_rejected_when_keys_are_required(string? key, string text)
    {
        await using var server = await OtlpServer.StartAsync(keys: new AccessKeys { Required = true });
        using var response = await Post(server, "/v1/logs", "{}"u8.ToArray(), "application/json", key is null ? [] : [("x-honeycomb-team", key)]);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Text(response)).ShouldContain(text);
        // The content type is checked before the key.
        using var untyped = await Post(server, "/v1/logs", [], null);
        untyped.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("/v1/traces", null, 401)]
    [InlineData("/v1/metrics", null, 401)]
    [InlineData("/v1/logs", null, 200)]
    [InlineData("/v1/traces/", "shop", 200)]
    [InlineData("/v1/metrics", "shop", 200)]
    public async Task A_classic_key_needs_a_dataset(string path, string? dataset, int status)
    {
        await using var server = await OtlpServer.StartAsync();
        (string, string)[] headers = [("x-honeycomb-team", "0123456789abcdef0123456789abcdef"), .. dataset is null ? System.Array.Empty<(string, string)>() : [("x-honeycomb-dataset", dataset)]];
        using var response = await Post(server, path, "{}"u8.ToArray(), "application/json", headers);
        ((int)response.StatusCode).ShouldBe(status);
        if (status == 401)
            (await Text(response)).ShouldContain("missing 'x-honeycomb-dataset' header");
    }

    [Theory]
    [InlineData("""{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}""", "cart", """{"service.name":"cart","meta.dataset":"shop"}""")]
    [InlineData("{}", "shop", """{"meta.dataset":"shop"}""")]
    public async Task Spans_of_a_classic_key_know_their_dataset(string resource, string service, string stored)
    {
        await using var server = await OtlpServer.StartAsync();
        var request = $$"""{"resourceSpans":[{"resource":{{resource}},"scopeSpans":[{"spans":[{"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","name":"x"}]}]}]}""";
        using var response = await Post(
            server, "/v1/traces", Encoding.UTF8.GetBytes(request), "application/json", [("x-honeycomb-team", "0123456789abcdef0123456789abcdef"), ("x-honeycomb-dataset", " shop ")]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var rows = server.Sink.Single(Signal.Spans);
        rows[0, "service"].ShouldBe(service);
        rows[0, "resource"].ShouldBe(stored);
    }

    [Fact]
    public async Task A_post_to_the_root_names_the_paths()
    {
        await using var server = await OtlpServer.StartAsync();
        using var response = await Post(server, "/", []);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Text(response)).ShouldContain("/v1/traces, /v1/logs and /v1/metrics");
    }

    [Fact]
    public async Task Browsers_may_send_from_any_origin_with_credentials_and_any_header()
    {
        await using var server = await OtlpServer.StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(server.Http, "/v1/traces"));
        preflight.Headers.Add("Origin", "http://localhost:3000");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,x-honeycomb-team,traceparent,x-tenant");
        using var allowed = await Client.SendAsync(preflight);
        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:3000"]);
        allowed.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        string.Join(',', allowed.Headers.GetValues("Access-Control-Allow-Headers")).ShouldBe("content-type,x-honeycomb-team,traceparent,x-tenant");
        using var response = await Post(server, "/v1/traces", "{}"u8.ToArray(), "application/json", [("Origin", "http://localhost:3000")]);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:3000"]);
        string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers")).ShouldContain("retry-after");
    }

    [Theory]
    [InlineData("text/plain", "http://localhost:3000", 200)]
    [InlineData("text/plain", null, 415)]
    [InlineData("text/html", "http://localhost:3000", 415)]
    public async Task Text_plain_is_accepted_from_pages_only(string contentType, string? origin, int status)
    {
        await using var server = await OtlpServer.StartAsync();
        using var response = await Post(server, "/v1/traces", "{}"u8.ToArray(), contentType, origin is null ? [] : [("Origin", origin)]);
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("GET", "/v1/traces", 405, "another method than POST")]
    [InlineData("POST", "/v1/traces/v1/traces", 404, "The path of OTLP is doubled")]
    [InlineData("POST", "/otlp/v1/logs", 404, "has something around it")]
    [InlineData("POST", "/v1/trace", 404, "not its own")]
    [InlineData("POST", "/api/v2/spans", 404, "Zipkin")]
    public async Task A_wrong_path_or_method_is_answered_with_advice_and_noted(string method, string path, int status, string problem)
    {
        await using var server = await OtlpServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Http, path));
        using var response = await Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        (await Text(response)).ShouldContain("Set OTEL_EXPORTER_OTLP_ENDPOINT");
        var call = server.Refused.ShouldHaveSingleItem();
        call.Problem.ShouldContain(problem);
        call.Example.ShouldStartWith($"{method} {path}, port ");
        call.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"resourceSpans":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"old"},"spans":[SPAN]}]}]}""", 1, null)]
    [InlineData("""{"resource_spans":[{"scope_spans":[{"scope":{"name":"old"},"spans":[SPAN]}]}]}""", 1, null)]
    [InlineData("""{"resourceSpans":[{"scopeSpan":[{"spans":[SPAN]}]}]}""", 0, "'scopeSpan' is unknown in a request of spans and was ignored; nothing was stored")]
    [InlineData("""{"spans":[SPAN]}""", 0, "'spans' is unknown")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[]}]}""", 0, "'resourceLogs' belongs to /v1/logs; nothing was stored")]
    [InlineData("""{"resourceSpans":[],"newThing":[]}""", 0, null)]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"old"},"spans":[SPAN]}],"newThing":{"a":1}}]}""", 1, "the rest was stored")]
    public async Task Ignored_members_are_reported(string json, int rows, string? warning)
    {
        await using var server = await OtlpServer.StartAsync();
        var body = json.Replace("SPAN", """{"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","name":"x"}""", StringComparison.Ordinal);
        using var response = await Post(server, "/v1/traces", System.Text.Encoding.UTF8.GetBytes(body), "application/json");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        if (warning is null)
            (await Text(response)).ShouldBe("{}");
        else
            (await Text(response)).ShouldContain(warning);
        server.Counters.SelectMany(c => c.Drops).Where(d => d.Reason == "unknown-member").Sum(d => d.Count).ShouldBe(warning is null ? 0 : 1);
        if (rows > 0)
            server.Sink.Single(Signal.Spans)[0, "scope_name"].ShouldBe("old");
    }

    private static async Task<HttpResponseMessage> Post(
        OtlpServer server, string path, byte[] body, string? contentType = "application/x-protobuf", (string Name, string Value)[]? headers = null)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Http, path)) { Content = content };
        foreach (var (name, value) in headers ?? [])
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                content.Headers.TryAddWithoutValidation(name, value);
        }
        return await Client.SendAsync(request);
    }

    private static async Task<string> Text(HttpResponseMessage response) => Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
}
