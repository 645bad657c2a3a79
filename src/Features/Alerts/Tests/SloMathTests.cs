using Shouldly;
using Weir.Features.Alerts;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>The arithmetic of SLOs: the documentation's worked example, and rolling periods.</summary>
public sealed class SloMathTests
{
    private const long Day = 86_400;
    private const long Now = 1_795_176_000;

    [Theory]
    [InlineData(999_450, 550, 999_000, 99.945, 45.0)]
    [InlineData(999_000, 1_000, 999_000, 99.9, 0.0)]
    [InlineData(998_000, 2_000, 999_000, 99.8, -100.0)]
    [InlineData(10, 0, 999_999, 100.0, 100.0)]
    [InlineData(5, 5, 0, 50.0, 50.0)]
    public void Of_a_million_events_at_three_nines_a_thousand_may_be_bad(double good, double bad, long target, double compliance, double remaining)
    {
        var standing = new SloMath([new SloCount(Now - Day, good, bad)], 300, 30, target).At(Now);
        standing.Compliance!.Value.ShouldBe(compliance, 1e-9);
        standing.BudgetRemaining!.Value.ShouldBe(remaining, 1e-6);
        (standing.Total, standing.Bad).ShouldBe((good + bad, bad));
    }

    [Fact]
    public void Without_events_the_values_are_null()
    {
        var math = new SloMath([new SloCount(Now - (31 * Day), 1, 1)], 300, 30, 999_000);
        math.At(Now).ShouldBe(default);
        math.MinutesLeft(Now, 3600).ShouldBeNull();
        math.BurnRate(Now, 3600).ShouldBeNull();
    }

    [Fact]
    public void Events_that_leave_the_period_free_their_budget()
    {
        var math = new SloMath([new SloCount(Now - (7 * Day) - 600, 900, 100), new SloCount(Now - 600, 1000, 0)], 300, 7, 900_000);
        math.At(Now - 900).BudgetRemaining!.Value.ShouldBe(0, 1e-6);
        math.At(Now).BudgetRemaining!.Value.ShouldBe(100, 1e-6);
        math.BudgetLost(Now, 3600)!.Value.ShouldBe(-100, 1e-6);
    }

    [Fact]
    public void A_burn_rate_of_one_uses_exactly_what_is_allowed()
    {
        var math = new SloMath([new SloCount(Now - 600, 990, 10), new SloCount(Now - (10 * 3600), 1000, 0)], 300, 30, 990_000);
        math.BurnRate(Now, 4 * 3600)!.Value.ShouldBe(1, 1e-9);
        math.At(Now).BurnRate!.Value.ShouldBe(1, 1e-9);
    }

    [Theory]
    // 100,000 events allow 1,000 bad ones. In the last hour 10,000 with 400 bad: 300 more than they bring, 5 a minute; 600 are left.
    [InlineData("exhaustion_time", 120, 0, 400, 120.0, true)]
    [InlineData("exhaustion_time", 119, 0, 400, 120.0, false)]
    [InlineData("exhaustion_time", 0, 0, 1000, 0.0, true)]
    [InlineData("exhaustion_time", 60, 0, 0, double.PositiveInfinity, false)]
    [InlineData("budget_rate", 60, 400000, 400, 40.0, true)]
    [InlineData("budget_rate", 60, 410000, 400, 40.0, false)]
    public void Burn_alerts_look_ahead_or_back(string type, long minutes, long perMillion, double bad, double value, bool isOver)
    {
        var math = new SloMath([new SloCount(Now - Day, 90_000, 0), new SloCount(Now - 1800, 10_000 - bad, bad)], 300, 30, 990_000);
        var measured = new BurnAlert(type, ExhaustionMinutes: minutes, BudgetRateWindowMinutes: minutes, BudgetRateDecreaseThresholdPerMillion: perMillion).Measure(math, Now);
        (double.IsInfinity(value) ? measured.Value == value : Math.Abs(measured.Value!.Value - value) < 1e-6).ShouldBeTrue();
        measured.IsOver.ShouldBe(isOver);
    }
}
