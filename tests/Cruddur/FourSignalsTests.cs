using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Cruddur.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Cruddur;

/// <summary>One request to the running backend, and what of it reaches each of the four protocols.</summary>
public sealed class FourSignalsTests(RunningCruddur cruddur) : IClassFixture<RunningCruddur>
{
    [Fact]
    public async Task The_trace_of_the_browser_continues_in_the_backend()
    {
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/activities/home");
        request.Headers.Add("traceparent", $"00-{traceId}-00f067aa0ba902b7-01");
        using var reply = await cruddur.Client.SendAsync(request);

        var wanted = Convert.FromHexString(traceId);
        var export = await StubBackend.Eventually(
            () => cruddur.Stub.Requests.FirstOrDefault(r => r.Path == "/v1/traces" && Holds(r.Body, wanted) && Holds(r.Body, "home-activities-mock-data"u8)),
            "an export with the trace of the request");
        export.Headers.ContentType.ToString().ShouldBe("application/x-protobuf");
        export.Headers["x-honeycomb-team"].ToString().ShouldBe("key-of-the-test");
        // A batch may leave between the end of the inner span and the end of the request.
        foreach (var text in new[] { "backend-flask", "home.activities", "app.now", "app.result_length", "http.target", "http.status_code", "http.client_ip", "http.request.method", "GET /api/activities/home" })
        {
            await StubBackend.Eventually(
                () => cruddur.Stub.Requests.FirstOrDefault(r => r.Path == "/v1/traces" && Holds(r.Body, wanted) && Holds(r.Body, Encoding.UTF8.GetBytes(text))),
                $"an export of the trace with {text}");
        }
    }

    [Fact]
    public async Task A_segment_with_capture_subsegment_and_metadata_leaves_as_a_datagram_under_an_id_of_its_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/activities/home");
        request.Headers.Add("User-Agent", "segment-test/1");
        request.Headers.Add("traceparent", "00-aaaabbbbccccddddeeeeffff00001111-00f067aa0ba902b7-01");
        using var reply = await cruddur.Client.SendAsync(request);

