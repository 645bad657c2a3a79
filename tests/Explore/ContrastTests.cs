using Shouldly;
using Weir.Features.Questions.BubbleUp;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>How two samples of a column are compared.</summary>
public sealed class ContrastTests
{
    [Fact]
    public void Same_distributions_score_nothing_and_disjoint_ones_everything()
    {
        Divergence.Score([0.5, 0.5], [0.5, 0.5], 1000, 1000).ShouldBe(0);
        Divergence.Score([1, 0], [0, 1], 1e9, 1e9).ShouldBe(1, 1e-4);
        Divergence.Score([0.9, 0.1], [0.1, 0.9], 1e6, 1e6).ShouldBeGreaterThan(Divergence.Score([0.6, 0.4], [0.4, 0.6], 1e6, 1e6));
        Divergence.Score([1, 0], [0, 1], 0, 10).ShouldBe(0);
    }

    [Fact]
    public void What_chance_alone_makes_scores_next_to_nothing()
    {
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            var selected = Column(500, _ => $"v{random.Next(50)}");
            var baseline = Column(5_000, _ => $"v{random.Next(50)}");
            ((Dimension)Contrast.Of(0, selected, baseline)!).Score.ShouldBeLessThan(0.1);
        }
    }

    [Fact]
    public void Ids_of_single_rows_say_nothing_however_different_they_are()
    {
        var selected = Column(1_000, i => $"a{i}");
        var baseline = Column(9_000, i => $"b{i}");
        var dimension = (Dimension)Contrast.Of(0, selected, baseline)!;
        dimension.Score.ShouldBe(0);
        dimension.Distinct.ShouldBe(10_000);
        dimension.Values.ShouldBeEmpty();
        dimension.Others.ShouldBe(new Share(1, 1));
    }

    [Fact]
    public void Values_are_shown_with_their_shares_the_largest_difference_first()
    {
        var selected = Column(100, i => i < 80 ? "bad" : i < 90 ? "good" : null);
        var baseline = Column(1_000, i => i < 10 ? "bad" : i < 900 ? "good" : null);
        var dimension = (Dimension)Contrast.Of(0, selected, baseline)!;
        dimension.Values.ShouldBe([new ValueShare("good", 0.1, 0.89), new ValueShare("bad", 0.8, 0.01), new ValueShare(null, 0.1, 0.1)]);
        dimension.Others.ShouldBe(new Share(0, 0));
        dimension.Score.ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void A_frequent_value_stands_out_among_many_rare_ones()
    {
        var selected = Column(1_000, i => i < 300 ? "user-7" : $"user-{1000 + i}");
        var baseline = Column(9_000, i => $"user-{100_000 + i}");
        var dimension = (Dimension)Contrast.Of(0, selected, baseline)!;
        dimension.Values.ShouldBe([new ValueShare("user-7", 0.3, 0)]);
        dimension.Others.Selected.ShouldBe(0.7, 1e-9);
        dimension.Score.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void Few_numbers_are_values_and_many_are_a_histogram()
    {
        Contrast.Of(0, Column(100, _ => 500.0), Column(100, i => i % 2 == 0 ? 200.0 : 500.0)).ShouldBeOfType<Dimension>().Values[0].Value.ShouldBe(500.0);
        var measure = Contrast.Of(0, Column(1_000, i => 500.0 + i), Column(1_000, i => (double)i)).ShouldBeOfType<Measure>();
        measure.Score.ShouldBeGreaterThan(0.5);
        measure.Bins[0].From.ShouldBe(0);
        measure.Bins[^1].To.ShouldBe(1_499);
        measure.Bins.Sum(b => b.Selected).ShouldBe(1, 1e-9);
        measure.Bins.Sum(b => b.Baseline).ShouldBe(1, 1e-9);
        measure.Missing.ShouldBe(new Share(0, 0));
    }

    [Fact]
    public void A_histogram_of_skewed_numbers_has_bins_that_grow()
    {
        var measure = (Measure)Contrast.Of(0, Column(1_000, i => Math.Pow(10, i / 200.0)), Column(1_000, i => i % 4 == 0 ? null : Math.Pow(10, i / 200.0)))!;
        (measure.Bins[20].To - measure.Bins[20].From).ShouldBeGreaterThan((measure.Bins[2].To - measure.Bins[2].From) * 100);
        measure.Missing.Selected.ShouldBe(0, 1e-9);
        measure.Missing.Baseline.ShouldBe(0.25, 1e-9);
    }

    [Fact]
    public void Rows_count_as_often_as_their_weight_says()
    {
        var selected = new Sample(["x"]);
        for (var i = 0; i < 100; i++)
            selected.Add(i % 10 == 0 ? 90 : 10, _ => i % 10 == 0 ? "rare row, many behind it" : "other");
        var dimension = (Dimension)Contrast.Of(0, selected, Column(100, _ => "other"))!;
        dimension.Values.ShouldContain(new ValueShare("rare row, many behind it", 0.5, 0));
        selected.EffectiveRows.ShouldBe(1800.0 * 1800 / ((10 * 8100) + (90 * 100)), 1e-6);
    }

    [Fact]
    public void A_value_of_many_light_rows_is_found_beside_one_of_heavy_rows()
    {
        var random = new Random(7);
        var selected = new Sample(["x"]);
        for (var i = 0; i < 24; i++)
            selected.Add(i < 5 ? 10 : 1, _ => i < 14 ? "heavy" : "light");
        var baseline = new Sample(["x"]);
        for (var i = 0; i < 12_000; i++)
            baseline.Add(random.Next(4) == 0 ? 10 : 1, _ => $"user-{random.Next(1_000)}");
        var dimension = (Dimension)Contrast.Of(0, selected, baseline)!;
        dimension.Values.Take(2).Select(v => v.Value).ShouldBe(["heavy", "light"]);
        dimension.Score.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void Sets_that_were_sampled_differently_are_compared_by_their_weights()
    {
        // One in twenty fails in both; of the rest of the baseline only each tenth was kept.
        var selected = Column(400, i => i % 20 == 0 ? "failed" : "well");
        var baseline = new Sample(["x"]);
        for (var i = 0; i < 1_450; i++)
            baseline.Add(i < 500 ? 1 : 10, _ => i < 500 ? "failed" : "well");
        ((Dimension)Contrast.Of(0, selected, baseline)!).Score.ShouldBe(0);
    }

    [Fact]
    public void A_column_nobody_has_is_left_out() => Contrast.Of(0, Column(10, _ => null), Column(10, _ => null)).ShouldBeNull();

    [Fact]
    public void Odd_numbers_make_no_odd_shares()
    {
        var measure = (Measure)Contrast.Of(0, Column(100, i => i == 0 ? double.MaxValue : i), Column(100, i => i == 0 ? double.MinValue : -i))!;
        measure.Bins.ShouldAllBe(b => b.From <= b.To && b.Selected >= 0 && b.Baseline >= 0);
        measure.Bins.Sum(b => b.Selected).ShouldBe(1, 1e-9);
    }

    private static Sample Column(int rows, Func<int, object?> value)
    {
        var sample = new Sample(["x"]);
        for (var i = 0; i < rows; i++)
            sample.Add(1, _ => value(i));
        return sample;
    }
}
