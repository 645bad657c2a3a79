using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// What the first users do, step by step: Cruddur sends all four protocols, and they look at what one request did. One test, in the
/// order of the README's walkthrough.
/// </summary>
public sealed class WalkthroughTests
{
    private const string Home = "/api/activities/home";
    private const string Broken = "/api/activities/broken";

    [Fact]
    public async Task The_whole_walkthrough()
    {
        await using var weir = await WeirProcess.StartAsync();
        await KeyCheckAsync(weir);
        await GroupAndRuleAsync(weir);
        await using var cruddur = await CruddurProcess.StartAsync(weir);
        await weir.JsonAsync("/api/logs/events?group=cruddur&text=%22test%20log%22", answer => answer.List("events").Count == 1);

        await VisitAsync(cruddur, Home, 200);
        await VisitAsync(cruddur, "/api/activities/nowhere", 404);
        await VisitAsync(cruddur, "/api/activities/search?term=", 422);
        await VisitAsync(cruddur, Broken, 500);
        await VisitAsync(cruddur, "/rollbar/test", 200);
        await VisitAsync(cruddur, "/api/message_groups", 200);
        await VisitAsync(cruddur, "/api/activities/notifications", 200, host: "4567-workspace.localhost");
        // Rollbar's times are whole seconds: two failures nearer than that would be linked to neither.
        await VisitAsync(cruddur, Broken, 500);

        var home = await TraceOfAsync(weir, Home, 200);
        await TracesAsync(weir, cruddur, home);
        var story = await HomeStoryAsync(weir, home);
        await SentAsync(weir);
        await XRayAsync(weir, story);
        await LogsAsync(weir);
        await RollbarAsync(weir);
        await BrokenStoryAsync(weir, await TraceOfAsync(weir, Broken, 500));
        await NothingDroppedAsync(weir);
    }

    /// <summary>Waits until the app has sent a line of each visit and of the start, and all that was sent can be read.</summary>
    private static async Task SentAsync(WeirProcess weir)
    {
        await weir.JsonAsync("/api/logs/events?group=cruddur&text=%22GET%20http%22&limit=100", answer => answer.List("events").Count >= 8);
        await weir.LoadedAsync();
    }

