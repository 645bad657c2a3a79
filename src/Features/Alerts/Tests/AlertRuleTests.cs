using System.Globalization;
using Shouldly;
using Weir.Core.Model;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>The rules of alerts by themselves: states in, states and changes out.</summary>
public sealed class AlertRuleTests
{
    private const long Now = 1_795_176_000;

    public static TheoryData<string, string, string> Runs => new()
    {
        // values over time (x: none); comparison, threshold and limit; + triggers, - resolves, . nothing
        { "1 9 9 1", "> 5", ". + . -" },
        { "9 9 9 1", "> 5 3", ". . + -" },
        { "9 1 9 9", "> 5 2", ". . . +" },
        { "5 4", ">= 5", "+ -" },
        { "5 4", "<= 4", ". +" },
        { "4 x 3", "< 5", "+ - +" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_threshold_is_passed_so_many_times_in_a_row(string values, string threshold, string changes)
    {
        var parts = threshold.Split(' ');
        var rule = new AlertRule(parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : 1);
        var state = AlertState.New;
        var found = new List<string>();
        foreach (var value in values.Split(' '))
        {
            var before = state;
            var advance = rule.Advance(state, [new GroupValue(GroupKey.None, value == "x" ? null : double.Parse(value, CultureInfo.InvariantCulture))], Now);
            state = advance.State;
            state.EvaluatedAt.ShouldBe(Now);
            // The rule changes nothing: the same state and answer give the same again.
            rule.Advance(before, [new GroupValue(GroupKey.None, value == "x" ? null : double.Parse(value, CultureInfo.InvariantCulture))], Now).Changes.ShouldBe(advance.Changes);
            found.Add(advance.Changes.Count == 0 ? "." : advance.Changes[0].IsTriggered ? "+" : "-");
        }
        string.Join(' ', found).ShouldBe(changes);
    }

    /// <summary>Groups as name=value; what changes as +name or -name.</summary>
    [Theory]
    [InlineData(false, "a=9 b=1", "+a", "a")]
    [InlineData(false, "a=9 b=1; a=9 b=9", "+b", "a b")]
    [InlineData(false, "a=9 b=9; b=9", "-a", "b")]
    [InlineData(true, "b=9; b=9", "+b", "b")]
    [InlineData(true, "b=9; b=1", "-b", "")]
    [InlineData(false, "a=1 b=1", "", "")]
    public void Groups_are_judged_one_by_one(bool notifiesAlways, string answers, string lastChanges, string triggered)
    {
        var rule = new AlertRule(">", 5, NotifiesAlways: notifiesAlways);
        var state = AlertState.New;
        IReadOnlyList<GroupChange> changes = [];
        foreach (var answer in answers.Split("; "))
        {
            (state, changes) = rule.Advance(
                state, [.. answer.Split(' ').Select(g => g.Split('=')).Select(g => new GroupValue(Group(g[0]), double.Parse(g[1], CultureInfo.InvariantCulture)))], Now);
        }
        string.Join(' ', changes.Select(c => (c.IsTriggered ? "+" : "-") + c.Key.Values[0].Value)).ShouldBe(lastChanges);
        string.Join(' ', state.Groups!.Where(g => g.Value.Triggered).Select(g => GroupKey.Parse(g.Key).Values[0].Value)).ShouldBe(triggered);
        state.IsTriggered().ShouldBe(triggered.Length > 0);
    }

    [Theory]
    [InlineData(FaultKind.Unavailable, 4, false)]
    [InlineData(FaultKind.Unavailable, 5, true)]
    [InlineData(FaultKind.Invalid, 1, true)]
    [InlineData(FaultKind.NotFound, 1, true)]
    public void A_moment_is_given_up_after_some_failures(FaultKind kind, int failures, bool isGivenUp)
    {
        var state = AlertState.New;
        var last = false;
        for (var i = 0; i < failures; i++)
            (state, last) = AlertRule.Fail(state, new Fault(kind, "the engine rests"), Now, mostHistory: 10);
        last.ShouldBe(isGivenUp);
        (state.EvaluatedAt, state.Failures).ShouldBe(isGivenUp ? (Now, 0) : (0, failures));
        // The same failure over and over is one entry.
        var entry = state.History.ShouldHaveSingleItem();
        (entry.State, entry.Detail).ShouldBe(("error", "the engine rests"));
        new AlertRule(">", 1).Advance(state, [], Now + 60).State.Failures.ShouldBe(0);
    }

    [Fact]
    public void The_history_forgets_its_oldest_entries_and_notes_one_delivery_a_recipient()
    {
        var state = AlertState.New;
        for (var i = 0; i < 5; i++)
            state = state.Remember(new HistoryEntry(DateTimeOffset.FromUnixTimeSeconds(Now + i), "ok", Notification: $"n{i}", Deliveries: []), most: 3);
        state.History!.Select(h => h.Notification).ShouldBe(["n4", "n3", "n2"]);
        state = state.Note("n3", new Delivery("webhook a", "a", Ok: false, 1, "answered 500")).Note("n3", new Delivery("email b", "b", Ok: true, 1, "handed over"))
            .Note("n3", new Delivery("webhook a", "a", Ok: true, 2, "answered 200"));
        state.History!.Select(h => string.Join(' ', h.Deliveries!.Select(d => $"{d.RecipientId}{d.Attempts}{d.Ok}"))).ShouldBe(["", "b1True a2True", ""]);
    }

    [Theory]
    [InlineData(150.0, 100.0, false, 50.0)]
    [InlineData(150.0, 100.0, true, 50.0)]
    [InlineData(50.0, 200.0, true, -75.0)]
    [InlineData(50.0, null, false, 50.0)]
    [InlineData(50.0, null, true, null)]
    [InlineData(50.0, 0.0, true, null)]
    [InlineData(null, 5.0, false, null)]
    public void A_baseline_makes_the_value_a_difference_or_a_share(double? now, double? then, bool inPercent, double? expected) =>
        AlertRule.Against([new GroupValue(GroupKey.None, now)], [new GroupValue(GroupKey.None, then)], inPercent).ShouldHaveSingleItem().Value.ShouldBe(expected);

    [Theory]
    [InlineData("monday", "09:00", "17:00", "2026-11-23T09:00:00Z", true)]
    [InlineData("monday", "09:00", "17:00", "2026-11-23T17:00:00Z", false)]
    [InlineData("monday", "09:00", "17:00", "2026-11-24T10:00:00Z", false)]
    [InlineData("monday", "22:00", "06:00", "2026-11-23T23:00:00Z", true)]
    [InlineData("monday", "22:00", "06:00", "2026-11-24T05:59:00Z", true)]
    [InlineData("monday", "22:00", "06:00", "2026-11-24T23:00:00Z", false)]
    [InlineData("monday", "22:00", "06:00", "2026-11-23T05:00:00Z", false)]
    public void A_schedule_has_days_and_hours(string day, string start, string end, string at, bool expected) =>
        new Trigger(EvaluationScheduleType: "window", EvaluationSchedule: new EvaluationSchedule(new EvaluationWindow([day], start, end)))
            .IsScheduled(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Theory]
    [InlineData(0, 60, 605, "600")]
    [InlineData(0, 60, 601, "540")]
    [InlineData(600, 60, 605, "")]
    [InlineData(600, 60, 662, "660")]
    [InlineData(600, 60, 792, "660 720 780")]
    [InlineData(60, 60, 7202, "3660 3720")]
    public void Moments_are_multiples_of_the_frequency(long last, long frequency, long now, string expected)
    {
        var due = AlertMoment.Due(last, frequency, now);
        due.Count.ShouldBeLessThanOrEqualTo(AlertMoment.MostMissed);
        string.Join(' ', due.Take(2 + (due.Count == 3 ? 1 : 0))).ShouldBe(expected);
    }

    private static GroupKey Group(string name) => GroupKey.Of(KeyValuePair.Create("name", (object?)name));
}
