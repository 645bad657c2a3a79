namespace Weir.Features.Questions.BubbleUp;

/// <summary>Compares one column of two samples: as values, or when they are many different numbers, as a histogram.</summary>
internal static class Contrast
{
    /// <summary>Numbers of at most so many values are compared value by value: status codes, shards, counts.</summary>
    private const int FewNumbers = 20;

    /// <summary>A value seen less often tells nothing: it counts among the others. Ids of single rows vanish with that.</summary>
    private const int LeastRows = 5;

    /// <summary>Of a small selection a value has to be seen so often to stand out.</summary>
    private const int LeastRowsOfFew = 3;

    /// <summary>A value of which chance gives either set fewer rows is no category of its own: so few are not spread as the score takes them to be.</summary>
    private const double LeastExpected = 3;

    /// <summary>One share over the other from which rows that stand for different numbers of rows tell of a value without their weights.</summary>
    private const double FarApart = 3;

    private const int MostCategories = 200;
    private const int MostShown = 15;
    private const int ScoredBins = 20;
    private const int ShownBins = 24;

    /// <summary>Ends of the values that a histogram shows; what lies outside is in the first and last bin.</summary>
    private const double Tail = 0.005;

    /// <summary>Past this ratio of large to small values bins grow with the value.</summary>
    private const double Skewed = 200;

    /// <summary>A Dimension, a Measure, or null when nothing can be said.</summary>
    public static object? Of(int column, Sample selected, Sample baseline)
    {
        var numbers = 0;
        var distinct = new HashSet<object>();
        var present = 0;
        foreach (var value in selected.Values(column).Concat(baseline.Values(column)))
        {
            if (value is null)
                continue;
            present++;
            numbers += value is double ? 1 : 0;
            distinct.Add(value);
        }
        if (present == 0)
            return null;
        return numbers == present && distinct.Count > FewNumbers
            ? Histogram(column, selected, baseline)
            : Categories(column, selected, baseline, distinct.Count);
    }

    private static Dimension Categories(int column, Sample selected, Sample baseline, int distinct)
    {
        var tallies = new Dictionary<object, Tally>();
        var none = new Tally();
        Count(selected, column, tallies, none, (tally, weight) =>
        {
            tally.SelectedRows++;
            tally.Selected += weight;
        });
        Count(baseline, column, tallies, none, (tally, weight) => tally.Baseline += weight);
        foreach (var tally in tallies.Values.Append(none))
        {
            tally.Selected /= Math.Max(selected.Weight, 1e-9);
            tally.Baseline /= Math.Max(baseline.Weight, 1e-9);
        }
        // Weights reduce the effective number of rows of the whole set, which hides a value that has many rows itself. Its unweighted rows are tested as well, unless
        // the two sets were sampled differently, and then its shares are about the same.
        bool Differs(Tally tally) => tally.Rows >= LeastRowsOfFew
            && (Divergence.StandsOut(tally.Selected, tally.Baseline, selected.EffectiveRows, baseline.EffectiveRows, tallies.Count)
                || (IsFarApart(tally) && Divergence.StandsOut(
                    tally.SelectedRows / (double)selected.Rows, (tally.Rows - tally.SelectedRows) / (double)baseline.Rows, selected.Rows, baseline.Rows, tallies.Count)));
        var few = tallies.Where(t => Differs(t.Value)).OrderByDescending(t => Math.Abs(t.Value.Selected - t.Value.Baseline)).Take(MostShown).ToList();
        var kept = tallies.Where(t => t.Value.Rows >= LeastRows).Except(few).OrderByDescending(t => t.Value.Rows).Take(MostCategories - few.Count).Concat(few).ToList();
        // Either the distribution shifts over many values, or a few values stand out. A few values alone would not exceed the random variation of many values.
        var (left, right) = (selected.EffectiveRows, baseline.EffectiveRows);
        double Expected(Tally tally) => Math.Min(left, right) * ((tally.Selected * left) + (tally.Baseline * right)) / Math.Max(left + right, 1e-9);
        var score = Math.Max(Score([.. kept.Where(t => Expected(t.Value) >= LeastExpected)]), Score(few));
        double Score(List<KeyValuePair<object, Tally>> values)
        {
            var rest = (Selected: 1 - none.Selected - values.Sum(t => t.Value.Selected), Baseline: 1 - none.Baseline - values.Sum(t => t.Value.Baseline));
            return Divergence.Score(
                [.. values.Select(t => t.Value.Selected), none.Selected, Math.Max(0, rest.Selected)],
                [.. values.Select(t => t.Value.Baseline), none.Baseline, Math.Max(0, rest.Baseline)],
                selected.EffectiveRows, baseline.EffectiveRows);
        }
        var shown = kept.Select(t => new ValueShare(t.Key, t.Value.Selected, t.Value.Baseline)).ToList();
        if (none.Rows > 0)
            shown.Add(new ValueShare(null, none.Selected, none.Baseline));
        // The values that cause the difference, the largest difference first.
        shown = [.. shown.OrderByDescending(v => Math.Abs(v.Selected - v.Baseline)).ThenByDescending(v => v.Selected + v.Baseline).Take(MostShown)];
        var others = new Share(Left(shown.Sum(v => v.Selected)), Left(shown.Sum(v => v.Baseline)));
        return new Dimension(selected.Columns[column], score, shown, others, distinct);
    }

