using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Core.Access;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>A Weir with a keys file on an address beyond loopback: who is let in, and how each protocol words its refusal.</summary>
public sealed class AccessTests(AccessTests.ClosedWeir closed) : IClassFixture<AccessTests.ClosedWeir>
{
    private const string Key = "key-of-the-access-tests-0123456789";
    private const string UiKey = "key-of-the-scripts-of-the-access-tests";
    private const string Password = "correct horse battery";
    private const string AwsId = "AKIAACCESSTESTS";
    private const string AwsSecret = "secret-of-the-access-tests-0123456789";
    private const string Item = """{"data":{"environment":"production","body":{"message":{"body":"hello"}}}}""";
    private const string Spans = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":"a","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000000000001"}]}]}]}""";
    private readonly WeirProcess _weir = closed.Weir;

    [Theory]
    [InlineData("POST", "/v1/traces", Spans, null, "", 401, "missing 'x-honeycomb-team' header")]
    [InlineData("POST", "/v1/traces", Spans, "x-honeycomb-team", "a-wrong-key-of-some-length", 401, "unknown API key - check your credentials")]
    [InlineData("POST", "/v1/traces", Spans, "x-honeycomb-team", Key, 200, "{")]
    [InlineData("GET", "/1/auth", null, null, "", 401, "{\"error\":\"unknown API key - check your credentials\"}")]
    [InlineData("GET", "/1/auth", null, "x-honeycomb-team", "production", 401, "{\"error\":\"unknown API key - check your credentials\"}")]
    [InlineData("GET", "/1/auth", null, "x-honeycomb-team", Key, 200, "\"slug\":\"production\"")]
    [InlineData("POST", "/1/events/d", "{\"a\":1}", "x-honeycomb-team", "a-wrong-key-of-some-length", 401, "unknown API key")]
    [InlineData("POST", "/1/events/d", "{\"a\":1}", "x-honeycomb-team", Key, 200, "")]
    [InlineData("POST", "/api/1/item/", Item, null, "", 401, "access_token is missing")]
    [InlineData("POST", "/api/1/item/", Item, "X-Rollbar-Access-Token", "a-wrong-key-of-some-length", 403, "{\"err\":1,\"message\":\"access token not found\"}")]
    [InlineData("POST", "/api/1/item/", Item, "X-Rollbar-Access-Token", Key, 200, "\"err\":0")]
    [InlineData("POST", "/TraceSegments", "{\"TraceSegmentDocuments\":[\"{}\"]}", null, "", 403, "MissingAuthenticationTokenException")]
    [InlineData("POST", "/TraceSummaries", "{}", "Authorization", "Bearer " + UiKey, 403, "IncompleteSignatureException")]
    [InlineData("GET", "/api/status", null, null, "", 401, "A login is needed")]
    [InlineData("GET", "/api/status", null, "Authorization", "Bearer " + UiKey, 200, "{")]
    [InlineData("GET", "/api/status", null, "Authorization", "Bearer " + Key, 401, "A login is needed")]
    [InlineData("GET", "/api/status", null, "Authorization", "Bearer " + Password, 401, "A login is needed")]
    [InlineData("GET", "/api/story/5b8aa5a2d2c872e8321cf37308d69df2", null, "Cookie", "weir_session=0123", 401, "A login is needed")]
    [InlineData("GET", "/API/STATUS", null, null, "", 401, "A login is needed")]
    [InlineData("GET", "/metrics", null, null, "", 401, "A login is needed")]
    [InlineData("GET", "/metrics", null, "Authorization", "Bearer " + UiKey, 200, "weir_")]
    [InlineData("GET", "/", null, null, "", 401, "A login is needed")]
    [InlineData("GET", "/", null, "Accept", "text/html", 302, "")]
    [InlineData("GET", "/traces", null, "Accept", "text/html", 302, "")]
    [InlineData("GET", "/healthz", null, null, "", 200, "{")]
    [InlineData("GET", "/login", null, null, "", 200, "<form method=\"post\" action=\"/login\">")]
    public async Task Each_protocol_rejects_a_missing_key_with_its_own_error(string method, string path, string? body, string? header, string value, int status, string text)
    {
        var (code, answer) = await SendAsync(closed.Client, method, path, body, header, value);
        code.ShouldBe(status, answer);
        answer.ShouldContain(text);
        if (value.Length > 0 && status >= 400)
            answer.ShouldNotContain(value);
    }

