using System.Globalization;
using System.Text.Json;
using Shouldly;
using Weir.Features.Sampling;
using Weir.Protocols.XRay;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class SamplingTests
{
    private const string Rule = """
        {"RuleName":"Cruddur","ResourceARN":"*","Priority":9000,"FixedRate":0.1,"ReservoirSize":5,
         "ServiceName":"backend-flask","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}
        """;

    private static readonly XRayOptions Quiet = new() { Udp = false };

    [Fact]
    public async Task ANewRuleIsAnsweredAsAwsAnswers()
    {
        var time = new ManualTime(1_530_574_410);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        var reply = await host.OkAsync("/CreateSamplingRule", await File.ReadAllTextAsync(Decoding.FixturePath("xray.json")));
        reply.GetRawText().ShouldBe(
            """{"SamplingRuleRecord":{"SamplingRule":{"RuleName":"Cruddur","RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur","""
            + """ "ResourceARN":"*","Priority":9000,"FixedRate":0.1,"ReservoirSize":5,"ServiceName":"backend-flask","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1,"Attributes":{}},""".TrimStart()
            + """ "CreatedAt":1530574410.0,"ModifiedAt":1530574410.0}}""".TrimStart());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"NextToken\": null}")]
    [InlineData("")]
    public async Task RulesAreListedForEverySdk(string body)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        var (response, json) = await host.PostAsync("/GetSamplingRules", body, "application/octet-stream");
        response.IsSuccessStatusCode.ShouldBeTrue();
        json.GetProperty("SamplingRuleRecords")[0].GetRawText().ShouldBe(
            """{"SamplingRule":{"RuleName":"Default","RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Default","ResourceARN":"*","Priority":10000,"FixedRate":0.05,"ReservoirSize":1,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1,"Attributes":{}},"CreatedAt":0.0,"ModifiedAt":0.0}""");
    }

    [Fact]
    public async Task RulesAreOrderedChangedAndDeleted()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        async Task<double> LastModificationAsync() =>
            (await host.OkAsync("/SamplingTargets", """{"SamplingStatisticsDocuments":[]}""")).GetProperty("LastRuleModification").GetDouble();
        (await LastModificationAsync()).ShouldBe(0);
        await host.OkAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule}}}""");
        (await LastModificationAsync()).ShouldBe(1_700_000_000);
        await host.OkAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule.Replace("Cruddur", "First", StringComparison.Ordinal).Replace("9000", "1", StringComparison.Ordinal)}}}""");
        var names = (await host.OkAsync("/GetSamplingRules", "{}")).GetProperty("SamplingRuleRecords").EnumerateArray()
            .Select(r => r.GetProperty("SamplingRule").GetProperty("RuleName").GetString());
        names.ShouldBe(["First", "Cruddur", "Default"]);
        time.Advance(5);
        var changed = (await host.OkAsync("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Cruddur","FixedRate":0.5}}""")).GetProperty("SamplingRuleRecord");
        changed.GetProperty("SamplingRule").GetProperty("FixedRate").GetDouble().ShouldBe(0.5);
        changed.GetProperty("SamplingRule").GetProperty("Priority").GetInt32().ShouldBe(9000);
        changed.GetProperty("CreatedAt").GetRawText().ShouldBe("1700000000.0");
        changed.GetProperty("ModifiedAt").GetRawText().ShouldBe("1700000005.0");
        (await LastModificationAsync()).ShouldBe(1_700_000_005);
        time.Advance(5);
        await host.OkAsync("/DeleteSamplingRule", """{"RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Cruddur"}""");
        (await LastModificationAsync()).ShouldBe(1_700_000_010);
        (await host.FaultAsync("/DeleteSamplingRule", """{"RuleName":"Cruddur"}""")).ShouldBe((400, "InvalidRequestException", "Sampling rule does not exist"));
    }

    [Theory]
    [InlineData("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Default","FixedRate":0.1,"ReservoirSize":3}}""", null)]
    [InlineData("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Default","Priority":10000}}""", "InvalidRequestException")]
    [InlineData("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Nope"}}""", "InvalidRequestException")]
    [InlineData("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Default","RuleARN":"x"}}""", "InvalidRequestException")]
    [InlineData("/UpdateSamplingRule", """{"SamplingRuleUpdate":{"RuleName":"Default","FixedRate":1.1}}""", "ValidationException")]
    [InlineData("/DeleteSamplingRule", """{"RuleName":"Default"}""", "InvalidRequestException")]
    [InlineData("/CreateSamplingRule", "{}", "ValidationException")]
    [InlineData("/CreateSamplingRule", """{"SamplingRule":{"RuleName":"Default"}}""", "ValidationException")]
    public async Task ChecksRules(string path, string body, string? type)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        if (type is null)
            await host.OkAsync(path, body);
        else
            (await host.FaultAsync(path, body)).Type.ShouldBe(type);
    }

    [Theory]
    [InlineData("\"Cruddur\"", "\"a-name-that-is-longer-than-thirty-two\"", "ValidationException")]
    [InlineData("9000", "0", "ValidationException")]
    [InlineData("9000", "10000", "ValidationException")]
    [InlineData("9000", "1.5", "SerializationException")]
    [InlineData("\"ReservoirSize\":5", "\"ReservoirSize\":-1", "ValidationException")]
    [InlineData("\"FixedRate\":0.1", "\"FixedRate\":2", "ValidationException")]
    [InlineData("\"Version\":1", "\"Version\":2", "InvalidRequestException")]
    [InlineData("\"Version\":1", "\"Version\":1,\"RuleARN\":\"x\"", "InvalidRequestException")]
    [InlineData("\"Host\":\"*\",", "", "ValidationException")]
    public async Task ChecksNewRules(string old, string replacement, string type)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await host.FaultAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule.Replace(old, replacement, StringComparison.Ordinal)}}}""")).Type.ShouldBe(type);
    }

    [Fact]
    public async Task TwentyFiveRulesAreTheMost()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        for (var i = 0; i < 25; i++)
            await host.OkAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule.Replace("Cruddur", $"r{i}", StringComparison.Ordinal)}}}""");
        (await host.FaultAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule}}}""")).Type.ShouldBe("RuleLimitExceededException");
        (await host.FaultAsync("/CreateSamplingRule", $$"""{"SamplingRule":{{Rule.Replace("Cruddur", "r3", StringComparison.Ordinal)}}}"""))
            .ShouldBe((400, "InvalidRequestException", "r3 already exists"));
    }

    [Fact]
    public async Task TargetsAnswerWhatSdksRead()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        var reply = await host.OkAsync("/SamplingTargets", """
            {"SamplingStatisticsDocuments":[
              {"RuleName":"Default","ClientID":"7bcfa84d920e1ef785961166","RequestCount":2,"BorrowCount":1,"SampledCount":1,"Timestamp":1700000000},
              {"RuleName":"Gone","ClientID":"7bcfa84d920e1ef785961166","RequestCount":2,"SampledCount":1,"Timestamp":1700000000123}]}
            """);
        // The first reply has no quota: instances that report later may still hold leases of before a restart.
        reply.GetRawText().ShouldBe(
            """{"SamplingTargetDocuments":[{"RuleName":"Default","FixedRate":0.05,"Interval":10}],"LastRuleModification":0.0,"UnprocessedStatistics":[{"RuleName":"Gone","ErrorCode":"400","Message":"Unknown rule"}],"UnprocessedBoostStatistics":[]}""");
        time.Advance(10);
        (await host.OkAsync("/SamplingTargets", """
            {"SamplingStatisticsDocuments":[{"RuleName":"Default","ClientID":"7bcfa84d920e1ef785961166","RequestCount":2,"SampledCount":1,"Timestamp":1700000010000}]}
            """)).GetProperty("SamplingTargetDocuments")[0].GetRawText().ShouldBe(
            """{"RuleName":"Default","FixedRate":0.05,"ReservoirQuota":1,"ReservoirQuotaTTL":1700000070.0,"Interval":10}""");
        (await host.OkAsync("/SamplingStatisticSummaries", "{}")).GetRawText().ShouldBe(
            """{"SamplingStatisticSummaries":[{"RuleName":"Default","Timestamp":1700000000.0,"RequestCount":2,"BorrowCount":1,"SampledCount":1}]}""");
        (await host.FaultAsync("/SamplingTargets", "{}")).Type.ShouldBe("ValidationException");
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 5)]
    [InlineData(50, 5)]
    [InlineData(50, 120)]
    [InlineData(50, 0)]
    public void QuotasNeverPassTheReservoir(int clients, int size)
    {
        // Fifty instances report every ten seconds with loads that change; some die, others are started.
        var random = new Random(50);
        var reservoir = new Reservoir(default);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var leases = new Dictionary<string, (int Quota, DateTimeOffset Until)>(StringComparer.Ordinal);
        var ids = Enumerable.Range(0, clients).Select(i => i.ToString("x24", CultureInfo.InvariantCulture)).ToList();
        long handedOut = 0;
        for (var round = 0; round < 60; round++)
        {
            var settled = round >= 48;
            if (round % 8 == 7 && !settled)
                ids[random.Next(ids.Count)] = (1000 + round).ToString("x24", CultureInfo.InvariantCulture);
            foreach (var id in ids)
            {
                now += TimeSpan.FromSeconds(10.0 / clients);
                if (reservoir.Take(id, settled ? 400 : random.Next(1, 400), size, now) is { } quota)
                {
                    quota.ShouldBeInRange(0, size);
                    leases[id] = (quota, now + Reservoir.Lease);
                }
                var live = leases.Values.Where(l => l.Until > now).Sum(l => l.Quota);
                live.ShouldBeLessThanOrEqualTo(size);
                handedOut = live;
            }
        }
        // Once demands stand still and the leases of the dead have ended, nothing of the reservoir lies idle.
        handedOut.ShouldBe(size);
    }

    [Fact]
    public void SharesFollowDemand()
    {
        var reservoir = new Reservoir(default);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        for (var round = 0; round < 3; round++)
        {
            now += TimeSpan.FromSeconds(10);
            reservoir.Take("busy", 1000, 10, now);
            reservoir.Take("idle", 10, 10, now);
        }
        now += TimeSpan.FromSeconds(10);
        reservoir.Take("idle", 10, 10, now).ShouldBe(1);
        reservoir.Take("busy", 1000, 10, now).ShouldBe(9);
    }

    [Fact]
    public void AnIndivisibleRestGoesToTheBusiest()
    {
        var reservoir = new Reservoir(default);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        int?[] quotas = [];
        for (var round = 0; round < 8; round++)
        {
            now += TimeSpan.FromSeconds(10);
            quotas = [.. Enumerable.Range(1, 5).Select(i => reservoir.Take($"c{i}", i * 100, 7, now))];
        }
        quotas.ShouldBe([1, 1, 1, 2, 2]);
    }

    [Fact]
    public void AReportThatCoversLongerIsLessDemand()
    {
        var reservoir = new Reservoir(default);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        reservoir.Take("c", 300, 5, now);
        reservoir.Clients(now).Single().Demand.ShouldBe(30);
        reservoir.Take("c", 300, 5, now += TimeSpan.FromSeconds(30));
        reservoir.Clients(now).Single().Demand.ShouldBe(10);
    }

    [Fact]
    public async Task AnomaliesRaiseTheRateOnceACooldown()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        await host.OkAsync("/CreateSamplingRule", $$$"""{"SamplingRule":{{{Rule.Replace("\"Version\":1", "\"Version\":1,\"SamplingRateBoost\":{\"MaxRate\":0.5,\"CooldownWindowMinutes\":5}", StringComparison.Ordinal)}}}}""");
        async Task<string?> BoostAsync(int anomalies, int sampled)
        {
            var reply = await host.OkAsync("/SamplingTargets", $$$"""
                {"SamplingStatisticsDocuments":[],"SamplingBoostStatisticsDocuments":[{"RuleName":"Cruddur","ServiceName":"backend-flask","Timestamp":{{{time.GetUtcNow().ToUnixTimeSeconds()}}},
                  "AnomalyCount":{{{anomalies}}},"TotalCount":1000,"SampledAnomalyCount":{{{sampled}}}}]}
                """);
            return reply.GetProperty("SamplingTargetDocuments").EnumerateArray().Select(t => t.GetProperty("SamplingBoost").GetRawText()).SingleOrDefault();
        }
        (await BoostAsync(0, 0)).ShouldBeNull();
        (await BoostAsync(3, 3)).ShouldBeNull();
        (await BoostAsync(40, 4)).ShouldBe("""{"BoostRate":0.25,"BoostRateTTL":1700000060.0}""");
        time.Advance(59);
        (await BoostAsync(0, 0)).ShouldBe("""{"BoostRate":0.25,"BoostRateTTL":1700000060.0}""");
        time.Advance(60);
        (await BoostAsync(40, 4)).ShouldBeNull();
        time.Advance(240);
        (await BoostAsync(2, 0)).ShouldBe("""{"BoostRate":0.5,"BoostRateTTL":1700000419.0}""");
        (await host.OkAsync("/SamplingTargets", """{"SamplingStatisticsDocuments":[],"SamplingBoostStatisticsDocuments":[{"RuleName":"Gone","ServiceName":"s"}]}"""))
            .GetProperty("UnprocessedBoostStatistics").GetRawText().ShouldBe("""[{"RuleName":"Gone","ErrorCode":"400","Message":"Unknown rule"}]""");
    }

    [Fact]
    public void ANewcomerBorrowsUntilAShareIsFree()
    {
        var reservoir = new Reservoir(default);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        reservoir.Take("old", 100, 2, now).ShouldBe(2);
        now += TimeSpan.FromSeconds(10);
        reservoir.Take("new", 100, 2, now).ShouldBeNull();
        now += TimeSpan.FromSeconds(10);
        reservoir.Take("old", 100, 2, now).ShouldBe(1);
        reservoir.Take("new", 100, 2, now).ShouldBe(1);
    }
}
