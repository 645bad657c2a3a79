using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Sampling;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Invalid input: an error in the protocol's own format, a counted drop with a reason, and a server that stays up.</summary>
public sealed class BadInputTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const string Proto = "application/x-protobuf";
    private const string Json = "application/json";
    private const string Amz = "application/x-amz-json-1.1";
    private const string Put = "Logs_20140328.PutLogEvents";
    private const string OtlpTypes = "unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json";
    private readonly WeirProcess _weir = running.Weir;

    /// <summary>
    /// Body: text as it is, <c>cut:</c> text packed and cut short, <c>zeros:</c> so many bytes. More: a header.
    /// Counted: protocol, signal and reason of the drop it must cause.
    /// </summary>
    [Theory]
    [InlineData("otlp /v1/traces", "text/plain", "{}", "", 415, OtlpTypes, "otlp spans unsupported")]
    [InlineData("otlp /v1/traces", Proto, "\u0007nonsense", "", 400, "failed to parse OTLP request body", "otlp spans malformed")]
    [InlineData("otlp /v1/logs", Proto, "nonsense", "", 400, "failed to parse OTLP request body", "otlp logs malformed")]
    [InlineData("otlp /v1/traces", Json, "{\"resourceSpans\":[", "", 400, "failed to parse OTLP request body", "otlp spans malformed")]
    [InlineData("main /v1/metrics", Json, "[]", "", 400, "failed to parse OTLP request body", "otlp metrics malformed")]
    [InlineData("otlp /v1/traces", Json, "cut:{\"resourceSpans\":[]}", "Content-Encoding: gzip", 400, "gzip", "otlp spans malformed")]
    [InlineData("otlp /v1/traces", Json, "{}", "Content-Encoding: gzip", 400, "gzip", "otlp spans malformed")]
    [InlineData("otlp /v1/traces", Json, "{}", "Content-Encoding: zstd", 400, "zstd", "otlp spans malformed")]
    [InlineData("otlp /v1/traces", Json, "{}", "Content-Encoding: br", 415, "valid encodings are: gzip, deflate, zstd", "otlp spans unsupported")]
    [InlineData("otlp /v1/traces", Json, "zeros:67108865", "", 413, "larger than the limit of 67108864 bytes", "otlp spans too-large")]
    [InlineData("otlp /v1/profiles", Proto, "", "", 404, "", null)]
    [InlineData("otlp /", Json, "{}", "", 404, "", null)]
    [InlineData("main /TraceSegments", Json, "{\"TraceSegmentDocuments\":", "", 400, "SerializationException", "xray spans malformed")]
    [InlineData("main /TraceSegments", Json, "{}", "", 400, "ValidationException", null)]
    [InlineData("xray /GetSamplingRules", Json, "{", "", 400, "SerializationException", null)]
    [InlineData("main /CreateGroup", Json, "[1]", "", 400, "SerializationException", null)]
    [InlineData("main /GetNothing", Json, "{}", "", 404, "UnknownOperationException", null)]
    [InlineData("main /", Amz, "{}", "X-Amz-Target: Logs_20140328.PutNothing", 400, "UnknownOperationException", null)]
    [InlineData("main /", Amz, "{}", "X-Amz-Target: Nothing_1.Put", 400, "UnknownOperationException", null)]
    [InlineData("main /", Amz, "{}", "", 400, "UnknownOperationException", null)]
    [InlineData("main /", Amz, "{\"logEvents\":[{]", "X-Amz-Target: " + Put, 400, "SerializationException", "cloudwatch-logs logs malformed")]
    [InlineData("main /", Amz, "zeros:16777217", "X-Amz-Target: " + Put, 413, "RequestEntityTooLarge", null)]
    [InlineData("main /api/1/item/", Json, "{", "X-Rollbar-Access-Token: t", 400, "\"err\":1", "rollbar occurrences malformed")]
    [InlineData("main /api/1/item/", Json, "{\"data\":{\"environment\":\"p\",\"body\":{}}}", "X-Rollbar-Access-Token: t", 422, "\"err\":1", "rollbar occurrences invalid")]
    [InlineData("main /api/1/item/", Json, "{\"data\":{}}", "", 401, "access_token is missing", "rollbar occurrences unauthorized")]
    [InlineData("main /api/1/item/", Json, "zeros:1048577", "X-Rollbar-Access-Token: t", 413, "request entity too large", "rollbar occurrences too-large")]
    [InlineData("main /1/events/app", Json, "{", "X-Honeycomb-Team: t", 400, "\"error\":", "honeycomb events malformed")]
    [InlineData("main /nowhere/at/all", Json, "{}", "", 404, "Nothing is served at this path: POST /nowhere/at/all", null)]
    public async Task An_invalid_request_gets_the_error_of_the_protocol(string where, string type, string body, string more, int status, string words, string? counted)
    {
        var before = counted is null ? 0 : await DroppedAsync(counted);
        using var answer = await SendAsync(where, type, Bytes(body), more);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        text.ShouldContain(words);
        if (counted is not null)
            (await DroppedAsync(counted)).ShouldBe(before + 1);
    }

    [Theory]
    [InlineData("/api/story/nonsense", 400, "is not a trace id")]
    [InlineData("/api/story/5759e988bd862e3fe1be46a994272793", 404, "is stored")]
    [InlineData("/api/story/5759e988bd862e3fe1be46a994272793/spans/nonsense", 400, "is not a span id")]
    [InlineData("/api/story/5759e988bd862e3fe1be46a994272793/spans/53995c3f42cd8ad8", 404, "No span 53995c3f42cd8ad8")]
    [InlineData("/api/story/5759e988bd862e3fe1be46a994272793/values", 400, "column")]
    [InlineData("/api/story/5759e988bd862e3fe1be46a994272793/find", 400, "text")]
    [InlineData("/api/story/nonsense/find?text=x", 400, "is not a trace id")]
    [InlineData("/api/durations?name=x", 400, "service")]
    [InlineData("/api/durations?service=x", 400, "name")]
    [InlineData("/api/durations?service=x&name=y&durationNs=-1", 400, "durationNs")]
    [InlineData("/api/traces?start=yesterday", 400, "start")]
    [InlineData("/api/traces?limit=-1", 400, "limit")]
    [InlineData("/api/logs/events/nonsense", 400, "id")]
    [InlineData("/api/errors/items/nonsense", 400, "")]
    [InlineData("/api/nothing", 404, "")]
    public async Task An_invalid_request_gets_an_error_that_names_the_mistake(string path, int status, string words)
    {
        using var answer = await _weir.Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        text.ShouldContain(words);
    }

    /// <summary>The setup page explains why nothing arrives although something was sent.</summary>
    [Theory]
    [InlineData("otlp /v1/traces", "text/plain", "otlp", "unsupported content-type")]
    [InlineData("main /TraceSegments", Json, "xray", "JSON")]
    [InlineData("main /api/1/item/", Json, "rollbar", "could not be parsed")]
    public async Task The_setup_page_shows_the_newest_rejection(string where, string type, string client, string words)
    {
        using var answer = await SendAsync(where, type, "{"u8.ToArray(), "");
        ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        var setup = JsonNode.Parse(await _weir.Client.GetStringAsync("/api/setup"))!;
        setup.List("clients").Of("id", client)["lastRejection"]!.Text("message").ShouldContain(words);
    }

    /// <summary>Ten gigabytes of zeros in ten megabytes of gzip, streamed without a length.</summary>
    [Theory]
    [InlineData("otlp /v1/traces", Json, "", 413, "larger than the limit of 67108864 bytes")]
    [InlineData("main /v1/logs", Proto, "", 413, "larger than the limit of 67108864 bytes")]
    [InlineData("main /api/1/item/", Json, "X-Rollbar-Access-Token: t", 413, "too large")]
    [InlineData("main /", Amz, "X-Amz-Target: " + Put, 413, "RequestEntityTooLarge")]
    [InlineData("main /1/batch/app", Json, "X-Honeycomb-Team: t", 413, "")]
    public async Task A_bomb_of_ten_gigabytes_fits_into_bounded_memory(string where, string type, string more, int status, string words)
    {
        var before = PeakMemory();
        HttpResponseMessage? received = null;
        await Waiting.UntilAsync(
            async () =>
            {
                using var request = Request(where, type, more);
                request.Content = new BombContent();
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
                request.Content.Headers.ContentEncoding.Add("gzip");
                request.Headers.TransferEncodingChunked = true;
                try
                {
                    received = await _weir.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
                    return true;
                }
                catch (HttpRequestException error) when (error.InnerException is IOException)
                {
                    // The server answers and then closes; a client that is still sending may meet the end before the answer.
                    return false;
                }
            },
            "the answer to a bomb");
        using var answer = received!;
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        text.ShouldContain(words);
        (PeakMemory() - before).ShouldBeLessThan(400L << 20);
    }

    [Theory]
    [InlineData("/opentelemetry.proto.collector.trace.v1.TraceService/Export", "nonsense", "3")]
    [InlineData("/opentelemetry.proto.collector.trace.v1.TraceService/Nothing", "", "12")]
    [InlineData("/nothing.Service/Export", "", "12")]
    public async Task Grpc_is_refused_with_a_status(string path, string body, string status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_weir.OtlpGrpcPort}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)body.Length, .. Encoding.UTF8.GetBytes(body)]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var answer = await _weir.Client.SendAsync(request);
        await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200);
        var trailers = answer.TrailingHeaders.Concat(answer.Headers).ToLookup(h => h.Key, h => h.Value.First(), StringComparer.OrdinalIgnoreCase);
        trailers["grpc-status"].ShouldBe([status]);
    }

    [Fact]
    public async Task Junk_datagrams_are_dropped_with_reasons_and_the_next_document_is_stored()
    {
        using var socket = new UdpClient();
        socket.Connect(IPAddress.Loopback, _weir.XRayPort);
        var random = new Random(7);
        const string Header = "{\"format\":\"json\",\"version\":1}\n";
        var trace = $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-0000000000000000000000aa";
        foreach (var text in new[] { "nonsense", "{\"format\":\"json\",\"version\":2}\n{}", "{\"format\":\"xml\",\"version\":1}\n<a/>", Header, Header + "{", Header + "[]", Header + "{\"id\":\"zz\"}" })
            await socket.SendAsync(Encoding.UTF8.GetBytes(text));
        await socket.SendAsync(Array.Empty<byte>());
        for (var i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(1, i % 20 == 0 ? 65_507 : 600)];
            random.NextBytes(noise);
            await socket.SendAsync(noise);
        }
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var good = Encoding.UTF8.GetBytes(Header + string.Create(
            CultureInfo.InvariantCulture, $"{{\"trace_id\":\"{trace}\",\"id\":\"00000000000000aa\",\"name\":\"after-junk\",\"start_time\":{now:F3},\"end_time\":{now:F3}}}"));
        // A datagram may be lost while the junk fills the socket's buffer; the same document twice is stored once.
        await Waiting.UntilAsync(
            async () =>
            {
                await socket.SendAsync(good);
                using var story = await _weir.Client.GetAsync($"/api/story/{trace}");
                return story.IsSuccessStatusCode;
            },
            "the document after the junk");
        var drops = (await StatusAsync()).List("ingest").Where(c => c!.Text("protocol") == "xray").SelectMany(c => c!.List("dropped")).ToList();
        drops.Sum(d => (int)d!["count"]!).ShouldBeGreaterThan(100);
        drops.ShouldAllBe(d => d!.Text("reason").Length > 0 && d!.Text("lastMessage").Length > 0);
    }

    [Fact]
    public async Task Half_requests_and_noise_on_every_port_end_nothing()
    {
        var random = new Random(8);
        foreach (var port in new[] { _weir.Port, _weir.OtlpHttpPort, _weir.OtlpGrpcPort, _weir.XRayPort })
        {
            for (var i = 0; i < 20; i++)
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                var bytes = i % 2 == 0
                    ? "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray()
                    : new byte[random.Next(1, 2000)];
                if (i % 2 == 1)
                    random.NextBytes(bytes);
                await socket.GetStream().WriteAsync(bytes);
            }
        }
        (await _weir.Client.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Good requests with bytes changed, cut or doubled, under the wrong types and encodings: whatever the answer, it is no 5xx.</summary>
    [Fact]
    public async Task Mutated_requests_never_cause_a_server_error()
    {
        (string Where, string Type, string More, string Body)[] good =
        [
            ("otlp /v1/traces", Json, "", OtlpRequests.Traces(1)),
            ("main /v1/logs", Json, "", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"x"}}]}]}]}"""),
            ("main /TraceSegments", Json, "", """{"TraceSegmentDocuments":["{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"53995c3f42cd8ad8\",\"name\":\"a\",\"start_time\":1,\"end_time\":2}"]}"""),
            ("main /TraceSummaries", Json, "", """{"StartTime":1.0,"EndTime":2000.0,"FilterExpression":"service(\"a\") AND http.status = 404"}"""),
            ("main /CreateSamplingRule", Json, "", """{"SamplingRule":{"RuleName":"m","ResourceARN":"*","Priority":1,"FixedRate":0.1,"ReservoirSize":5,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}}"""),
            ("main /", Amz, "X-Amz-Target: " + Put, """{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"x"}]}"""),
            ("main /", Amz, "X-Amz-Target: Logs_20140328.FilterLogEvents", """{"logGroupName":"g","filterPattern":"{ $.a = 1 }","limit":10}"""),
            ("main /", "application/x-www-form-urlencoded", "", "Action=GetCallerIdentity&Version=2011-06-15"),
            ("main /api/1/item/", Json, "X-Rollbar-Access-Token: t", """{"data":{"environment":"p","body":{"message":{"body":"x"}},"level":"error","timestamp":1}}"""),
            ("main /1/batch/app", Json, "X-Honeycomb-Team: t", """[{"time":"2026-01-01T00:00:00Z","data":{"a":1}}]"""),
        ];
        var random = new Random(9);
        for (var i = 0; i < 400; i++)
        {
            var (where, type, more, text) = good[i % good.Length];
            var body = Mutated(Encoding.UTF8.GetBytes(text), random);
            using var answer = await SendAsync(where, type, body, more);
            ((int)answer.StatusCode).ShouldBeLessThan(500, $"{where} {Convert.ToHexString(body)}: {await answer.Content.ReadAsStringAsync()}");
        }
        _weir.IsRunning.ShouldBeTrue();
    }

    private static byte[] Mutated(byte[] body, Random random)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
            body[random.Next(body.Length)] = (byte)random.Next(256);
        return random.Next(4) switch
        {
            0 => body[..random.Next(body.Length)],
            1 => [.. body, .. body],
            _ => body,
        };
    }

    private Task<HttpResponseMessage> SendAsync(string where, string type, byte[] body, string more)
    {
        var request = Request(where, type, more);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (more.StartsWith("Content-Encoding", StringComparison.Ordinal))
            request.Content.Headers.ContentEncoding.Add(more[(more.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        // As curl does: what is refused by its length alone need not be sent.
        request.Headers.ExpectContinue = body.Length > 1 << 20;
        return _weir.Client.SendAsync(request);
    }

    private HttpRequestMessage Request(string where, string type, string more)
    {
        var (listener, path) = (where.Split(' ')[0], where.Split(' ')[1]);
        var port = listener switch { "otlp" => _weir.OtlpHttpPort, "xray" => _weir.XRayPort, _ => _weir.Port };
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}{path}");
        if (more.Length > 0 && !more.StartsWith("Content-", StringComparison.Ordinal))
            request.Headers.TryAddWithoutValidation(more.Split(": ")[0], more.Split(": ")[1]);
        return request;
    }

    private static byte[] Bytes(string body)
    {
        if (body.StartsWith("zeros:", StringComparison.Ordinal))
            return new byte[int.Parse(body.AsSpan(6), CultureInfo.InvariantCulture)];
        if (!body.StartsWith("cut:", StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(body);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(body[4..]));
        return packed.ToArray()[..^12];
    }

    private async Task<JsonNode> StatusAsync() => JsonNode.Parse(await _weir.Client.GetStringAsync("/api/status"))!;

    private async Task<int> DroppedAsync(string counted)
    {
        var words = counted.Split(' ');
        var counter = (await StatusAsync()).List("ingest").FirstOrDefault(c => c!.Text("protocol") == words[0] && c!.Text("signal") == words[1]);
        return (int?)counter?.List("dropped").FirstOrDefault(d => d!.Text("reason") == words[2])?["count"] ?? 0;
    }

    /// <summary>The most memory the server ever held, in bytes.</summary>
    private long PeakMemory()
    {
        var line = File.ReadLines($"/proc/{_weir.ProcessId}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 9), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>A gzip stream whose middle is one packed mebibyte of zeros, said again 10,240 times.</summary>
    private sealed class BombContent : HttpContent
    {
        private const int Mebibytes = 10 * 1024;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var packed = new MemoryStream();
            await using var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            var zeros = new byte[1 << 20];
            await deflate.WriteAsync(zeros);
            await deflate.FlushAsync();
            var first = packed.ToArray();
            packed.SetLength(0);
            await deflate.WriteAsync(zeros);
            await deflate.FlushAsync();
            var again = packed.ToArray();
            try
            {
                await stream.WriteAsync((byte[])[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, .. first]);
                for (var i = 1; i < Mebibytes; i++)
                    await stream.WriteAsync(again);
                // The last block, and a checksum that the decoder should never reach.
                await stream.WriteAsync((byte[])[3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            }
            catch (IOException)
            {
                // The server has heard enough and answered.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
