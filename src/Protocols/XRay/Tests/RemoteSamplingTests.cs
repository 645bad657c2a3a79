using System.Net;
using System.Text.Json;
using Shouldly;
using Weir.Core.Columns;
using Weir.Features.Sampling;
using Weir.Protocols.XRay;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>The same rules through Jaeger's remote sampling.</summary>
public sealed class RemoteSamplingTests(SharedEngine shared)
{
    private static readonly XRayOptions Quiet = new() { Udp = false };

    private static SamplingRule Rule(string name, double rate, int reservoir, string service = "*", string method = "*", string path = "*", string host = "*") => new()
    {
        RuleName = name,
        RuleARN = "",
        FixedRate = rate,
        ReservoirSize = reservoir,
        ServiceName = service,
        HTTPMethod = method,
        URLPath = path,
        Host = host,
    };

    [Theory]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c", "abbbd", false)]
    [InlineData("A?c", "aBC", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*/images/*", "/shop/images/1.png", true)]
    [InlineData("*ab*ab", "ababaab", true)]
    [InlineData("**a**", "bab", true)]
    [InlineData("", "a", false)]
    public void Wildcards(string pattern, string text, bool expected) => RuleMatch.Wildcard(pattern, text).ShouldBe(expected);

    [Fact]
    public void WildcardsAreLinear() => RuleMatch.Wildcard(string.Concat(Enumerable.Repeat("*a", 64)) + "b", new string('a', 100_000)).ShouldBeFalse();

    [Fact]
    public void RulesBecomeStrategies()
    {
        SamplingRule[] rules =
        [
            Rule("other", 1, 1, service: "payments"),
            Rule("by-host", 1, 1, host: "a.example"),
            Rule("health", 0, 0, method: "GET", path: "/health"),
            Rule("cart", 0.5, 20, service: "sh?p", path: "/cart*"),
            Rule("posts", 0.25, 20, method: "POST"),
            Rule("shop", 0.1, 8, service: "SHOP"),
            Rule("never-reached", 1, 100, service: "shop", path: "/admin"),
            Rule("Default", 0.05, 1),
        ];
        var strategy = StrategyMaker.Make(rules, "shop", ["GET /cart/{id}", "POST /cart", "POST /orders", "POST", "GET /orders", "checkout", "GET"], 2);
        (strategy.Rule, strategy.Probability).ShouldBe(("shop", 0.1));
        strategy.Operations.Select(o => $"{o.Operation}: {o.Rule} {o.Probability}").ShouldBe(
            ["GET /cart/{id}: cart 0.5", "POST /cart: cart 0.5", "POST /orders: posts 0.25", "POST: posts 0.25", "GET /health: health 0"]);
        // What must never be recorded has no lower bound, and Jaeger's clients know one bound only.
        strategy.LowerBound.ShouldBe(0);
        StrategyMaker.Make([Rule("Default", 0.05, 6)], "x", ["a", "b"], 3).LowerBound.ShouldBe(1);
        rules.Select(StrategyMaker.LeftOut).ShouldBe([null, "it matches a host", null, null, null, null, null, null]);
    }

    [Theory]
    [InlineData("/sampling?service=shop")]
    [InlineData("/api/sampling?service=shop")]
    public async Task JaegersClientsReadTheAnswer(string path)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await host.Client.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldBe(
            """{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.05},"operationSampling":{"defaultSamplingProbability":0.05,"defaultLowerBoundTracesPerSecond":1,"perOperationStrategies":[]}}""");
    }

    [Theory]
    [InlineData("/sampling")]
    [InlineData("/sampling?service=")]
    [InlineData("/sampling?service=a&service=b")]
    public async Task OneServiceIsNeeded(string path)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldBe("'service' parameter must be provided once");
    }

    [Fact]
    public async Task OperationsThatWereSeenGetTheirOwnStrategy()
    {
        await using var stored = await StoredXRay.StartAsync(shared, time: new ManualTime(StoredXRay.SamplingDay));
        await stored.PutSpanAsync((int)(StoredXRay.SamplingDay - stored.Base) - 100, 1, 0, "GET /cart/{id}", SpanKind.Server, _ => { });
        await stored.PutSpanAsync((int)(StoredXRay.SamplingDay - stored.Base) - 100, 2, 1, "SELECT /cart", SpanKind.Client, _ => { });
        await stored.Host.OkAsync("/CreateSamplingRule", """
            {"SamplingRule":{"RuleName":"cart","ResourceARN":"*","Priority":1,"FixedRate":1,"ReservoirSize":4,"ServiceName":"shop","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"/cart/*","Version":1}}
            """);
        for (var i = 0; i < 4; i++)
        {
            using var strategy = JsonDocument.Parse(await stored.Host.Client.GetStringAsync(new Uri("/sampling?service=shop", UriKind.Relative)));
            strategy.RootElement.GetProperty("operationSampling").GetProperty("perOperationStrategies").GetRawText()
                .ShouldBe("""[{"operation":"GET /cart/{id}","probabilisticSampling":{"samplingRate":1}}]""");
            strategy.RootElement.GetProperty("operationSampling").GetProperty("defaultLowerBoundTracesPerSecond").GetDouble().ShouldBe(Math.Round(1.0 / (i + 1), 6));
        }
    }
}
