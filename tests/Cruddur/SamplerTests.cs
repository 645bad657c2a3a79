using System.Text.Json;
using Cruddur.XRay;
using Cruddur.XRay.Sampling;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class SamplerTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly HandTime _time = new(Start);
    private static readonly SamplingRequest Home = new("localhost:4567", "GET", "/api/activities/home", "backend-flask", null);

    private static SamplingRule Cruddur { get; } = new()
    {
        RuleName = "Cruddur",
        Priority = 9000,
        FixedRate = 0.1,
        ReservoirSize = 5,
        ServiceName = "backend-flask",
    };

    private static SamplingRule Default { get; } = new() { RuleName = "Default", Priority = 10000, FixedRate = 0.05, ReservoirSize = 1 };

    [Fact]
    public void Without_rules_it_is_one_a_second_and_five_percent()
    {
        var random = new Random(7);
        var sampler = new RuleSampler(_time, random.NextDouble);
        var sampled = Simulate(sampler, seconds: 200, perSecond: 50);
        // 200 borrowed, and 5 % of the other 9,800: 690 give or take.
        sampled.ShouldBeInRange(690 - 70, 690 + 70);
        sampler.Report().ShouldBeEmpty();
        sampler.Decide(Home).RuleName.ShouldBeNull();
    }

    [Fact]
    public void Without_a_quota_one_a_second_is_borrowed()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur, Default]);
        Simulate(sampler, seconds: 10, perSecond: 20).ShouldBe(10);
        var report = sampler.Report().ShouldHaveSingleItem();
        report.RuleName.ShouldBe("Cruddur");
        (report.RequestCount, report.SampledCount, report.BorrowCount).ShouldBe((200, 0, 10));
        report.ClientID.ShouldMatch("^[0-9a-f]{24}$");
    }

    [Fact]
    public void A_quota_is_used_each_second_until_it_expires()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur, Default]);
        sampler.Apply([new() { RuleName = "Cruddur", FixedRate = 0.1, ReservoirQuota = 3, ReservoirQuotaTTL = Start.ToUnixTimeSeconds() + 9.5, Interval = 10 }]);
        Simulate(sampler, seconds: 10, perSecond: 20).ShouldBe(30);
        Simulate(sampler, seconds: 10, perSecond: 20).ShouldBe(10);
        var report = sampler.Report().ShouldHaveSingleItem();
        (report.RequestCount, report.SampledCount, report.BorrowCount).ShouldBe((400, 30, 10));
    }

    [Fact]
    public void A_quota_of_nothing_leaves_only_the_fixed_rate()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur]);
        sampler.Apply([new() { RuleName = "Cruddur", FixedRate = 0, ReservoirQuota = 0, ReservoirQuotaTTL = Start.ToUnixTimeSeconds() + 3000 }]);
        Simulate(sampler, seconds: 10, perSecond: 20).ShouldBe(0);
    }

    [Fact]
    public void A_rule_without_a_reservoir_does_not_borrow()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur with { ReservoirSize = 0 }]);
        Simulate(sampler, seconds: 10, perSecond: 20).ShouldBe(0);
    }

    [Fact]
    public void Quota_and_rate_together_sample_the_expected_number()
    {
        var random = new Random(11);
        var sampler = new RuleSampler(_time, random.NextDouble);
        sampler.Load([Cruddur, Default]);
        sampler.Apply([new() { RuleName = "Cruddur", FixedRate = 0.1, ReservoirQuota = 5, ReservoirQuotaTTL = Start.ToUnixTimeSeconds() + 3000 }]);
        // Each second 5 of the quota and 10 % of the other 35.
        Simulate(sampler, seconds: 300, perSecond: 40).ShouldBeInRange(2550 - 130, 2550 + 130);
    }

    [Fact]
    public void Rules_are_tried_by_priority_then_name_and_the_default_last()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load(
        [
            Default with { Priority = 1 },
            Cruddur,
            Cruddur with { RuleName = "b", Priority = 10, HttpMethod = "post" },
            Cruddur with { RuleName = "a", Priority = 10, UrlPath = "/api/*/HOME" },
            Cruddur with { RuleName = "arn", Priority = 1, ResourceArn = "arn:x" },
            Cruddur with { RuleName = "attributes", Priority = 1, Attributes = new() { ["k"] = "v" } },
            Cruddur with { RuleName = "version", Priority = 1, Version = 2 },
        ]);
        sampler.Decide(Home).RuleName.ShouldBe("a");
        sampler.Decide(Home with { Method = "POST", Path = "/x" }).RuleName.ShouldBe("b");
        sampler.Decide(Home with { Path = "/x" }).RuleName.ShouldBe("Cruddur");
        sampler.Decide(Home with { ServiceName = "other" }).RuleName.ShouldBe("Default");
    }

    [Fact]
    public void A_report_waits_for_its_interval_and_starts_from_zero()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur]);
        sampler.Decide(Home);
        sampler.Report().Count.ShouldBe(1);
        sampler.Decide(Home);
        _time.Advance(TimeSpan.FromSeconds(9));
        sampler.Report().ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        sampler.Report().ShouldHaveSingleItem().RequestCount.ShouldBe(1);
    }

    [Fact]
    public void Loading_the_same_rules_again_keeps_the_quota_and_an_hour_without_them_ends_them()
    {
        var sampler = new RuleSampler(_time, static () => 0.99);
        sampler.Load([Cruddur]);
        sampler.Apply([new() { RuleName = "Cruddur", FixedRate = 0.1, ReservoirQuota = 2, ReservoirQuotaTTL = Start.ToUnixTimeSeconds() + 9000 }]);
        sampler.Load([Cruddur]);
        Simulate(sampler, seconds: 1, perSecond: 20).ShouldBe(2);
        sampler.IsOlderThan(Start.ToUnixTimeSeconds() + 5).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(3601));
        sampler.Decide(Home).RuleName.ShouldBeNull();
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a?c", "ABC", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("/api/*", "/api", false)]
    public void Patterns(string pattern, string text, bool fits) => Wildcard.Matches(pattern, text).ShouldBe(fits);

    [Fact]
    public void The_rule_file_of_the_walkthrough_is_a_rule_the_recorder_can_use()
    {
        var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "cruddur-xray.json")));
        var rule = file.RootElement.GetProperty("SamplingRule").Deserialize<SamplingRule>();
        rule.ShouldBe(Cruddur);
        rule!.IsUsable.ShouldBeTrue();
    }

    private int Simulate(RuleSampler sampler, int seconds, int perSecond)
    {
        var sampled = 0;
        for (var second = 0; second < seconds; second++)
        {
            for (var i = 0; i < perSecond; i++)
                sampled += sampler.Decide(Home).IsSampled ? 1 : 0;
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        return sampled;
    }
}