    private static async Task KeyCheckAsync(WeirProcess weir)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/1/auth");
        request.Headers.Add("x-honeycomb-team", "key-of-the-walkthrough");
        using var answer = await weir.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200);
        var auth = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        auth["team"]!.Text("slug").ShouldNotBeEmpty();
        ((bool)auth["api_key_access"]!["events"]!).ShouldBeTrue();
    }

    private static async Task GroupAndRuleAsync(WeirProcess weir)
    {
        var group = await RealClient.AwsJsonAsync(
            weir, "xray", "create-group", "--group-name", "Cruddur", "--filter-expression", "service(\"backend-flask\")");
        group["Group"]!.Text("GroupName").ShouldBe("Cruddur");
        group["Group"]!.Text("GroupARN").ShouldContain(":group/Cruddur/");
        var rule = await RealClient.AwsJsonAsync(weir, "xray", "create-sampling-rule", "--cli-input-json", "file://aws/json/xray.json");
        var made = rule["SamplingRuleRecord"]!["SamplingRule"]!;
        (made.Text("RuleName"), (int)made["Priority"]!, (double)made["FixedRate"]!, (int)made["ReservoirSize"]!).ShouldBe(("Cruddur", 9000, 0.1, 5));

        var rules = await RealClient.AwsJsonAsync(weir, "xray", "get-sampling-rules");
        rules.List("SamplingRuleRecords").Select(r => r!["SamplingRule"]!.Text("RuleName")).ShouldBe(["Cruddur", "Default"], ignoreOrder: true);
    }

    /// <summary>Each visit has a second of its own: the rule's reservoir, which counts in whole seconds, then samples every one.</summary>
    private static async Task VisitAsync(CruddurProcess cruddur, string path, int status, string? host = null)
    {
        await Waiting.ForNextSecondAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var answer = await cruddur.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status, path);
    }

    private static async Task<string> TraceOfAsync(WeirProcess weir, string path, int status)
    {
        static JsonNode? Find(JsonNode list, string path) => list.List("traces").FirstOrDefault(t =>
            t!.List("protocols").Any(p => (string?)p == "otlp") && ((string?)t!["root"]?["target"])?.StartsWith(path, StringComparison.Ordinal) == true);
        var list = await weir.JsonAsync($"/api/traces?service=backend-flask&httpStatus={status}", answer => Find(answer, path) is not null);
        return Find(list, path)!.Text("traceId");
    }

    /// <summary>1. Honeycomb: the newest traces, among them the 404; the waterfall of one; the span's attributes.</summary>
    private static async Task TracesAsync(WeirProcess weir, CruddurProcess cruddur, string home)
    {
        var newest = await weir.JsonAsync("/api/traces?service=backend-flask", answer => answer.List("traces").Count >= 14);
        newest.List("traces").Select(t => t!.Text("start")).ShouldBeInOrder(SortDirection.Descending, StringComparer.Ordinal);
        await TraceOfAsync(weir, "/api/activities/nowhere", 404);
        await TraceOfAsync(weir, "/api/activities/search", 422);
        var failed = await weir.JsonAsync("/api/traces?service=backend-flask&status=error", answer => answer.List("traces").Count >= 4);
        failed.List("traces").ShouldAllBe(t => (int)t!["errorCount"]! > 0);
        var outgoing = await TraceOfAsync(weir, "/api/message_groups", 200);
        // Among its spans the call to the directory of users, which is this very service here, and the server's side of it.
        static bool IsCall(JsonNode s) => s.Text("protocol") == "otlp" && s.Text("kind") == "client" && s["attributes"]!["url.full"] is not null;
        await weir.JsonAsync($"/api/story/{outgoing}", story => story.List("spans").Any(call =>
            IsCall(call!) && story.List("spans").Any(s => (string?)s!["parentSpanId"] == call!.Text("spanId") && s!.Text("kind") == "server")));

        var spans = (await weir.StoryAsync(home, spans: 2)).List("spans");
        var server = spans.First(s => s!.Text("kind") == "server")!;
        server["attributes"]!.Text("http.target").ShouldBe(Home);
        var manual = spans.Of("name", "home-activities-mock-data");
        (manual.Text("parentSpanId"), manual["scope"]!.Text("name")).ShouldBe((server.Text("spanId"), "home.activities"));
        DateTimeOffset.Parse(manual["attributes"]!.Text("app.now"), CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
        ((int)manual["attributes"]!["app.result_length"]!).ShouldBeGreaterThan(0);
        cruddur.Output.ShouldContain("home-activities-mock-data", Case.Sensitive, "the console shows the span as well");
    }

    /// <summary>5. One request, one story: the trace, the X-Ray trace with another id, and the lines without any.</summary>
    private static async Task<JsonNode> HomeStoryAsync(WeirProcess weir, string home)
    {
        var story = await weir.StoryAsync(home, spans: 5, logs: 2);
        story.Text("title").ShouldBe($"GET {Home}");
        var parts = story.List("parts");
        parts[0]!["link"]!.Text("by").ShouldBe("origin");
        parts[0]!.Text("protocol").ShouldBe("otlp");

        var xray = parts.Of("kind", "xray");
        xray.Text("traceId").ShouldNotBe(home);
        ShouldBeMatch(xray, "it recorded the same request");
        story.List("spans").Where(s => s!.Text("protocol") == "xray").Select(s => (s!.Text("name"), (int)s!["depth"]!))
            .ShouldBe([("backend-flask", 0), ("activities_home", 1), ("mock-data", 2), ("cruddur@postgres", 3)]);

        var lines = parts.Where(p => p!.Text("kind") == "logs").ToList();
        ShouldBeMatch(lines[0]!, "it describes this request");
        lines[0]!.Text("title").ShouldStartWith("cruddur / ");
        var said = story.List("logs").Where(l => l!.Text("partId") == lines[0]!.Text("id")).Select(l => l!.Text("body")).Single();
        said.ShouldMatch(@"^\[20\d\d-\w{3}-\d\d \d\d:\d\d\] 127\.0\.0\.1 GET http /api/activities/home\? 200 OK$");
        var meanwhile = lines.Single(p => p != lines[0])!;
        meanwhile["link"]!.Text("explanation").ShouldContain("Matched by time only.");
        story.List("logs").Where(l => l!.Text("partId") == meanwhile.Text("id")).Select(l => l!.Text("body")).ShouldBe(["HomeActivities"]);
        story.List("errors").ShouldBeEmpty();
        story.List("notices").ShouldBeEmpty();

        // The same story is returned for the other id.
        var other = await weir.StoryAsync(xray.Text("traceId"), spans: 5, logs: 2);
        var trace = other.List("parts").Of("kind", "trace");
        trace.Text("traceId").ShouldBe(home);
        ShouldBeMatch(trace, "it recorded the same request");
        return story;
    }

    /// <summary>2. X-Ray: the group's traces, and one trace's raw segments.</summary>
    private static async Task XRayAsync(WeirProcess weir, JsonNode story)
    {
        var groups = await RealClient.AwsJsonAsync(weir, "xray", "get-groups");
        var filter = groups.List("Groups").Of("GroupName", "Cruddur").Text("FilterExpression");
        var now = DateTimeOffset.UtcNow;
        // Datagrams are not acknowledged: the last of them may still be on their way.
        JsonArray list = [];
        await Waiting.UntilAsync(
            async () =>
            {
                var summaries = await RealClient.AwsJsonAsync(
                    weir, "xray", "get-trace-summaries",
                    "--start-time", now.AddHours(-1).ToString("O", CultureInfo.InvariantCulture), "--end-time", now.AddMinutes(1).ToString("O", CultureInfo.InvariantCulture),
                    "--filter-expression", filter);
                list = summaries.List("TraceSummaries");
                return list.Count(s => (bool?)s!["HasFault"] == true) >= 2 && list.Count(s => (bool?)s!["HasError"] == true) >= 2;
            },
            "the traces of the failed visits");
        list.Select(s => s!["Http"]?["HttpURL"]?.GetValue<string>() ?? "").ShouldContain(url => url.EndsWith(Home, StringComparison.Ordinal));
        list.Count(s => (bool?)s!["HasFault"] == true).ShouldBe(2);
        list.Count(s => (bool?)s!["HasError"] == true).ShouldBe(2);

        var graph = await RealClient.AwsJsonAsync(
            weir, "xray", "get-service-graph", "--group-name", "Cruddur",
            "--start-time", now.AddHours(-1).ToString("O", CultureInfo.InvariantCulture), "--end-time", now.AddMinutes(1).ToString("O", CultureInfo.InvariantCulture));
        var node = graph.List("Services").Single(s => s!.Text("Name") == "backend-flask" && (string?)s!["Type"] != "client")!;
        ((int)node["SummaryStatistics"]!["FaultStatistics"]!["TotalCount"]!).ShouldBe(2);
        // The host that fits AWS_XRAY_URL names its segment.
        (await weir.JsonAsync("/api/traces?service=4567-workspace.localhost", answer => answer.List("traces").Count > 0)).List("traces").Count.ShouldBe(1);

        var id = story.List("spans").First(s => s!.Text("kind") == "segment")!.Text("traceId");
        var batch = await RealClient.AwsJsonAsync(weir, "xray", "batch-get-traces", "--trace-ids", $"1-{id[..8]}-{id[8..]}");
        var document = JsonNode.Parse(batch["Traces"]![0]!["Segments"]![0]!.Text("Document"))!;
        document.Text("name").ShouldBe("backend-flask");
        document["aws"]!.ToJsonString().ShouldContain("\"Cruddur\"", Case.Sensitive, "the rule that sampled it");
        var capture = document.List("subsegments").Of("name", "activities_home");
        var mock = capture.List("subsegments").Of("name", "mock-data");
        ((int)mock["metadata"]!["home"]!["results-length"]!).ShouldBeGreaterThan(0);
        mock["metadata"]!["home"]!.Text("now").ShouldNotBeEmpty();
    }

    /// <summary>3. CloudWatch Logs: the group, its stream, its newest events, search.</summary>
    private static async Task LogsAsync(WeirProcess weir)
    {
        var groups = await RealClient.AwsJsonAsync(weir, "logs", "describe-log-groups");
        groups.List("logGroups").Single()!.Text("logGroupName").ShouldBe("cruddur");
        var streams = await RealClient.AwsJsonAsync(
            weir, "logs", "describe-log-streams", "--log-group-name", "cruddur", "--order-by", "LastEventTime", "--descending");
        var stream = streams.List("logStreams").Single()!.Text("logStreamName");
        var events = await RealClient.AwsJsonAsync(weir, "logs", "get-log-events", "--log-group-name", "cruddur", "--log-stream-name", stream);
        var messages = events.List("events").Select(e => e!.Text("message")).ToList();
        messages[0].ShouldBe("test log");
        messages.ShouldContain("HomeActivities");
        messages.ShouldContain(m => m.EndsWith("GET http /api/activities/nowhere? 404 NOT FOUND", StringComparison.Ordinal));
        var found = await RealClient.AwsJsonAsync(
            weir, "logs", "filter-log-events", "--log-group-name", "cruddur", "--filter-pattern", "\"/api/activities/home?\"");
        found.List("events").Count.ShouldBe(1);
        (await RealClient.AwsAsync(weir, "logs", "tail", "cruddur", "--since", "2h")).ShouldContain("test log");
    }

    /// <summary>4. Rollbar: the error with traceback, request and count; the message.</summary>
    private static async Task RollbarAsync(WeirProcess weir)
    {
        static JsonNode? Find(JsonNode list, string title) =>
            list.List("items").FirstOrDefault(i => i!.Text("protocol") == "rollbar" && i!.Text("title").Contains(title, StringComparison.Ordinal));
        var list = await weir.JsonAsync(
            "/api/errors/items?environment=production", answer => Find(answer, "Hello World!") is not null && (int?)Find(answer, "InvalidOperationException")?["occurrences"] == 2);
        Find(list, "Hello World!")!.Text("level").ShouldBe("warning");
        var item = Find(list, "InvalidOperationException")!;
        var detail = await weir.JsonAsync($"/api/errors/items/{item.Text("itemId")}", _ => true);
        var latest = detail["latest"]!;
        (latest["request"]!.Text("method"), new Uri(latest["request"]!.Text("url")).AbsolutePath).ShouldBe(("GET", Broken));
        latest["exceptions"]![0]!.Text("class").ShouldBe("System.InvalidOperationException");
        latest["exceptions"]![0]!.List("frames").ShouldContain(f => f!.Text("method").Contains("BrokenFeed.Newest", StringComparison.Ordinal));
        detail.List("recent").Count.ShouldBe(2);
    }

    /// <summary>5 again, for a request that failed: each of its errors says why it is here.</summary>
    private static async Task BrokenStoryAsync(WeirProcess weir, string broken)
    {
        var story = await weir.StoryAsync(broken, spans: 2, logs: 1, errors: 3);
        var parts = story.List("parts");
        ShouldBeMatch(parts.Of("kind", "xray"), "it recorded the same request");
        ShouldBeMatch(parts.First(p => p!.Text("kind") == "logs")!, "it describes this request");
        var errors = parts.Where(p => p!.Text("kind") == "error").ToDictionary(p => p!.Text("protocol"), p => p!);
        errors["otlp"]["link"]!.Text("by").ShouldBe("sameId");
        ShouldBeMatch(errors["xray"], "It has the id of the X-Ray trace, which is itself a match");
        errors["xray"].Text("traceId").ShouldBe(parts.Of("kind", "xray").Text("traceId"));
        ShouldBeMatch(errors["rollbar"], "it was reported during this request");
        story.List("errors").ShouldAllBe(e => e!.Text("exceptionClass").EndsWith("InvalidOperationException") && e!.List("frames").Count > 0);
        ((int)story["request"]!["httpStatus"]!).ShouldBe(500);
    }

    private static async Task NothingDroppedAsync(WeirProcess weir)
    {
        var status = await weir.JsonAsync("/api/status", _ => true);
        var ingest = status.List("ingest");
        ingest.Select(c => c!.Text("protocol")).Distinct().ShouldBe(["cloudwatch-logs", "otlp", "rollbar", "xray"], ignoreOrder: true);
        // The only refusal is the one that the log handler provokes: it puts before its stream is there.
        var drops = ingest.SelectMany(c => c!.List("dropped").Select(d => $"{c!.Text("protocol")}: {d!.Text("reason")}")).ToList();
        drops.ShouldBeSubsetOf(["cloudwatch-logs: not-found"]);
        var setup = await weir.JsonAsync("/api/setup", _ => true);
        setup.List("clients").Select(c => $"{c!.Text("id")} {c!.Text("state")}").ShouldBe(
            ["otlp received", "xray received", "cloudwatch-logs received", "rollbar received"], ignoreOrder: true);
    }

    private static void ShouldBeMatch(JsonNode part, string because)
    {
        var link = part["link"]!;
        link.Text("by").ShouldBe("match", part.ToJsonString());
        link.Text("explanation").ShouldContain(because);
        link.Text("explanation").ShouldContain("a match, not a certain link.");
        ((double)link["distanceMs"]!).ShouldBeInRange(0, 600);
        ((double)link["confidence"]!).ShouldBeInRange(0.5, 0.95);
        link.List("matchedOn").Select(m => (string)m!).ShouldBeSubsetOf(["method", "path", "status", "client", "exception", "time"]);
        link.List("matchedOn").Count.ShouldBeGreaterThanOrEqualTo(3);
    }
}