    /// <summary>Everything the web UI asks of X-Ray: nothing without the login, and with it an answer of the API's own.</summary>
    [Theory]
    [InlineData("GET", "groups", null, 200)]
    [InlineData("POST", "groups", "{}", 400)]
    [InlineData("PUT", "groups/none", "{}", 404)]
    [InlineData("DELETE", "groups/none", null, 404)]
    [InlineData("GET", "rules", null, 200)]
    [InlineData("POST", "rules", "{}", 400)]
    [InlineData("PUT", "rules/none", "{}", 404)]
    [InlineData("DELETE", "rules/none", null, 404)]
    [InlineData("GET", "sampling", null, 200)]
    [InlineData("GET", "traces", null, 200)]
    [InlineData("GET", "traces/nope/documents", null, 400)]
    [InlineData("GET", "map", null, 200)]
    [InlineData("GET", "timeseries", null, 200)]
    [InlineData("GET", "analytics", null, 200)]
    [InlineData("GET", "insights", null, 200)]
    [InlineData("GET", "insights/none", null, 404)]
    [InlineData("GET", "filter/check?filter=ok", null, 200)]
    [InlineData("GET", "filter/complete?filter=o", null, 200)]
    public async Task The_ui_of_xray_is_behind_the_login(string method, string path, string? body, int status)
    {
        foreach (var (header, value) in new[] { (null, ""), ("Authorization", "Bearer " + Key), ("Cookie", "weir_session=0123"), ("x-honeycomb-team", Key) })
        {
            var (refused, said) = await SendAsync(closed.Client, method, "/api/xray/" + path, body, header, value);
            (refused, said.Contains("A login is needed", StringComparison.Ordinal)).ShouldBe((401, true), said);
        }
        var (code, answer) = await SendAsync(closed.Client, method, "/api/xray/" + path, body, "Authorization", "Bearer " + UiKey);
        code.ShouldBe(status, answer);
    }

    [Fact]
    public async Task Refusals_are_counted_as_unauthorized_and_no_key_is_in_log_or_metrics()
    {
        const string Wrong = "wrong-key-that-must-not-be-repeated";
        await SendAsync(closed.Client, "POST", "/v1/logs", "{}", "x-honeycomb-team", Wrong);
        await SendAsync(closed.Client, "POST", "/1/batch/d", "[]", "x-honeycomb-team", Wrong);
        await SendAsync(closed.Client, "POST", "/api/1/item/", Item, "X-Rollbar-Access-Token", Wrong);
        await SendAsync(closed.Client, "POST", "/TraceSegments", "{}", null, "");
        var (_, metrics) = await SendAsync(closed.Client, "GET", "/metrics", null, "Authorization", "Bearer " + UiKey);
        foreach (var protocol in new[] { "otlp", "honeycomb", "rollbar", "xray" })
        {
            metrics.Split('\n').ShouldContain(
                l => l.Contains($"\"{protocol}\"", StringComparison.Ordinal) && l.Contains("reason=\"unauthorized\"", StringComparison.Ordinal), metrics);
        }
        var (_, home) = await SendAsync(closed.Client, "GET", "/api/home", null, "Authorization", "Bearer " + UiKey);
        foreach (var secret in new[] { Wrong, Key, UiKey, AwsSecret, Password })
            (metrics + home + _weir.Output).ShouldNotContain(secret);
    }