    // Sums of shares miss 1 by a rounding error.
    private static double Left(double shown) => shown > 1 - 1e-9 ? 0 : 1 - shown;

    private static void Count(Sample sample, int column, Dictionary<object, Tally> tallies, Tally none, Action<Tally, double> add)
    {
        var values = sample.Values(column);
        for (var row = 0; row < values.Count; row++)
        {
            var tally = none;
            if (values[row] is { } value && !tallies.TryGetValue(value, out tally!))
                tallies[value] = tally = new Tally();
            tally.Rows++;
            add(tally, sample.Weights[row]);
        }
    }

    private static Measure Histogram(int column, Sample selected, Sample baseline)
    {
        var left = Numbers(selected, column);
        var right = Numbers(baseline, column);
        var all = left.Values.Concat(right.Values).ToArray();
        Array.Sort(all);
        // The score uses bins with equal numbers of rows, so that it does not depend on the scale of the numbers.
        var quantiles = Enumerable.Range(0, ScoredBins + 1).Select(i => all[(int)((all.Length - 1) * (i / (double)ScoredBins))]).Distinct().ToArray();
        var score = Divergence.Score(
            Shares(left, quantiles, selected.Weight), Shares(right, quantiles, baseline.Weight), selected.EffectiveRows, baseline.EffectiveRows);
        var edges = Edges(all);
        var leftBins = Shares(left, edges, selected.Weight);
        var rightBins = Shares(right, edges, baseline.Weight);
        return new Measure(
            selected.Columns[column],
            score,
            [.. Enumerable.Range(0, edges.Length - 1).Select(i => new BinShare(edges[i], edges[i + 1], leftBins[i], rightBins[i]))],
            new Share(leftBins[^1], rightBins[^1]));
    }

    private static double[] Edges(double[] sorted)
    {
        var low = sorted[(int)((sorted.Length - 1) * Tail)];
        var high = sorted[(int)((sorted.Length - 1) * (1 - Tail))];
        if (!(high > low))
            (low, high) = (sorted[0], sorted[^1]);
        var edges = new double[ShownBins + 1];
        var grows = low > 0 && high / low > Skewed;
        for (var i = 0; i <= ShownBins; i++)
        {
            var part = i / (double)ShownBins;
            edges[i] = grows ? low * Math.Pow(high / low, part) : low + ((high - low) * part);
        }
        edges[0] = sorted[0];
        edges[^1] = sorted[^1];
        return [.. edges.Distinct()];
    }

    private static (List<double> Values, List<double> Weights) Numbers(Sample sample, int column)
    {
        var values = new List<double>();
        var weights = new List<double>();
        for (var row = 0; row < sample.Rows; row++)
        {
            if (sample.Values(column)[row] is not double number || !double.IsFinite(number))
                continue;
            values.Add(number);
            weights.Add(sample.Weights[row]);
        }
        return (values, weights);
    }

    /// <summary>The share of each bin, and after them the share of rows without a number.</summary>
    private static double[] Shares((List<double> Values, List<double> Weights) numbers, double[] edges, double weight)
    {
        var shares = new double[edges.Length];
        var present = 0.0;
        for (var i = 0; i < numbers.Values.Count; i++)
        {
            var bin = Array.BinarySearch(edges, numbers.Values[i]);
            bin = Math.Clamp(bin < 0 ? ~bin - 1 : bin, 0, Math.Max(0, edges.Length - 2));
            shares[bin] += numbers.Weights[i];
            present += numbers.Weights[i];
        }
        shares[^1] = edges.Length > 1 ? weight - present : shares[^1];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = Math.Max(0, shares[i] / Math.Max(weight, 1e-9));
        return shares;
    }

    private static bool IsFarApart(Tally tally) =>
        Math.Max(tally.Selected, tally.Baseline) > FarApart * Math.Min(tally.Selected, tally.Baseline);

    private sealed class Tally
    {
        public int Rows { get; set; }

        public int SelectedRows { get; set; }

        public double Selected { get; set; }

        public double Baseline { get; set; }
    }
}
