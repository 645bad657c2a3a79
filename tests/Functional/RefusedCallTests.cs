using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Calls to wrong paths, to wrong ports and with wrong methods: the response, and the entry under Setup.</summary>
public sealed class RefusedCallTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private readonly WeirProcess _weir = running.Weir;

    [Theory]
    [InlineData("main", "POST", "/v1/traces/v1/traces", 404, "OTEL_EXPORTER_OTLP_ENDPOINT", "otlp", "The path of OTLP is doubled")]
    [InlineData("otlp", "POST", "/v1/logs/v1/logs", 404, "OTEL_EXPORTER_OTLP_ENDPOINT", "otlp", "The path of OTLP is doubled")]
    [InlineData("main", "GET", "/v1/traces", 405, "OTEL_EXPORTER_OTLP_ENDPOINT", "otlp", "OTLP was called with another method than POST")]
    [InlineData("otlp", "GET", "/v1/metrics", 405, "OTEL_EXPORTER_OTLP_ENDPOINT", "otlp", "OTLP was called with another method than POST")]
    [InlineData("otlp", "POST", "/", 404, "/v1/traces, /v1/logs and /v1/metrics", "otlp", "The endpoint lacks its path")]
    [InlineData("main", "POST", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", 404, "http/protobuf", "otlp", "OTLP over gRPC came to a port of HTTP")]
    [InlineData("main", "POST", "/api/1item/", 404, "\"err\":1", "rollbar", "The endpoint of a Rollbar client is wrong")]
    [InlineData("main", "POST", "/1/batch", 404, "{\"error\":", "otlp", "Honeycomb's events came without a dataset in the path")]
    [InlineData("main", "POST", "/x/TraceSegments", 404, "UnknownOperationException", "xray", "The path of X-Ray has something around it")]
    [InlineData("main", "PUT", "/nowhere", 404, "Where Weir listens", "", "Nothing is served at this path")]
    public async Task A_wrong_path_or_method_is_answered_with_advice(string port, string method, string path, int status, string advice, string client, string problem)
    {
        var address = port == "main" ? _weir.Url : $"http://127.0.0.1:{_weir.OtlpHttpPort}";
        using var request = new HttpRequestMessage(new HttpMethod(method), address + path);
        request.Headers.UserAgent.ParseAdd("exporter/1.0");
        if (method == "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await _weir.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(advice);
        var told = await ProblemAsync(problem);
        told.Text("client").ShouldBe(client);
        told.Text("example").ShouldEndWith("from exporter/1.0");
        told.Text("advice").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Pages_are_still_pages()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _weir.Url + "/traces");
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await _weir.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _weir.JsonAsync("/api/setup", _ => true)).List("problems").ShouldAllBe(p => !p!.Text("example").StartsWith("GET /traces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_item_of_a_doubled_path_is_accepted_and_listed_under_setup()
    {
        using var content = new StringContent("""{"data":{"environment":"production","body":{"message":{"body":"kept"}}}}""", Encoding.UTF8, "application/json");
        content.Headers.Add("X-Rollbar-Access-Token", "t");
        using var response = await _weir.Client.PostAsync(new Uri(_weir.Url + "/api/1/item/item/"), content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await _weir.JsonAsync("/api/errors/items?start=-1h", e => e.ToJsonString().Contains("kept", StringComparison.Ordinal));
        (await ProblemAsync("pyrollbar's endpoint has item/ at its end; what it sends is taken")).Text("advice").ShouldContain("/api/1/");
    }

    [Fact]
    public async Task Http_on_the_grpc_port_gets_advice()
    {
        using var content = new ByteArrayContent(new byte[1 << 10]);
        using var response = await _weir.Client.PostAsync(new Uri($"http://127.0.0.1:{_weir.OtlpGrpcPort}/v1/traces"), content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("OTEL_EXPORTER_OTLP_PROTOCOL=grpc");
        await ProblemAsync("HTTP/1 was sent to the gRPC port");
    }

    [Fact]
    public async Task Grpc_on_the_http_port_is_sent_away_with_advice()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _weir.OtlpHttpPort);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        // The client's settings, without any.
        await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        // The server closes the connection after its answer.
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        var bytes = answer.ToArray();
        bytes[..9].ShouldBe([0, 0, 0, 4, 0, 0, 0, 0, 0]);
        (bytes[12], bytes[25]).ShouldBe(((byte)7, (byte)0xd), "GOAWAY with HTTP_1_1_REQUIRED");
        Encoding.UTF8.GetString(bytes[26..]).ShouldContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
        bytes.Length.ShouldBe(9 + 9 + ((bytes[9] << 16) | (bytes[10] << 8) | bytes[11]));
        await ProblemAsync("gRPC came to a port of HTTP");
    }

    [Theory]
    [InlineData("main")]
    [InlineData("grpc")]
    public async Task Tls_on_a_port_without_tls_is_listed_under_setup(string port)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port == "main" ? _weir.Port : _weir.OtlpGrpcPort);
        await using var tls = new SslStream(tcp.GetStream());
        await Should.ThrowAsync<Exception>(() => tls.AuthenticateAsClientAsync("localhost"));
        await ProblemAsync("TLS (https) was sent to a port without TLS");
    }

    /// <summary>As <c>nc -N</c> does: all is said, and the answer is waited for.</summary>
    [Fact]
    public async Task A_client_that_closes_its_side_gets_the_advice()
    {
        for (var i = 0; i < 20; i++)
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, _weir.OtlpGrpcPort);
            await using var stream = tcp.GetStream();
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            tcp.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            (await reader.ReadToEndAsync()).ShouldContain("This port supports gRPC only.");
        }
        _weir.Output.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task A_slow_or_silent_connection_is_served_when_it_sends_a_request()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _weir.Port);
        await using var stream = tcp.GetStream();
        foreach (var part in new[] { "G", "E", "T /healthz HT", "TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" })
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(part));
            await stream.FlushAsync();
        }
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 200 OK");
    }

    [Fact]
    public async Task A_name_that_x_ray_refuses_costs_nothing_by_the_daemons_port()
    {
        var start = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1;
        var document = """{"format":"json","version":1}""" + "\n" + $$"""
            {"trace_id":"1-{{start:x8}}-0af7651916cd43dd8448eb21","id":"0102030405060708","name":"shop","start_time":{{start}},"end_time":{{start}}.5,"subsegments":[
             {"id":"0102030405060709","name":"load cart (cached)","start_time":{{start}},"end_time":{{start}}.2}]}
            """;
        using var udp = new UdpClient();
        await udp.SendAsync(Encoding.UTF8.GetBytes(document), new IPEndPoint(IPAddress.Loopback, _weir.XRayPort));
        var story = await _weir.StoryAsync($"{start:x8}0af7651916cd43dd8448eb21", spans: 2);
        story.List("spans").Select(s => s!.Text("name")).ShouldContain("load cart (cached)");
        (await ProblemAsync("A segment has a name that AWS X-Ray refuses; Weir keeps it")).Text("example").ShouldBe("the name 'load cart (cached)'");
        (await _weir.JsonAsync("/api/status", _ => true)).List("problems").ShouldContain(p => p!.Text("example") == "the name 'load cart (cached)'");
    }

    private async Task<JsonNode> ProblemAsync(string problem) =>
        (await _weir.JsonAsync("/api/setup", s => s.List("problems").Any(p => p!.Text("problem") == problem))).List("problems").Of("problem", problem);
}