        var document = await Segment("segment-test/1");
        document["name"]!.GetValue<string>().ShouldBe("backend-flask");
        var traceId = document["trace_id"]!.GetValue<string>();
        traceId.ShouldMatch("^1-[0-9a-f]{8}-[0-9a-f]{24}$");
        traceId.Replace("-", "", StringComparison.Ordinal).ShouldNotContain("aaaabbbb");
        reply.Headers.GetValues("X-Amzn-Trace-Id").Single().ShouldBe($"Root={traceId}");
        var capture = document["subsegments"]![0]!;
        capture["name"]!.GetValue<string>().ShouldBe("activities_home");
        var mock = capture["subsegments"]![0]!;
        mock["name"]!.GetValue<string>().ShouldBe("mock-data");
        mock["metadata"]!["home"]!["results-length"]!.GetValue<int>().ShouldBeGreaterThan(0);
        document["http"]!["response"]!["status"]!.GetValue<int>().ShouldBe(200);
    }

    [Fact]
    public async Task An_incoming_trace_header_is_honoured_and_a_question_is_answered()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/activities/@worf");
        request.Headers.Add("User-Agent", "header-test/1");
        request.Headers.Add("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?");
        using var reply = await cruddur.Client.SendAsync(request);
        reply.Headers.GetValues("X-Amzn-Trace-Id").Single().ShouldBe("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
        var document = await Segment("header-test/1");
        document["trace_id"]!.GetValue<string>().ShouldBe("1-5759e988-bd862e3fe1be46a994272793");
        document["parent_id"]!.GetValue<string>().ShouldBe("53995c3f42cd8ad8");
    }

    [Fact]
    public async Task Requests_that_upstream_did_not_sample_are_not_sent()
    {
        using var unsampled = new HttpRequestMessage(HttpMethod.Get, "/api/activities/home");
        unsampled.Headers.Add("User-Agent", "unsampled-test/1");
        unsampled.Headers.Add("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0");
        using var reply = await cruddur.Client.SendAsync(unsampled);
        using var after = new HttpRequestMessage(HttpMethod.Get, "/api/activities/home");
        after.Headers.Add("User-Agent", "sampled-after/1");
        using var second = await cruddur.Client.SendAsync(after);
        await Segment("sampled-after/1");
        cruddur.Stub.Datagrams.ShouldNotContain(d => Encoding.UTF8.GetString(d).Contains("unsampled-test/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_outgoing_call_is_a_remote_subsegment_and_the_parent_of_the_called_segment()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/message_groups");
        request.Headers.Add("User-Agent", "remote-test/1");
        using var reply = await cruddur.Client.SendAsync(request);
        var caller = await Segment("remote-test/1");
        var call = caller["subsegments"]!.AsArray().First(s => s!["namespace"]!.GetValue<string>() == "remote")!;
        call["http"]!["request"]!["traced"]!.GetValue<bool>().ShouldBeTrue();
        var called = await StubBackend.Eventually(
            () => Documents().FirstOrDefault(d => d["parent_id"]?.GetValue<string>() == call["id"]!.GetValue<string>()), "the segment of the called side");
        called["trace_id"]!.GetValue<string>().ShouldBe(caller["trace_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_query_and_a_table_are_recorded_like_the_instrumentation_of_their_drivers()
    {
        using var search = new HttpRequestMessage(HttpMethod.Get, "/api/activities/search?term=cloud");
        search.Headers.Add("User-Agent", "sql-test/1");
        search.Headers.Add("traceparent", "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01");
        using var found = await cruddur.Client.SendAsync(search);
        var query = (await Segment("sql-test/1"))["subsegments"]!.AsArray().Single()!;
        query["name"]!.GetValue<string>().ShouldBe("cruddur@postgres");
        query["namespace"]!.GetValue<string>().ShouldBe("remote");
        query["sql"]!["sanitized_query"]!.GetValue<string>().ShouldBe("SELECT * FROM activities WHERE message LIKE ?");
        query["sql"]!["database_type"]!.GetValue<string>().ShouldBe("PostgreSQL");
        var wanted = Convert.FromHexString("0123456789abcdef0123456789abcdef");
        foreach (var text in new[] { "db.system", "db.statement", "SELECT cruddur.activities", "peer.service" })
        {
            await StubBackend.Eventually(
                () => cruddur.Stub.Requests.FirstOrDefault(r => r.Path == "/v1/traces" && Holds(r.Body, wanted) && Holds(r.Body, Encoding.UTF8.GetBytes(text))),
                $"an export of the query's span with {text}");
        }

        // The table throttles every twelfth call, and the client retries, so callers see no error.
        for (var i = 0; i < 13; i++)
        {
            using var messages = new HttpRequestMessage(HttpMethod.Get, "/api/messages?handle=worf");
            messages.Headers.Add("User-Agent", "table-test/1");
            using var reply = await cruddur.Client.SendAsync(messages);
            ((int)reply.StatusCode).ShouldBe(200);
        }
        JsonNode[] Calls() => [.. Documents().Where(d => d["http"]?["request"]?["user_agent"]?.GetValue<string>() == "table-test/1").SelectMany(d => d["subsegments"]!.AsArray()).Select(s => s!)];
        await StubBackend.Eventually(() => Calls() is { Length: >= 14 } all ? all : null, "the calls of the table");
        Calls().ShouldAllBe(c => c["name"]!.GetValue<string>() == "DynamoDB" && c["namespace"]!.GetValue<string>() == "aws" && c["aws"]!["table_name"]!.GetValue<string>() == "cruddur-messages");
        var refused = Calls().First(c => c["throttle"] is not null);
        refused["http"]!.ToJsonString().ShouldBe("""{"response":{"status":400}}""");
        refused["error"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Log_lines_come_in_the_order_of_calls_of_the_log_handler()
    {
        using var reply = await cruddur.Client.GetAsync("/api/activities/home?from=logtest");
        var put = await StubBackend.Eventually(
            () => cruddur.Stub.Requests.FirstOrDefault(r => r.Operation == "PutLogEvents" && r.Text.Contains("from=logtest", StringComparison.Ordinal)), "the line after the response");
        var json = JsonNode.Parse(put.Body)!;
        json["logGroupName"]!.GetValue<string>().ShouldBe("cruddur");
        json["logStreamName"]!.GetValue<string>().ShouldBe($"{Environment.MachineName}/cruddur/app/{Environment.ProcessId}");
        var messages = json["logEvents"]!.AsArray().Select(e => e!["message"]!.GetValue<string>()).ToList();
        messages.ShouldContain(m => m.EndsWith("127.0.0.1 GET http /api/activities/home?from=logtest 200 OK", StringComparison.Ordinal));
        put.Headers.Authorization.ToString().ShouldStartWith("AWS4-HMAC-SHA256 Credential=");

        var calls = cruddur.Stub.Requests.Where(r => r.Operation.Length > 0).Select(r => r.Operation).Take(5).ToList();
        calls.ShouldBe(["DescribeLogGroups", "CreateLogGroup", "PutLogEvents", "CreateLogStream", "PutLogEvents"]);
        var all = string.Concat(cruddur.Stub.Requests.Where(r => r.Operation == "PutLogEvents").Select(r => r.Text));
        all.ShouldContain("test log");
        all.ShouldContain("HomeActivities");
    }

    [Fact]
    public async Task An_unhandled_exception_is_reported_with_trace_request_and_server()
    {
        using var reply = await cruddur.Client.GetAsync("/api/activities/broken?from=rollbartest");
        var item = await StubBackend.Eventually(
            () => cruddur.Stub.Requests.FirstOrDefault(r => r.Path == "/api/1/item/" && r.Text.Contains("from=rollbartest", StringComparison.Ordinal)), "the item of the broken handler");
        item.Headers["X-Rollbar-Access-Token"].ToString().ShouldBe("token-of-the-test");
        var data = JsonNode.Parse(item.Body)!["data"]!;
        data["environment"]!.GetValue<string>().ShouldBe("production");
        data["level"]!.GetValue<string>().ShouldBe("error");
        data["context"]!.GetValue<string>().ShouldBe("/api/activities/broken");
        data["request"]!["method"]!.GetValue<string>().ShouldBe("GET");
        data["server"]!["host"]!.GetValue<string>().ShouldBe(Environment.MachineName);
        var trace = data["body"]!["trace"]!;
        trace["exception"]!["class"]!.GetValue<string>().ShouldBe("System.InvalidOperationException");
        trace["frames"]!.AsArray().Select(f => f!["method"]!.GetValue<string>()).ShouldContain("Cruddur.Activities.BrokenFeed.Newest");
    }

    [Fact]
    public async Task The_rollbar_test_reports_hello_world_as_a_warning()
    {
        using var reply = await cruddur.Client.GetAsync("/rollbar/test");
        (await reply.Content.ReadAsStringAsync()).ShouldBe("Hello World!");
        var item = await StubBackend.Eventually(
            () => cruddur.Stub.Requests.FirstOrDefault(r => r.Path == "/api/1/item/" && r.Text.Contains("Hello World!", StringComparison.Ordinal)), "the message");
        var data = JsonNode.Parse(item.Body)!["data"]!;
        data["level"]!.GetValue<string>().ShouldBe("warning");
        data["body"]!["message"]!["body"]!.GetValue<string>().ShouldBe("Hello World!");
    }

    [Fact]
    public async Task Without_any_backend_the_app_answers_and_stops()
    {
        // Port 9 of the loopback: nobody listens there, neither TCP nor UDP.
        var app = await RunningCruddur.Start("http://127.0.0.1:9", "127.0.0.1:9");
        using var client = new HttpClient { BaseAddress = app.Services.GetRequiredService<OwnAddress>().Root };
        await client.GetAsync("/api/activities/broken");
        for (var i = 0; i < 100; i++)
        {
            using var reply = await client.GetAsync(i % 10 == 0 ? "/api/activities/broken" : "/api/activities/notifications");
            ((int)reply.StatusCode).ShouldBe(i % 10 == 0 ? 500 : 200);
        }
        await app.StopAsync().WaitAsync(Waiting.Patience);
        await app.DisposeAsync().AsTask().WaitAsync(Waiting.Patience);
    }

    [Fact]
    public async Task Lines_and_errors_wait_for_a_backend_that_starts_later()
    {
        // No test but this one has the port, also while nobody listens on it.
        var first = await StubBackend.Start(WeirProcess.FreePorts(1)[0]);
        var (port, daemon) = (first.Root.Port, first.DaemonAddress);
        first.Breaks = true;
        var app = await RunningCruddur.Start($"http://127.0.0.1:{port}/", daemon);
        using var client = new HttpClient { BaseAddress = app.Services.GetRequiredService<OwnAddress>().Root };
        using var reply = await client.GetAsync("/api/activities/broken?from=early");
        await Waiting.UntilAsync(
            () => first.Requests.Any(r => r.Path == "/") && first.Requests.Any(r => r.Path == "/api/1/item/"), "the first attempts to send lines and errors");
        await first.DisposeAsync();

        await using var late = await StubBackend.Start(port);
        await StubBackend.Eventually(() => late.Requests.FirstOrDefault(r => r.Operation == "PutLogEvents" && r.Text.Contains("from=early", StringComparison.Ordinal)), "the early line");
        await StubBackend.Eventually(() => late.Requests.FirstOrDefault(r => r.Path == "/api/1/item/" && r.Text.Contains("from=early", StringComparison.Ordinal)), "the early error");
        await app.StopAsync();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("<html>not this protocol</html>")]
    [InlineData("[1,2]")]
    [InlineData("""{"nextSequenceToken":5,"logGroups":7,"SamplingRuleRecords":"x","SamplingTargetDocuments":3}""")]
    [InlineData("""{"logGroups":[null,{"logGroupName":[]}],"SamplingRuleRecords":[null,{"SamplingRule":{"Priority":"high"}}]}""")]
    public async Task A_backend_that_answers_nonsense_stops_no_adapter(string nonsense)
    {
        await using var stub = await StubBackend.Start();
        stub.Nonsense = nonsense;
        var app = await RunningCruddur.Start(stub.Root.ToString(), stub.DaemonAddress);
        using var client = new HttpClient { BaseAddress = app.Services.GetRequiredService<OwnAddress>().Root };
        foreach (var round in new[] { "from=first", "from=second" })
        {
            using var reply = await client.GetAsync($"/api/activities/broken?{round}");
            ((int)reply.StatusCode).ShouldBe(500);
            await StubBackend.Eventually(() => stub.Requests.FirstOrDefault(r => r.Operation == "PutLogEvents" && r.Text.Contains(round, StringComparison.Ordinal)), $"the line of {round}");
            await StubBackend.Eventually(() => stub.Requests.FirstOrDefault(r => r.Path == "/api/1/item/" && r.Text.Contains(round, StringComparison.Ordinal)), $"the error of {round}");
        }
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Port 9 of the loopback: nobody listens there. Or the directory, which is the app itself here, refuses every look-up.</summary>
    [Theory]
    [InlineData("--CRUDDUR_USERS_URL=http://127.0.0.1:9")]
    [InlineData("--CRUDDUR_USERS_FAIL=1")]
    public async Task Without_the_directory_of_users_conversations_have_handles(string option)
    {
        var app = await RunningCruddur.Start("http://127.0.0.1:9", "127.0.0.1:9", option);
        using var client = new HttpClient { BaseAddress = app.Services.GetRequiredService<OwnAddress>().Root };
        var groups = JsonNode.Parse(await client.GetStringAsync("/api/message_groups"))!.AsArray();
        groups.Select(g => g!["display_name"]!.GetValue<string>()).ShouldBe(["londo", "worf"], ignoreOrder: true);
        await app.StopAsync();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_child_stops_with_its_parent()
    {
        using var parent = Process.Start("sleep", "3600");
        var app = await RunningCruddur.Start("http://127.0.0.1:9", "127.0.0.1:9", $"--CRUDDUR_PARENT={parent.Id}");
        var stopping = new TaskCompletionSource();
        await using var registration = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        stopping.Task.IsCompleted.ShouldBeFalse();
        parent.Kill();
        await stopping.Task.WaitAsync(Waiting.Patience);
        await app.DisposeAsync();
    }

    private static bool Holds(ReadOnlySpan<byte> body, ReadOnlySpan<byte> part) => body.IndexOf(part) >= 0;

    private Task<JsonNode> Segment(string agent) =>
        StubBackend.Eventually(() => Documents().FirstOrDefault(d => d["http"]?["request"]?["user_agent"]?.GetValue<string>() == agent), $"the segment of {agent}");

    private IEnumerable<JsonNode> Documents() => cruddur.Stub.Datagrams.Select(d => JsonNode.Parse(d.AsSpan(d.AsSpan().IndexOf((byte)'\n') + 1))!);
}
