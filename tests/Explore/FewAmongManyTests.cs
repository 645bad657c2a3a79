using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.BubbleUp;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>A few values that make the difference are found among any number of others, and chance makes no first place.</summary>
public sealed class FewAmongManyTests
{
    [Theory]
    // Hot values, all values, rows, of these selected.
    [InlineData(1, 301, 15_000, 46)]
    [InlineData(1, 301, 3_000, 11)]
    [InlineData(3, 301, 15_000, 140)]
    [InlineData(3, 301, 3_000, 24)]
    [InlineData(2, 1_000, 15_000, 30)]
    [InlineData(2, 1_000, 12_000, 12)]
    [InlineData(1, 100, 5_000, 50)]
    [InlineData(1, 5_000, 20_000, 40)]
    public void Few_hot_values_among_many_come_before_every_other_column(int hot, int all, int rows, int selected)
    {
        var random = new Random(hot + all);
        var columns = new[] { "user.id", "status", "method", "experiment", "host", "n" };
        object?[] Row(bool isSelected, int i) =>
        [
            isSelected ? $"u{i % hot}" : $"u{random.Next(hot, all)}",
            random.Next(20) == 0 ? "500" : "200",
            random.Next(3) == 0 ? "POST" : "GET",
            random.Next(2) == 0 ? "a" : "b",
            $"host-{random.Next(50)}",
            random.NextDouble() * 1_000,
        ];
        var left = SampleOf(columns, Enumerable.Range(0, selected).Select(i => Row(true, i)));
        var right = SampleOf(columns, Enumerable.Range(0, rows - selected).Select(i => Row(false, i)));
        var scores = columns.Select((_, i) => Contrast.Of(i, left, right) switch { Dimension d => d.Score, Measure m => m.Score, _ => 0 }).ToList();
        scores[0].ShouldBeGreaterThan(0.5);
        scores[0].ShouldBe(scores.Max());
        var dimension = (Dimension)Contrast.Of(0, left, right)!;
        dimension.Values.Take(hot).Select(v => (string)v.Value!).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, hot).Select(i => $"u{i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_shift_over_many_values_is_found_as_well()
    {
        var random = new Random(4);
        var left = SampleOf(["user.id"], Enumerable.Range(0, 2_000).Select(_ => new object?[] { $"u{random.Next(0, 150)}" }));
        var right = SampleOf(["user.id"], Enumerable.Range(0, 10_000).Select(_ => new object?[] { $"u{random.Next(0, 300)}" }));
        ((Dimension)Contrast.Of(0, left, right)!).Score.ShouldBeGreaterThan(0.3);
    }

    [Theory]
    [InlineData(46, 15_000)]
    [InlineData(10, 3_000)]
    [InlineData(4, 3_000)]
    [InlineData(500, 5_000)]
    public void Data_without_a_cause_has_no_first_place(int selected, int rows)
    {
        var random = new Random(selected);
        var kinds = new Func<object>[]
        {
            () => random.NextDouble(), () => $"v{random.Next(2)}", () => $"v{random.Next(5)}", () => $"v{random.Next(50)}", () => $"u{random.Next(301)}",
            () => $"id{random.Next(5_000)}", () => random.Next(20) == 0, () => $"z{Math.Floor(Math.Pow(random.NextDouble(), 4) * 200)}",
        };
        var above = new List<double>();
        for (var round = 0; round < 40; round++)
        {
            foreach (var kind in kinds)
            {
                var left = SampleOf(["x"], Enumerable.Range(0, selected).Select(_ => new object?[] { kind() }));
                var right = SampleOf(["x"], Enumerable.Range(0, rows - selected).Select(_ => new object?[] { kind() }));
                var score = Contrast.Of(0, left, right) switch { Dimension d => d.Score, Measure m => m.Score, _ => 0 };
                if (score > 0)
                    above.Add(score);
            }
        }
        // Of 320 columns without a difference.
        above.Count.ShouldBeLessThanOrEqualTo(1, string.Join(' ', above));
    }

    private static Sample SampleOf(IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        var sample = new Sample(columns);
        foreach (var row in rows)
            sample.Add(1, column => row[column]);
        return sample;
    }
}
