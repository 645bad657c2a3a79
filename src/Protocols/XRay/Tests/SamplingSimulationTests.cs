using System.Globalization;
using Shouldly;
using Weir.Features.Sampling;
using Weir.Protocols.XRay;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Fifty processes, three rules, ten minutes of requests; time is counted, not waited for.</summary>
public sealed class SamplingSimulationTests
{
    private const int Clients = 50;
    private const long Start = 1_700_000_000;
    private const int Seconds = 600;
    private const int Settled = 60;

    private static SamplingRule Rule(string name, int priority, double rate, int reservoir, string method, string path) => new()
    {
        RuleName = name,
        RuleARN = "",
        Priority = priority,
        FixedRate = rate,
        ReservoirSize = reservoir,
        HTTPMethod = method,
        URLPath = path,
    };

    /// <summary>
    /// Loads differ sixteenfold between the processes; twice one ends and another takes its place. What the rules promise is the
    /// reservoir of every second and the fixed rate of the rest.
    /// </summary>
    [Fact]
    public async Task TheGlobalRateIsTheRules()
    {
        SamplingRule[] rules =
        [
            Rule("checkout", 10, 0.10, 100, "POST", "/checkout*"),
            Rule("images", 20, 0.01, 0, "*", "*/images/*"),
            Rule("all", 9999, 0.05, 30, "*", "*"),
        ];
        var time = new ManualTime(Start);
        await using var host = await XRayHost.StartAsync(new XRayOptions { Udp = false }, time);
        foreach (var rule in rules)
        {
            await host.OkAsync("/CreateSamplingRule", $$$"""
                {"SamplingRule":{"RuleName":"{{{rule.RuleName}}}","ResourceARN":"*","Priority":{{{rule.Priority}}},"FixedRate":{{{rule.FixedRate.ToString(CultureInfo.InvariantCulture)}}},"ReservoirSize":{{{rule.ReservoirSize}}},
                  "ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"{{{rule.HTTPMethod}}}","URLPath":"{{{rule.URLPath}}}","Version":1}}
                """);
        }
        var random = new Random(4);
        var sdks = Enumerable.Range(0, Clients).Select(i => new SimulatedSdk(Id(i), rules, random)).ToArray();
        var requests = rules.ToDictionary(rule => rule.RuleName, _ => 0L);
        var traced = rules.ToDictionary(rule => rule.RuleName, _ => 0L);
        var promised = rules.ToDictionary(rule => rule.RuleName, _ => 0.0);
        var worstSecond = 0.0;
        for (var second = 0; second < Seconds; second++)
        {
            var ofSecond = rules.ToDictionary(rule => rule.RuleName, _ => (Requests: 0, Traced: 0));
            if (second is 200 or 400)
                sdks[second / 50] = new SimulatedSdk(Id(1000 + second), rules, random);
            for (var i = 0; i < Clients; i++)
            {
                var load = 5 * Math.Pow(2, i % 5) * (0.5 + random.NextDouble());
                for (var n = 0; n < load; n++)
                {
                    var (method, path) = random.Next(10) switch
                    {
                        < 3 => ("POST", "/Checkout/pay"),
                        < 7 => ("GET", "/shop/images/1.png"),
                        _ => ("GET", "/shop"),
                    };
                    var (rule, isTraced) = sdks[i].Decide("shop", method, path, Start + second + (n / load));
                    var (all, some) = ofSecond[rule];
                    ofSecond[rule] = (all + 1, some + (isTraced ? 1 : 0));
                }
            }
            foreach (var rule in rules)
            {
                var (all, some) = ofSecond[rule.RuleName];
                var promise = Math.Min(all, rule.ReservoirSize) + (rule.FixedRate * Math.Max(0, all - rule.ReservoirSize));
                if (second < Settled)
                    continue;
                requests[rule.RuleName] += all;
                traced[rule.RuleName] += some;
                promised[rule.RuleName] += promise;
                worstSecond = Math.Max(worstSecond, rule.ReservoirSize == 0 ? 0 : some / promise);
            }
            time.Advance(1);
            for (var i = second % 10; i < Clients; i += 10)
            {
                if (sdks[i].Report(Start + second) is { } report)
                    sdks[i].Take(await host.OkAsync("/SamplingTargets", report));
            }
        }
        foreach (var rule in rules)
        {
            TestContext.Current.SendDiagnosticMessage($"{rule.RuleName}: {traced[rule.RuleName]} of {promised[rule.RuleName]:0}");
            requests[rule.RuleName].ShouldBeGreaterThan(50_000);
            (traced[rule.RuleName] / promised[rule.RuleName]).ShouldBeInRange(0.95, 1.05, $"{rule.RuleName}: {traced[rule.RuleName]} of {promised[rule.RuleName]:0}");
        }
        worstSecond.ShouldBeLessThan(1.5);
    }

    private static string Id(int number) => number.ToString("x24", CultureInfo.InvariantCulture);
}
