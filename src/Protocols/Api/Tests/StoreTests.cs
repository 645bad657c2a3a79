using System.Text.Json;
using Shouldly;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.Api;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>The room's questions on the engine itself.</summary>
[Collection(ApiSeed.Name)]
public sealed class StoreTests(ApiOverStore api)
{
    private static readonly string Service = "service=" + ApiOverStore.Service;

    private static string Id(JsonElement trace) => trace.GetProperty("traceId").GetString()!;

    [Theory]
    [InlineData("newest", 3)]
    [InlineData("newest", 7)]
    [InlineData("newest", 200)]
    [InlineData("slowest", 3)]
    [InlineData("slowest", 7)]
    [InlineData("slowest", 200)]
    public async Task Pages_have_every_trace_once_in_order(string order, int limit)
    {
        var traces = await api.PagesAsync($"/api/traces?{Service}&order={order}&limit={limit}", "traces");
        traces.Select(Id).ShouldBeUnique();
        traces.Count.ShouldBe(ApiOverStore.Requests + 2);
        if (order == "slowest")
        {
            var durations = traces.Select(trace => trace.GetProperty("durationMs").GetDouble()).ToList();
            durations.ShouldBe(durations.OrderDescending().ToList());
            Id(traces[0]).ShouldBe(ApiOverStore.XRayTrace);
        }
        else
        {
            var starts = traces.Select(trace => trace.GetProperty("start").GetDateTimeOffset()).ToList();
            starts.ShouldBe(starts.OrderDescending().ToList());
        }
    }

    [Theory]
    [InlineData("status=error", 5)]
    [InlineData("status=ok", 42)]
    [InlineData("httpStatus=5xx", 5)]
    [InlineData("httpStatus=200", 40)]
    [InlineData("httpStatus=404", 0)]
    [InlineData("attribute=app.result_length=2", 15)]
    [InlineData("attribute=app.result_length=2&attribute=http.method=GET", 15)]
    [InlineData("attribute=app.result_length=2&attribute=http.method=PUT", 0)]
    [InlineData("name=mock-data", 46)]
    [InlineData("name=orphan", 1)]
    [InlineData("minDurationMs=70", 7)]
    [InlineData("maxDurationMs=10", 8)]
    [InlineData("minDurationMs=60&maxDurationMs=70&status=error", 2)]
    [InlineData("start=-3m", 15)]
    public async Task Filters_choose_traces(string filter, int count)
    {
        (await api.PagesAsync($"/api/traces?{Service}&{filter}&limit=200", "traces")).Count.ShouldBe(count);
        (await api.PagesAsync($"/api/traces?{Service}&{filter}&limit=20&order=slowest", "traces")).Count.ShouldBe(count);
    }

    [Fact]
    public async Task A_trace_is_summarised_from_all_its_spans()
    {
        var trace = (await api.GetAsync($"/api/traces?{Service}&name=mock-data&status=error&limit=200")).GetProperty("traces").EnumerateArray()
            .Single(found => Id(found) == ApiOverStore.TraceOf(4));
        trace.GetProperty("root").GetRawText().ShouldBe(
            $$"""{"service":"{{ApiOverStore.Service}}","name":"GET /home","kind":"server","method":"GET","target":"/api/activities/home","httpStatus":500}""");
        trace.GetProperty("spanCount").GetInt32().ShouldBe(2);
        trace.GetProperty("errorCount").GetInt32().ShouldBe(1);
        trace.GetProperty("durationMs").GetDouble().ShouldBe(50);
        trace.GetProperty("protocols").GetRawText().ShouldBe("[\"otlp\"]");
        trace.GetProperty("services").GetRawText().ShouldBe($$"""[{"service":"{{ApiOverStore.Service}}","spans":2}]""");
    }

    [Fact]
    public async Task Segments_are_roots_and_a_trace_without_root_is_still_listed()
    {
        var traces = await api.PagesAsync($"/api/traces?{Service}&limit=200", "traces");
        var xray = traces.Single(trace => Id(trace) == ApiOverStore.XRayTrace);
        xray.GetProperty("root").GetProperty("kind").GetString().ShouldBe("segment");
        xray.GetProperty("xrayTraceId").GetString().ShouldBe("1-5759e988-bd862e3fe1be46a994272793");
        traces.Single(trace => Id(trace) == ApiOverStore.RootlessTrace).GetProperty("root").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(500)]
    public async Task Log_pages_have_every_line_once_newest_first(int limit)
    {
        var lines = await api.PagesAsync($"/api/logs/events?group={Uri.EscapeDataString(ApiOverStore.LogGroup)}&limit={limit}", "events");
        var ids = lines.Select(line => ulong.Parse(line.GetProperty("id").GetString()!) - ApiOverStore.FirstSequence).ToList();
        ids.ShouldBe(Enumerable.Range(0, 25).OrderBy(i => i / 10).ThenByDescending(i => i).Select(i => (ulong)i + 1).ToList());
    }

