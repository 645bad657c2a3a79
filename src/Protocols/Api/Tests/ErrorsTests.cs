using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Protocols.Api.Routes;
using Weir.Protocols.Rollbar;
using Weir.Tests.Rollbar;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>From a Rollbar post to the API's errors, through the engine.</summary>
public sealed class ErrorsTests(SharedEngine engine) : IAsyncLifetime
{
    private const string Day = "start=2026-11-20T00:00:00Z&end=2026-11-21T00:00:00Z";

    private readonly string _environment = "errors-" + Guid.NewGuid().ToString("N");
    private readonly SettableTime _time = new(DateTimeOffset.FromUnixTimeSeconds(1795176000));
    private readonly MemorySettings _settings = new();
    private WebApplication? _app;
    private HttpClient _client = new();

    public async ValueTask InitializeAsync()
    {
        var store = await SharedStore.OpenAsync(engine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ITelemetrySink>(new LoadingSink(store));
        builder.Services.AddSingleton(store.Reader);
        builder.Services.AddSingleton<ISettings>(_settings);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton(new IngestCounters(_time));
        builder.Services.AddRollbar();
        builder.Services.AddErrorsApi();
        _app = builder.Build();
        _app.MapRollbar();
        _app.MapErrorsApi();
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        _client.DefaultRequestHeaders.Add("X-Rollbar-Access-Token", "t");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task Posts_become_items_with_counts_and_a_sparkline()
    {
        await PostAsync("ValueError", "bad 1", host: "a");
        _time.Advance(TimeSpan.FromMinutes(10));
        await PostAsync("KeyError", "k", host: "a");
        _time.Advance(TimeSpan.FromMinutes(10));
        await PostAsync("ValueError", "bad 2", host: "b");
        _time.Advance(TimeSpan.FromSeconds(1));
        await PostAsync("ValueError", "bad 3", host: "b");

        var items = (await ListAsync("")).GetProperty("items");
        items.GetArrayLength().ShouldBe(2);
        var first = items[0];
        first.GetProperty("title").GetString().ShouldBe("ValueError: bad 3");
        first.GetProperty("occurrences").GetInt64().ShouldBe(3);
        first.GetProperty("status").GetString().ShouldBe("active");
        first.GetProperty("level").GetString().ShouldBe("error");
        first.GetProperty("exceptionClass").GetString().ShouldBe("ValueError");
        first.GetProperty("environment").GetString().ShouldBe(_environment);
        first.GetProperty("firstAt").GetString().ShouldBe("2026-11-20T12:00:00Z");
        first.GetProperty("lastAt").GetString().ShouldBe("2026-11-20T12:20:01Z");
        var sparkline = first.GetProperty("sparkline").EnumerateArray().Select(n => n.GetInt64()).ToArray();
        sparkline.Length.ShouldBe(24);
        // 24 hours: a bucket each. 12:00 and 12:20 of the day are in the thirteenth.
        sparkline[12].ShouldBe(3);
        sparkline.Sum().ShouldBe(3);

        // Numbers in the order of first sight, and for good.
        first.GetProperty("counter").GetInt64().ShouldBeLessThan(items[1].GetProperty("counter").GetInt64());
        var numbers = items.EnumerateArray().ToDictionary(i => i.GetProperty("itemId").GetString()!, i => i.GetProperty("counter").GetInt64());
        await PostAsync("TypeError", "t");
        foreach (var item in (await ListAsync("order=most")).GetProperty("items").EnumerateArray())
        {
            if (numbers.TryGetValue(item.GetProperty("itemId").GetString()!, out var number))
                item.GetProperty("counter").GetInt64().ShouldBe(number);
            else
                item.GetProperty("counter").GetInt64().ShouldBeGreaterThan(numbers.Values.Max());
        }
    }

    [Theory]
    [InlineData("newest", "C,A,B")]
    [InlineData("most", "A,B,C")]
    [InlineData("first", "C,B,A")]
    public async Task Pages_in_every_order(string order, string expected)
    {
        foreach (var name in new[] { "A", "B", "B", "A", "A", "C" })
        {
            await PostAsync(name, "m");
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await ListAsync($"order={order}&limit=1" + (cursor is null ? "" : $"&cursor={cursor}"));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("exceptionClass").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null && seen.Count < 10);
        string.Join(',', seen).ShouldBe(expected);
    }

    [Fact]
    public async Task Filters()
    {
        await PostAsync("ValueError", "checkout broke", level: "critical");
        await PostAsync("KeyError", "search broke", service: "backend-flask");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await TitlesAsync("level=critical")).ShouldBe(["ValueError: checkout broke"]);
        (await TitlesAsync("service=backend-flask")).ShouldBe(["KeyError: search broke"]);
        (await TitlesAsync("text=search")).ShouldBe(["KeyError: search broke"]);
        (await TitlesAsync("text=broke")).Count.ShouldBe(2);
        (await TitlesAsync("start=-48h&end=-24h")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resolved_item_is_active_again_when_it_happens_again_and_a_muted_one_stays_muted()
    {
        await PostAsync("ValueError", "v");
        await PostAsync("KeyError", "k");
        _time.Advance(TimeSpan.FromSeconds(1));
        var items = (await ListAsync("")).GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("exceptionClass").GetString()!, i => i.GetProperty("itemId").GetString()!);
        (await PatchAsync(items["ValueError"], "resolved")).GetProperty("status").GetString().ShouldBe("resolved");
        (await PatchAsync(items["KeyError"], "muted")).GetProperty("status").GetString().ShouldBe("muted");
        (await TitlesAsync("status=resolved")).ShouldBe(["ValueError: v"]);
        (await TitlesAsync("status=muted")).ShouldBe(["KeyError: k"]);
        (await TitlesAsync("status=active")).ShouldBeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));
        await PostAsync("ValueError", "v");
        await PostAsync("KeyError", "k");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await TitlesAsync("status=active")).ShouldBe(["ValueError: v"]);
        (await TitlesAsync("status=resolved")).ShouldBeEmpty();
        (await TitlesAsync("status=muted")).ShouldBe(["KeyError: k"]);
        (await PatchAsync(items["KeyError"], "active")).GetProperty("status").GetString().ShouldBe("active");
        (await TitlesAsync("status=active")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_item_shows_its_newest_occurrence()
    {
        var fixture = PostedFixture.Read("pyrollbar-1.4-documented-flask-exception");
        var body = Encoding.UTF8.GetString(fixture.Body).Replace("\"production\"", $"\"{_environment}\"", StringComparison.Ordinal);
        await SendAsync(body);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(body.Replace("4ad0dabf", "4ad0dabe", StringComparison.Ordinal).Replace("backend-1", "backend-2", StringComparison.Ordinal)
            .Replace("1795175991", "1795176000", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(1));
        var id = (await ListAsync("")).GetProperty("items")[0].GetProperty("itemId").GetString()!;
        var item = await GetAsync($"/api/errors/items/{id}");
        item.GetProperty("occurrences").GetInt64().ShouldBe(2);
        item.GetProperty("fingerprint").GetString()!.Length.ShouldBe(40);
        item.GetProperty("recent").GetArrayLength().ShouldBe(2);
        item.GetProperty("recent")[0].GetProperty("person").GetString().ShouldBe("42");
        item.GetProperty("perHost").EnumerateArray().Select(h => h.GetProperty("host").GetString()).ShouldBe(["backend-1", "backend-2"]);
        var latest = item.GetProperty("latest");
        latest.GetProperty("host").GetString().ShouldBe("backend-2");
        latest.GetProperty("traceId").GetString().ShouldBe("5759e988bd862e3fe1be46a994272793");
        latest.GetProperty("request").GetProperty("method").GetString().ShouldBe("GET");
        latest.GetProperty("request").GetProperty("headers").GetProperty("Host").GetString().ShouldBe("localhost:4567");
        latest.GetProperty("request").GetProperty("query").GetProperty("x").GetString().ShouldBe("1");
        latest.GetProperty("person").GetProperty("id").GetString().ShouldBe("42");
        var frames = latest.GetProperty("exceptions")[0].GetProperty("frames");
        frames[0].GetProperty("file").GetString().ShouldBe("/app/services/home_activities.py");
        frames[0].GetProperty("inProject").GetBoolean().ShouldBeTrue();
        frames[2].GetProperty("inProject").GetBoolean().ShouldBeFalse();
        latest.GetProperty("custom").GetProperty("rollbar.context").GetString().ShouldBe("/api/activities/home");
        JsonDocument.Parse(latest.GetProperty("payload").GetString()!).RootElement.GetProperty("data").GetProperty("language").GetString().ShouldBe("python 3.11.7");

        // The uuid as the SDK prints it, with dashes.
        var occurrence = await GetAsync("/api/errors/occurrences/4AD0DABE-6227-4807-bb1d-df9792b641a1");
        occurrence.GetProperty("itemId").GetString().ShouldBe(id);
        occurrence.GetProperty("occurrenceId").GetString().ShouldBe("4ad0dabe62274807bb1ddf9792b641a1");
    }

    [Theory]
    [InlineData("GET", "/api/errors/items?status=odd", "", 400, "status: 'odd' is not valid; expected one of active, resolved, muted")]
    [InlineData("GET", "/api/errors/items?order=odd", "", 400, "order: 'odd' is not valid")]
    [InlineData("GET", "/api/errors/items?cursor=odd", "", 400, "cursor: not a cursor of this list")]
    [InlineData("GET", "/api/errors/items/xyz", "", 400, "id: not the id of an item")]
    [InlineData("GET", "/api/errors/items/0000000000000001", "", 404, "No item 0000000000000001 is stored.")]
    [InlineData("GET", "/api/errors/occurrences/00000000000000000000000000000001", "", 404, "No occurrence")]
    [InlineData("PATCH", "/api/errors/items/0000000000000001", "{\"status\":\"muted\"}", 404, "No item")]
    [InlineData("PATCH", "/api/errors/items/0000000000000001", "{\"status\":\"gone\"}", 400, "status: expected one of active, resolved, muted")]
    [InlineData("PATCH", "/api/errors/items/0000000000000001", "{", 400, "The body is not JSON")]
    [InlineData("PATCH", "/api/errors/items/0000000000000001", "", 400, "The body is not JSON")]
    public async Task Faults_are_problem_details(string method, string path, string body, int status, string detail)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body.Length == 0 ? null : new StringContent(body) };
        using var response = await _client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("detail").GetString()!.ShouldStartWith(detail);
    }

    private Task PostAsync(string name, string message, string host = "h", string level = "error", string service = "rollbar") => SendAsync(
        JsonSerializer.Serialize(new
        {
            data = new
            {
                environment = _environment,
                level,
                server = new { host },
                custom = new { service },
                body = new { trace = new { frames = new[] { new { filename = "a.py", lineno = 1, method = "f" } }, exception = new Dictionary<string, string> { ["class"] = name, ["message"] = message } } },
            },
        }));

    private async Task SendAsync(string body)
    {
        using var response = await _client.PostAsync("/api/1/item/", new StringContent(body));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private Task<JsonElement> ListAsync(string query) =>
        GetAsync($"/api/errors/items?environment={_environment}&{(query.Contains("start", StringComparison.Ordinal) ? "" : Day)}&{query}");

    private async Task<List<string>> TitlesAsync(string query) =>
        [.. (await ListAsync(query)).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("title").GetString()!).Order(StringComparer.Ordinal)];

    private async Task<JsonElement> PatchAsync(string id, string status)
    {
        using var response = await _client.PatchAsync($"/api/errors/items/{id}", new StringContent($$"""{"status":"{{status}}"}"""));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