    [Fact]
    public async Task Grpc_is_unauthenticated()
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var (key, status, message) in new[] { ("", "16", "missing 'x-honeycomb-team' header"), ("a-wrong-key-of-some-length", "16", "unknown API key - check your credentials"), (Key, "0", "") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_weir.OtlpGrpcPort}/opentelemetry.proto.collector.trace.v1.TraceService/Export")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(new byte[5]),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            if (key.Length > 0)
                request.Headers.Add("x-honeycomb-team", key);
            using var response = await client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            var said = response.Headers.TryGetValues("grpc-status", out var values) ? values : response.TrailingHeaders.GetValues("grpc-status");
            said.Single().ShouldBe(status);
            if (message.Length > 0)
                response.Headers.GetValues("grpc-message").Single().ShouldBe(message);
        }
    }

    [Fact]
    public async Task The_aws_command_line_needs_the_right_secret()
    {
        string[] make = ["logs", "create-log-group", "--log-group-name", "closed"];
        (await AwsAsync(AwsId, "secret-of-the-access-tests-012345678X", make)).ShouldContain("InvalidSignatureException");
        (await AwsAsync("AKIAUNKNOWN", AwsSecret, make)).ShouldContain("UnrecognizedClientException");
        (await AwsAsync(AwsId, AwsSecret, make)).ShouldBeEmpty();
        (await AwsAsync(AwsId, AwsSecret, "logs", "describe-log-groups")).ShouldContain("\"closed\"");
        string[] xray = ["xray", "get-trace-summaries", "--start-time", "1700000000", "--end-time", "1700000600"];
        (await AwsAsync(AwsId, "secret-of-the-access-tests-012345678X", xray)).ShouldContain("InvalidSignatureException");
        (await AwsAsync(AwsId, AwsSecret, xray)).ShouldContain("TraceSummaries");
        (await AwsAsync(AwsId, "secret-of-the-access-tests-012345678X", "logs", "put-log-events", "--log-group-name", "closed", "--log-stream-name", "s", "--log-events", "timestamp=1700000000000,message=m"))
            .ShouldContain("InvalidSignatureException");
        var (_, metrics) = await SendAsync(closed.Client, "GET", "/metrics", null, "Authorization", "Bearer " + UiKey);
        metrics.Split('\n').ShouldContain(l => l.Contains("cloudwatch-logs", StringComparison.Ordinal) && l.Contains("reason=\"unauthorized\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_daemons_port_is_on_loopback_and_accepts_unsigned_only_the_calls_of_sdks()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_weir.XRayPort}") };
        (await SendAsync(client, "POST", "/GetSamplingRules", "{}", null, "")).Code.ShouldBe(200);
        (await SendAsync(client, "POST", "/TraceSummaries", "{}", null, "")).Code.ShouldBe(403);
        (await SendAsync(client, "GET", "/api/status", null, null, "")).Code.ShouldBe(401);
        _weir.Output.ShouldContain($"127.0.0.1:{_weir.XRayPort} (UDP and TCP)");
        // All of 127/8 is loopback: what listens on every address answers at 127.0.0.2, what listens on 127.0.0.1 does not.
        using var other = new HttpClient { BaseAddress = new Uri($"http://127.0.0.2:{_weir.Port}") };
        (await SendAsync(other, "GET", "/healthz", null, null, "")).Code.ShouldBe(200);
        using var daemon = new HttpClient { BaseAddress = new Uri($"http://127.0.0.2:{_weir.XRayPort}") };
        await Should.ThrowAsync<HttpRequestException>(() => daemon.GetAsync("/healthz"));
    }

    [Fact]
    public async Task The_login_gives_a_cookie_and_brakes_guessing()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true };
        // From an address of its own, so that the other tests' attempts don't count.
        handler.ConnectCallback = async (context, token) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri(_weir.Url) };
        (await LogInAsync(browser, "not the password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var response = await LogInAsync(browser, Password);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.OriginalString.ShouldBe("/traces?service=a");
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        (await SendAsync(browser, "GET", "/api/status", null, null, "")).Code.ShouldBe(200);
        (await SendAsync(browser, "POST", "/logout", null, null, "")).Code.ShouldBe(303);
        (await SendAsync(browser, "GET", "/api/status", null, "Cookie", cookie.Split(';')[0])).Code.ShouldBe(401);
        for (var i = 0; i < 5; i++)
            (await LogInAsync(browser, "not the password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response = await LogInAsync(browser, Password);
        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_session_survives_a_restart_and_ends_with_logging_out()
    {
        var folder = Directory.CreateTempSubdirectory("weir-login-").FullName;
        var path = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(path, $"ui {PasswordHash.Of(Password, 100_000)}\n");
        var ports = WeirProcess.FreePorts(4);
        string cookie;
        await using (var before = await WeirProcess.StartAsync(Path.Combine(folder, "data"), ports, "--keys", path))
        {
            before.DeleteFolder = false;
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(before.Url) };
            cookie = (await LogInAsync(browser, Password)).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            (await SendAsync(browser, "GET", "/api/status", null, "Cookie", cookie)).Code.ShouldBe(200);
        }
        await using (var after = await WeirProcess.StartAsync(Path.Combine(folder, "data"), ports, "--keys", path))
        {
            after.DeleteFolder = false;
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "data", "login")))
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(after.Url) };
            (await SendAsync(browser, "GET", "/api/status", null, "Cookie", cookie)).Code.ShouldBe(200);
            (await SendAsync(browser, "GET", "/api/status", null, "Cookie", cookie[..^8] + "AAAAAAAA")).Code.ShouldBe(401);
            (await SendAsync(browser, "POST", "/logout", null, "Cookie", cookie)).Code.ShouldBe(303);
            (await SendAsync(browser, "GET", "/api/status", null, "Cookie", cookie)).Code.ShouldBe(401);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Bad_lines_are_listed_at_once_and_a_missing_file_is_a_clear_line()
    {
        var folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
        var path = Path.Combine(folder, "keys");
        string[] serve = ["serve", "--data", folder, "--keys", path, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4))];
        var (code, output) = await WeirProcess.RunToEndAsync(serve);
        (code, output.Contains("the file does not exist", StringComparison.Ordinal)).ShouldBe((1, true), output);
        await File.WriteAllTextAsync(path, "production short-secret\nProduction a-key-of-some-length\nui plain-password-of-somebody\n");
        (code, output) = await WeirProcess.RunToEndAsync(serve);
        code.ShouldBe(1);
        foreach (var line in new[] { "line 1: the key is shorter", "line 2: the name of an environment", "line 3: is not a hash of a pass" })
            output.ShouldContain(line);
        output.ShouldNotContain("short-secret");
        output.ShouldNotContain("plain-password");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Weir_keys_makes_keys_that_the_file_keeps_by_their_hashes()
    {
        var folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
        var path = Path.Combine(folder, "keys");
        var (code, output) = await WeirProcess.RunToEndAsync("keys", "create", "production", "--keys", path);
        code.ShouldBe(0, output);
        var key = output.Split('\n')[0];
        (await WeirProcess.RunToEndAsync("keys", "create", "staging", "--aws", "--keys", path)).Code.ShouldBe(0);
        (await WeirProcess.RunToEndAsync("keys", "create", "Bad", "--keys", path)).Code.ShouldBe(2);
        (await WeirProcess.RunToEndAsync("keys", "create", "production")).Code.ShouldBe(2);
        (await File.ReadAllTextAsync(path)).ShouldNotContain(key);
        var errors = new List<string>();
        var file = KeysFile.Load(path, errors);
        errors.ShouldBeEmpty();
        file.Keys.Find(key).ShouldBe(new KeyGrant("production", KeyKind.Ingest));
        (await File.ReadAllLinesAsync(path))[^1].Split(' ')[..3].ShouldBe(["staging", "ingest", "aws"]);
        KeysFile.IsReadableByOthers(path).ShouldBeFalse();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpResponseMessage> LogInAsync(HttpClient browser, string password)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = password, ["next"] = "/traces?service=a" });
        return await browser.PostAsync("/login", form);
    }

    private Task<string> AwsAsync(string id, string secret, params string[] arguments) =>
        RealClient.AwsWithAsync(_weir, id, secret, arguments);

    private static async Task<(int Code, string Answer)> SendAsync(HttpClient client, string method, string path, string? body, string? header, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>One closed Weir for all tests of the class, listening on every address.</summary>
    public sealed class ClosedWeir : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;

        public WeirProcess Weir { get; private set; } = null!;

        /// <summary>Shows redirects as they are.</summary>
        public HttpClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var path = Path.Combine(_folder, "keys");
            await File.WriteAllLinesAsync(path,
            [
                $"production ingest {KeyHash.Of(Key)}", $"production manage aws {AwsId} {AwsSecret}", $"ui {PasswordHash.Of(Password, 100_000)}", $"ui {KeyHash.Of(UiKey)}",
            ]);
            Weir = await WeirProcess.StartAsync(null, null, "--keys", path, "--bind", "0.0.0.0");
            Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Weir.Url) };
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Weir.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