    [Theory]
    [InlineData("group=api-tests/cruddur&stream=web", 13)]
    [InlineData("group=api-tests/cruddur&severity=warn", 5)]
    [InlineData("group=otlp:api-tests-backend", 1)]
    [InlineData("group=otlp:api-tests-backend&stream=otlp", 1)]
    [InlineData("service=api-tests-backend", 26)]
    [InlineData("service=api-tests-backend&text=placed order", 1)]
    [InlineData("service=api-tests-backend&text=PLACED", 1)]
    [InlineData("service=api-tests-backend&text=place", 1)]
    [InlineData("service=api-tests-backend&text=laces", 0)]
    [InlineData("service=api-tests-backend&text=activit", 25)]
    [InlineData("service=api-tests-backend&text=\"order placed\"", 0)]
    [InlineData("service=api-tests-backend&text=\"200 ok\" get", 25)]
    [InlineData("service=api-tests-backend&text=172.18.0.7", 1)]
    [InlineData("service=api-tests-backend&text=/api/activities/home", 25)]
    [InlineData("traceId=abc00000000000000000000000000001", 1)]
    public async Task Lines_are_filtered_and_searched(string filter, int count) =>
        (await api.PagesAsync("/api/logs/events?limit=500&" + filter.Replace("\"", "%22", StringComparison.Ordinal), "events")).Count.ShouldBe(count);

