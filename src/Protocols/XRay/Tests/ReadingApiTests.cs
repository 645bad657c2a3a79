using System.Net;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Weir.Tests.Traces;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary><c>/api/xray</c> for the web UI, over generated traces of both protocols in an hour of their own.</summary>
public sealed class ReadingApiTests(SharedEngine shared) : IAsyncLifetime
{
    private const long Start = 1_014_000_000;
    private const int Count = 300;
    private static readonly SemaphoreSlim Loading = new(1, 1);
    private static bool _loaded;
    private XRayHost? _host;

    public async ValueTask InitializeAsync()
    {
        var store = await SharedStore.OpenAsync(shared);
        await Loading.WaitAsync();
        try
        {
            if (!_loaded)
                await new GeneratedTraces(21, "xray-ui", Start, whole: true).LoadAsync(new LoadingSink(store), Count);
            _loaded = true;
        }
        finally
        {
            Loading.Release();
        }
        _host = await XRayHost.StartAsync(new Weir.Protocols.XRay.XRayOptions { Udp = false }, reader: store.Reader);
    }

    public async ValueTask DisposeAsync() => await _host!.DisposeAsync();

    private async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        using var response = await _host!.Client.GetAsync(new Uri($"/api/xray/{path}{separator}start={Start - 10}&end={Start + 700}", UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static string Filter(string text) => "filter=" + Uri.EscapeDataString(text);

    [Fact]
    public async Task AllTracesComePageByPageNewestFirst()
    {
        var seen = new List<string>();
        var starts = new List<DateTimeOffset>();
        var cursor = "";
        do
        {
            var page = await GetAsync($"traces?limit=70{cursor}");
            (page.GetProperty("summary").ValueKind == JsonValueKind.Object).ShouldBe(cursor.Length == 0);
            foreach (var trace in page.GetProperty("traces").EnumerateArray())
            {
                seen.Add(trace.GetProperty("traceId").GetString()!);
                starts.Add(trace.GetProperty("start").GetDateTimeOffset());
            }
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        seen.Count.ShouldBe(Count);
        seen.Distinct().Count().ShouldBe(Count);
        starts.ShouldBe(starts.OrderDescending());
    }

    [Fact]
    public async Task ASummaryCountsWhatMatches()
    {
        var all = (await GetAsync("traces?limit=1")).GetProperty("summary");
        var counts = all.GetProperty("counts");
        // Some of the generated traces have two roots, some roots never end, and what those called has lost its caller.
        counts.GetProperty("total").GetInt64().ShouldBeInRange(Count - 40, Count + 40);
        new[] { "ok", "error", "fault", "throttle" }.Sum(name => counts.GetProperty(name).GetInt64()).ShouldBe(counts.GetProperty("total").GetInt64());
        all.GetProperty("histogram").EnumerateArray().Sum(b => b.GetProperty("count").GetInt64()).ShouldBe(counts.GetProperty("total").GetInt64());
        var faults = await GetAsync("traces?limit=500&" + Filter("fault and !throttle"));
        faults.GetProperty("traces").EnumerateArray().ShouldAllBe(t => t.GetProperty("code").GetString() == "fault");
        faults.GetProperty("summary").GetProperty("counts").GetProperty("fault").GetInt64().ShouldBeInRange(1, counts.GetProperty("fault").GetInt64());
        var slow = await GetAsync("traces?limit=20&order=slowest&" + Filter("!partial"));
        var lengths = slow.GetProperty("traces").EnumerateArray().Select(t => t.GetProperty("durationSeconds").GetDouble()).ToList();
        lengths.ShouldBe(lengths.OrderDescending());
        slow.GetProperty("traces")[0].GetProperty("protocols")[0].GetString().ShouldBe("xray");
    }

    [Fact]
    public async Task TheMapHasBothProtocols()
    {
        var map = await GetAsync("map");
        var nodes = map.GetProperty("nodes").EnumerateArray().ToDictionary(n => n.GetProperty("id").GetString()!);
        nodes["shop|"].GetProperty("protocols").EnumerateArray().Select(p => p.GetString()).ShouldBe(["otlp"]);
        nodes["cruddur|AWS::DynamoDB::Table"].GetProperty("inferred").GetBoolean().ShouldBeTrue();
        nodes["shop|client"].GetProperty("statistics").ValueKind.ShouldBe(JsonValueKind.Null);
        var statistics = nodes["shop|"].GetProperty("statistics");
        statistics.GetProperty("p50Seconds").GetDouble().ShouldBe(0.8);
        map.GetProperty("edges").EnumerateArray()
            .ShouldAllBe(e => nodes.ContainsKey(e.GetProperty("source").GetString()!) && nodes.ContainsKey(e.GetProperty("target").GetString()!));
        var fewer = await GetAsync("map?" + Filter("service(\"mail\")"));
        fewer.GetProperty("traces").GetInt64().ShouldBeInRange(1, map.GetProperty("traces").GetInt64() - 1);
    }

    [Fact]
    public async Task ATimeSeriesCoversTheRange()
    {
        var series = await GetAsync("timeseries?name=shop");
        series.GetProperty("bucketSeconds").GetInt32().ShouldBe(10);
        var points = series.GetProperty("points").EnumerateArray().ToList();
        points.Count.ShouldBe(71);
        points.Sum(p => p.GetProperty("counts").GetProperty("total").GetInt64()).ShouldBe(Count / 5);
    }

    [Fact]
    public async Task AnalyticsComparesAStretchWithTheRest()
    {
        var answer = await GetAsync("analytics?from=0.8&to=0.8");
        var total = answer.GetProperty("histogram").EnumerateArray().Sum(b => b.GetProperty("count").GetInt64());
        (answer.GetProperty("selected").GetInt64() + answer.GetProperty("rest").GetInt64()).ShouldBe(total);
        // Every OpenTelemetry trace takes 0.8 s.
        answer.GetProperty("selected").GetInt64().ShouldBeInRange(Count / 5, (Count / 5) + 3);
        var tables = answer.GetProperty("tables").EnumerateArray().ToList();
        var shop = tables.Single(t => t.GetProperty("by").GetString() == "service").GetProperty("rows")[0];
        (shop.GetProperty("value").GetString(), shop.GetProperty("selected").GetInt64(), shop.GetProperty("rest").GetInt64()).ShouldBe(("shop", Count / 5, 0));
        tables.Single(t => t.GetProperty("by").GetString() == "status").GetProperty("rows")[0].GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Number);
        tables.ShouldContain(t => t.GetProperty("by").GetString() == "annotation" && t.GetProperty("key").GetString() == "flag"
            && t.GetProperty("rows")[0].GetProperty("value").ValueKind == JsonValueKind.True);
    }

    [Theory]
    [InlineData("fau", "fault")]
    [InlineData("fault ", "AND")]
    [InlineData("ok and res", "responsetime")]
    [InlineData("responsetime ", ">=")]
    [InlineData("service(\"wo", "worker")]
    [InlineData("edge(\"api\", \"cru", "cruddur")]
    [InlineData("service(id(name: \"sho", "shop")]
    [InlineData("service(id(type: \"AWS::Dyn", "AWS::DynamoDB::Table")]
    [InlineData("annotation.fl", "flag")]
    [InlineData("annotation[a", "a.b")]
    [InlineData("annotation[a.b] = \"do", "dots")]
    [InlineData("user = \"al", "alice")]
    [InlineData("http.method = \"", "GET")]
    public async Task CompletesWhatTheDataHas(string typed, string expected)
    {
        var answer = await GetAsync("filter/complete?" + Filter(typed));
        answer.GetProperty("to").GetInt32().ShouldBe(typed.Length);
        answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("text").GetString()).ShouldContain(expected);
    }

    [Fact]
    public async Task AWrongFilterIsToldWithItsPlace()
    {
        var check = await GetAsync("filter/check?" + Filter("ok and nope"));
        (check.GetProperty("ok").GetBoolean(), check.GetProperty("position").GetInt32()).ShouldBe((false, 7));
        (await GetAsync("filter/check?" + Filter("ok"))).GetProperty("ok").GetBoolean().ShouldBeTrue();
        var problem = await GetAsync("traces?" + Filter("ok and nope"), HttpStatusCode.BadRequest);
        problem.GetProperty("position").GetInt32().ShouldBe(7);
        (await GetAsync("map?group=none", HttpStatusCode.BadRequest)).GetProperty("detail").GetString().ShouldBe("There is no group none");
        await GetAsync("traces?order=best", HttpStatusCode.BadRequest);
        await GetAsync("traces/nope/documents", HttpStatusCode.BadRequest);
        await GetAsync("traces/1-5759e988-000000000000000000000000/documents", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DocumentsAreThoseOfTheTrace()
    {
        var id = (await GetAsync("traces?limit=1&" + Filter("service(\"cruddur\")"))).GetProperty("traces")[0].GetProperty("traceId").GetString();
        var segments = (await GetAsync($"traces/{id}/documents")).GetProperty("segments");
        segments.EnumerateArray().ShouldContain(s => s.GetProperty("document").GetString()!.Contains("\"origin\":\"AWS::DynamoDB::Table\"", StringComparison.Ordinal));
    }
}
