using System.Net;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>Routes, shapes and faults over HTTP, with answers of the store given by the test.</summary>
public sealed class EndpointTests : IAsyncLifetime
{
    private ApiOverStub _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiOverStub.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("/api/traces?order=best", "order: 'best' is not valid; expected one of newest, slowest")]
    [InlineData("/api/home?start=then", "start: 'then' is not valid")]
    [InlineData("/api/services?end=2026", "end: '2026' is not valid")]
    [InlineData("/api/logs/streams", "group: missing; expected for example group=cruddur")]
    [InlineData("/api/logs/events?severity=9", "severity: '9' is not valid")]
    [InlineData("/api/logs/events/abc", "id: not the id of a log line")]
    public async Task Bad_parameters_are_400_and_named(string path, string detail)
    {
        var (response, body) = await _api.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("status").GetInt32().ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldStartWith(detail);
        _api.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FaultKind.Invalid, 400)]
    [InlineData(FaultKind.LimitExceeded, 422)]
    [InlineData(FaultKind.Unavailable, 503)]
    [InlineData(FaultKind.Internal, 500)]
    public async Task Faults_of_the_store_are_problem_details(FaultKind kind, int status)
    {
        _api.Answer = _ => throw new FaultException(new Fault(kind, "said the store", Position: 4));
        var (response, body) = await _api.GetAsync("/api/traces");
        ((int)response.StatusCode).ShouldBe(status);
        body.GetProperty("detail").GetString()!.ShouldStartWith("said the store");
        body.GetProperty("position").GetInt32().ShouldBe(4);
        (response.Headers.RetryAfter is not null).ShouldBe(status == 503);
        if (status == 422)
            body.GetProperty("detail").GetString()!.ShouldEndWith("Use a shorter time range or add a filter.");
    }

    [Fact]
    public async Task Faults_of_a_story_are_problem_details_too()
    {
        _api.Answer = _ => throw new FaultException(new Fault(FaultKind.Unavailable, "said the store"));
        (await _api.GetAsync("/api/story/5759e988bd862e3fe1be46a994272793")).Response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _api.GetAsync("/api/story/%20")).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_defect_is_answered_without_its_inside()
    {
        _api.Answer = _ => throw new InvalidOperationException("secret inside");
        var (response, body) = await _api.GetAsync("/api/traces");
        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        body.GetRawText().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Unknown_paths_are_404_problems()
    {
        var (response, body) = await _api.GetAsync("/api/tracez");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        body.GetProperty("detail").GetString().ShouldBe("There is no endpoint GET /api/tracez.");
        (await _api.GetAsync("/api/logs/events/7")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound, "no line of that id");
    }

    [Fact]
    public async Task Status_names_the_addresses_that_the_request_came_by()
    {
        _api.Counters.Received(WireProtocol.Rollbar, Signal.Occurrences, 2);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.Host = "weir.example:8443";
        var response = await _api.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("\"main\":\"http://weir.example:8443\"");
        text.ShouldContain("\"otlpHttp\":\"http://weir.example:4318\"");
        text.ShouldContain("\"xrayDaemon\":\"weir.example:2000\"");
        text.ShouldContain("\"protocol\":\"rollbar\",\"signal\":\"occurrences\",\"received\":2");
        text.ShouldContain("\"engine\":{\"kind\":\"embedded\",\"version\":\"26.5.3\",\"state\":\"ready\"");
    }

    [Fact]
    public async Task A_host_that_is_no_host_is_not_repeated()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/setup");
        request.Headers.TryAddWithoutValidation("Host", "a$(reboot)");
        var response = await _api.Client.SendAsync(request);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("reboot");
    }

    [Fact]
    public async Task Home_is_empty_until_something_was_stored()
    {
        (await _api.GetAsync("/api/home")).Body.GetProperty("empty").GetBoolean().ShouldBeTrue();
        _api.StoredRows = 5;
        var home = (await _api.GetAsync("/api/home?start=-1h")).Body;
        home.GetProperty("empty").GetBoolean().ShouldBeFalse();
        home.GetProperty("series").GetArrayLength().ShouldBe(60);
        home.GetProperty("range").GetProperty("bucketSeconds").GetInt64().ShouldBe(60);
        home.GetProperty("totals").GetProperty("p50Ms").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_full_page_of_traces_has_a_cursor_and_asks_for_these_ids_only()
    {
        static byte[] Id(int number) => new TraceId(1, (ulong)number).ToBytes();
        var newest = ApiNanoseconds(StoppedClock.Noon) - 1_000_000;
        _api.Answer = query => query.GroupBy.Count == 0 && query.Where is not InExpr
            // Nothing lies ahead of the clock.
            ? ApiOverStub.Table(query)
            : query.GroupBy.Count == 1
            ? ApiOverStub.Table(query, [.. Enumerable.Range(1, 3).Select(n => new Dictionary<string, object?>
            {
                ["trace_id"] = Id(n),
                ["newest"] = new Instant(newest - n),
            })])
            : ApiOverStub.Table(query, [.. ((InExpr)query.Where!).Values.Select(id => new Dictionary<string, object?>
            {
                ["trace_id"] = id,
                ["service"] = "backend",
                ["spans"] = 4UL,
                ["errors"] = 1UL,
                ["first"] = newest - ((byte[])id)[15],
                ["last"] = newest + 2_000_000,
                ["protocols"] = new object?[] { "otlp" },
                ["root"] = 1UL,
                ["root_name"] = "GET /",
                ["root_kind"] = "server",
                ["root_http_method"] = "GET",
                ["root_http_target"] = "/",
                ["root_http_status"] = 404UL,
            })]);
        var (_, body) = await _api.GetAsync("/api/traces?limit=2");
        var traces = body.GetProperty("traces");
        traces.GetArrayLength().ShouldBe(2);
        traces[0].GetProperty("traceId").GetString().ShouldBe("00000000000000010000000000000001");
        traces[0].GetProperty("xrayTraceId").GetString().ShouldBe("1-00000000-000000010000000000000001");
        traces[0].GetProperty("root").GetRawText()
            .ShouldBe("""{"service":"backend","name":"GET /","kind":"server","method":"GET","target":"/","httpStatus":404}""");
        traces[0].GetProperty("durationMs").GetDouble().ShouldBe(2.000001);
        _api.Asked.Count.ShouldBe(3, "the page was found in the newest sliver; what lies ahead of the clock is asked too");
        _api.Asked.Clear();
        var cursor = body.GetProperty("nextCursor").GetString()!;
        await _api.GetAsync("/api/traces?limit=2&cursor=" + cursor);
        _api.Asked[0].Range!.Value.To.ShouldBeLessThanOrEqualTo(StoppedClock.Noon);
        _api.Asked[0].Where.ShouldNotBeNull();
    }

    [Fact]
    public async Task Groups_that_were_created_but_have_no_lines_are_listed()
    {
        _api.Documents[("cloudwatch-log-groups", "cruddur")] = """{"name":"cruddur","retentionInDays":7,"tags":{"retentionInDays":9}}"""u8.ToArray();
        _api.Documents[("cloudwatch-log-streams", "cruddur\nweb")] = "{}"u8.ToArray();
        var (_, groups) = await _api.GetAsync("/api/logs/groups");
        groups.GetProperty("groups").GetRawText().ShouldBe(
            """[{"name":"cruddur","protocol":"cloudwatch-logs","streams":0,"events":0,"bytes":0,"lastAt":null,"retentionDays":7}]""");
        var (_, streams) = await _api.GetAsync("/api/logs/streams?group=cruddur");
        streams.GetProperty("streams")[0].GetProperty("name").GetString().ShouldBe("web");
    }

    [Theory]
    [InlineData("")]
    [InlineData("5759e988bd862e3fe1be46a994272793")]
    [InlineData("nothing like it")]
    public async Task A_search_without_matches_has_a_notice(string text)
    {
        var (response, body) = await _api.GetAsync("/api/search?q=" + Uri.EscapeDataString(text));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("matches").GetArrayLength().ShouldBe(0);
        body.GetProperty("notice").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Health_lists_the_reasons()
    {
        (await _api.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        _api.Sick = "it does not answer";
        var (response, body) = await _api.GetAsync("/healthz");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.GetProperty("reasons")[0].GetString().ShouldBe("engine: it does not answer");
    }

    [Fact]
    public async Task Metrics_have_the_journal_and_the_process()
    {
        var response = await _api.Client.GetAsync(new Uri("/metrics", UriKind.Relative));
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("\nweir_journal_bytes 20\n");
        text.ShouldContain("weir_build_info{version=\"0.1.0\",engine=\"embedded\"");
        text.ShouldContain("process_resident_memory_bytes");
    }

    private static long ApiNanoseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;
}