    [Fact]
    public async Task Parts_of_words_are_found_across_pages_when_no_whole_word_matches()
    {
        var path = "/api/logs/events?service=api-tests-backend&text=activit&limit=10";
        (await api.PagesAsync(path, "events")).Select(line => line.GetProperty("id").GetString()).ShouldBeUnique();
        (await api.PagesAsync(path, "events")).Count.ShouldBe(25);
        (await api.GetAsync(path)).GetProperty("notice").GetString()!.ShouldContain("parts of words");
        (await api.GetAsync(path.Replace("activit", "activities", StringComparison.Ordinal))).GetProperty("notice").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task One_line_is_found_by_its_id()
    {
        var line = await api.GetAsync("/api/logs/events/" + ApiOverStore.FirstSequence);
        line.GetProperty("body").GetString().ShouldBe("order 17 placed");
        line.GetProperty("traceId").GetString().ShouldBe(ApiOverStore.TraceOf(0));
        line.GetProperty("logGroup").ValueKind.ShouldBe(JsonValueKind.Null);
        line.GetProperty("attributes").GetRawText().ShouldBe("""{"count":3,"http.request.method":"GET"}""");
        line.GetProperty("resource").GetRawText().ShouldBe($$"""{"service.name":"{{ApiOverStore.Service}}"}""");
        line.GetProperty("time").GetString()!.ShouldEndWith("11:59:59.999999999Z");
    }

    [Fact]
    public async Task Groups_and_streams_count_their_lines()
    {
        var groups = (await api.GetAsync("/api/logs/groups")).GetProperty("groups").EnumerateArray().ToList();
        var group = groups.Single(found => found.GetProperty("name").GetString() == ApiOverStore.LogGroup);
        group.GetProperty("events").GetInt32().ShouldBe(25);
        group.GetProperty("streams").GetInt32().ShouldBe(2);
        group.GetProperty("bytes").GetInt32().ShouldBeGreaterThan(25 * 60);
        groups.ShouldContain(found => found.GetProperty("name").GetString() == "otlp:" + ApiOverStore.Service);
        var streams = (await api.GetAsync("/api/logs/streams?group=" + Uri.EscapeDataString(ApiOverStore.LogGroup))).GetProperty("streams");
        streams.EnumerateArray().Select(stream => (stream.GetProperty("name").GetString(), stream.GetProperty("events").GetInt32()))
            .ShouldBe([("web", 13), ("worker", 12)], ignoreOrder: true);
        (await api.GetAsync("/api/logs/streams?group=otlp:" + ApiOverStore.Service)).GetProperty("streams")[0].GetProperty("name").GetString()
            .ShouldBe("otlp");
    }

    [Fact]
    public async Task Home_counts_what_arrived()
    {
        var home = await api.GetAsync("/api/home?start=-1h");
        home.GetProperty("empty").GetBoolean().ShouldBeFalse();
        var totals = home.GetProperty("totals");
        totals.GetProperty("spans").GetInt32().ShouldBe((ApiOverStore.Requests * 2) + 3);
        totals.GetProperty("requests").GetInt32().ShouldBe(ApiOverStore.Requests + 1, "the server spans and the segment");
        totals.GetProperty("errorRate").GetDouble().ShouldBe(5.0 / (ApiOverStore.Requests + 1), 1e-9);
        totals.GetProperty("p50Ms").GetDouble().ShouldBe(40, 5);
        totals.GetProperty("logs").GetInt32().ShouldBe(26);
        totals.GetProperty("occurrences").GetInt32().ShouldBe(3);
        var series = home.GetProperty("series").EnumerateArray().ToList();
        series.Count.ShouldBe(60);
        series.Sum(bucket => bucket.GetProperty("spans").GetInt32()).ShouldBe((ApiOverStore.Requests * 2) + 3);
        series.Sum(bucket => bucket.GetProperty("errors").GetInt32()).ShouldBe(5);
        series[^1].GetProperty("logs").GetInt32().ShouldBe(11);
        var service = home.GetProperty("services").EnumerateArray().Single();
        service.GetProperty("protocols").GetRawText().ShouldBe("""["cloudwatch-logs","otlp","rollbar","xray"]""");
        service.GetProperty("errors").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task Services_have_their_protocols_and_names()
    {
        var services = (await api.GetAsync("/api/services?start=-1h")).GetProperty("services");
        services.GetRawText().ShouldBe(
            $$"""[{"service":"{{ApiOverStore.Service}}","protocols":["cloudwatch-logs","otlp","rollbar","xray"],"names":["GET /home","{{ApiOverStore.Service}}","mock-data","orphan"]}]""");
    }

    [Theory]
    [InlineData("5759e988bd862e3fe1be46a994272793", "trace", "/story/5759e988bd862e3fe1be46a994272793")]
    [InlineData("1-5759e988-bd862e3fe1be46a994272793", "trace", "/story/5759e988bd862e3fe1be46a994272793")]
    [InlineData("53995c3f42cd8ad8", "span", "/story/5759e988bd862e3fe1be46a994272793?span=53995c3f42cd8ad8")]
    [InlineData("7759e988bd862e3fe1be46a994272793", "occurrence", "/errors/12ab34cd56ef7890?occurrence=7759e988bd862e3fe1be46a994272793")]
    [InlineData("7759e988-bd86-2e3f-e1be-46a994272793", "occurrence", "/errors/12ab34cd56ef7890?occurrence=7759e988bd862e3fe1be46a994272793")]
    [InlineData("12ab34cd56ef7890", "item", "/errors/12ab34cd56ef7890")]
    [InlineData("zanzibar iterable", "item", "/errors/12ab34cd56ef7890")]
    [InlineData("ZANZI", "item", "/errors/12ab34cd56ef7890")]
    [InlineData("api-tests-back", "service", "/traces?service=api-tests-backend")]
    [InlineData("api-tests/cru", "logGroup", "/logs?group=api-tests%2Fcruddur")]
    [InlineData("order 17", "log", "/logs?group=otlp%3Aapi-tests-backend&text=order%2017&range=24h")]
    public async Task A_search_finds_ids_names_and_lines(string text, string kind, string link)
    {
        var matches = (await api.GetAsync("/api/search?q=" + Uri.EscapeDataString(text))).GetProperty("matches").EnumerateArray().ToList();
        matches.Select(match => (match.GetProperty("kind").GetString(), match.GetProperty("link").GetString())).ShouldContain((kind, link));
    }

    [Fact]
    public async Task An_item_is_found_by_its_small_number()
    {
        var errors = (await api.GetAsync("/api/home?start=-1h")).GetProperty("recentErrors");
        errors[0].GetProperty("itemId").GetString().ShouldBe("12ab34cd56ef7890");
        var number = errors[0].GetProperty("counter").GetInt64();
        var match = (await api.GetAsync("/api/search?q=%23" + number)).GetProperty("matches").EnumerateArray().ShouldHaveSingleItem();
        match.GetProperty("link").GetString().ShouldBe("/errors/12ab34cd56ef7890");
        match.GetProperty("detail").GetString()!.ShouldStartWith($"#{number}, 3 occurrences");
        (await api.GetAsync("/api/search?q=%23999999")).GetProperty("matches").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Setup_reports_received_data()
    {
        var clients = (await api.GetAsync("/api/setup")).GetProperty("clients").EnumerateArray().ToList();
        clients.Select(client => client.GetProperty("id").GetString())
            .ShouldBe([WireProtocol.Otlp, WireProtocol.XRay, WireProtocol.CloudWatchLogs, WireProtocol.Rollbar]);
        clients.ShouldAllBe(client => client.GetProperty("state").GetString() == "received");
        clients[3].GetProperty("received").GetInt32().ShouldBe(3);
    }
}
