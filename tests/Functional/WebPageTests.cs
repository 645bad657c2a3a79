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

/// <summary>
/// What a page of the web can have its visitor's browser send to an open Weir on loopback, on every port: by a name of its own that points
/// here (DNS rebinding), and across origins (CSRF).
/// </summary>
public sealed class WebPageTests(WebPageTests.OpenWeir open) : IClassFixture<WebPageTests.OpenWeir>
{
    private const string Rule = """{"SamplingRule":{"RuleName":"csrf","Priority":1,"FixedRate":0,"ReservoirSize":0,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","ResourceARN":"*","Version":1}}""";
    private readonly WeirProcess _weir = open.Weir;

    public static TheoryData<string, bool> Hosts => new()
    {
        { "localhost", true },
        { "LOCALHOST.", true },
        { "weir.localhost", true },
        { "127.0.0.1", true },
        { "127.9.9.9", true },
        { "[::1]", true },
        { "host.docker.internal", true },
        { "weir-of-compose", true },
        { "a.allowed.example", true },
        { "weir.public.example", true },
        { "evil.example", false },
        { "127.0.0.1.evil.example", false },
        { "localhost.evil.example", false },
        { "allowed.example", false },
        { "notallowed.example", false },
        { "public.example", false },
        { "10.0.0.5", false },
        { "169.254.169.254", false },
        { "other-service", false },
        { "printer.local", false },
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Only_allowed_host_names_are_answered_on_every_port(string host, bool isAnswered)
    {
        foreach (var (port, method, path) in new[]
        {
            (_weir.Port, "GET", "/api/status"), (_weir.Port, "GET", "/"), (_weir.Port, "GET", "/assets/none.js"), (_weir.Port, "POST", "/1/queries/d"), (_weir.Port, "POST", "/v1/traces"),
            (_weir.Port, "POST", "/api/1/item/"), (_weir.Port, "POST", "/"), (_weir.OtlpHttpPort, "POST", "/v1/traces"), (_weir.XRayPort, "POST", "/GetSamplingRules"),
            (_weir.XRayPort, "GET", "/api/status"), (open.SamplingPort, "GET", "/sampling?service=a"),
        })
        {
            var (code, answer) = await SendAsync(port, method, path, "{}", ("Host", $"{host}:{port}"));
            (code == 421).ShouldBe(!isAnswered, $"{method} {path} on {port} for {host}: {code} {answer}");
            if (!isAnswered)
                answer.ShouldContain("--allowed-hosts");
        }
        // A health check comes by any name.
        (await SendAsync(_weir.Port, "GET", "/healthz", null, ("Host", host))).Code.ShouldBe(200);
    }

    [Theory]
    [InlineData("evil.example:4317", "7")]
    [InlineData("localhost:4317", "0")]
    public async Task An_unknown_host_name_is_rejected_over_grpc_with_a_grpc_status(string host, string status)
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_weir.OtlpGrpcPort}/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Host = host;
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        var said = response.Headers.TryGetValues("grpc-status", out var values) ? values : response.TrailingHeaders.GetValues("grpc-status");
        said.Single().ShouldBe(status);
        if (status != "0")
            Uri.UnescapeDataString(response.Headers.GetValues("grpc-message").Single()).ShouldContain("--allowed-hosts");
    }

    public static TheoryData<string, string, string> Writes => new()
    {
        { "POST", "/CreateSamplingRule", Rule },
        { "POST", "/CreateGroup", """{"GroupName":"csrf"}""" },
        { "POST", "/DeleteGroup", """{"GroupName":"csrf"}""" },
        { "POST", "/PutEncryptionConfig", """{"Type":"NONE"}""" },
        { "POST", "/UpdateTraceSegmentDestination", """{"Destination":"XRay"}""" },
        { "POST", "/TraceSegments", """{"TraceSegmentDocuments":[]}""" },
        { "POST", "/SamplingTargets", """{"SamplingStatisticsDocuments":[]}""" },
        { "POST", "/", "{}" },
        { "POST", "/api/query", """{"query":{"calculations":[{"op":"COUNT"}]}}""" },
        { "POST", "/api/bubbleup", "{}" },
        { "POST", "/api/recipients", "{}" },
        { "POST", "/api/xray/groups", "{}" },
        { "PUT", "/api/xray/rules/a", "{}" },
        { "DELETE", "/api/xray/rules/a", "" },
        { "POST", "/1/recipients", "{}" },
        { "POST", "/1/queries/d", """{"calculations":[{"op":"COUNT"}]}""" },
        { "POST", "/nothing/here", "{}" },
    };

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_page_of_another_site_changes_nothing_on_any_port(string method, string path, string body)
    {
        foreach (var port in new[] { _weir.Port, _weir.XRayPort })
        {
            foreach (var (header, value) in new[] { ("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", "http://evil.example:" + port), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
            {
                var (code, answer) = await SendAsync(port, method, path, body, (header, value), ("Content-Type", "text/plain"));
                // What nothing serves changes nothing, and says so to everybody.
                if (code == 404 && answer.Contains("Nothing is served at this path", StringComparison.Ordinal))
                    continue;
                (code, answer.Contains("a page of another site", StringComparison.Ordinal)).ShouldBe((403, true), $"{method} {path} on {port} with {header}: {value}: {code} {answer}");
            }
        }
        // The web UI itself, one that is being developed on this machine, a proxy's name, and clients that are no browsers.
        foreach (var (header, value) in new[] { ("Origin", _weir.Url), ("Origin", "http://localhost:5173"), ("Origin", "https://weir.public.example"), ("Sec-Fetch-Site", "same-origin"), ("X-None", "a") })
        {
            var (_, answer) = await SendAsync(_weir.Port, method, path, body, (header, value));
            answer.ShouldNotContain("a page of another site", customMessage: $"{method} {path} with {header}: {value}");
        }
    }

    [Fact]
    public async Task After_the_attempts_sampling_is_as_it_was()
    {
        await SendAsync(_weir.Port, "POST", "/CreateSamplingRule", Rule.Replace("csrf", "by-a-page", StringComparison.Ordinal), ("Origin", "http://evil.example"), ("Content-Type", "text/plain"));
        var (_, rules) = await SendAsync(_weir.XRayPort, "POST", "/GetSamplingRules", "{}");
        rules.ShouldNotContain("by-a-page");
    }

    [Theory]
    [InlineData("/v1/traces")]
    [InlineData("/v1/logs")]
    [InlineData("/v1/metrics")]
    [InlineData("/1/events/d")]
    [InlineData("/1/batch/d")]
    [InlineData("/api/1/item/")]
    public async Task Doors_for_browsers_telemetry_stay_open_to_other_sites(string path)
    {
        foreach (var port in path.StartsWith("/v1", StringComparison.Ordinal) ? new[] { _weir.Port, _weir.OtlpHttpPort } : [_weir.Port])
        {
            var (code, answer) = await SendAsync(port, "POST", path, "{}", ("Origin", "https://shop.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"));
            code.ShouldNotBe(403, answer);
            answer.ShouldNotContain("a page of another site");
        }
    }

    [Theory]
    [InlineData("cross-site", "cors", "empty", 403)]
    [InlineData("cross-site", "no-cors", "script", 403)]
    [InlineData("cross-site", "navigate", "iframe", 403)]
    [InlineData("cross-site", "navigate", "document", 200)]
    [InlineData("same-origin", "cors", "empty", 200)]
    [InlineData("none", "navigate", "document", 200)]
    public async Task A_page_of_another_site_reads_nothing_but_may_link_here(string site, string mode, string dest, int status) =>
        (await SendAsync(_weir.Port, "GET", "/api/status", null, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest))).Code.ShouldBe(status);

    [Theory]
    [InlineData("/", "text/html", "script-src 'self';")]
    [InlineData("/traces", "text/html", "script-src 'self';")]
    [InlineData("/api/status", "application/json", "default-src 'none'; frame-ancestors 'none'")]
    public async Task Responses_forbid_browsers_to_load_other_content_and_to_frame_pages(string path, string type, string policy)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _weir.Url + path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var response = await _weir.Client.SendAsync(request);
        response.Content.Headers.ContentType?.MediaType.ShouldBe(type);
        string Header(string name) => response.Headers.GetValues(name).Single();
        Header("Content-Security-Policy").ShouldContain(policy);
        Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
        (Header("X-Content-Type-Options"), Header("X-Frame-Options"), Header("Referrer-Policy")).ShouldBe(("nosniff", "DENY", "same-origin"));
    }

    /// <summary>Beyond loopback and open: names that no page of the web can have are let in, others are not.</summary>
    [Fact]
    public async Task On_a_trusted_network_names_without_dots_and_addresses_are_let_in()
    {
        await using var weir = await WeirProcess.StartAsync(null, null, "--bind", "0.0.0.0", "--open", "true");
        foreach (var (host, code) in new[] { ("weir", 200), ("172.17.0.2", 200), ("weir.namespace.svc.cluster.local", 200), ("localhost", 200), ("evil.example", 421), ("weir.evil", 421) })
            (await SendAsync(weir.Port, "GET", "/api/status", null, ("Host", $"{host}:{weir.Port}"))).Code.ShouldBe(code, host);
    }

    [Fact]
    public async Task Forwarded_headers_count_from_named_proxies_only()
    {
        var folder = Directory.CreateTempSubdirectory("weir-proxy-").FullName;
        var keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, $"ui {Weir.Server.Access.PasswordHash.Of("correct horse battery", 100_000)}\n");
        foreach (var isTrusted in new[] { true, false })
        {
            string[] options = isTrusted ? ["--keys", keys, "--trusted-proxies", "127.0.0.0/8"] : ["--keys", keys, "--trusted-proxies", "192.0.2.1"];
            await using var weir = await WeirProcess.StartAsync(null, null, options);
            // Six wrong attempts from six clients behind the proxy: one client's without trust.
            for (var i = 1; i <= 6; i++)
                ((int)(await LogInAsync(weir, $"198.51.100.{i}", "wrong")).StatusCode).ShouldBe(isTrusted || i <= 5 ? 401 : 429);
            if (!isTrusted)
                continue;
            var response = await LogInAsync(weir, "198.51.100.9", "correct horse battery");
            ((int)response.StatusCode).ShouldBe(303);
            response.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure");
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpResponseMessage> LogInAsync(WeirProcess weir, string client, string password)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, weir.Url + "/login") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = password }) };
        request.Headers.Add("X-Forwarded-For", client);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return await http.SendAsync(request);
    }

    private static async Task<(int Code, string Answer)> SendAsync(int port, string method, string path, string? body, params (string Name, string Value)[] headers)
    {
        // By hand: an HTTP client would put some of these headers right.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = socket.GetStream();
        var bytes = Encoding.UTF8.GetBytes(body ?? "");
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if (!headers.Any(h => h.Name == "Host"))
            head.Append($"Host: 127.0.0.1:{port}\r\n");
        if (body is not null)
            head.Append($"Content-Length: {bytes.Length}\r\n");
        if (body is not null && !headers.Any(h => h.Name == "Content-Type"))
            head.Append($"Content-Type: {(path == "/" ? "application/x-amz-json-1.1" : "application/json")}\r\n");
        foreach (var (name, value) in headers)
            head.Append($"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(bytes);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 ");
        return (int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), answer);
    }

    /// <summary>Open on loopback, as it starts without options, and with some more names.</summary>
    public sealed class OpenWeir : IAsyncLifetime
    {
        public WeirProcess Weir { get; private set; } = null!;

        public int SamplingPort { get; } = WeirProcess.FreePorts(1)[0];

        public async ValueTask InitializeAsync() => Weir = await WeirProcess.StartAsync(
            null, null, "--allowed-hosts", "weir-of-compose,*.allowed.example", "--public-url", "https://weir.public.example", "--sampling-port", $"{SamplingPort}");

        public ValueTask DisposeAsync() => Weir.DisposeAsync();
    }
}
