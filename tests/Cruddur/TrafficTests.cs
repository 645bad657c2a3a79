using Cruddur.Delivery;
using Cruddur.Traffic;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class TrafficTests
{
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("gentle", null, 2)]
    [InlineData(null, "5", 5)]
    [InlineData("0.5", "5", 0.5)]
    [InlineData("off", "5", 0)]
    public void The_rate_is_the_option_or_the_variable(string? option, string? variable, double rate) => TrafficRate.From(Settings(option, variable)).ShouldBe(rate);

    [Theory]
    [InlineData("fast")]
    [InlineData("-1")]
    [InlineData("100000")]
    [InlineData("NaN")]
    public void An_invalid_rate_is_an_error_that_names_it(string text) =>
        Should.Throw<FormatException>(() => TrafficRate.From(Settings(text, null))).Message.ShouldContain(text);

    [Fact]
    public void The_traffic_visits_every_page_and_mostly_home()
    {
        var walk = new Walk(new Random(3));
        walk.Saw("68f126b0-1ceb-4a33-88be-d90fa7109eee");
        var steps = Enumerable.Range(0, 5000).Select(_ => walk.Next()).ToList();
        Share(steps, s => s.Path == "/api/activities/home").ShouldBeInRange(0.35, 0.45);
        Share(steps, s => s.Path == "/api/activities/broken").ShouldBeInRange(0.01, 0.035);
        Share(steps, s => s.Method == HttpMethod.Post).ShouldBeInRange(0.05, 0.15);
        foreach (var path in new[] { "/api/activities/@nobody", "/api/activities/search?term=", "/api/activities/@", "/rollbar/test", "/api/message_groups" })
            steps.ShouldContain(s => s.Path == path, path);
    }

    [Theory]
    [InlineData("GET", "/api/activities/home", "view home")]
    [InlineData("GET", "/api/activities/@worf", "view user")]
    [InlineData("POST", "/api/activities", "write crud")]
    [InlineData("GET", "/rollbar/test", null)]
    public void A_browser_begins_the_trace_that_the_backend_continues(string method, string path, string? name)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var step = new Step(new HttpMethod(method), path);
        PageVisit.Of(step, new Uri("http://127.0.0.1:4567/"), "cruddur-mobile/2.4 (Android 14)", now).ShouldBeNull();
        var visit = PageVisit.Of(step, new Uri("http://127.0.0.1:4567/"), "Mozilla/5.0", now);
        if (name is null)
        {
            visit.ShouldBeNull();
            return;
        }
        var parent = visit.ShouldNotBeNull().TraceParent.Split('-');
        var scopes = visit.Export(500, now.AddMilliseconds(20))["resourceSpans"]![0]!["scopeSpans"]!.AsArray();
        var (view, fetch) = (scopes[0]!["spans"]![0]!, scopes[1]!["spans"]![0]!);
        view["name"]!.GetValue<string>().ShouldBe(name);
        (fetch["traceId"]!.GetValue<string>(), fetch["spanId"]!.GetValue<string>()).ShouldBe((parent[1], parent[2]));
        fetch["parentSpanId"]!.GetValue<string>().ShouldBe(view["spanId"]!.GetValue<string>());
        fetch["kind"]!.GetValue<int>().ShouldBe(3);
        fetch["attributes"]!.AsArray().Select(a => a!["key"]!.GetValue<string>()).ShouldContain("http.status_code");
        view["endTimeUnixNano"]!.GetValue<string>().ShouldBe("1767225600020000000");
    }

    [Fact]
    public void A_full_outbox_drops_and_counts_and_never_waits()
    {
        var outbox = new Outbox<int>("a test", 2);
        outbox.TryAdd(1).ShouldBeTrue();
        outbox.TryAdd(2).ShouldBeTrue();
        outbox.TryAdd(3).ShouldBeFalse();
        outbox.TryAdd(4).ShouldBeFalse();
        outbox.Dropped.ShouldBe(2);
        outbox.Reader.TryRead(out var first).ShouldBeTrue();
        first.ShouldBe(1);
    }

    private static double Share(List<Step> steps, Func<Step, bool> which) => steps.Count(which) / (double)steps.Count;

    private static IConfiguration Settings(string? option, string? variable) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("traffic", option), new("CRUDDUR_TRAFFIC", variable)]).Build();
}
